import * as cborg from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, mutated, randomBytes } from './bytes.naive.ts'
import { equalBytes, fromHex, toHex } from './bytes.ts'
import { checkValue, decodeValue, encodeValue } from './cbor.ts'
import { MAX_NESTING } from './limits.ts'
import type { FormRefusal } from './result.ts'
import { anyScalar } from './text.naive.ts'
import type { Value } from './value.ts'

const hex = (text: string): Uint8Array => fromHex(text.replaceAll(' ', ''))!

/** The refusal of bytes in hex, asked of both the judge and the decoder. */
function refusal(text: string): FormRefusal | null {
  const bytes = hex(text)
  const decoded = decodeValue(bytes)
  const verdict = checkValue(bytes, 0, bytes.length)
  expect(verdict).toBe(decoded.ok ? null : decoded.reason)
  return verdict
}

const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
)
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    number.map((each) => each + 0),
    fc.string({ unit: anyScalar }),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('value'), { maxLength: 6 }),
    fc
      .uniqueArray(fc.tuple(fc.string({ unit: anyScalar, maxLength: 30 }), tie('value')), { selector: ([key]) => key, maxLength: 6 })
      .map((entries) => new Map(entries)),
  ),
}))

// — lockstep with an independent codec —————————————————————————————————————————————————————————————————————

const naiveEncode = (item: Value): Uint8Array => cborg.encode(item, { ...cborg.rfc8949EncodeOptions, float64: true })

/** Whether bytes are canonical, by the other codec: it reads them strictly, and writes the same bytes again. */
function naiveIsCanonical(bytes: Uint8Array): boolean {
  try {
    const decoded = cborg.decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
    }) as Value
    return isOurs(decoded, MAX_NESTING) && equalBytes(naiveEncode(decoded), bytes)
  } catch {
    return false
  }
}

/** What that codec reads and the protocol does not have: keys that are no texts, −0, whole floats, deep nesting. */
function isOurs(item: Value, nesting: number): boolean {
  if (typeof item === 'number') return Number.isSafeInteger(item) ? !Object.is(item, -0) : !Number.isInteger(item)
  if (item instanceof Map) return nesting > 0 && [...item].every(([key, of]) => typeof key === 'string' && isOurs(of as Value, nesting - 1))
  if (Array.isArray(item)) return nesting > 0 && item.every((each) => isOurs(each as Value, nesting - 1))
  return true
}

describe('encoding', () => {
  test('comes back as the same value', () => {
    fc.assert(
      fc.property(value, (item) => {
        expect(decodeValue(encodeValue(item))).toEqual({ ok: true, value: item })
      }),
      { seed: 1, numRuns: 500 },
    )
  })
  test('is byte for byte that of an independent codec', () => {
    fc.assert(
      fc.property(value, (item) => {
        expect(toHex(encodeValue(item))).toBe(toHex(naiveEncode(item)))
      }),
      { seed: 2, numRuns: 500 },
    )
  })
  test('keeps the examples of RFC 8949, appendix A', () => {
    const examples: [Value, string][] = [
      [0, '00'],
      [23, '17'],
      [24, '1818'],
      [255, '18ff'],
      [256, '190100'],
      [1_000_000, '1a000f4240'],
      [1_000_000_000_000, '1b000000e8d4a51000'],
      [2 ** 53 - 1, '1b001fffffffffffff'],
      [-(2 ** 53 - 1), '3b001ffffffffffffe'],
      [-1, '20'],
      [-1000, '3903e7'],
      [1.1, 'fb3ff199999999999a'],
      [-4.1, 'fbc010666666666666'],
      [1.5, 'fb3ff8000000000000'],
      [5e-324, 'fb0000000000000001'],
      [false, 'f4'],
      [true, 'f5'],
      [null, 'f6'],
      ['', '60'],
      ['ü水𐅑', '69c3bce6b0b4f0908591'],
      [Uint8Array.of(1, 2, 3, 4), '4401020304'],
      [[1, [2, 3], [4, 5]], '8301820203820405'],
      [
        new Map<string, Value>([
          ['b', [2, 3]],
          ['a', 1],
        ]),
        'a26161016162820203',
      ],
      [
        new Map([
          ['aa', 1],
          ['b', 2],
          ['', 3],
        ]),
        'a3600361620262616101',
      ],
    ]
    for (const [item, bytes] of examples) expect(toHex(encodeValue(item))).toBe(bytes)
  })
  test('A11 keeps keys such as __proto__ as plain data', () => {
    const item = new Map<string, Value>([
      ['__proto__', 1],
      ['constructor', 2],
      ['toString', new Map([['__proto__', 3]])],
    ])
    const decoded = decodeValue(encodeValue(item))
    expect(decoded).toEqual({ ok: true, value: item })
    expect(Object.keys(Object.prototype)).toEqual([])
  })
  test('A9 A10 of values without an encoding is a programmer’s error', () => {
    const bad = [
      -0,
      NaN,
      Infinity,
      -Infinity,
      2 ** 53,
      -(2 ** 53),
      1e300,
      '\ud800',
      undefined,
      1n,
      {},
      new Date(0),
      [undefined],
      new Map([['\udc00', 1]]),
    ]
    for (const item of bad) expect(() => encodeValue(item as Value)).toThrow('assertion failed')
    expect(() => encodeValue(new Map([[1, 1]]) as unknown as Value)).toThrow('assertion failed')
  })
  test('A13 is as deep as MAX_NESTING and no deeper', () => {
    const nested = (depth: number, inner: Value): Value => (depth === 0 ? inner : [nested(depth - 1, inner)])
    const deepest = nested(MAX_NESTING, 7)
    expect(decodeValue(encodeValue(deepest))).toEqual({ ok: true, value: deepest })
    expect(() => encodeValue(nested(MAX_NESTING + 1, 7))).toThrow('nested')
    expect(() => encodeValue(nested(MAX_NESTING, new Map()))).toThrow('nested')
  })
})

describe('bytes that are not canonical are refused by name:', () => {
  test('A1 numbers and lengths that are not the shortest', () => {
    for (const text of [
      '1817',
      '190001',
      '1900ff',
      '1a0000ffff',
      '1b00000000ffffffff',
      '3800',
      '5800',
      '5803 010203',
      '7801 61',
      '9800',
      'b800',
    ]) {
      expect(refusal(text)).toBe('not-canonical')
    }
  })
  test('A1 half and single floats', () => {
    for (const text of ['f93e00', 'fa3fc00000', 'f97e00', 'fa7f800000']) expect(refusal(text)).toBe('not-canonical')
  })
  test('A10 floats that are whole, −0, NaN or infinite', () => {
    for (const text of [
      '3ff0000000000000',
      '0000000000000000',
      '8000000000000000',
      '7ff8000000000000',
      '7ff0000000000000',
      'fff0000000000000',
      '7e37e43c8800759c',
      '4340000000000000',
    ]) {
      expect(refusal(`fb${text}`)).toBe('bad-number')
    }
  })
  test('A10 integers beyond ±(2^53 − 1)', () => {
    for (const text of ['1b0020000000000000', '3b001fffffffffffff', '1bffffffffffffffff', '3bffffffffffffffff'])
      expect(refusal(text)).toBe('bad-number')
    for (const text of ['1b001fffffffffffff', '3b001ffffffffffffe']) expect(refusal(text)).toBeNull()
  })
  test('A1 map keys that are unsorted, repeated, or no texts', () => {
    for (const text of ['a2616201616101', 'a2616101616101', 'a2 626161 01 6162 02', 'a10101', 'a1f601', 'a1416101', 'a1a001'])
      expect(refusal(text)).toBe('bad-key')
  })
  test('A9 ill-formed texts, as values and as keys', () => {
    for (const text of ['62c080', '61ff', '63eda080', 'a162c08001', '61c3']) expect(refusal(text)).toBe('bad-text')
  })
  test('A1 tags, undefined, other simple values, indefinite lengths, reserved lengths', () => {
    for (const text of [
      'c000',
      'd9d9f780',
      'f7',
      'e0',
      'f3',
      'f800',
      'f8ff',
      'fc',
      'ff',
      '9fff',
      'bfff',
      '5fff',
      '7f6161ff',
      '1c',
      '3f',
      '1f',
      '5e',
    ]) {
      expect(refusal(text)).toBe('unsupported-type')
    }
  })
  test('A13 what is cut, or declares more than there is', () => {
    for (const text of [
      '',
      '18',
      '1901',
      'fb3ff1',
      '41',
      '61',
      '81',
      'a1',
      'a16161',
      '8201',
      '5b7fffffffffffffff',
      '7b0000000100000000',
      '9b7fffffffffffffff',
      'bb00000000ffffffff',
      '9affffffff',
      'ba80000000',
    ]) {
      const expected = text === 'bb00000000ffffffff' ? 'not-canonical' : 'truncated'
      expect(refusal(text)).toBe(expected)
    }
  })
  test('A13 a length beyond what is left, before anything inside is looked at', () => {
    for (const text of ['9affffffff f7', '83 f7 00', 'ba80000000 01 01', 'a2 01 01 01']) expect(refusal(text)).toBe('truncated')
  })
  test('A1 what is followed by anything', () => {
    for (const text of ['0000', '8000', 'f6f6', '6161ff']) expect(refusal(text)).toBe('trailing-bytes')
  })
  test('A13 nesting beyond MAX_NESTING, of 10,000 levels as of 33', () => {
    for (const depth of [MAX_NESTING + 1, 10_000]) {
      expect(refusal('81'.repeat(depth) + '00')).toBe('too-deep')
      expect(refusal('a160'.repeat(depth) + '00')).toBe('too-deep')
    }
    expect(refusal('81'.repeat(MAX_NESTING) + '00')).toBeNull()
    expect(refusal('81'.repeat(MAX_NESTING) + '80')).toBe('too-deep')
  })
})

test(
  '120,000 random and mutated byte strings have one verdict by the judge, the decoder and the independent codec',
  { timeout: 60_000 },
  () => {
    const random = createRandom(1)
    const samples = fc.sample(value, { numRuns: 300, seed: 5 }).map(encodeValue)
    const refusals = new Set<string | null>()
    const disagreements: string[] = []
    for (let i = 0; i < 120_000; i++) {
      const bytes = i % 3 === 0 ? randomBytes(random, Math.floor(random() * 12)) : mutated(random, samples[i % samples.length]!)
      const decoded = decodeValue(bytes)
      const verdict = checkValue(bytes, 0, bytes.length)
      refusals.add(verdict)
      const isSame = decoded.ok ? verdict === null && equalBytes(encodeValue(decoded.value), bytes) : verdict === decoded.reason
      if (!isSame || naiveIsCanonical(bytes) !== decoded.ok) disagreements.push(toHex(bytes))
    }
    expect(disagreements).toEqual([])
    expect(refusals.size).toBe(8)
  },
)

test('byte strings that were decoded are copies, also of a Buffer', () => {
  const bytes = Buffer.from('420102', 'hex')
  const decoded = decodeValue(bytes)
  bytes.fill(9)
  expect(decoded).toEqual({ ok: true, value: Uint8Array.of(1, 2) })
})

test('only the bytes between the bounds are judged', () => {
  const bytes = hex('ff 8101 ff')
  expect(checkValue(bytes, 1, 3)).toBeNull()
  expect(checkValue(bytes, 1, 2)).toBe('truncated')
  expect(checkValue(bytes, 1, 4)).toBe('trailing-bytes')
})
