import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, giveBack, takeWriter } from '../core/byte-writer.ts'
import { equalBytes, fromHex, toHex } from '../core/bytes.ts'
import { encodeValue } from '../core/cbor.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import type { Value } from '../core/value.ts'
import { addBody, type BodyColumns, createBodyReader, createBodyWriter, isItem, isReadUp, readBody, writeBodies } from './bodies.ts'

const hex = (digits: string): Uint8Array => fromHex(digits.replaceAll(' ', ''))!

/** The columns of one author's bodies. */
function split(bodies: readonly Uint8Array[]): BodyColumns {
  const writer = createBodyWriter()
  const refs = bodies.map((body, i) => addBody(writer, body, bodies[i - 1] ?? null))
  const { patterns, contents } = writer
  const both = bytesOf((out) => writeBodies(out, writer))
  return { refs, patterns: both.subarray(0, patterns.length), contents: both.subarray(both.length - contents.length) }
}

/** The bodies of columns, one author's, or null when there are none. */
function join(columns: BodyColumns): Uint8Array[] | null {
  const reader = createBodyReader(columns)
  const bodies: Uint8Array[] = []
  for (const ref of columns.refs) {
    const out = takeWriter()
    if (!readBody(reader, ref, bodies.at(-1) ?? null, out)) return null
    bodies.push(out.bytes.slice(0, out.length))
    giveBack(out)
  }
  return isReadUp(reader) ? bodies : null
}

/** The columns of these bodies, in hex. */
const shown = (...values: readonly Value[]): { refs: string; patterns: string; contents: string } => {
  const { refs, patterns, contents } = split(values.map((value) => encodeValue(value)))
  return { refs: refs.join(' '), patterns: toHex(patterns), contents: toHex(contents) }
}

const numbers = fc.oneof(
  fc.integer({ min: -30, max: 300 }),
  fc.maxSafeInteger(),
  fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
)
const values = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    numbers,
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 3, noNullPrototype: true })
      .map((object) => new Map(Object.entries(object))),
  ),
})).value

describe('bodies that were split', () => {
  test('are put together as they were, and take no more bytes', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 12 }), fc.nat(3), (some, repeats) => {
        const bodies = Array.from({ length: repeats + 1 }, () => some.map((value) => encodeValue(value))).flat()
        const columns = split(bodies)
        expect(join(columns)?.map(toHex)).toEqual(bodies.map(toHex))
        const length = bodies.reduce((sum, body) => sum + body.length, 0)
        expect(columns.patterns.length + columns.contents.length).toBeLessThanOrEqual(length)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('have one pattern when they say the same of other places', () => {
    const typed = (position: number, text: string): Value => [3, position, 0, text]
    expect(shown(typed(1_000, 'a'), typed(1_001, 'b'), typed(1_002, 'c'), typed(900, 'd'), typed(901, 'e'))).toEqual({
      refs: '0 0 2 0 2',
      patterns: '84031903e80061' + '8403c20061' + '8403d8cb0061',
      contents: toHex(new TextEncoder().encode('abcde')),
    })
  })

  test('say an integer as it is when its step is no shorter, or has nothing to be a step from', () => {
    expect(shown(5, 6).patterns).toBe('0506')
    expect(shown(24, 35).patterns).toBe('1818' + 'd6')
    expect(shown(24, 36).patterns).toBe('1818' + '1824')
    expect(shown('no integer', 1_000_000).patterns).toBe('6a' + '1a000f4240')
    expect(shown([1_000, 2_000], [1_001, 2_000, 3_000]).patterns).toBe('821903e81907d0' + '83c2c0190bb8')
    expect(shown(-1_000, -1_001, 1_000).patterns).toBe('3903e7' + 'c1' + '1903e8')
    expect(shown(2 ** 53 - 1, 2 - 2 ** 53).patterns).toBe('1b001fffffffffffff' + '3b001ffffffffffffd')
  })

  test('count integers alone as places: what is between them may change', () => {
    expect(shown([1_000, 'text', 2_000], [1_000, new Map([['key', null]]), new Uint8Array(2), 1.5, 2_001]).patterns).toBe(
      '831903e8641907d0' + '85c0a163f642fb3ff8000000000000c2',
    )
  })
})

describe('bodies are refused', () => {
  const first = { refs: [0, 0], contents: new Uint8Array(0) }
  const isRefused = (patterns: string, more: Partial<BodyColumns> = {}): boolean =>
    join({ ...first, patterns: hex(patterns), ...more }) === null

  test('when an integer has another form than would be written', () => {
    expect(isRefused('1903e8 c2')).toBe(false)
    expect(isRefused('1903e8 1903e9')).toBe(true)
    expect(isRefused('1903e8 d802')).toBe(true)
    expect(isRefused('05 c2')).toBe(true)
  })
  test('when a step has nothing before it, or leads beyond ±(2^53 − 1)', () => {
    expect(isRefused('60 c2')).toBe(true)
    expect(isRefused('1b001ffffffffffffe c2')).toBe(false)
    expect(isRefused('1b001ffffffffffffe c4')).toBe(true)
    expect(isRefused('3b001ffffffffffffd c1')).toBe(false)
    expect(isRefused('3b001ffffffffffffd c3')).toBe(true)
  })
  test('when a ref names no pattern that was met', () => {
    for (const ref of [1, 2, 3]) expect(isRefused('60 f6', { refs: [ref, 0] })).toBe(true)
    expect(isRefused('60', { refs: [0, 1] })).toBe(false)
  })
  test('when contents are too few, or some are left', () => {
    expect(isRefused('61 62', { contents: hex('616263') })).toBe(false)
    expect(isRefused('61 62', { contents: hex('6162') })).toBe(true)
    expect(isRefused('61 62', { contents: hex('61626364') })).toBe(true)
    const reader = createBodyReader({ refs: [0], patterns: hex('63'), contents: hex('6162') })
    expect(bytesOf((out) => readBody(reader, 0, null, out)).length).toBe(1)
    expect(isReadUp(reader)).toBe(false)
  })
})

test('only one item is split: not what is cut, followed by anything, indefinite, or has a step of its own', () => {
  for (const body of ['00', '6161', '820102', 'a1616100', 'fb3ff8000000000000', '1801', 'f7', 'e0']) expect(isItem(hex(body))).toBe(true)
  for (const body of ['', '61', '8201', '0000', '9f', '5f', 'ff', 'c0', 'c100', '1c', 'fb00', 'a161', '9b001fffffffffffff']) {
    expect(isItem(hex(body))).toBe(false)
    expect(() => split([hex(body)])).toThrow('one canonical value')
  }
})

test('D8 a body of a pattern that is named many times ends soon after MAX_BODY_BYTES', () => {
  const nulls = encodeValue(Array.from({ length: 150_000 }, () => null))
  const out = takeWriter()
  readBody(createBodyReader({ refs: [0], patterns: nulls, contents: new Uint8Array(0) }), 0, null, out)
  expect(out.length).toBeGreaterThan(MAX_BODY_BYTES)
  expect(out.length).toBeLessThan(MAX_BODY_BYTES + 100)
})

test('of two patterns with one hash both are written, and both are read', () => {
  // Found by search: FNV-1a of their encodings is the same.
  const [a, b] = [2414293.4390999996, 3885955.3510999996]
  const bodies = [a, b, a, b].map((value) => encodeValue(value))
  const columns = split(bodies)
  expect(columns.refs).toEqual([0, 0, 0, 0])
  expect(join(columns)!.every((body, i) => equalBytes(body, bodies[i]!))).toBe(true)
})
