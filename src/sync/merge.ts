/** Neighbouring units as fewer and larger ones, with fewer signatures: for what is stored, and for what is sent. */
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { keyOf, type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import { pushAll } from '../core/lists.ts'

/**
 * The same ops in the same order in as few units as putting neighbours together gives, each within a unit's limits, and
 * signed in each only what no unit-mate has as prev: one signature for each branch of an author that ends in it.
 *
 * `units` are admitted units, or what is left of them without what a peer holds, in order of admission. What is given back is
 * so as well: a peer lacks an op's children with it, so whoever vouches for an op is left whenever the op is. O(ops).
 */
export function mergeUnits(units: readonly Unit[]): UnitOp[][] {
  const merged: UnitOp[][] = []
  let last: UnitOp[] = []
  let bytes = 0
  for (const unit of units) {
    const size = unitBytes(unit)
    if (merged.length === 0 || last.length + unit.length > MAX_UNIT_OPS || bytes + size > MAX_UNIT_BYTES) {
      last = []
      bytes = 0
      merged.push(last)
    }
    pushAll(last, unit)
    bytes += size
  }
  return merged.map(withoutUnneeded)
}

/** A unit without the signatures of ops that a unit-mate vouches for. An admitted op's prev is its author's. */
function withoutUnneeded(unit: Unit): UnitOp[] {
  const prevs = new Set<string>()
  for (const { op } of unit) if (op.prev !== null) prevs.add(keyOf(op.prev))
  return unit.map((each) => (each.signature === null || !prevs.has(keyOf(each.id)) ? each : { ...each, signature: null }))
}
