/**
 * Ops that came in the last seconds in a frame that was addressed only to this node. Other nodes may lack them. If a new op of this node
 * has such an op as a parent, a receiver would have to ask for the parent, a round trip later, before it can show the new op. So the
 * parent is sent with the first own op that follows it.
 */
import { setLatest } from '../core/latest.ts'
import { parentIds } from '../core/op.ts'
import { keyOf, type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import type { Engine } from './state.ts'

/** Only so many of the latest ops are remembered. So no more of them are sent with an own op. */
export const MAX_LATELY = 32
/** Canonical bytes of such an op: a few lines. Longer ones are asked for. */
export const MAX_LATELY_BYTES = 512
/** After this time others have learned of the op (ms): a heartbeat, and time to ask. */
const LATELY = 8_000

/** By `keyOf`, the latest last: ops that have a signature, and when they came (ms). */
export type Lately = Map<string, { readonly unitOp: UnitOp; readonly at: number }>

/** A unit was admitted that came in a frame addressed only to this node. O(MAX_LATELY). */
export function noteAlone({ lately, now }: Engine, unit: Unit): void {
  for (const unitOp of unit.slice(-MAX_LATELY))
    if (unitOp.signature !== null && unitBytes([unitOp]) <= MAX_LATELY_BYTES)
      setLatest(lately, keyOf(unitOp.id), { unitOp, at: now }, MAX_LATELY)
}

/** The ops that came lately and are parents of these own ops. Each is given once. */
export function takeBelow({ lately, now }: Engine, own: Unit): UnitOp[] {
  const below: UnitOp[] = []
  for (const id of own.flatMap(({ op }) => parentIds(op))) {
    const found = lately.get(keyOf(id))
    lately.delete(keyOf(id))
    if (found !== undefined && now < found.at + LATELY) below.push(found.unitOp)
  }
  return below
}
