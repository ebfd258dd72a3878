/** Makes neighbouring units into fewer and larger ones, with fewer signatures, before they are stored or sent. */
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { keyOf, type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import { pushAll } from '../core/lists.ts'

/**
 * The same ops in the same order, in as few units as merging neighbours gives. Each unit keeps its limits. In a unit only ops that are
 * prev of no unit-mate are signed: one signature for each branch of an author that ends in it.
 *
 * `units` are admitted units, or the rest of them without ops that a peer holds, in order of admission. The same is true of the result:
 * if a peer lacks an op, it lacks the op's children too. So the op that vouches for another one is left whenever that one is. O(ops).
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

/** A unit without the signatures of ops for which a unit-mate vouches. An admitted op and its prev are by one author. */
function withoutUnneeded(unit: Unit): UnitOp[] {
  const prevs = new Set<string>()
  for (const { op } of unit) if (op.prev !== null) prevs.add(keyOf(op.prev))
  return unit.map((each) => (each.signature === null || !prevs.has(keyOf(each.id)) ? each : { ...each, signature: null }))
}
