/**
 * A segment as it is on a disk: its bytes beside their checksum. Disks are not trusted: everything that is read is checked here, and
 * nowhere else.
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { assert } from '../core/result.ts'
import type { CorruptSegment, Place, Segment } from './store.ts'

export interface SegmentRecord {
  readonly bytes: Uint8Array
  /** SHA-256 of `first`, `count` and `bytes`: a record moved to another place is as corrupt as a changed one. */
  readonly checksum: Uint8Array
}

/** The record of a segment. Its bytes are not copied. */
export function packSegment({ first, count, bytes }: Segment): SegmentRecord {
  return { bytes, checksum: checksum(first, count, bytes) }
}

/** The segment in a record found at (first, count), or what is wrong with it. Takes any record, also one of another shape. `hash`: SHA-256. */
export function unpackSegment(first: number, count: number, record: unknown, hash = sha256): Segment | CorruptSegment {
  const { bytes, checksum: written } = fieldsOf(record)
  const whole = bytes instanceof Uint8Array && written instanceof Uint8Array && equalBytes(written, checksum(first, count, bytes, hash))
  return whole ? { first, count, bytes } : { first, count, reason: 'bad-checksum' }
}

/** From so many bytes on, the platform's SHA-256 is quicker than ours, in spite of the cost of the call. */
const NATIVE_FROM = 4_096

/** As `unpackSegment`, and quicker for long segments: large rooms are opened by it. */
export async function unpackLong(first: number, count: number, record: unknown): Promise<Segment | CorruptSegment> {
  const { bytes, checksum: written } = fieldsOf(record)
  const isLong = bytes instanceof Uint8Array && bytes.length >= NATIVE_FROM && written instanceof Uint8Array
  if (!isLong || globalThis.crypto?.subtle === undefined) return unpackSegment(first, count, record)
  const found = await crypto.subtle.digest('SHA-256', concatBytes([placeOf(first, count), bytes]))
  return equalBytes(written, new Uint8Array(found)) ? { first, count, bytes } : { first, count, reason: 'bad-checksum' }
}

const fieldsOf = (record: unknown): Partial<Record<keyof SegmentRecord, unknown>> => record ?? {}

/** Asserts that the segments follow one another without gaps, the first of them beginning at `end`. */
export function assertContiguous(segments: readonly Segment[], end: number): void {
  for (const { first, count } of segments) {
    assert(first === end, `a segment begins at ${first}, the store ends at ${end}`)
    assert(Number.isSafeInteger(count) && count > 0, 'a segment holds at least one op')
    end += count
  }
}

/** Asserts that no segment to be packed is empty. */
export const assertFilled = (places: readonly Place[]): void =>
  places.forEach(({ count }) => assert(Number.isSafeInteger(count) && count > 0, 'what is packed holds at least one op'))

/** Neighbours as one place each. In order. */
export function runsOf(places: readonly Place[]): Place[] {
  const runs: Place[] = []
  for (const { first, count } of places) {
    const last = runs.at(-1)
    if (last !== undefined && last.first + last.count === first) runs[runs.length - 1] = { first: last.first, count: last.count + count }
    else runs.push({ first, count })
  }
  return runs
}

/**
 * Asserts that all of this begins and ends where segments do (`layout`: the segments between its first and last op), and that the index
 * before `part` ends where `part` begins.
 */
export function assertReplaces(runs: readonly Place[], part: Place, layout: readonly Place[], indexEnd: number): void {
  const edges = new Set(layout.flatMap(({ first, count }) => [first, first + count]))
  for (const { first, count } of [...runs, part]) {
    assert(edges.has(first) && edges.has(first + count), 'what is packed begins and ends where segments do')
  }
  assert(part.first === indexEnd, 'the index has no gaps')
}

const checksum = (first: number, count: number, bytes: Uint8Array, hash = sha256): Uint8Array =>
  hash(concatBytes([placeOf(first, count), bytes]))

function placeOf(first: number, count: number): Uint8Array {
  const place = new Uint8Array(16)
  const view = new DataView(place.buffer)
  view.setFloat64(0, first)
  view.setFloat64(8, count)
  return place
}
