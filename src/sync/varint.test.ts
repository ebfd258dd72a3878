import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf as written, type ByteWriter } from '../core/byte-writer.ts'
import { createReader, left, readBytes, readSigned, readVarint, writeSigned, writeVarint } from './varint.ts'

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
      expect([readVarint(reader), readBytes(reader, 1).length, readSigned(reader), left(reader)]).toEqual([0, 0, 0, 0])
    }
  })
})

describe('a signed varint', () => {
  test('is small for small numbers of either sign', () => {
    expect(bytesOf((out) => writeSigned(out, 0))).toEqual([0])
    expect(bytesOf((out) => writeSigned(out, -1))).toEqual([3])
    expect(bytesOf((out) => writeSigned(out, 63))).toEqual([126])
    expect(bytesOf((out) => writeSigned(out, -64))).toEqual([0x81, 1])
  })
  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        const reader = createReader(Uint8Array.from(bytesOf((out) => writeSigned(out, number))))
        expect(readSigned(reader)).toBe(number === 0 ? 0 : number)
        expect({ failed: reader.failed, left: left(reader) }).toEqual({ failed: false, left: 0 })
      }),
      { seed: 2, examples: [[MOST], [-MOST], [0], [64], [-63]] },
    )
  })
  test('A10 has no −0, no longer form, and nothing beyond 2^53 − 1', () => {
    for (const bytes of [[1], [0x80, 0], [0x81, 0], [0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x80], []]) {
      const reader = createReader(Uint8Array.from(bytes))
      expect(readSigned(reader)).toBe(0)
      expect(reader.failed).toBe(true)
    }
  })
})

test('bytes beyond the end are refused whole', () => {
  const reader = createReader(Uint8Array.of(1, 2, 3), 1)
  expect([...readBytes(reader, 2)]).toEqual([2, 3])
  expect([...readBytes(reader, 0)]).toEqual([])
  expect(reader.failed).toBe(false)
  expect([...readBytes(reader, 1)]).toEqual([])
  expect(reader.failed).toBe(true)
})
