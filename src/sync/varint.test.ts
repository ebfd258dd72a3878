import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf as written, type ByteWriter } from '../core/byte-writer.ts'
import { createReader, left, readBytes, readCopy, readFlagged, readVarint, writeFlagged, writeVarint } from './varint.ts'

const MOST = Number.MAX_SAFE_INTEGER
const bytesOf = (write: (out: ByteWriter) => void): number[] => [...written(write)]

describe('a varint', () => {
  test('is LEB128', () => {
    expect(bytesOf((out) => writeVarint(out, 0))).toEqual([0])
    expect(bytesOf((out) => writeVarint(out, 127))).toEqual([127])
    expect(bytesOf((out) => writeVarint(out, 128))).toEqual([0x80, 1])
    expect(bytesOf((out) => writeVarint(out, 624_485))).toEqual([0xe5, 0x8e, 0x26])
    expect(bytesOf((out) => writeVarint(out, MOST))).toEqual([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])
  })
  test('comes back as it was, one after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { maxLength: 50 }), (numbers) => {
        const reader = createReader(Uint8Array.from(bytesOf((out) => numbers.forEach((number) => writeVarint(out, number)))))
        expect(numbers.map(() => readVarint(reader))).toEqual(numbers)
        expect({ failed: reader.failed, left: left(reader) }).toEqual({ failed: false, left: 0 })
      }),
      { seed: 1 },
    )
  })
  test('is refused when it is cut, not the shortest, or beyond 2^53 − 1, and then so is everything after it', () => {
    const beyond = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]
    for (const bytes of [[], [0x80], [0x80, 0], [0xff, 0x80, 0], beyond, Array.from({ length: 100 }, () => 0xff)]) {
      const reader = createReader(Uint8Array.from([...bytes, ...(bytes.at(-1) === 0x80 || bytes.length === 0 ? [] : [1, 1])]))
      expect(readVarint(reader)).toBe(0)
      expect(reader.failed).toBe(true)
      expect([readVarint(reader), readBytes(reader, 1).length, readFlagged(reader), left(reader)]).toEqual([0, 0, 0, 0])
    }
  })
})

describe('a flagged varint', () => {
  test('has its flag in the lowest bit of the first byte', () => {
    expect(bytesOf((out) => writeFlagged(out, 0, 0))).toEqual([0])
    expect(bytesOf((out) => writeFlagged(out, 0, 1))).toEqual([1])
    expect(bytesOf((out) => writeFlagged(out, 63, 0))).toEqual([126])
    expect(bytesOf((out) => writeFlagged(out, 64, 1))).toEqual([0x81, 1])
  })
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(0 as const, 1 as const), (number, flag) => {
        const reader = createReader(Uint8Array.from(bytesOf((out) => writeFlagged(out, number, flag))))
        expect([reader.bytes[0]! & 1, readFlagged(reader)]).toEqual([flag, number])
        expect({ failed: reader.failed, left: left(reader) }).toEqual({ failed: false, left: 0 })
      }),
      {
        seed: 2,
        examples: [
          [MOST, 0],
          [MOST, 1],
          [0, 1],
          [63, 0],
          [64, 1],
        ],
      },
    )
  })
  test('A10 has no longer form, and nothing beyond 2^53 − 1', () => {
    for (const bytes of [[0x80, 0], [0x81, 0], [0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x80], []]) {
      const reader = createReader(Uint8Array.from(bytes))
      expect(readFlagged(reader)).toBe(0)
      expect(reader.failed).toBe(true)
    }
  })
})

test('bytes beyond the end are refused whole', () => {
  const reader = createReader(Uint8Array.of(1, 2, 3), 1)
  expect([...readBytes(reader, 2)]).toEqual([2, 3])
  expect([...readBytes(reader, 0)]).toEqual([])
  expect(reader.failed).toBe(false)
  for (const read of [readBytes, readCopy]) {
    expect([...read(reader, 1)]).toEqual([])
    expect(reader.failed).toBe(true)
  }
})

test('a copy shares no memory with what it was read from', () => {
  const reader = createReader(Uint8Array.of(1, 2, 3))
  const copy = readCopy(reader, 2)
  reader.bytes.fill(0)
  expect([[...copy], reader.at]).toEqual([[1, 2], 2])
})
