/**
 * Evidence of an equivocation: two different ops with one room, author and seq, each with the author's own chain above it up to a signed
 * op. It can be checked by anyone, without the room.
 *
 * An admitted op never lacks such a chain. It was admitted in a unit, and is stored in one: a unit has at most MAX_UNIT_OPS ops and
 * MAX_UNIT_BYTES bytes, and each of its ops is signed or is the prev of a later op of the unit by the same author. So the chain that
 * begins with an op and takes the next own op of the unit until one is signed ends inside the unit, and keeps a unit's limits. Merging
 * units keeps this: it drops a signature only if the next op of the chain is in the merged unit (`sync/merge.ts`).
 */
import { equalBytes } from './bytes.ts'
import { signedBytes, verifyPure } from './keys.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from './limits.ts'
import { asOpId, type OpId } from './op.ts'
import type { ProofRefusal } from './result.ts'
import { type Unit, unitBytes, type UnitOp } from './unit.ts'

/** `a[0]` and `b[0]` are the two ops; each further op has the one before it as prev; the last one is signed. */
export interface Evidence {
  readonly a: Unit
  readonly b: Unit
}

/** Whether a signature over an op id is the author's; see `keys.ts`. */
export type Verify = (signature: Uint8Array, id: Uint8Array, author: Uint8Array) => boolean

/** The strict rule in JavaScript, about 1 ms a signature: for code that checks two of them and cannot wait for a promise. */
export const verifyOp: Verify = (signature, id, author) => verifyPure(signature, signedBytes(asOpId(id)), author)

/**
 * Why evidence does not prove that one author signed two different ops with one seq; null if it does. The ids must be those of the ops:
 * `decodeOp` and `decodeBundle` give such. In this order:
 *  - each chain has an op (empty-chain), and no more than a unit may have (unit-too-large);
 *  - the two ops differ (one-op), and are of one room (two-rooms), author (two-authors) and seq (two-seqs);
 *  - each further op has the one before it as prev and is by the same author (broken-chain);
 *  - the last op of each chain carries its author's signature (bad-signature).
 * A genesis is an op of the room that it begins: two geneses by one author are two rooms. O(ops), two signatures.
 */
export function checkEvidence({ a, b }: Evidence, verify: Verify): ProofRefusal | null {
  const [x, y] = [a[0], b[0]]
  if (x === undefined || y === undefined) return 'empty-chain'
  if (!fitsUnit(a) || !fitsUnit(b)) return 'unit-too-large'
  if (equalBytes(x.id, y.id)) return 'one-op'
  if (!equalBytes(roomOf(x), roomOf(y))) return 'two-rooms'
  if (!equalBytes(x.op.author, y.op.author)) return 'two-authors'
  if (x.op.seq !== y.op.seq) return 'two-seqs'
  if (!isChain(a) || !isChain(b)) return 'broken-chain'
  return endsSigned(a, verify) && endsSigned(b, verify) ? null : 'bad-signature'
}

/** The room of an op: a genesis is an op of the room that it begins. */
export const roomOf = ({ op, id }: UnitOp): OpId => op.room ?? id

const fitsUnit = (chain: Unit): boolean => chain.length <= MAX_UNIT_OPS && unitBytes(chain) <= MAX_UNIT_BYTES

const isNext = (above: UnitOp, below: UnitOp): boolean =>
  above.op.prev !== null && equalBytes(above.op.prev, below.id) && equalBytes(above.op.author, below.op.author)

const isChain = (chain: Unit): boolean => chain.every((each, i) => i === 0 || isNext(each, chain[i - 1]!))

function endsSigned(chain: Unit, verify: Verify): boolean {
  const { op, id, signature } = chain.at(-1)!
  return signature !== null && verify(signature, id, op.author)
}

/**
 * The chain of an op in the unit that holds it: the op, the next one by its author, and so on up to the first signed one. Null if the op
 * is not in the unit, or if these ops are no unit; a node never admits or stores such ops. O(ops of the unit).
 */
export function chainIn(unit: Unit, id: OpId): Unit | null {
  const start = unit.findIndex((each) => equalBytes(each.id, id))
  if (start < 0) return null
  let last = unit[start]!
  const chain = [last]
  // Children come after their parents, so one pass sees each next op. Any next op will do: it has a chain of its own.
  for (let i = start + 1; i < unit.length && last.signature === null; i++) {
    if (!isNext(unit[i]!, last)) continue
    last = unit[i]!
    chain.push(last)
  }
  return last.signature === null ? null : chain
}
