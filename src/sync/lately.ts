/**
 * Ops that came in a frame to this node alone in the last seconds. Other nodes may lack them. A new op of this node may stand on them: then a receiver
 * would have to ask for them, a round trip later, before it can show what was typed. So they go along with the first own op that stands on them.
 */
import { setLatest } from '../core/latest.ts'
import { parentIds } from '../core/op.ts'
import { keyOf, type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import type { Engine } from './state.ts'

/** The latest ops are remembered, and at most this many. So no more go along with an own op. */
export const MAX_LATELY = 32
/** Canonical bytes of such an op: a few lines. Longer ones are asked for. */
export const MAX_LATELY_BYTES = 512
/** Others have learned of it by then (ms): a heartbeat, and time to ask. */
const LATELY = 8_000

/** By `keyOf`, the latest last: ops that vouch for themselves, and when they came (ms). */
export type Lately = Map<string, { readonly unitOp: UnitOp; readonly at: number }>

/** A unit was admitted that came to this node alone. O(MAX_LATELY). */
export function noteAlone({ lately, now }: Engine, unit: Unit): void {
  for (const unitOp of unit.slice(-MAX_LATELY))
    if (unitOp.signature !== null && unitBytes([unitOp]) <= MAX_LATELY_BYTES)
      setLatest(lately, keyOf(unitOp.id), { unitOp, at: now }, MAX_LATELY)
}

/** Of what came lately, what these own ops stand on directly. It is given once. */
export function takeBelow({ lately, now }: Engine, own: Unit): UnitOp[] {
  const below: UnitOp[] = []
  for (const id of own.flatMap(({ op }) => parentIds(op))) {
    const found = lately.get(keyOf(id))
    lately.delete(keyOf(id))
    if (found !== undefined && now < found.at + LATELY) below.push(found.unitOp)
  }
  return below
}
