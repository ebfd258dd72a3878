/**
 * A node's identity as a file. Anyone who reads it can act as the node, so only its owner may read it. Written once, and whole or not at all.
 *
 *   file = SHA-256 of the rest, [author, genesis, secret, createdAt, key] in the protocol's own encoding
 *   key  = PKCS #8 (RFC 8410) of a platform's Ed25519 key, or the 32-byte seed where the platform had none
 */
import fs from 'node:fs'
import { ID_BYTES } from '../core/limits.ts'
import type { KeyPair } from '../node/signer.ts'
import { generateKey } from '../node/signer.ts'
import type { Identity } from '../store/store.ts'
import { checkedFields, isBytes, isCount, withChecksum } from './fields-file.ts'
import { named, writeWhole } from './record-file.ts'

const SEED_BYTES = 32

/** A new key that can be written to a file: its platform allows to read it. */
export async function generateKeptKey(): Promise<KeyPair> {
  try {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    return { author: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)), key: pair.privateKey }
  } catch {
    return generateKey()
  }
}

/** @throws StoreError; DOMException for a key that its platform does not allow to read */
export async function writeIdentity(path: string, { author, genesis, secret, createdAt, key }: Identity): Promise<void> {
  const kept = key instanceof Uint8Array ? key : new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
  writeWhole(path, withChecksum([author, genesis, secret, createdAt, kept]), true)
}

/** Null where there is none; "damaged" for anything that `writeIdentity` did not write. @throws StoreError */
export async function readIdentity(path: string): Promise<Identity | 'damaged' | null> {
  const bytes = named(() => (fs.existsSync(path) ? new Uint8Array(fs.readFileSync(path)) : null))
  if (bytes === null) return null
  const fields = checkedFields(bytes)
  if (fields === null || fields.length !== 5) return 'damaged'
  const [author, genesis, secret, createdAt, kept] = fields
  if (!isBytes(author, ID_BYTES) || !isBytes(genesis, ID_BYTES) || !isBytes(secret, ID_BYTES)) return 'damaged'
  if (!isCount(createdAt) || !(kept instanceof Uint8Array)) return 'damaged'
  const key = kept.length === SEED_BYTES ? kept : await importKey(kept)
  return key === null ? 'damaged' : { author, genesis, secret, createdAt, key }
}

/** Null for bytes that are no key. @throws DOMException where the platform has no such keys */
async function importKey(pkcs8: Uint8Array): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8.slice(), 'Ed25519', false, ['sign'])
  } catch (cause) {
    if ((cause as DOMException).name === 'NotSupportedError') throw cause
    return null
  }
}
