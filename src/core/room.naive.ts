/**
 * For tests of the core: random rooms with forks, merges and every way to break a rule, as values small enough to print,
 * and the definition of the admitted set in its own words.
 */
import fc from 'fast-check'
import { compareBytes, toHex } from './bytes.ts'
import { encodeValue } from './cbor.ts'
import { sha256 } from './hash.ts'
import { asAuthor, asOpId, type Author, hashOp, type Op, type OpId } from './op.ts'
import type { Judge, Replica } from './replica.ts'
import type { UnitOp } from './unit.ts'

export const authorNumber = (n: number): Author => asAuthor(sha256(Uint8Array.of(n)))
export const idNumber = (n: number): OpId => asOpId(sha256(encodeValue(['id', n])))

/** Distinct for each n and not hashed, for tests in which a million hashes are not what is tried. */
export function cheapId(n: number): OpId {
  const id = new Uint8Array(32)
  // Spread over the table of ids, which takes their first bytes for a hash.
  const spread = Math.imul(n, 0x9e3779b1)
  for (let at = 0; at < 4; at++) {
    id[at] = spread >> (24 - 8 * at)
    id[12 + at] = (n + 1) >> (24 - 8 * at)
  }
  return asOpId(id)
}

/** A stand-in: the core asks only whether a signature is there. */
const SIGNATURE = new Uint8Array(64)

export const unitOpOf = (op: Op, isSigned = true): UnitOp => ({ op, id: hashOp(op), signature: isSigned ? SIGNATURE : null })

export const unsigned = (unitOp: UnitOp): UnitOp => ({ ...unitOp, signature: null })

export const GENESIS = unitOpOf({ room: null, author: authorNumber(0), seq: 0, prev: null, deps: [], time: 0, body: encodeValue('room') })
export const ROOM = GENESIS.id

/** An op by author `author` after `prev`, with these deps; what it says is `says` ('bad' is against the rules). */
export function opAfter(author: number, prev: UnitOp | null, deps: readonly UnitOp[], says = '', bent: Partial<Op> = {}): UnitOp {
  return unitOpOf({
    room: ROOM,
    author: authorNumber(author),
    seq: prev === null ? 0 : prev.op.seq + 1,
    prev: prev?.id ?? null,
    deps: deps.map(({ id }) => id).sort(compareBytes),
    time: 0,
    body: encodeValue(says),
    ...bent,
  })
}

/** Rules for tests: 'bad' is refused, and so is 'alone' by an author who has not said anything in its causal past. */
export const judgeWords: Judge = (op, { dag, parents }) => {
  const says = JSON.stringify([...op.body])
  if (says === BAD) return 'bad-body'
  return says === ALONE && !parents.some((parent) => dag.seq[parent]! > 0) ? 'unknown-kind' : null
}
const BAD = JSON.stringify([...encodeValue('bad')])
const ALONE = JSON.stringify([...encodeValue('alone')])

const hexOf = ({ id }: UnitOp): string => toHex(id)
const parentsOf = ({ op }: UnitOp): readonly OpId[] => (op.prev === null ? op.deps : [op.prev, ...op.deps])

/**
 * The admitted set of received ops, by its definition: start from all of them and strike out whoever breaks a rule, until
 * nobody does. `signed` says whether a valid signature of the op was received. O(ops²).
 */
export function admittedSet(received: readonly UnitOp[], signed: ReadonlySet<string>): Set<string> {
  const inSet = new Map(received.map((unitOp) => [hexOf(unitOp), unitOp]))
  for (;;) {
    const struck = [...inSet.values()].filter((unitOp) => !mayStay(unitOp, inSet, signed))
    if (struck.length === 0) return new Set(inSet.keys())
    for (const unitOp of struck) inSet.delete(hexOf(unitOp))
  }
}

function mayStay(unitOp: UnitOp, inSet: ReadonlyMap<string, UnitOp>, signed: ReadonlySet<string>): boolean {
  const { op } = unitOp
  if (op.room === null) {
    if (hexOf(unitOp) !== toHex(ROOM)) return false
  } else if (toHex(op.room) !== toHex(ROOM)) return false
  const parents = parentsOf(unitOp).map((parent) => inSet.get(toHex(parent)))
  if (parents.includes(undefined)) return false
  const prev = op.prev === null ? null : parents[0]!
  if (prev !== null && (toHex(prev.op.author) !== toHex(op.author) || prev.op.seq + 1 !== op.seq)) return false
  const says = JSON.stringify([...op.body])
  if (says === BAD || (says === ALONE && !parents.some((parent) => parent!.op.seq > 0))) return false
  const isVouched = [...inSet.values()].some(
    (other) => other.op.prev !== null && toHex(other.op.prev) === hexOf(unitOp) && toHex(other.op.author) === toHex(op.author),
  )
  return signed.has(hexOf(unitOp)) || isVouched
}

export const admittedOf = ({ dag }: Replica): Set<string> =>
  new Set(Array.from({ length: dag.length }, (_, op) => toHex(dag.ids.bytes.subarray(32 * op, 32 * op + 32))))

/** How one op of a random room is made. */
export interface Step {
  readonly author: number
  /** Which of the author's own ops is prev, counted from the latest; mostly the latest. */
  readonly back: number
  /** Which earlier ops are deps, counted from the latest. */
  readonly deps: readonly number[]
  readonly says: 'fine' | 'bad' | 'alone'
  readonly bend: 'none' | 'other-prev' | 'seq' | 'room' | 'genesis' | 'ghost'
  readonly isSigned: boolean
}

const mostly = <T>(common: T, ...rare: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: fc.constantFrom(...rare) })

export const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  author: fc.nat(3),
  back: mostly(0, 1, 2, 3),
  deps: fc.array(fc.nat(6), { maxLength: 2 }),
  says: mostly('fine', 'bad', 'alone'),
  bend: mostly('none', 'other-prev', 'seq', 'room', 'genesis', 'ghost'),
  isSigned: fc.boolean(),
})

/** The ops of a random room, genesis first, parents before children; some break rules, some parents are not among them. */
export function roomOf(steps: readonly Step[]): UnitOp[] {
  const ops = [GENESIS]
  const latest = <T>(items: readonly T[], back: number): T | null => items.at(-1 - (back % Math.max(1, items.length))) ?? null
  for (const [i, { author, back, deps, says, bend, isSigned }] of steps.entries()) {
    const own = ops.filter(({ op }) => op.author === authorNumber(author) || toHex(op.author) === toHex(authorNumber(author)))
    const prev = latest(bend === 'other-prev' ? ops : own, back)
    const chosen = new Map(deps.map((dep) => latest(ops, dep)!).map((dep) => [hexOf(dep), dep]))
    if (prev !== null) chosen.delete(hexOf(prev))
    if (prev === null && chosen.size === 0) chosen.set(hexOf(ops[0]!), ops[0]!)
    const made = opAfter(author, prev, [...chosen.values()], says === 'fine' ? `fine ${i}` : says, {
      time: i,
      ...(bend === 'seq' ? { seq: (prev?.op.seq ?? 0) + 2 } : {}),
      ...(bend === 'room' ? { room: idNumber(1) } : {}),
      ...(bend === 'genesis' ? { room: null, seq: 0, prev: null, deps: [] } : {}),
      ...(bend === 'ghost' ? { deps: [idNumber(i)] } : {}),
    })
    ops.push(isSigned ? made : unsigned(made))
  }
  return ops
}
