/**
 * Bundles as they are sent and as they lie on disks: raw or deflated, after two bytes that say which. And files: many bundles after a
 * line that people can read.
 */
import { bytesOf, writeBytes } from '../core/byte-writer.ts'
import { equalBytes } from '../core/bytes.ts'
import { domainBytes } from '../core/hash.ts'
import { SIGNATURE_BYTES } from '../core/limits.ts'
import { ok, type Refusal, refuse, type Result } from '../core/result.ts'
import { MAX_BUNDLE_BYTES } from './bundle.ts'
import { createReader, left, readBytes, readVarint, writeVarint } from './varint.ts'

export type Codec = 'raw' | 'deflate'

/** The first byte of a wrapped bundle: no text and no CBOR item of ours begins with it. */
const WRAP_MAGIC = 0xb5

const CODECS: readonly Codec[] = ['raw', 'deflate']

/**
 * Bytes of a wrapped bundle of any op: it holds a signature at least, which no codec makes shorter. So the bytes of a file bound the
 * number of its bundles.
 */
const MIN_WRAPPED_BYTES = 2 + SIGNATURE_BYTES

/** A bundle's columns, raw or deflated (RFC 1951, by an adapter), with two bytes before them that say which. */
export function wrapBundle(codec: Codec, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 + payload.length)
  out[0] = WRAP_MAGIC
  out[1] = CODECS.indexOf(codec)
  out.set(payload, 2)
  return out
}

/** The wrapped payload, as a view. The code that inflates it has a limit of MAX_BUNDLE_BYTES. */
export function unwrapBundle(bytes: Uint8Array): Result<{ readonly codec: Codec; readonly payload: Uint8Array }> {
  const codec = CODECS[bytes[1] ?? -1]
  if (bytes[0] !== WRAP_MAGIC || codec === undefined) return refuse('not-a-bundle')
  const payload = bytes.subarray(2)
  return payload.length > MAX_BUNDLE_BYTES ? refuse('too-large') : ok({ codec, payload })
}

/** The first line of a file, so that a person and `file` can tell what it is. */
const FILE_MAGIC = domainBytes('tabweave bundle 1\n')

/** A file: the magic line, then each wrapped bundle after its length. */
export function encodeFile(bundles: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return bytesOf((out) => {
    writeBytes(out, FILE_MAGIC)
    for (const bundle of bundles) {
      writeVarint(out, bundle.length)
      writeBytes(out, bundle)
    }
  })
}

/** The end of a file that could not be read: its bytes, and why. */
export interface UnreadEnd {
  readonly bytes: number
  readonly reason: Extract<Refusal, 'not-a-bundle' | 'too-large' | 'bad-bundle' | 'truncated'>
}

export interface DecodedFile {
  /** Its whole bundles in order, wrapped, as views. They are not looked into. */
  readonly bundles: readonly Uint8Array[]
  /** What follows the last whole bundle; null if nothing does. */
  readonly unread: UnreadEnd | null
}

/**
 * Reads a file as far as it is whole. Total on any bytes: a file that is cut gives all bundles before the cut. O(bundles).
 * The end is unread as `not-a-bundle` (all of the file: its first line is another one), `truncated` (the bytes end in the middle of a
 * bundle or of its length), `bad-bundle` (a length that is not the shortest form of a number, or shorter than any bundle's) or `too-large` (a length
 * beyond any bundle's).
 */
export function decodeFile(bytes: Uint8Array): DecodedFile {
  const bundles: Uint8Array[] = []
  const unread = (from: number, reason: UnreadEnd['reason']): DecodedFile => ({ bundles, unread: { bytes: bytes.length - from, reason } })
  if (!equalBytes(bytes.subarray(0, FILE_MAGIC.length), FILE_MAGIC)) return unread(0, 'not-a-bundle')
  const reader = createReader(bytes, FILE_MAGIC.length)
  while (left(reader) > 0) {
    const from = reader.at
    const length = readVarint(reader)
    if (reader.failed) return unread(from, endsInNumber(bytes) && reader.at === bytes.length ? 'truncated' : 'bad-bundle')
    if (length < MIN_WRAPPED_BYTES) return unread(from, 'bad-bundle')
    if (length > 2 + MAX_BUNDLE_BYTES) return unread(from, 'too-large')
    const bundle = readBytes(reader, length)
    if (reader.failed) return unread(from, 'truncated')
    bundles.push(bundle)
  }
  return { bundles, unread: null }
}

/** Whether the last byte says that its varint continues. */
const endsInNumber = (bytes: Uint8Array): boolean => bytes.at(-1)! >= 0x80
