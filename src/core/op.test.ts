import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, mutated, randomBytes } from './bytes.naive.ts'
import { compareBytes, concatBytes, equalBytes, toHex } from './bytes.ts'
import { encodeValue } from './cbor.ts'
import { opId } from './hash.ts'
import { publicKeyOf } from './keys.ts'
import { MAX_BODY_BYTES, MAX_DEPS, MAX_NESTING, MAX_OP_BYTES } from './limits.ts'
import { asAuthor, checkOp, decodeOp, encodeOp, type Op, type OpId } from './op.ts'
import type { FormRefusal } from './result.ts'
import { anyScalar } from './text.naive.ts'
import type { Value } from './value.ts'

const author = publicKeyOf(new Uint8Array(32).fill(1))
const idOf = (n: number): OpId => new Uint8Array(32).map((_, i) => (i === 0 ? n >> 8 : n & 255)) as Uint8Array as OpId
const genesis: Op = { room: null, author, seq: 0, prev: null, deps: [], time: 0, body: encodeValue(null) }
const op: Op = { room: idOf(1), author, seq: 3, prev: idOf(2), deps: [idOf(3), idOf(4)], time: 1_700_000_000, body: encodeValue([1, 'hi']) }

const refusal = (bytes: Uint8Array): FormRefusal | null => {
  const decoded = decodeOp(bytes)
  return decoded.ok ? null : decoded.reason
}

/** The refusal of an op with some fields changed, which must be the same for the object and for its bytes. */
function refusalOf(fields: Partial<Op>): FormRefusal | null {
  const changed = { ...op, ...fields }
  expect(checkOp(changed)).toBe(refusal(encodeOp(changed)))
  return checkOp(changed)
}

const FIELDS: readonly Value[] = [1, op.room, author, 3, op.prev, op.deps, 1_700_000_000, [1, 'hi']]
/** The refusal of an op's array with some fields replaced by values of any kind. */
const refusalWith = (fields: Readonly<Record<number, Value>>): FormRefusal | null =>
  refusal(encodeValue(FIELDS.map((field, i) => fields[i] ?? field)))

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes) as Uint8Array as OpId)
const anyOp: fc.Arbitrary<Op> = fc
  .record({
    room: id,
    seq: fc.oneof(fc.constant(0), fc.nat(40), fc.maxSafeNat()),
    prev: id,
    deps: fc.uniqueArray(id, { selector: toHex, minLength: 1, maxLength: 6 }),
    time: fc.maxSafeNat(),
    body: fc
      .oneof(fc.string({ unit: anyScalar }), fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }), fc.nat())
      .map(encodeValue),
  })
  .map(({ seq, prev, deps, ...rest }) => ({ ...rest, author, seq, prev: seq === 0 ? null : prev, deps: deps.sort(compareBytes) }))

describe('an op', () => {
  test('comes back from its canonical bytes, which are its CBOR array with the body in it', () => {
    fc.assert(
      fc.property(anyOp, (each) => {
        expect(decodeOp(encodeOp(each))).toEqual({ ok: true, value: each })
      }),
      { seed: 1, numRuns: 300 },
    )
    expect(encodeOp(op)).toEqual(encodeValue(FIELDS))
    expect(decodeOp(encodeOp(genesis))).toEqual({ ok: true, value: genesis })
  })
  test('may be as large as its limits allow', () => {
    const deps = Array.from({ length: MAX_DEPS }, (_, i) => idOf(1000 + i)).sort(compareBytes)
    const body = encodeValue(new Uint8Array(MAX_BODY_BYTES - 3))
    expect(body.length).toBe(MAX_BODY_BYTES)
    const largest = { ...op, seq: Number.MAX_SAFE_INTEGER, time: Number.MAX_SAFE_INTEGER, deps, body }
    expect(refusalOf(largest)).toBeNull()
    expect(encodeOp(largest).length).toBeLessThanOrEqual(MAX_OP_BYTES)
  })
  test('A7 has an id of 32 bytes that its signature does not enter', () => {
    expect(opId(encodeOp(op)).length).toBe(32)
    expect(equalBytes(opId(encodeOp(op)), opId(encodeOp({ ...op, time: op.time + 1 })))).toBe(false)
  })
  test('A8 has another id in every room', () => {
    expect(equalBytes(opId(encodeOp(op)), opId(encodeOp({ ...op, room: idOf(9) })))).toBe(false)
  })
})

describe('an op is refused', () => {
  test('A14 as of an unknown version, whatever its fields', () => {
    expect(refusalWith({ 0: 2 })).toBe('unknown-version')
    expect(refusalWith({ 0: 0 })).toBe('unknown-version')
    expect(refusal(encodeValue([7, 'something else']))).toBe('unknown-version')
  })
  test('as of another shape: no array, a missing or further field, a field of another type or length', () => {
    const shapes: Value[] = [
      null,
      1,
      'op',
      new Map([['version', 1]]),
      [],
      [1],
      FIELDS.slice(0, 7),
      [...FIELDS, 1],
      ['1', ...FIELDS.slice(1)],
    ]
    for (const shape of shapes) expect(refusal(encodeValue(shape))).toBe('bad-shape')
    const short = new Uint8Array(31)
    const long = new Uint8Array(33)
    const fields: Record<number, Value>[] = [
      { 1: short },
      { 1: 'room' },
      { 2: 'author' },
      { 3: '3' },
      { 3: -1 },
      { 3: 0.5 },
      { 4: long },
      { 4: 0 },
      { 5: 'deps' },
      { 5: op.room },
      { 5: [short] },
      { 5: [1] },
      { 5: new Map() },
      { 6: -1 },
      { 6: 1.5 },
      { 6: '0' },
    ]
    for (const each of fields) expect(refusalWith(each)).toBe('bad-shape')
    expect(refusal(encodeValue(FIELDS.map((field, i) => (i === 2 ? null : i === 5 ? [null] : field))))).toBe('bad-shape')
  })
  test('A1 when its bytes are not the canonical ones', () => {
    const bytes = encodeOp(op)
    expect(refusal(concatBytes([Uint8Array.of(0x98, 8), bytes.subarray(1)]))).toBe('not-canonical')
    expect(refusal(concatBytes([Uint8Array.of(0x9f), bytes.subarray(1), Uint8Array.of(0xff)]))).toBe('unsupported-type')
    expect(refusal(concatBytes([Uint8Array.of(0x88, 0x18, 1), bytes.subarray(2)]))).toBe('not-canonical')
    expect(refusal(concatBytes([bytes, Uint8Array.of(0)]))).toBe('trailing-bytes')
    for (let length = 0; length < bytes.length; length++) expect(refusal(bytes.subarray(0, length))).toBe('truncated')
  })
  test("A1 A9 A10 when its body is not canonical, by the body's fault", () => {
    const faults: [number[], FormRefusal][] = [
      [[0xa2, 0x61, 0x62, 1, 0x61, 0x61, 1], 'bad-key'],
      [[0xfb, 0x80, 0, 0, 0, 0, 0, 0, 0], 'bad-number'],
      [[0x62, 0xc0, 0x80], 'bad-text'],
      [[0xf9, 0x3e, 0], 'not-canonical'],
      [[0xf7], 'unsupported-type'],
      [[1, 1], 'trailing-bytes'],
      [[], 'truncated'],
      [[0x82, 1], 'truncated'],
    ]
    for (const [body, fault] of faults) expect(refusalOf({ body: Uint8Array.from(body) })).toBe(fault)
  })
  test('A13 when its body nests too deep', () => {
    const nested = (depth: number): Uint8Array => concatBytes([new Uint8Array(depth).fill(0x81), Uint8Array.of(0)])
    expect(refusalOf({ body: nested(MAX_NESTING) })).toBeNull()
    expect(refusalOf({ body: nested(MAX_NESTING + 1) })).toBe('too-deep')
    expect(refusalOf({ body: nested(10_000) })).toBe('too-deep')
  })
  test('D9 when it, or its body, is larger than the limits', () => {
    expect(refusal(new Uint8Array(MAX_OP_BYTES + 1))).toBe('too-large')
    expect(refusalOf({ body: encodeValue(new Uint8Array(MAX_BODY_BYTES - 2)) })).toBe('too-large')
  })
  test('A4 when its author is of small order, not canonical, or no key', () => {
    const keys = [new Uint8Array(32), new Uint8Array(32).fill(255), Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))]
    for (const key of keys) expect(refusalOf({ author: asAuthor(key) })).toBe('bad-author')
    expect(refusalWith({ 2: new Uint8Array(31) })).toBe('bad-author')
  })
  test('when prev is null and seq is not 0, or the other way round', () => {
    expect(refusalOf({ prev: null })).toBe('bad-seq')
    expect(refusalOf({ seq: 0 })).toBe('bad-seq')
    expect(refusalOf({ seq: 0, prev: null })).toBeNull()
  })
  test('when it is in a room and has no parents', () => {
    expect(refusalOf({ seq: 0, prev: null, deps: [] })).toBe('no-parents')
  })
  test('when it is a genesis with parents or a seq', () => {
    for (const fields of [{}, { seq: 0, prev: null }, { seq: 0, deps: [] }, { prev: null, deps: [] }]) {
      expect(refusalOf({ room: null, ...fields })).toBe('bad-genesis')
    }
  })
  test('B9 when its deps are too many, unsorted, repeated, or name prev', () => {
    const many = Array.from({ length: MAX_DEPS + 1 }, (_, i) => idOf(1000 + i)).sort(compareBytes)
    expect(refusalOf({ deps: many })).toBe('too-many-deps')
    const tenThousand = Array.from({ length: 10_000 }, (_, i) => idOf(i)).sort(compareBytes)
    expect(checkOp({ ...op, deps: tenThousand })).toBe('too-many-deps')
    expect(refusal(encodeOp({ ...op, deps: tenThousand }))).toBe('too-large')
    expect(refusalOf({ deps: [idOf(4), idOf(3)] })).toBe('deps-unsorted')
    expect(refusalOf({ deps: [idOf(3), idOf(3)] })).toBe('deps-unsorted')
    expect(refusalOf({ deps: [idOf(2), idOf(3)] })).toBe('prev-in-deps')
  })
  test('when a number is not whole or beyond 2^53 − 1, as an object that nobody encoded', () => {
    for (const bad of [-1, 0.5, NaN, 2 ** 53]) {
      expect(checkOp({ ...op, seq: bad })).toBe('bad-shape')
      expect(checkOp({ ...op, time: bad })).toBe('bad-shape')
    }
    expect(checkOp({ ...op, deps: [new Uint8Array(31) as Uint8Array as OpId] })).toBe('bad-shape')
    expect(checkOp({ ...op, prev: new Uint8Array(33) as Uint8Array as OpId })).toBe('bad-shape')
    expect(refusal(concatBytes([Uint8Array.of(0x88, 1, 0xf6, 0x40), Uint8Array.of(0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0)]))).toBe('bad-number')
  })
})

test('60,000 random and mutated byte strings give an op with these very bytes, or a named refusal', { timeout: 60_000 }, () => {
  const random = createRandom(3)
  const samples = fc.sample(anyOp, { numRuns: 200, seed: 4 }).map(encodeOp)
  const outcomes = new Set<string>()
  for (let i = 0; i < 60_000; i++) {
    const bytes = i % 5 === 0 ? randomBytes(random, Math.floor(random() * 50)) : mutated(random, samples[i % samples.length]!)
    const decoded = decodeOp(bytes)
    outcomes.add(
      !decoded.ok ? decoded.reason : equalBytes(encodeOp(decoded.value), bytes) && checkOp(decoded.value) === null ? 'op' : 'other bytes',
    )
  }
  expect(outcomes).not.toContain('other bytes')
  for (const outcome of ['op', 'truncated', 'bad-author', 'bad-shape', 'unknown-version', 'trailing-bytes'])
    expect(outcomes).toContain(outcome)
})
