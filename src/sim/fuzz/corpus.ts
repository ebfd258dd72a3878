/** What inputs are made from: real rooms with forks and merges, always the same, and values of every kind. */
import { compareBytes, equalBytes } from '../../core/bytes.ts'
import { encodeValue } from '../../core/cbor.ts'
import { signedBytes } from '../../core/keys.ts'
import { asOpId, type Author, hashOp, type Op, type OpId } from '../../core/op.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import type { Value } from '../../core/value.ts'
import { type Body, encodeBody } from '../../crdt/body.ts'
import { OPEN } from '../../rules/open.ts'
import { encodeBundle } from '../../sync/bundle.ts'
import { type Identity, identityNumber, STAND_IN } from '../identity.ts'
import { createRandom, type Random } from '../random.ts'

export interface Room {
  readonly id: OpId
  /** All valid if the room's genesis is; genesis first, parents before children. */
  readonly ops: readonly UnitOp[]
  /** The same ops as they travel. */
  readonly units: readonly Unit[]
  /** Bundles of up to four neighbouring units. */
  readonly bundles: readonly Uint8Array[]
}

const AUTHORS: readonly Identity[] = Array.from({ length: 5 }, (_, n) => identityNumber(n))

export const anAuthor = (random: Random): Author => random.pick(AUTHORS).author

/** The op with its author's signature: adversaries that sign for others are not what is tried here. */
export function signed(op: Op): UnitOp {
  const unitOp = unsigned(op)
  return { ...unitOp, signature: STAND_IN.sign({ author: op.author, seed: NO_SEED }, signedBytes(unitOp.id)) }
}

const NO_SEED = new Uint8Array(0)

export const unsigned = (op: Op): UnitOp => ({ op, id: hashOp(op), signature: null })

export const isSigned = ({ id, op, signature }: UnitOp): boolean =>
  signature !== null && STAND_IN.verify(signature, signedBytes(id), op.author)

/** An id that no op has. */
export const ghost = (random: Random): OpId => asOpId(random.bytes(32))

// — bodies and values ——————————————————————————————————————————————————————————————————————————————————————

const TEXTS = [
  '',
  'a',
  'plain',
  'é',
  '𝄞',
  '\u0000',
  '\ufeff',
  '\ufffd',
  '__proto__',
  'constructor',
  'x'.repeat(23),
  'x'.repeat(24),
  'y'.repeat(300),
]

const NUMBERS = [
  0,
  1,
  23,
  24,
  255,
  256,
  65_535,
  65_536,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  -1,
  -24,
  -25,
  -(2 ** 32),
  1 - 2 ** 53,
  0.5,
  -0.1,
  5e-324,
]

/** A value with an encoding. */
export function aValue(random: Random, nesting: number): Value {
  const inside = (): Value[] => Array.from({ length: random.below(5) }, () => aValue(random, nesting - 1))
  switch (random.below(nesting > 0 ? 7 : 5)) {
    case 0:
      return random.pick(NUMBERS)
    case 1:
      return random.pick(TEXTS)
    case 2:
      return random.bytes(random.pick([0, 1, 8, 23, 24, 32, 64]))
    case 3:
      return random.pick([null, true, false])
    case 4:
      return random.below(1_000)
    case 5:
      return inside()
    default:
      return new Map(inside().map((value) => [random.pick(TEXTS), value]))
  }
}

/** Canonical bytes of a value; now and then of a long one, or of one that is nested as deep as one may be, or one deeper. */
export function aValueBytes(random: Random): Uint8Array {
  if (random.chance(0.01)) return encodeValue(new Map(Array.from({ length: 400 }, (_, i) => [`key ${i}`, i])))
  if (random.chance(0.98)) return encodeValue(aValue(random, 3))
  // Arrays of one item, and maps of one entry under the empty key.
  const heads = Array.from({ length: random.pick([30, 31, 32, 33]) }, () => (random.chance(0.5) ? [0x81] : [0xa1, 0x60]))
  return Uint8Array.from([...heads.flat(), random.pick([0x80, 0xa0, 0xf6])])
}

export function aBody(random: Random): Body {
  switch (random.below(5)) {
    case 0:
      return { kind: 'genesis', name: random.pick(TEXTS), ...OPEN }
    case 1:
      return { kind: 'merge' }
    case 2: {
      const patch = () => ({ position: random.below(1_000), deleted: random.below(3), inserted: random.pick(TEXTS) })
      return { kind: 'patch', patches: Array.from({ length: 1 + random.below(3) }, patch) }
    }
    default:
      return { kind: 'message', text: random.pick(TEXTS) }
  }
}

// — rooms ——————————————————————————————————————————————————————————————————————————————————————————————————

function makeRoom(seed: number, rules: Pick<Extract<Body, { kind: 'genesis' }>, 'rules' | 'rulesVersion'>): Room {
  const random = createRandom(seed, 'corpus')
  const first = encodeBody({ kind: 'genesis', name: `room ${seed}`, ...rules })
  const ops = [signed({ room: null, author: AUTHORS[0]!.author, seq: 0, prev: null, deps: [], time: 1_700_000_000, body: first })]
  while (ops.length < 40) ops.push(signed(nextOp(random, ops, anAuthor(random))))
  const units = cutIntoUnits(random, ops)
  const bundles = units.flatMap((_, from) => [1, 2, 3, 4].map((count) => encodeBundle(units.slice(from, from + count))))
  return { id: ops[0]!.id, ops, units, bundles }
}

/** A valid op: after its author's last one, or now and then an older one (a fork), merging some of what there is. */
export function nextOp(random: Random, ops: readonly UnitOp[], author: Author): Op {
  const own = ops.filter(({ op }) => op.author === author)
  const prev = own.length === 0 ? null : random.chance(0.1) ? random.pick(own) : own.at(-1)!
  const deps = Array.from({ length: prev === null ? 1 : random.below(3) }, () => random.pick(ops).id)
  let body = aBody(random)
  while (body.kind === 'genesis') body = aBody(random)
  return {
    room: ops[0]!.id,
    author,
    seq: prev === null ? 0 : prev.op.seq + 1,
    prev: prev?.id ?? null,
    deps: ascending(deps.filter((dep) => prev === null || !equalBytes(dep, prev.id))),
    time: 1_700_000_000 + ops.length,
    body: encodeBody(body),
  }
}

/** Sorted, each once. */
export function ascending(ids: readonly OpId[]): OpId[] {
  const sorted = ids.toSorted(compareBytes)
  return sorted.filter((id, i) => i === 0 || !equalBytes(id, sorted[i - 1]!))
}

/** Units of random sizes; what is prev of a unit-mate mostly loses its signature. */
function cutIntoUnits(random: Random, ops: readonly UnitOp[]): Unit[] {
  const units: Unit[] = []
  for (let at = 0; at < ops.length;) {
    const unit = ops.slice(at, at + 1 + random.below(8))
    at += unit.length
    const isPrev = ({ id, op }: UnitOp): boolean =>
      unit.some((mate) => mate.op.prev !== null && equalBytes(mate.op.prev, id) && equalBytes(mate.op.author, op.author))
    units.push(unit.map((each) => (isPrev(each) && random.chance(0.9) ? { ...each, signature: null } : each)))
  }
  return units
}

/** Two open rooms, and one whose rules this software does not have. */
export const ROOMS: readonly Room[] = [makeRoom(1, OPEN), makeRoom(2, OPEN), makeRoom(3, { rules: 'closed', rulesVersion: 1 })]

export const anOp = (random: Random): UnitOp => random.pick(random.pick(ROOMS).ops)
