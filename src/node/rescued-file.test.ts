/** A file that must be read although more of it was damaged. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../core/bytes.ts'
import { decodeRescued, encodeRescued } from './rescued-file.ts'

const anyBundles = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 6 })
const asArrays = (bundles: readonly Uint8Array[]): number[][] => bundles.map((bundle) => [...bundle])
const MARK = encodeRescued([]).length
const HEAD = encodeRescued([new Uint8Array()]).length - MARK

describe('a file of rescued ops', () => {
  test('gives the bundles that were put into it', () => {
    fc.assert(
      fc.property(anyBundles, (bundles) => {
        const read = decodeRescued(encodeRescued(bundles))
        expect([asArrays(read.bundles), read.damaged]).toEqual([asArrays(bundles), 0])
      }),
    )
  })

  test('E9 of which a byte was changed loses one bundle, and says how many bytes it lost', () => {
    fc.assert(
      fc.property(anyBundles, fc.nat(), fc.integer({ min: 1, max: 255 }), (bundles, place, change) => {
        const file = encodeRescued(bundles)
        const at = place % file.length
        file[at]! ^= change
        const ends = bundles.map((_, i) => encodeRescued(bundles.slice(0, i + 1)).length - MARK)
        const hit = ends.findIndex((end) => at < end)
        const read = decodeRescued(file)
        expect(asArrays(read.bundles)).toEqual(asArrays(bundles.filter((_, i) => i !== hit)))
        expect(read.damaged).toBe(hit < 0 ? 0 : HEAD + bundles[hit]!.length)
      }),
      { numRuns: 500 },
    )
  })

  test('that was cut gives what is before the cut', () => {
    const bundles = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)]
    const file = encodeRescued(bundles)
    for (let end = 0; end < file.length; end++) {
      const { bundles: read } = decodeRescued(file.subarray(0, end))
      expect(asArrays(read)).toEqual(asArrays(bundles.slice(0, read.length)))
    }
  })

  test('any bytes are read to their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), anyBundles, (junk, bundles) => {
        const read = decodeRescued(concatBytes([junk, encodeRescued(bundles)]))
        expect(asArrays(read.bundles)).toEqual(asArrays(bundles))
        expect(read.damaged).toBe(junk.length)
      }),
    )
  })

  test('E9 whose bundles hold records of others gives none of these', () => {
    const theirs = encodeRescued([Uint8Array.of(9), Uint8Array.of(9)])
    for (let at = 0; at < HEAD + theirs.length; at++) {
      const file = encodeRescued([theirs, Uint8Array.of(1)])
      file[at]! ^= 1
      const { bundles, damaged } = decodeRescued(file)
      expect([asArrays(bundles), damaged]).toEqual([[[1]], HEAD + theirs.length])
    }
  })
})
