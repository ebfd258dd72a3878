/**
 * A segment as it lies on a disk: its bytes beside their checksum. Disks are not trusted: what comes back is checked
 * here, and nowhere else.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../core/bytes.ts'
import { assert } from '../core/result.ts'
import type { CorruptSegment, Segment } from './store.ts'

export interface SegmentRecord {
  readonly bytes: Uint8Array
  /** SHA-256 of `first`, `count` and `bytes`: a record moved to another place is as corrupt as a changed one. */
  readonly checksum: Uint8Array
}

/** The record of a segment. Its bytes are not copied. */
export function packSegment({ first, count, bytes }: Segment): SegmentRecord {
  return { bytes, checksum: checksum(first, count, bytes) }
}

/** The segment that a record found at (first, count) holds, or what is wrong with it. Any record, also one of another shape. */
export function unpackSegment(first: number, count: number, record: unknown): Segment | CorruptSegment {
  const { bytes, checksum: written } = (record ?? {}) as Partial<Record<keyof SegmentRecord, unknown>>
  const whole = bytes instanceof Uint8Array && written instanceof Uint8Array && equalBytes(written, checksum(first, count, bytes))
  return whole ? { first, count, bytes } : { first, count, reason: 'bad-checksum' }
}

/** Asserts that the segments follow one another without gaps, the first of them beginning at `end`. */
export function assertContiguous(segments: readonly Segment[], end: number): void {
  for (const { first, count } of segments) {
    assert(first === end, `a segment begins at ${first}, the store ends at ${end}`)
    assert(Number.isSafeInteger(count) && count > 0, 'a segment holds at least one op')
    end += count
  }
}

function checksum(first: number, count: number, bytes: Uint8Array): Uint8Array {
  const place = new Uint8Array(16)
  const view = new DataView(place.buffer)
  view.setFloat64(0, first)
  view.setFloat64(8, count)
  return sha256.create().update(place).update(bytes).digest()
}
