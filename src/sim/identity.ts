/**
 * Keys and signatures of a world. Keys are real ones, so that the same world can be run with both kinds of signatures and
 * must come out the same: real Ed25519 by the protocol's rule, or, for volume, a stand-in that anyone could make and nobody
 * makes in another's name.
 */
import { equalBytes, toHex } from '../core/bytes.ts'
import { checkSignatureBytes, publicKeyOf, signPure, verifyPure } from '../core/keys.ts'
import { SIGNATURE_BYTES } from '../core/limits.ts'
import type { Author } from '../core/op.ts'
import { keyOf } from '../core/unit.ts'

export interface Identity {
  readonly seed: Uint8Array
  readonly author: Author
}

/** Made once in a process: a key costs as much as a hundred stand-in signatures. */
const made: Identity[] = []

const numbers = new Map<string, number>()

/** The identity with this number: always the same. */
export function identityNumber(n: number): Identity {
  const known = made[n]
  if (known !== undefined) return known
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, n + 1)
  const identity = { seed, author: publicKeyOf(seed) }
  numbers.set(keyOf(identity.author), n)
  return (made[n] = identity)
}

/** The number of an author's identity; −1 when nobody was given it. */
export const numberOfIdentity = (author: Author): number => numbers.get(keyOf(author)) ?? -1

export interface Signatures {
  sign(identity: Identity, message: Uint8Array): Uint8Array
  verify(signature: Uint8Array, message: Uint8Array, author: Uint8Array): boolean
}

/** Ed25519 by seeds and public keys. A platform's own need not check what `checkSignatureBytes` does. */
export interface Ed25519 {
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array
  verify(signature: Uint8Array, message: Uint8Array, author: Uint8Array): boolean
}

let ed25519: Ed25519 = { sign: signPure, verify: verifyPure }

/** From now on real signatures are made and verified by the platform, as browsers do it: some ten times as fast as in plain JavaScript. */
export function signWith(platform: Ed25519): void {
  ed25519 = platform
}

/** Ed25519; every claim is verified once, however many nodes ask. */
export function createRealSignatures(): Signatures {
  const known = new Map<string, boolean>()
  return {
    sign: ({ seed }, message) => ed25519.sign(seed, message),
    verify(signature, message, author) {
      const key = keyOf(signature) + toHex(message) + keyOf(author)
      const verdict = known.get(key) ?? (checkSignatureBytes(signature, author) && ed25519.verify(signature, message, author))
      known.set(key, verdict)
      return verdict
    },
  }
}

export const STAND_IN: Signatures = {
  sign: ({ author }, message) => standIn(author, message),
  verify: (signature, message, author) => equalBytes(signature, standIn(author, message)),
}

function standIn(author: Uint8Array, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(SIGNATURE_BYTES)
  for (let i = 0; i < message.length; i++) out[i & 31] = Math.imul(out[i & 31]!, 31) + message[i]!
  for (let i = 0; i < 32; i++) out[32 + i] = out[i]! ^ author[i]!
  return out
}
