/**
 * How records lie in a file: what is written and found there, as bytes, without a file system.
 *
 *   file   = magic group*
 *   group  = record+           what one call wrote: it is there whole, or not at all
 *   record = header payload    kind u8, last of its group u8, 2 zeros, length u32, first f64, count f64,
 *                              SHA-256 of the payload and its place (32), the first 8 of SHA-256 of all this
 *
 * A process that is killed leaves a beginning of what it wrote: a file that ends inside a group is *torn*, and loses that group,
 * which nobody was told of. A header that is not one is *damage*, and so is all behind it, since it cannot be told what that was.
 * A payload that is damaged is found when it is read, and its neighbours are not harmed.
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import type { Place } from '../store/store.ts'
import { isCount } from './fields-file.ts'

/** The beginning of a file; another number is another format. */
export const MAGIC = new TextEncoder().encode('tabweave ops 1\n\n')
export const HEADER_BYTES = 64

const CHECK_AT = 56

export const KINDS = ['segment', 'index', 'truncate', 'cut'] as const

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
}

/**
 * Finds the records of a file of `size` bytes; `read` gives some of them. Payloads are not looked at. O(records). Null for a file of
 * another format, which must not be changed.
 */
export function scan(size: number, read: (at: number, length: number) => Uint8Array): Scan | null {
  const begin = read(0, MAGIC.length)
  const [, format] = /^tabweave ops (\d+)\n/.exec(new TextDecoder().decode(begin)) ?? []
  if (format !== undefined && format !== '1') return null
  const groups: Placed[][] = []
  let end = Math.min(size, MAGIC.length)
  if (size < MAGIC.length) return { groups, end: 0, isDamaged: false }
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
