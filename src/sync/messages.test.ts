import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, randomBytes } from '../core/bytes.naive.ts'
import { concatBytes } from '../core/bytes.ts'
import { encodeValue } from '../core/cbor.ts'
import { MAX_ECHOES, MAX_HEADS_LISTED, MAX_NEAR_IDS, MAX_TIPS_PAGE, MESSAGE_VERSION } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import type { Refusal } from '../core/result.ts'
import type { Value } from '../core/value.ts'
import { MAX_BUNDLE_BYTES } from './bundle.ts'
import { MAX_PARTS } from './parts.ts'
import { decodeMessage, encodeMessage, type Message, type Tip } from './messages.ts'
import { authorOf } from './units.naive.ts'

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes) as Uint8Array as OpId)
const ids = fc.array(id, { maxLength: 12 })
const seq = fc.nat().chain((high) => fc.constantFrom(high, 0, 2 ** 52 - 1))
const tips: fc.Arbitrary<Tip[]> = fc.integer({ min: 2, max: 6 }).chain((length) =>
  fc.array(fc.record({ hint: fc.uint8Array({ minLength: length, maxLength: length }), seq, id, isHead: fc.boolean() }), {
    maxLength: 12,
  }),
)
const count = fc.maxSafeNat()
const token = fc.uint8Array({ minLength: 8, maxLength: 8 })
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    type: fc.constant('hello'),
    author: fc.constant(authorOf(1)),
    proof: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    token,
    own: count,
  }),
  fc.record({
    type: fc.constant('heads'),
    digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    heads: ids,
    headCount: fc.integer({ min: 12 }),
    ops: count,
    token: fc.oneof(token, fc.constant(new Uint8Array())),
    echoes: fc.nat(9).map((length) => new Uint8Array(8 * length).fill(length)),
  }),
  fc.record({
    type: fc.constant('want'),
    ref: count,
    ids,
    tips,
    headCount: fc.integer({ min: 12 }),
    ops: count,
    parts: fc.nat(9).map((length) => new Uint8Array(6 * length).fill(length)),
    ofAll: fc.constant(false),
    after: count,
  }),
  fc.record({ type: fc.constant('units'), ref: count, bundle: fc.uint8Array(), last: fc.boolean(), left: count }),
  fc.record({ type: fc.constant('bye') }),
  fc.record({ type: fc.constant('more'), ref: count, taken: count }),
  fc.record({ type: fc.constant('near'), ref: count, ids, most: count }),
) as fc.Arbitrary<Message>

const digest = new Uint8Array(32)
const none = new Uint8Array()
const many = <T>(length: number, item: T): T[] => Array.from({ length }, () => item)
const zeroId = new Uint8Array(32) as Uint8Array as OpId
const largest: readonly Message[] = [
  {
    type: 'heads',
    digest,
    heads: many(MAX_HEADS_LISTED, zeroId),
    headCount: 1_000_000,
    ops: Number.MAX_SAFE_INTEGER,
    token: new Uint8Array(8),
    echoes: new Uint8Array(8 * MAX_ECHOES),
  },
  {
    type: 'want',
    ref: Number.MAX_SAFE_INTEGER,
    ids: many(MAX_HEADS_LISTED, zeroId),
    tips: many(MAX_TIPS_PAGE, { hint: new Uint8Array(6), seq: 2 ** 52 - 1, id: zeroId, isHead: true }),
    headCount: Number.MAX_SAFE_INTEGER,
    ops: Number.MAX_SAFE_INTEGER,
    parts: new Uint8Array(6 * MAX_PARTS),
    ofAll: false,
    after: Number.MAX_SAFE_INTEGER,
  },
  { type: 'near', ref: Number.MAX_SAFE_INTEGER, ids: many(MAX_NEAR_IDS, zeroId), most: Number.MAX_SAFE_INTEGER },
  { type: 'units', ref: 1, bundle: new Uint8Array(MAX_BUNDLE_BYTES + 2), last: true, left: 0 },
]

const refusal = (bytes: Uint8Array): Refusal | null => {
  const decoded = decodeMessage(bytes)
  return decoded.ok ? null : decoded.reason
}
/** A tip of zeros with a hint of so many bytes, which is a head or not. */
const tipBytes = (hint: number, head = 0): Uint8Array =>
  concatBytes([Uint8Array.of(hint), new Uint8Array(hint), Uint8Array.of(head), zeroId])
const raw = (fields: Value, version = MESSAGE_VERSION): Uint8Array => concatBytes([Uint8Array.of(version), encodeValue(fields)])

test('every message comes back as it was', () => {
  fc.assert(
    fc.property(message, (sent) => {
      expect(decodeMessage(encodeMessage(sent))).toEqual({ ok: true, value: sent })
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('so do messages at every limit, which fit a frame of 1.25 MiB with 1 KiB to spare', () => {
  for (const sent of largest) {
    const bytes = encodeMessage(sent)
    expect(bytes.length).toBeLessThanOrEqual(1_310_720 - 1_024)
    expect(decodeMessage(bytes).ok).toBe(true)
  }
})

test('lists beyond their limits are a programmer’s error', () => {
  const heads = many(MAX_HEADS_LISTED + 1, zeroId)
  expect(() => encodeMessage({ type: 'heads', digest, heads, headCount: 1, ops: 1, token: none, echoes: none })).toThrow('MAX_HEADS_LISTED')
  const tips = many(MAX_TIPS_PAGE + 1, { hint: new Uint8Array(2), seq: 0, id: zeroId, isHead: false })
  expect(() =>
    encodeMessage({ type: 'want', ref: 1, ids: [], tips, parts: new Uint8Array(), headCount: 1, ops: 1, ofAll: false, after: 0 }),
  ).toThrow('MAX_TIPS_PAGE')
  expect(() => encodeMessage({ type: 'near', ref: 1, ids: many(MAX_NEAR_IDS + 1, zeroId), most: 1 })).toThrow('MAX_NEAR_IDS')
})

describe('a message is refused', () => {
  test('A14 D14 as of an unknown version, whatever follows', () => {
    expect(refusal(raw([4], 1))).toBe('unknown-version')
    expect(refusal(Uint8Array.of(0))).toBe('unknown-version')
  })
  test('A14 as of an unknown kind', () => {
    expect(refusal(raw([7]))).toBe('unknown-message')
    expect(refusal(raw([1000, 'anything']))).toBe('unknown-message')
  })
  test('when it is empty, no array of a kind and fields, or not canonical', () => {
    expect(refusal(new Uint8Array(0))).toBe('bad-message')
    for (const fields of [[], 4, null, ['bye'], [-1], [null], new Map([['a', 1]])] as Value[])
      expect(refusal(raw(fields))).toBe('bad-message')
    expect(refusal(Uint8Array.of(MESSAGE_VERSION, 0x81, 0x18, 4))).toBe('bad-message')
    expect(refusal(Uint8Array.of(MESSAGE_VERSION, 0x98, 1, 4))).toBe('bad-message')
    expect(refusal(Uint8Array.of(MESSAGE_VERSION, 0x9f, 4, 0xff))).toBe('bad-message')
    expect(refusal(concatBytes([raw([4]), Uint8Array.of(0)]))).toBe('bad-message')
  })
  test('when fields are missing, too many, or of other types', () => {
    const proof = new Uint8Array(64)
    const some = new Uint8Array(8)
    expect(refusal(raw([0, authorOf(1), proof, some, 0]))).toBe(null)
    expect(refusal(raw([1, digest, none, 0, 0, some, some]))).toBe(null)
    const bad: Value[] = [
      [0],
      [0, authorOf(1)],
      [0, authorOf(1), proof, some],
      [0, authorOf(1), proof, some, 0, 1],
      [0, authorOf(1), proof.subarray(1), some, 0],
      [0, 'author', proof, some, 0],
      [0, authorOf(1), proof, none, 0],
      [0, authorOf(1), proof, some, -1],
      [1, digest, none, 0],
      [1, digest, none, 0, -1, none, none],
      [1, digest, none, 0, 0.5, none, none],
      [1, digest, new Uint8Array(33), 2, 0, none, none],
      [1, digest, new Uint8Array(64), 1, 0, none, none],
      [1, digest, none, 0, 0, some.subarray(1), none],
      [1, digest, none, 0, 0, new Uint8Array(16), none],
      [1, digest, none, 0, 0, none, new Uint8Array(9)],
      [1, digest, none, 0, 0, none, new Uint8Array(8 * (MAX_ECHOES + 1))],
      [2, 1, none, none, 0, 0],
      [2, 1, none, none, 0, 0, 1],
      [2, 1, none, tipBytes(2).subarray(1), 0, 0, true],
      [2, 1, none, tipBytes(1), 0, 0, true],
      [2, 1, none, tipBytes(7), 0, 0, true],
      [2, 1, none, concatBytes([tipBytes(2), Uint8Array.of(0)]), 0, 0, true],
      [2, 1, none, Uint8Array.of(2), 0, 0, true],
      [2, 1, none, tipBytes(2, 1), 0, 0, true],
      [2, 1, new Uint8Array(31), none, 0, 0, true],
      [2, null, none, none, 0, 0, true],
      [3, 1, none, true],
      [3, 1, none, 'yes', 0],
      [3, 1, 'bundle', true, 0],
      [4, null],
      [5, 1],
      [5, 1, -1],
      [5, 1, 1, 1],
      [6, 1, none],
      [6, 1, none, -1],
      [6, 1, none, 1, 1],
      [6, 1, [], 1],
      [6, 1, new Uint8Array(31), 1],
    ]
    for (const fields of bad) expect(refusal(raw(fields))).toBe('bad-message')
  })
  test('A4 when a hello is by a key of small order, or not canonical', () => {
    for (const last of [0, 0x80])
      expect(refusal(raw([0, new Uint8Array(32).fill(last, 31), new Uint8Array(64), digest.subarray(24), 0]))).toBe('bad-message')
    expect(refusal(raw([0, new Uint8Array(32).fill(255), new Uint8Array(64), digest.subarray(24), 0]))).toBe('bad-message')
  })
  test('A13 when lists nest, or are longer than their limits', () => {
    expect(refusal(raw([1, digest, [zeroId], 1, 1, none, none]))).toBe('bad-message')
    expect(refusal(raw([1000, [zeroId]]))).toBe('bad-message')
    expect(refusal(raw([1, digest, new Uint8Array(32 * (MAX_HEADS_LISTED + 1)), 1000, 0, none, none]))).toBe('bad-message')
    expect(refusal(raw([6, 1, new Uint8Array(32 * MAX_NEAR_IDS), 1]))).toBe(null)
    expect(refusal(raw([6, 1, new Uint8Array(32 * (MAX_NEAR_IDS + 1)), 1]))).toBe('bad-message')
    const page = (length: number): Uint8Array => concatBytes([Uint8Array.of(2), new Uint8Array(35 * length)])
    expect(refusal(raw([2, 1, none, page(MAX_TIPS_PAGE), none, 0, 0, true]))).toBe(null)
    expect(refusal(raw([2, 1, none, none, new Uint8Array(6 * MAX_PARTS), 0, 0, true]))).toBe(null)
    expect(refusal(raw([2, 1, none, none, new Uint8Array(6 * (MAX_PARTS + 1)), 0, 0, true]))).toBe('bad-message')
    expect(refusal(raw([2, 1, none, none, new Uint8Array(7), 0, 0, true]))).toBe('bad-message')
    expect(refusal(raw([2, 1, none, page(MAX_TIPS_PAGE + 1), none, 0, 0, true]))).toBe('bad-message')
    expect(refusal(raw([2, 1, new Uint8Array(32 * (MAX_HEADS_LISTED + 1)), none, none, 0, 0, true]))).toBe('bad-message')
  })
  test('A10 when twice the seq of a tip is beyond 2^53 − 1', () => {
    const withSeq = (...seq: number[]): Uint8Array =>
      raw([2, 1, none, concatBytes([Uint8Array.of(2, 0, 0, ...seq), zeroId]), none, 0, 0, true])
    const most = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    expect(refusal(withSeq(...most))).toBe(null)
    expect(refusal(withSeq(...new Uint8Array(7).fill(0xff), 0x7f))).toBe('bad-message')
  })
  test('D9 when it is larger than any message, unread', () => {
    const large = new Uint8Array(MAX_BUNDLE_BYTES + 100_000)
    large[0] = MESSAGE_VERSION
    expect(refusal(large)).toBe('too-large')
    expect(refusal(raw([3, 1, new Uint8Array(MAX_BUNDLE_BYTES + 3), true, 0]))).toBe('bad-message')
  })
})

test('80,000 random and mutated messages give a message or a named refusal', { timeout: 60_000 }, () => {
  const random = createRandom(6)
  const samples = fc.sample(message, { numRuns: 40, seed: 7 }).map(encodeMessage)
  const outcomes = new Set<string>()
  for (let i = 0; i < 80_000; i++) {
    const bytes = i % 4 === 0 ? randomBytes(random, Math.floor(random() * 60)) : samples[i % samples.length]!.slice()
    if (i % 4 === 0) bytes.set([2, 0x80 + Math.floor(random() * 8)].slice(0, bytes.length))
    else bytes[Math.floor(random() * Math.min(bytes.length, 60))] = Math.floor(random() * 256)
    const decoded = decodeMessage(bytes)
    outcomes.add(decoded.ok ? decoded.value.type : decoded.reason)
  }
  expect([...outcomes].sort()).toEqual([
    'bad-message',
    'bye',
    'heads',
    'hello',
    'more',
    'near',
    'units',
    'unknown-message',
    'unknown-version',
    'want',
  ])
})
