/**
 * Ed25519 as the protocol defines it: the one verification rule, *strict cofactorless*, and the bytes that are signed.
 *
 * A signature (R ‖ S) of M by A is accepted iff
 * 1. it has 64 bytes;
 * 2. S < L;
 * 3. A is canonical: its y is below p;
 * 4. neither A nor R is one of the 14 encodings of points of small order;
 * 5. [S]B = R + [k]A exactly, R compared as bytes, k = SHA-512(R ‖ A ‖ M) mod L over the bytes as they were sent.
 * 1 to 4 are `checkSignatureBytes`. Where the platform has Ed25519, it computes 5; elsewhere `verifyPure` does. Native verifiers differ
 * about signatures that 1 to 4 refuse. About all others they agree with 5.
 */
import { hashes, Point, getPublicKey, sign } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes, fromHex } from './bytes.ts'
import { DOMAIN } from './domains.ts'
import { domainBytes } from './hash.ts'
import { AUTHOR_BYTES, ID_BYTES, SIGNATURE_BYTES } from './limits.ts'
import type { Author, OpId } from './op.ts'
import { assert } from './result.ts'

// The library's synchronous calls take their SHA-512 from here.
hashes.sha512 = sha512

/** The order of the base point's group, RFC 8032 §5.1. */
const L = Point.CURVE().n

/**
 * The y of the eight points of small order, as they can be written in 255 bits: 0, 1 and −1, the two of order 8, and 0 and 1
 * again as p and p + 1. Each with either sign bit: 14 encodings. Their first bytes differ, so that is the key.
 */
const SMALL_ORDER = new Map<number, Uint8Array>(
  [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ].map((hex) => {
    const y = fromHex(hex)
    assert(y !== null && y.length === 32, 'a y is 32 bytes of hex')
    return [y[0]!, y]
  }),
)

/** Whether the 32 bytes at `at` are one of the 14 encodings of points of small order. */
function isSmallOrder(bytes: Uint8Array, at: number): boolean {
  const y = SMALL_ORDER.get(bytes[at]!)
  if (y === undefined || (bytes[at + 31]! & 0x7f) !== y[31]!) return false
  for (let i = 1; i < 31; i++) if (bytes[at + i] !== y[i]) return false
  return true
}

/** Whether y (the encoding without its sign bit) is below p = 2^255 − 19. */
function isCanonicalY(bytes: Uint8Array): boolean {
  if (bytes[0]! < 0xed || (bytes[31]! & 0x7f) !== 0x7f) return true
  for (let i = 1; i < 31; i++) if (bytes[i] !== 0xff) return true
  return false
}

const L_BYTES = Uint8Array.from({ length: 32 }, (_, i) => Number((L >> BigInt(8 * i)) & 0xffn))

/** Whether S, the little-endian number in bytes 32 … 63, is below L. */
function isReducedS(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const d = signature[32 + i]! - L_BYTES[i]!
    if (d !== 0) return d < 0
  }
  return false
}

/** Whether bytes can be an author: 32 of them, canonical, not of small order. That they are on the curve, only a valid signature tells. */
export function isAuthorKey(bytes: Uint8Array): boolean {
  return bytes.length === AUTHOR_BYTES && isCanonicalY(bytes) && !isSmallOrder(bytes, 0)
}

/** Rules 1 to 4: the checks that come before the equation, whether the platform or JavaScript computes it. */
export function checkSignatureBytes(signature: Uint8Array, author: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && isAuthorKey(author) && isReducedS(signature) && !isSmallOrder(signature, 0)
}

const SIG_DOMAIN = domainBytes(DOMAIN.sig)
const FRAME_DOMAIN = domainBytes(DOMAIN.frame)
const PEER_DOMAIN = domainBytes(DOMAIN.peer)
const CHANNEL_DOMAIN = domainBytes(DOMAIN.channel)

/** The bytes that an author signs to vouch for an op and for its own chain below it: domain `sig` ‖ id. */
export function signedBytes(id: OpId): Uint8Array<ArrayBuffer> {
  return concatBytes([SIG_DOMAIN, id])
}

/**
 * The bytes that a run of a node signs of every frame, with the key of its sender value: domain `frame` ‖ room ‖ the frame's header ‖ the
 * message's SHA-256. (Ed25519 reads its input twice, with a slower hash.) So a participant that has the room's key can seal frames, but
 * none under another node's sender value.
 */
export function frameBytes(room: Uint8Array, header: Uint8Array, digest: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(digest.length === 32, 'a SHA-256 has 32 bytes')
  return concatBytes([FRAME_DOMAIN, room, header, digest])
}

/**
 * The bytes that a node signs to prove to one peer that it is an author: domain `peer` ‖ room ‖ its sender value ‖ the peer's (32 bytes
 * each). Both values are new in every run, so a proof is good for one run of each side.
 */
export function peerProofBytes(room: OpId, signer: Uint8Array, verifier: Uint8Array): Uint8Array<ArrayBuffer> {
  assert(room.length === ID_BYTES && signer.length === 32 && verifier.length === 32, 'room and sender values are 32 bytes')
  return concatBytes([PEER_DOMAIN, room, signer, verifier])
}

/**
 * The bytes that a node signs on a direct channel to prove that nobody is in the middle of it: domain `channel` ‖ room ‖ its sender value
 * ‖ the peer's ‖ the SHA-256 of its DTLS certificate ‖ that of the peer's (32 bytes each), as its browser reports them.
 */
export function channelProofBytes(
  room: OpId,
  signer: Uint8Array,
  verifier: Uint8Array,
  signerCertificate: Uint8Array,
  verifierCertificate: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const parts = [room, signer, verifier, signerCertificate, verifierCertificate]
  assert(
    parts.every(({ length }) => length === 32),
    'room, sender values and fingerprints are 32 bytes',
  )
  return concatBytes([CHANNEL_DOMAIN, ...parts])
}

const littleEndian = (bytes: Uint8Array): bigint => {
  let n = 0n
  for (let i = bytes.length - 1; i >= 0; i--) n = (n << 8n) | BigInt(bytes[i]!)
  return n
}

/**
 * The verification rule in JavaScript; about 1 ms, and 20 ms more the first time (a table of the base point's multiples).
 * Any bytes give true or false.
 * Not the library's `verify`: that one multiplies by the cofactor in both of its modes and accepts what others refuse.
 * @throws TypeError for anything that is no Uint8Array
 */
export function verifyPure(signature: Uint8Array, message: Uint8Array, author: Uint8Array): boolean {
  for (const bytes of [signature, message, author]) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('signature, message and author are Uint8Arrays')
  }
  if (!checkSignatureBytes(signature, author)) return false
  const A = pointOf(author)
  if (A === null) return false
  const R = signature.subarray(0, 32)
  const S = littleEndian(signature.subarray(32))
  const k = littleEndian(sha512(concatBytes([R, author, message]))) % L
  const expected = Point.BASE.multiply(S, false).subtract(A.multiply(k, false))
  return equalBytes(expected.toBytes(), R)
}

function pointOf(author: Uint8Array): Point | null {
  try {
    return Point.fromBytes(author)
  } catch {
    // The library throws for a y that no point of the curve has.
    return null
  }
}

/** An Ed25519 signature (RFC 8032 §5.1.6) under a 32-byte seed. @throws RangeError for a seed of another length */
export function signPure(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return sign(message, seed)
}

/** The author of a 32-byte seed. @throws RangeError for a seed of another length */
export function publicKeyOf(seed: Uint8Array): Author {
  return getPublicKey(seed) as Uint8Array as Author
}
