/**
 * Bundles as they travel and lie on disks: raw or deflated, behind two bytes that say which; and files, which are many of them
 * behind a line that people can read.
 */
import { bytesOf, writeBytes } from '../core/byte-writer.ts'
import { equalBytes } from '../core/bytes.ts'
import { domainBytes } from '../core/hash.ts'
import { ok, refuse, type Result } from '../core/result.ts'
import { MAX_BUNDLE_BYTES } from './bundle.ts'
import { createReader, left, readBytes, readVarint, writeVarint } from './varint.ts'

export type Codec = 'raw' | 'deflate'

/** The first byte of a wrapped bundle: no text and no CBOR item of ours begins with it. */
const WRAP_MAGIC = 0xb5

const CODECS: readonly Codec[] = ['raw', 'deflate']

/** A bundle's columns, raw or deflated (RFC 1951, by an adapter), with two bytes before them that say which. */
export function wrapBundle(codec: Codec, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 + payload.length)
  out[0] = WRAP_MAGIC
  out[1] = CODECS.indexOf(codec)
  out.set(payload, 2)
  return out
}

/** What was wrapped; the payload is a view. Deflated bytes are inflated under a cap of MAX_BUNDLE_BYTES by whoever inflates them. */
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

/** The wrapped bundles of a file, as views, not looked into; or why it is none of ours, or cut. */
export function decodeFile(bytes: Uint8Array): Result<readonly Uint8Array[]> {
  if (!equalBytes(bytes.subarray(0, FILE_MAGIC.length), FILE_MAGIC)) return refuse('not-a-bundle')
  const reader = createReader(bytes, FILE_MAGIC.length)
  const bundles: Uint8Array[] = []
  while (left(reader) > 0) {
    const length = readVarint(reader)
    if (length > 2 + MAX_BUNDLE_BYTES) return refuse('too-large')
    bundles.push(readBytes(reader, length))
  }
  return reader.failed ? refuse('truncated') : ok(bundles)
}
