/** Targets: the decoders of one thing each, values, ops and bodies. What they take has one encoding only, the one they took. */
import { equalBytes } from '../../core/bytes.ts'
import { checkValue, decodeValue, encodeValue } from '../../core/cbor.ts'
import { isAuthorKey } from '../../core/keys.ts'
import { MAX_BODY_BYTES, MAX_DEPS, MAX_NESTING, MAX_OP_BYTES } from '../../core/limits.ts'
import { checkOp, decodeOp, encodeOp, type Op } from '../../core/op.ts'
import { assert } from '../../core/result.ts'
import type { Value } from '../../core/value.ts'
import { decodeBody, encodeBody } from '../../crdt/body.ts'
import type { Random } from '../random.ts'
import { bendBytes } from './bend-bytes.ts'
import { bendCbor } from './bend-cbor.ts'
import { bendOp } from './bend-ops.ts'
import { aBody, anOp, aValueBytes } from './corpus.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'

/** Every byte is looked at by the judge, by the reader, and as a part of a key by its neighbours. */
const READS_PER_BYTE = 16

/** Canonical bytes as they are, or bent by structure, by byte, or both. */
function bentOrNot(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  if (random.chance(0.1)) return bytes
  const bent = random.chance(0.7) ? bendCbor(random, bytes, other) : bytes
  return bent !== bytes && random.chance(0.8) ? bent : bendBytes(random, bent, other)
}

const CBOR_REASONS = [
  'truncated',
  'trailing-bytes',
  'not-canonical',
  'unsupported-type',
  'bad-number',
  'bad-text',
  'bad-key',
  'too-deep',
] as const

/** How deep arrays and maps are inside each other. */
function nestingOf(value: Value): number {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return 0
  let deepest = 0
  for (const inside of value.values()) deepest = Math.max(deepest, nestingOf(inside as Value))
  return 1 + deepest
}

export const value: Target = {
  share: 40,
  reasons: CBOR_REASONS,
  within: 5_000,
  make: (random) => bentOrNot(random, aValueBytes(random), aValueBytes(random)),
  judge(bytes, counting) {
    const decoded = decodeValue(bytes)
    assert(checkValue(bytes, 0, bytes.length) === (decoded.ok ? null : decoded.reason), 'checkValue and decodeValue agree')
    if (counting) assertLinear(bytes, decodeValue, READS_PER_BYTE)
    if (!decoded.ok) return refusedFor(decoded.reason)
    assert(nestingOf(decoded.value) <= MAX_NESTING, 'a value is nested at most MAX_NESTING deep')
    assert(equalBytes(encodeValue(decoded.value), bytes), 'a value that is accepted has the encoding it came in')
    return ACCEPTED
  },
}

export const op: Target = {
  share: 30,
  reasons: [
    ...CBOR_REASONS,
    'too-large',
    'bad-shape',
    'unknown-version',
    'bad-author',
    'bad-seq',
    'deps-unsorted',
    'too-many-deps',
    'prev-in-deps',
    'no-parents',
    'bad-genesis',
  ],
  within: 20_000,
  make(random) {
    if (random.chance(0.001)) return new Uint8Array(MAX_OP_BYTES + random.below(2)).fill(0x80)
    const some = anOp(random).op
    const bytes = encodeOp(random.chance(0.4) ? bendOp(random, some) : some)
    return random.chance(0.6) ? bentOrNot(random, bytes, encodeOp(anOp(random).op)) : bytes
  },
  judge(bytes, counting) {
    const decoded = decodeOp(bytes)
    if (counting) assertLinear(bytes, decodeOp, READS_PER_BYTE)
    if (!decoded.ok) return refusedFor(decoded.reason)
    assertOp(decoded.value)
    assert(equalBytes(encodeOp(decoded.value), bytes), 'an op that is accepted has the encoding it came in')
    return ACCEPTED
  },
}

/** Asserts what is promised of any op that was decoded: the rules of a well-formed op, in words of their own. */
export function assertOp(op: Op): void {
  const { room, author, seq, prev, deps, time, body } = op
  assert(checkOp(op) === null, 'an op that is accepted breaks no rule of its own')
  assert(isAuthorKey(author), 'an author is a key')
  assert(Number.isSafeInteger(seq) && seq >= 0 && Number.isSafeInteger(time) && time >= 0, 'seq and time are counts')
  assert(seq === 0 ? prev === null : prev !== null, 'prev is null iff seq is 0')
  assert(room !== null || (seq === 0 && deps.length === 0), 'a genesis has no parents')
  assert(room === null || prev !== null || deps.length > 0, 'other ops have parents')
  assert(deps.length <= MAX_DEPS && body.length <= MAX_BODY_BYTES, 'an op keeps its limits')
  for (const id of [room, prev, ...deps]) assert(id === null || id.length === 32, 'an id is 32 bytes')
  deps.forEach((dep, i) => assert(i === 0 || isBelow(deps[i - 1]!, dep), 'deps ascend'))
  assert(prev === null || deps.every((dep) => !equalBytes(dep, prev)), 'prev is not among the deps')
  const bytes = encodeOp(op)
  assert(bytes.length <= MAX_OP_BYTES, 'an op keeps its limits')
  const again = decodeOp(bytes)
  assert(again.ok && equalBytes(encodeOp(again.value), bytes), 'an op is read back as it is written')
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  const differs = a.findIndex((byte, i) => byte !== b[i])
  return differs >= 0 && a[differs]! < b[differs]!
}

export const body: Target = {
  share: 15,
  reasons: ['bad-body', 'unknown-kind'],
  within: 2_000,
  make: (random) => bentOrNot(random, encodeBody(aBody(random)), random.chance(0.5) ? encodeBody(aBody(random)) : aValueBytes(random)),
  judge(bytes) {
    const decoded = decodeBody(bytes)
    if (!decoded.ok) return refusedFor(decoded.reason)
    assert(equalBytes(encodeBody(decoded.value), bytes), 'a body that is accepted has the encoding it came in')
    return ACCEPTED
  },
}
