import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../core/byte-writer.ts'
import { readRuns, writeRuns } from './runs.ts'
import { createReader, left } from './varint.ts'

const written = (column: readonly number[]): number[] => [...bytesOf((out) => writeRuns(out, column))]

/** The column in some bytes, and whether it is one. */
function read(bytes: readonly number[], count: number): { column: number[]; failed: boolean; left: number } {
  const reader = createReader(Uint8Array.from(bytes))
  const column = readRuns(reader, count)
  return { column, failed: reader.failed, left: left(reader) }
}

describe('a column in runs', () => {
  test('says a number once that comes many times', () => {
    expect(written([])).toEqual([])
    expect(written([5])).toEqual([10])
    expect(written([5, 5])).toEqual([11, 0])
    expect(written([0, ...Array.from({ length: 1_000 }, () => 7), 1])).toEqual([0, 15, 0xe6, 0x07, 2])
  })
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(fc.maxSafeNat(), fc.nat(2)), fc.integer({ min: 1, max: 300 }))), (runs) => {
        const column = runs.flatMap(([number, times]) => Array.from({ length: times }, () => number))
        expect(read(written(column), column.length)).toEqual({ column, failed: false, left: 0 })
      }),
      { seed: 1 },
    )
  })
  test('is refused when one run is written as two, so that it has one form', () => {
    const forms = [
      [10, 10],
      [11, 0, 10],
      [10, 11, 0],
      [11, 0, 11, 0],
    ]
    for (const bytes of forms) expect(read(bytes, 4).failed).toBe(true)
    expect(read([10, 12, 11, 0], 4)).toEqual({ column: [5, 6, 5, 5], failed: false, left: 0 })
  })
  test('D8 is refused when it is longer than it should be, before it is built, or cut', () => {
    const endless = [11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    expect(read(endless, 10)).toEqual({ column: [], failed: true, left: 0 })
    expect(read([11, 1], 2)).toEqual({ column: [], failed: true, left: 0 })
    for (const bytes of [[], [11], [10], [10, 0x80]]) expect(read(bytes, 2).failed).toBe(true)
  })
})
