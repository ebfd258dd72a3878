/**
 * How records lie in a file: what is written and found there, as bytes, without a file system.
 *
 *   file   = magic group*
 *   group  = record+           what one call wrote: it is there whole, or not at all
 *   record = header payload    kind u8, last of its group u8, 2 zeros, length u32, first f64, count f64,
 *                              SHA-256 of the payload and its place (32), the first 8 of SHA-256 of all this
 *
 * A process that is killed leaves a beginning of what it wrote: a file that ends inside a group is *torn*, and loses that group,
 * which nobody was told of. A header that is not one is *damage*. Segments behind it are found by their headers, and are *loose*: payloads
 * hold what others wrote, who can write a record into one. So a loose segment is only bytes that somebody may want to look through. It
 * neither replaces nor removes anything, and its place is not believed. A payload that is damaged is found when it is read, and its
 * neighbours are not harmed. A damaged first line harms nothing.
 */
import { createHash } from 'node:crypto'
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { unpackSegment } from '../store/segment-record.ts'
import type { Place } from '../store/store.ts'
import { isCount } from './fields-file.ts'

/** The beginning of a file; another number is another format, in which no header of this one is right: their checks begin with it. */
export const MAGIC = new TextEncoder().encode('tabweave ops 1\n\n')
export const HEADER_BYTES = 64

const CHECK_AT = 56

/** Bytes read at a time where headers are searched for. */
const WINDOW = 65_536

/**
 * Bytes of the payload of a loose segment: a bundle has fewer (`MAX_BUNDLE_BYTES`). A payload of 64 KiB can hold 1,000 headers that others
 * wrote, and what each of them claims is hashed.
 */
const LONGEST_SEGMENT = 1_572_864

export const KINDS = ['segment', 'index', 'truncate', 'cut'] as const

/** The first byte of a segment's header. */
const SEGMENT = 1 + KINDS.indexOf('segment')

export interface RecordHead extends Place {
  readonly kind: (typeof KINDS)[number]
  readonly isLast: boolean
  /** Bytes of the payload. */
  readonly length: number
  /** Of the payload and its place (`store/segment-record`); zeros where there is none. */
  readonly checksum: Uint8Array
}

/** A record in a file: its head, and where it begins (bytes). */
export interface Placed extends RecordHead {
  readonly at: number
}

export function encodeHead({ kind, isLast, length, first, count, checksum }: RecordHead): Uint8Array {
  const head = new Uint8Array(HEADER_BYTES)
  const view = new DataView(head.buffer)
  view.setUint8(0, 1 + KINDS.indexOf(kind))
  view.setUint8(1, isLast ? 1 : 0)
  view.setUint32(4, length)
  view.setFloat64(8, first)
  view.setFloat64(16, count)
  head.set(checksum, 24)
  head.set(check(head), CHECK_AT)
  return head
}

/** Null for bytes that are no header. */
export function decodeHead(head: Uint8Array): RecordHead | null {
  if (head.length < HEADER_BYTES || !equalBytes(head.subarray(CHECK_AT, HEADER_BYTES), check(head))) return null
  const view = new DataView(head.buffer, head.byteOffset, HEADER_BYTES)
  const kind = KINDS[view.getUint8(0) - 1]
  const [first, count] = [view.getFloat64(8), view.getFloat64(16)]
  if (kind === undefined || !isCount(first) || !isCount(count)) return null
  return {
    kind,
    isLast: view.getUint8(1) === 1,
    length: view.getUint32(4),
    first,
    count,
    checksum: head.slice(24, CHECK_AT),
  }
}

const check = (head: Uint8Array): Uint8Array => sha256(concatBytes([MAGIC, head.subarray(0, CHECK_AT)])).subarray(0, 8)

export interface Scan {
  /** Whole groups, in the order in which they were written. */
  readonly groups: readonly (readonly Placed[])[]
  /** Where the last of them ends (bytes). */
  readonly end: number
  /** The bytes after it are no beginning of a group. */
  readonly isDamaged: boolean
  /** Whole segments in these bytes. */
  readonly loose: readonly Placed[]
}

type Read = (at: number, length: number) => Uint8Array

/**
 * Finds the records of a file of `size` bytes; `read` gives some of them. Payloads before the first damage are not looked at. O(records
 * before it, and bytes after it). Null for a file of another format, which must not be changed.
 */
export function scan(size: number, read: Read): Scan | null {
  const begin = read(0, MAGIC.length)
  if (size < MAGIC.length) return isOther(begin) ? null : { groups: [], end: 0, isDamaged: false, loose: [] }
  const { groups, end, isDamaged } = groupsIn(size, read)
  const loose = isDamaged ? looseIn(end, size, read) : []
  return groups.length + loose.length === 0 && isOther(begin) ? null : { groups, end, isDamaged, loose }
}

function isOther(begin: Uint8Array): boolean {
  const [, format] = /^tabweave ops (\d+)\n/.exec(new TextDecoder().decode(begin)) ?? []
  return format !== undefined && format !== '1'
}

function groupsIn(size: number, read: Read): Omit<Scan, 'loose'> {
  const groups: Placed[][] = []
  let end = MAGIC.length
  let group: Placed[] = []
  for (let at = end; size - at >= HEADER_BYTES;) {
    const head = decodeHead(read(at, HEADER_BYTES))
    if (head === null) return { groups, end, isDamaged: true }
    group.push({ ...head, at })
    at += HEADER_BYTES + head.length
    if (at > size) break
    if (!head.isLast) continue
    groups.push(group)
    group = []
    end = at
  }
  return { groups, end, isDamaged: false }
}

/** For long payloads much quicker than ours. */
const nativeSha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** Only a payload that is right is skipped: what others wrote may claim to be as long as all that follows. */
function looseIn(from: number, size: number, read: Read): Placed[] {
  const loose: Placed[] = []
  let window: Uint8Array = new Uint8Array()
  let begin = from
  for (let at = from; at + HEADER_BYTES <= size;) {
    if (at + HEADER_BYTES > begin + window.length) [window, begin] = [read(at, WINDOW), at]
    if (window.length < HEADER_BYTES) break
    const next = window.indexOf(SEGMENT, at - begin)
    at = begin + (next < 0 ? window.length : next)
    if (next < 0 || next + HEADER_BYTES > window.length) continue
    const record = segmentIn(window.subarray(next, next + HEADER_BYTES), at, read)
    if (record !== null) loose.push(record)
    at += record === null ? 1 : HEADER_BYTES + record.length
  }
  return loose
}

/** The segment that begins here; null if these bytes are no header of one, or its payload is not whole. */
function segmentIn(header: Uint8Array, at: number, read: Read): Placed | null {
  // Most bytes are told to be no header without hashing.
  const head = header[1]! <= 1 && header[2] === 0 && header[3] === 0 ? decodeHead(header) : null
  if (head === null || head.length > LONGEST_SEGMENT) return null
  const payload = { bytes: read(at + HEADER_BYTES, head.length), checksum: head.checksum }
  return 'bytes' in unpackSegment(head.first, head.count, payload, nativeSha256) ? { ...head, at } : null
}
