/**
 * A faulty disk that keeps the store port's guarantees and no more: a write is whole or not there, what was written
 * "relaxed" may go with a crash, a flipped bit is found on reading, and a full disk says so.
 */
import { packSegment, type SegmentRecord, unpackSegment } from '../store/segment-record.ts'
import type { Durability, IndexPart, Segment } from '../store/store.ts'

interface Kept {
  readonly segment: Segment
  /** Set when its bytes are no longer those that were written. */
  flipped: SegmentRecord | null
}

export interface Disk {
  readonly kept: Kept[]
  /** What tells of its first ops without their segments; null when it has none. */
  index: IndexPart | null
  /** The first so many survive a crash. */
  safe: number
  /** Bundles of whole segments that stood after a damaged one: kept beside the ops, and taken in at each start like a file. */
  rescued: readonly Uint8Array[]
  /** What it answers to writes instead of keeping them. */
  failure: 'full' | 'failed' | null
}

export const createDisk = (): Disk => ({ kept: [], index: null, safe: 0, rescued: [], failure: null })

const endOf = (last: Kept | undefined): number => (last === undefined ? 0 : last.segment.first + last.segment.count)

/** Ops on it. */
export const lengthOf = ({ kept }: Disk): number => endOf(kept.at(-1))

/** Ops on it that survive a crash, whole or damaged. */
export const durableOps = ({ kept, safe }: Disk): number => endOf(kept[safe - 1])

/** Ops on it that a restart will find: what survives a crash, up to the first flipped bit. */
export function safeOps({ kept, safe }: Disk): number {
  const damaged = kept.findIndex(({ flipped }) => flipped !== null)
  return endOf(kept[(damaged < 0 ? safe : Math.min(safe, damaged)) - 1])
}

/** Writes all of it or none; a strict write makes everything before it safe too, as a disk's barrier does. */
export function write(disk: Disk, segments: readonly Segment[], durability: Durability): 'full' | 'failed' | null {
  if (disk.failure !== null) return disk.failure
  for (const segment of segments) disk.kept.push({ segment, flipped: null })
  if (durability === 'strict') disk.safe = disk.kept.length
  return null
}

/** Segments from the one that holds op `from`, at most `limit`; none from the first unreadable one on. */
export function read(disk: Disk, from: number, limit: number): Segment[] {
  const out: Segment[] = []
  for (const kept of disk.kept) {
    if (out.length >= limit) break
    if (endOf(kept) <= from) continue
    const found = readable(kept)
    if (found === null) break
    out.push(found)
  }
  return out
}

function readable({ segment, flipped }: Kept): Segment | null {
  const found = flipped === null ? segment : unpackSegment(segment.first, segment.count, flipped)
  return 'bytes' in found ? found : null
}

/** The segments from op `from` on that can be read, and what was rescued before: what a damaged disk hands on beside its first ops. */
export function rescue({ kept, rescued }: Disk, from: number): Uint8Array[] {
  const whole = kept.filter((each) => endOf(each) > from).flatMap((each) => readable(each)?.bytes ?? [])
  return [...whole, ...rescued]
}

/** The machine stops: of what is not safe, only the first `survive` (a share, 0 … 1) are there afterwards. */
export function loseTail(disk: Disk, survive: number): void {
  disk.kept.length = disk.safe + Math.floor((disk.kept.length - disk.safe) * survive)
  disk.safe = disk.kept.length
}

/** Goes back to its first `share` (0 … 1): a backup that was restored. */
export function rollBack(disk: Disk, share: number): void {
  disk.kept.length = Math.min(disk.kept.length, Math.max(1, Math.floor(disk.kept.length * share)))
  disk.safe = disk.kept.length
  disk.rescued = []
}

/** Flips one bit of the segment at `place` (0 … 1 of all). */
export function flipBit(disk: Disk, place: number, bit: number): void {
  const kept = disk.kept[Math.floor(place * disk.kept.length)]
  if (kept === undefined) return
  const { checksum, bytes } = packSegment(kept.segment)
  const bent = bytes.slice()
  const at = Math.floor(bit * bent.length)
  bent[at] = bent[at]! ^ (1 << Math.floor(((bit * bent.length) % 1) * 8))
  kept.flipped = { bytes: bent, checksum }
}
