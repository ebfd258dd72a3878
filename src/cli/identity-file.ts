/**
 * A node's identity as a file. Anyone who reads it can act as the node, so only its owner may read it. Written once, and whole or not at all.
 *
 *   file = SHA-256 of the rest, [author, genesis, secret, createdAt, key] in the protocol's own encoding
 *   key  = PKCS #8 (RFC 8410) of a platform's Ed25519 key, or the 32-byte seed where the platform had none
 */
import fs from 'node:fs'
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { decodeValue, encodeValue } from '../core/cbor.ts'
import { sha256 } from '../core/hash.ts'
import type { KeyPair } from '../node/signer.ts'
import { generateKey } from '../node/signer.ts'
import type { Identity } from '../store/store.ts'
import { named, writeWhole } from './record-file.ts'

const SEED_BYTES = 32
const CHECKSUM_BYTES = 32

/** A new key that can be written to a file, since its platform gives it away. */
export async function generateKeptKey(): Promise<KeyPair> {
  try {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    return { author: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)), key: pair.privateKey }
  } catch {
    return generateKey()
  }
}

/** @throws StoreError; DOMException for a key that its platform does not give away */
export async function writeIdentity(path: string, { author, genesis, secret, createdAt, key }: Identity): Promise<void> {
  const kept = key instanceof Uint8Array ? key : new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
  const value = encodeValue([author, genesis, secret, createdAt, kept])
  writeWhole(path, concatBytes([sha256(value), value]), true)
}

/** Null where there is none; "damaged" for anything that `writeIdentity` did not write. @throws StoreError */
export async function readIdentity(path: string): Promise<Identity | 'damaged' | null> {
  const bytes = named(() => (fs.existsSync(path) ? new Uint8Array(fs.readFileSync(path)) : null))
  if (bytes === null) return null
  const rest = bytes.slice(CHECKSUM_BYTES)
  const value = decodeValue(rest)
  if (!equalBytes(bytes.subarray(0, CHECKSUM_BYTES), sha256(rest)) || !value.ok || !Array.isArray(value.value)) return 'damaged'
  const [author, genesis, secret, createdAt, kept] = value.value as [Uint8Array, Uint8Array, Uint8Array, number, Uint8Array]
  const key = kept.length === SEED_BYTES ? kept : await crypto.subtle.importKey('pkcs8', kept.slice(), 'Ed25519', false, ['sign'])
  return { author, genesis, secret, createdAt, key }
}
