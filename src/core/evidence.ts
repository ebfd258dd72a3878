/**
 * Evidence of an equivocation: two different ops with one room, author and seq, each with the author's own chain above it
 * up to a signed op. Anyone can check it alone, holding nothing else of the room.
 */
import { equalBytes } from './bytes.ts'
import { MAX_UNIT_OPS } from './limits.ts'
import type { Unit } from './unit.ts'

/** `a[0]` and `b[0]` are the two ops; each further op has the one before it as prev; the last one is signed. */
export interface Evidence {
  readonly a: Unit
  readonly b: Unit
}

/** Whether a signature over an op id is the author's; see `keys.ts`. */
export type Verify = (signature: Uint8Array, id: Uint8Array, author: Uint8Array) => boolean

/**
 * True when the evidence proves that one author signed two different ops with one seq. The ops must come from `decodeOp`
 * or `decodeBundle`, which make the ids. O(ops), two signatures.
 */
export function provesEquivocation({ a, b }: Evidence, verify: Verify): boolean {
  const [x, y] = [a[0], b[0]]
  if (x === undefined || y === undefined || equalBytes(x.id, y.id)) return false
  // A genesis is an op of the room it begins: two geneses by one author are two rooms, and no offence.
  if (!equalBytes(x.op.room ?? x.id, y.op.room ?? y.id) || x.op.seq !== y.op.seq || !equalBytes(x.op.author, y.op.author)) return false
  return vouches(a, verify) && vouches(b, verify)
}

function vouches(chain: Unit, verify: Verify): boolean {
  if (chain.length > MAX_UNIT_OPS) return false
  for (let i = 1; i < chain.length; i++) {
    const [below, above] = [chain[i - 1]!, chain[i]!]
    if (above.op.prev === null || !equalBytes(above.op.prev, below.id) || !equalBytes(above.op.author, below.op.author)) return false
  }
  const last = chain.at(-1)!
  return last.signature !== null && verify(last.signature, last.id, last.op.author)
}
