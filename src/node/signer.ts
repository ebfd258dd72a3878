/** A node's key. It is made here. Where the platform has Ed25519, it can never be extracted; otherwise it is a 32-byte seed. */
import { publicKeyOf, signPure } from '../core/keys.ts'

export interface KeyPair {
  /** 32 bytes. */
  readonly author: Uint8Array
  readonly key: CryptoKey | Uint8Array
}

export async function generateKey(): Promise<KeyPair> {
  try {
    const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
    return { author: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)), key: pair.privateKey }
  } catch {
    const seed = crypto.getRandomValues(new Uint8Array(32))
    return { author: publicKeyOf(seed), key: seed }
  }
}

/** A signature of 64 bytes. Some platforms use random numbers to sign: two calls need not give the same bytes. */
export async function signWith(key: CryptoKey | Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  if (key instanceof Uint8Array) return signPure(key, message)
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, message.slice()))
}
