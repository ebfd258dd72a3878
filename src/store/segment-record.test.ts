/** Records of segments: what is not what was written is corrupt. */
import { expect, test } from 'vitest'
import { packSegment, unpackSegment } from './segment-record.ts'

const segment = { first: 5, count: 3, bytes: new Uint8Array([1, 2, 3]) }

test('a record comes back where it was written, and is corrupt at any other place or with any other count', () => {
  const record = packSegment(segment)
  expect(unpackSegment(5, 3, record)).toEqual(segment)
  expect(unpackSegment(6, 3, record)).toEqual({ first: 6, count: 3, reason: 'bad-checksum' })
  expect(unpackSegment(5, 4, record)).toEqual({ first: 5, count: 4, reason: 'bad-checksum' })
})

test('a record whose checksum was changed is corrupt', () => {
  const { bytes, checksum } = packSegment(segment)
  for (const wrong of [checksum.slice(1), new Uint8Array(32), new Uint8Array(0)]) {
    expect(unpackSegment(5, 3, { bytes, checksum: wrong })).toMatchObject({ reason: 'bad-checksum' })
  }
})
