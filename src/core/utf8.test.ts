import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyScalar } from './text.naive.ts'
import { decodeUtf8, encodeUtf8, isUtf8 } from './utf8.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The platform's verdict on bytes, which ours must equal. */
function naiveDecode(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

test('texts are encoded as the platform does, and refused exactly when they are not well-formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }), (text) => {
      expect(encodeUtf8(text)).toEqual(text.isWellFormed() ? new TextEncoder().encode(text) : null)
    }),
    { seed: 1, numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.string({ unit: anyScalar, maxLength: 200 }), (text) => {
      const bytes = encodeUtf8(text)!
      expect(bytes).toEqual(new TextEncoder().encode(text))
      expect(decodeUtf8(bytes, 0, bytes.length)).toBe(text)
    }),
    { seed: 2, numRuns: 500 },
  )
})

test(
  'A9 bytes are decoded as the strict platform decoder does: random, and every two, three and four that begin or end a range',
  { timeout: 60_000 },
  () => {
    const edges = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
      0xf5, 0xff,
    ]
    // Of a third and a fourth byte it only counts whether they continue a character.
    const lastEdges = [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff]
    const samples: number[][] = edges.flatMap((a) =>
      edges.flatMap((b) => [[a, b], ...edges.map((c) => [a, b, c]), ...lastEdges.flatMap((c) => lastEdges.map((d) => [a, b, c, d]))]),
    )
    const differing = samples.filter((sample) => {
      const bytes = Uint8Array.from(sample)
      const text = naiveDecode(bytes)
      return decodeUtf8(bytes, 0, bytes.length) !== text || isUtf8(bytes, 0, bytes.length) !== (text !== null)
    })
    expect(differing).toEqual([])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        expect(decodeUtf8(bytes, 0, bytes.length)).toBe(naiveDecode(bytes))
      }),
      { seed: 3, numRuns: 2000 },
    )
  },
)

describe('no two byte strings are one text', () => {
  test('A9 NUL and the byte-order mark are kept as they are', () => {
    for (const text of ['\0', 'a\0b', '\ufeff', '\ufeffa', 'a\ufeff']) {
      const bytes = encodeUtf8(text)!
      expect(decodeUtf8(bytes, 0, bytes.length)).toBe(text)
    }
  })
  test('A9 lone surrogates have no bytes, and are not U+FFFD', () => {
    for (const text of ['\ud800', '\udc00', 'a\ud800', '\ud800a', '\udc00\ud800', '\ud800\ud800\udc00']) expect(encodeUtf8(text)).toBeNull()
    expect(encodeUtf8('\ufffd')).toEqual(Uint8Array.of(0xef, 0xbf, 0xbd))
  })
  test('A9 overlong forms, surrogates in UTF-8 and code points past U+10FFFF are no text', () => {
    for (const bytes of [
      [0xc0, 0x80],
      [0xe0, 0x80, 0xaf],
      [0xf0, 0x80, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xed, 0xb0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      expect(decodeUtf8(Uint8Array.from(bytes), 0, bytes.length)).toBeNull()
    }
  })
})

test('only the bytes between the bounds are read', () => {
  const bytes = Uint8Array.of(0xff, 0x61, 0xc3, 0xa9, 0xff)
  expect(decodeUtf8(bytes, 1, 4)).toBe('aé')
  expect(decodeUtf8(bytes, 1, 3)).toBeNull()
  expect(decodeUtf8(bytes, 2, 2)).toBe('')
})

test('a long text takes the same way', () => {
  const text = 'aé€😀'.repeat(5000)
  const bytes = encodeUtf8(text)!
  expect(decodeUtf8(bytes, 0, bytes.length)).toBe(text)
})
