/** SHA-256, and op ids. The one place that picks the implementation. Heads are hashed in `heads-digest.ts`. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from './bytes.ts'
import { DOMAIN } from './domains.ts'
import { MAX_OP_BYTES } from './limits.ts'
import type { OpId } from './op.ts'
import { assert } from './result.ts'
import { encodeUtf8 } from './utf8.ts'

/** The bytes of a domain, which stand before what is hashed or signed. */
export function domainBytes(domain: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeUtf8(domain)
  assert(bytes !== null, 'domains are plain texts')
  return bytes
}

/** SHA-256 (FIPS 180-4) of some bytes: 32 bytes, in an array of their own. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/**
 * The state of a hash that has read nothing, and a state into which it is copied for each hash: to make new ones costs as much as
 * hashing.
 */
const START = nobleSha256.create()
const hashing = START.clone()
const digest = new Uint8Array(START.outputLen)

const pureSha256: Sha256 = (bytes) => {
  START._cloneInto(hashing).update(bytes).digestInto(digest)
  return digest.slice()
}

let implementation = pureSha256

const OP_DOMAIN = domainBytes(DOMAIN.op)

/** All lengths around the ends of the first two blocks, and the length of the longest op, which another implementation may read in parts. */
const LENGTHS = [...Array.from({ length: 130 }, (_, length) => length), OP_DOMAIN.length + MAX_OP_BYTES]
const SAMPLES = LENGTHS.map((length) => new Uint8Array(length).map((_byte, i) => 31 * i + length))

/**
 * Uses another implementation from now on (a platform's, such as WebAssembly), if it agrees with the one in JavaScript on some samples.
 * True if it does. To be called at the start of a program.
 */
export function hashWith(other: Sha256): boolean {
  const answers = SAMPLES.map((sample) => other(sample))
  const agrees = SAMPLES.every((sample, i) => equalBytes(answers[i]!, pureSha256(sample)))
  if (agrees) implementation = other
  return agrees
}

/** SHA-256 (FIPS 180-4): 32 bytes. */
export const sha256: Sha256 = (bytes) => implementation(bytes)

/** Domain ‖ canonical bytes, reused: one update of the hash is a third quicker than two. */
const preimage = new Uint8Array(OP_DOMAIN.length + MAX_OP_BYTES)
preimage.set(OP_DOMAIN)

/** The id of an op: SHA-256 of its canonical bytes under the domain `op`. */
export function opId(canonical: Uint8Array): OpId {
  assert(canonical.length <= MAX_OP_BYTES, 'an op is at most MAX_OP_BYTES')
  preimage.set(canonical, OP_DOMAIN.length)
  return implementation(new Uint8Array(preimage.buffer, 0, OP_DOMAIN.length + canonical.length)) as OpId
}
