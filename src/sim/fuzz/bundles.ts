/** Targets: bundles, and the two things that hold them, files and the records of a disk. */
import { concatBytes, equalBytes } from '../../core/bytes.ts'
import { encodeValue } from '../../core/cbor.ts'
import { opId } from '../../core/hash.ts'
import { MAX_BODY_BYTES, MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../../core/limits.ts'
import { encodeOp, type OpId } from '../../core/op.ts'
import { assert, refuse, type Result } from '../../core/result.ts'
import { keyOf, type Unit, type UnitOp } from '../../core/unit.ts'
import { packSegment, unpackSegment } from '../../store/segment-record.ts'
import {
  decodeBundle,
  decodeFile,
  encodeBundle,
  encodeFile,
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_OP_BYTES,
  unwrapBundle,
  wrapBundle,
} from '../../sync/bundle.ts'
import { MAX_BUNDLE_OPS } from '../../sync/columns.ts'
import type { Random } from '../random.ts'
import { bomb, squeeze, unsqueeze } from '../squeeze.ts'
import { bendBytes } from './bend-bytes.ts'
import { bendColumns } from './bend-columns.ts'
import { bendOp, bendUnits } from './bend-ops.ts'
import { anAuthor, ghost, nextOp, type Room, ROOMS, signed, unsigned } from './corpus.ts'
import { assertOp } from './decoders.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'

// — making —————————————————————————————————————————————————————————————————————————————————————————————————

/** Up to four neighbouring units of a room. */
export function someUnits(random: Random, { units }: Room): readonly Unit[] {
  const from = random.below(units.length)
  return units.slice(from, from + 1 + random.below(4))
}

/** The units of the room that most of them are of: a bundle holds one room. */
export function encodeOneRoom(units: readonly Unit[]): Uint8Array {
  const roomOf = ({ op, id }: UnitOp): OpId => op.room ?? id
  const first = units[0]?.[0]
  if (first === undefined) return encodeBundle([])
  const kept = units.map((unit) => unit.filter((each) => equalBytes(roomOf(each), roomOf(first))))
  return encodeBundle(kept.filter((unit) => unit.length > 0))
}

/** A bundle as it is, or with ops, columns or bytes bent. */
export function aBundle(random: Random, room: Room = random.pick(ROOMS)): Uint8Array {
  if (random.chance(0.0005)) return aLargeBundle(random, room)
  if (random.chance(0.45)) return encodeOneRoom(bendUnits(random, someUnits(random, room)))
  const bytes = random.pick(room.bundles)
  const kind = random.next()
  if (kind < 0.15) return bytes
  return kind < 0.8
    ? bendColumns(random, bytes, random.pick(random.pick(ROOMS).bundles))
    : bendBytes(random, bytes, random.pick(room.bundles))
}

/** At, or just over, one of the limits. */
function aLargeBundle(random: Random, room: Room): Uint8Array {
  const long = (ops: number, body?: Uint8Array): Unit => chain(room, random, ops, body)
  return random.pick([
    () => encodeBundle([long(MAX_UNIT_OPS)]),
    () => encodeBundle([long(MAX_UNIT_OPS + 1)]),
    () => encodeBundle([long(15 + random.below(4), encodeValue(new Uint8Array(MAX_BODY_BYTES - 3)))]),
    () => new Uint8Array(MAX_BUNDLE_BYTES + random.below(2)).fill(1),
    () => encodeBundle([wide(room, random)]),
  ])()
}

/** So many ops of one author, one after the other; the last one signed. */
export function chain({ ops }: Room, random: Random, length: number, body?: Uint8Array): Unit {
  const first = { ...nextOp(random, ops, anAuthor(random)), deps: [ghost(random)] }
  const out = [unsigned(first)]
  while (out.length < length) {
    const last = out.at(-1)!
    out.push(unsigned({ ...last.op, seq: last.op.seq + 1, prev: last.id, deps: [], body: body ?? last.op.body }))
  }
  return [...out.slice(0, -1), signed(out.at(-1)!.op)]
}

/** An op with as many deps as may be, or one more. */
function wide({ ops }: Room, random: Random): Unit {
  return [
    signed(
      bendOp(random, { ...nextOp(random, ops, anAuthor(random)), deps: Array.from({ length: 64 + random.below(2) }, () => ghost(random)) }),
    ),
  ]
}

// — judging ————————————————————————————————————————————————————————————————————————————————————————————————

const sameUnits = (a: readonly Unit[], b: readonly Unit[]): boolean =>
  a.length === b.length && a.every((unit, i) => unit.length === b[i]!.length && unit.every((each, j) => sameOp(each, b[i]![j]!)))

const sameOp = (a: UnitOp, b: UnitOp): boolean =>
  equalBytes(a.bytes, b.bytes) &&
  (a.signature === null ? b.signature === null : b.signature !== null && equalBytes(a.signature, b.signature))

/** Asserts everything that is promised of the units of a bundle. */
export function assertUnits(units: readonly Unit[]): void {
  let total = 0
  const firstPlace = new Map<string, number>()
  const all = units.flat()
  all.forEach(({ id }, place) => firstPlace.set(keyOf(id), firstPlace.get(keyOf(id)) ?? place))
  all.forEach(({ op, id, bytes, signature }, place) => {
    assertOp(op)
    assert(equalBytes(encodeOp(op), bytes), 'an op comes with its canonical bytes')
    assert(equalBytes(opId(bytes), id), 'an id is the hash of the canonical bytes')
    assert(signature === null || signature.length === 64, 'a signature is 64 bytes')
    for (const parent of [op.prev, ...op.deps]) {
      if (parent !== null) assert((firstPlace.get(keyOf(parent)) ?? -1) < place, 'parents come before children')
    }
    total += bytes.length
  })
  assert(all.length <= MAX_BUNDLE_OPS && total <= MAX_BUNDLE_OP_BYTES, 'a bundle keeps its limits')
  for (const unit of units) {
    assert(unit.length > 0 && unit.length <= MAX_UNIT_OPS, 'a unit keeps its limit of ops')
    assert(unit.reduce((sum, { bytes }) => sum + bytes.length, 0) <= MAX_UNIT_BYTES, 'a unit keeps its limit of bytes')
    assert(
      unit.every((each) => each.signature !== null || unit.some((mate) => continues(mate, each))),
      'what is not signed is vouched for',
    )
  }
}

const continues = (above: UnitOp, below: UnitOp): boolean =>
  above.op.prev !== null && equalBytes(above.op.prev, below.id) && equalBytes(above.op.author, below.op.author)

/** Decodes a bundle and asserts what is promised of it, refused or not. */
function judgeBundle(bytes: Uint8Array, counting: boolean): Result<readonly Unit[]> {
  const decoded = decodeBundle(bytes)
  // A dep costs a byte, and an id of 32 bytes that is sorted, compared and hashed.
  if (counting) assertLinear(bytes, decodeBundle, 1_000)
  if (!decoded.ok) return decoded
  assertUnits(decoded.value)
  const written = encodeBundle(decoded.value)
  const again = decodeBundle(written)
  assert(again.ok && sameUnits(again.value, decoded.value), 'units are read back as they are written')
  assert(equalBytes(encodeBundle(again.value), written), 'units that are read back are written as before')
  return decoded
}

const BUNDLE_REASONS = [
  'bad-bundle',
  'unknown-version',
  'too-large',
  'unit-too-large',
  'unauthentic',
  'too-many-deps',
  'bad-author',
  'bad-seq',
  'deps-unsorted',
  'prev-in-deps',
] as const

export const bundle: Target = {
  share: 5,
  reasons: [
    ...BUNDLE_REASONS,
    'bad-shape',
    'truncated',
    'trailing-bytes',
    'not-canonical',
    'unsupported-type',
    'bad-number',
    'bad-key',
    'bad-text',
    'too-deep',
  ],
  within: 20_000,
  make: (random) => aBundle(random),
  judge(bytes, counting) {
    const units = judgeBundle(bytes, counting)
    return units.ok ? ACCEPTED : refusedFor(units.reason)
  },
}

/** What is inside of a wrapped bundle, inflated as the shell does it. */
export function decodeWrapped(wrapped: Uint8Array, counting = false): Result<readonly Unit[]> {
  const unwrapped = unwrapBundle(wrapped)
  if (!unwrapped.ok) return unwrapped
  const { codec, payload } = unwrapped.value
  assert(equalBytes(wrapBundle(codec, payload), wrapped), 'what was wrapped is wrapped again to the same')
  const raw = codec === 'raw' ? payload : unsqueeze(payload, MAX_BUNDLE_BYTES)
  return raw === null ? refuse('bad-deflate') : judgeBundle(raw, counting)
}

export function aWrapped(random: Random, room: Room = random.pick(ROOMS)): Uint8Array {
  const raw = aBundle(random, room)
  const wrapped = random.chance(0.5) ? wrapBundle('raw', raw) : wrapBundle('deflate', random.chance(0.02) ? bomb(2 ** 31) : squeeze(raw))
  return random.chance(0.9) ? wrapped : bendBytes(random, wrapped, raw)
}

export const file: Target = {
  share: 2,
  reasons: ['not-a-bundle', 'truncated', 'too-large', 'bad-deflate', 'bad-bundle', 'unauthentic'],
  within: 8_000,
  make(random) {
    const bytes = encodeFile(Array.from({ length: random.below(4) }, () => aWrapped(random)))
    return random.chance(0.7)
      ? bytes
      : bendBytes(random, bytes, random.chance(0.5) ? Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 0) : aWrapped(random))
  },
  judge(bytes) {
    const bundles = decodeFile(bytes)
    if (!bundles.ok) return refusedFor(bundles.reason)
    assert(equalBytes(encodeFile(bundles.value), bytes), 'a file that is accepted has the encoding it came in')
    const refused = bundles.value.map((wrapped) => decodeWrapped(wrapped)).flatMap((units) => (units.ok ? [] : [units.reason]))
    return { accepted: refused.length < bundles.value.length, refused: [...new Set(refused)] }
  },
}

// — records ————————————————————————————————————————————————————————————————————————————————————————————————

/** How a record that was found at (first, count) looks: its first byte says whether it has the right shape. */
const RECORD_HEAD = 1 + 8 + 32

/** Values that a damaged database may give instead of a record of these bytes and this checksum. */
const SHAPES: readonly ((bytes: Uint8Array, checksum: Uint8Array) => unknown)[] = [
  (bytes, checksum) => ({ bytes, checksum }),
  () => undefined,
  () => null,
  () => 7,
  (bytes) => bytes,
  (bytes) => ({ bytes }),
  (_, checksum) => ({ checksum }),
  (bytes, checksum) => ({ bytes: [...bytes], checksum }),
  (bytes, checksum) => ({ bytes, checksum: [...checksum] }),
  (bytes, checksum) => [bytes, checksum],
]

export const record: Target = {
  share: 2,
  reasons: ['bad-checksum', 'not-a-bundle', 'bad-deflate', 'bad-bundle', 'unauthentic'],
  within: 8_000,
  make(random) {
    const wrapped = aWrapped(random)
    const place = random.bytes(8)
    const view = new DataView(place.buffer)
    const { checksum } = packSegment({ first: view.getUint32(0), count: view.getUint32(4), bytes: wrapped })
    const shape = random.chance(0.9) ? 0 : random.below(SHAPES.length)
    const bytes = concatBytes(Uint8Array.of(shape), place, checksum, wrapped)
    return random.chance(0.8) ? bytes : bendBytes(random, bytes, wrapped)
  },
  judge(input) {
    const head = new Uint8Array(RECORD_HEAD)
    head.set(input.subarray(0, RECORD_HEAD))
    const view = new DataView(head.buffer)
    const [first, count] = [view.getUint32(1), view.getUint32(5)]
    const [bytes, checksum] = [input.subarray(RECORD_HEAD), head.subarray(9)]
    const segment = unpackSegment(first, count, SHAPES[head[0]! % SHAPES.length]!(bytes, checksum))
    if ('reason' in segment) return refusedFor(segment.reason)
    assert(segment.first === first && segment.count === count && equalBytes(segment.bytes, bytes), 'a record gives back what it holds')
    assert(equalBytes(packSegment(segment).checksum, checksum), 'a record that is accepted has its checksum')
    const units = decodeWrapped(segment.bytes)
    return units.ok ? ACCEPTED : refusedFor(units.reason)
  },
}
