/**
 * AES-256-GCM (NIST SP 800-38D) under one key: the platform's where the page has it, in secure contexts, and JavaScript elsewhere,
 * which is loaded then and takes some twenty times as long.
 */

export interface Aead {
  /** The ciphertext with its tag. @param nonce 12 bytes, never twice under one key */
  seal(nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Promise<Uint8Array>
  /** The plaintext, or null when these are not the bytes that were sealed. */
  open(nonce: Uint8Array, ciphertext: Uint8Array, associated: Uint8Array): Promise<Uint8Array | null>
}

/** @param key 32 bytes */
export const createAead = (key: Uint8Array): Promise<Aead> =>
  globalThis.crypto?.subtle === undefined ? createPureAead(key) : createNativeAead(key)

export async function createNativeAead(raw: Uint8Array): Promise<Aead> {
  const key = await crypto.subtle.importKey('raw', raw.slice(), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const algorithm = (iv: Uint8Array, additionalData: Uint8Array): AesGcmParams => ({
    name: 'AES-GCM',
    iv: iv.slice(),
    additionalData: additionalData.slice(),
  })
  return {
    seal: async (nonce, plaintext, associated) =>
      new Uint8Array(await crypto.subtle.encrypt(algorithm(nonce, associated), key, plaintext.slice())),
    async open(nonce, ciphertext, associated) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt(algorithm(nonce, associated), key, ciphertext.slice()))
      } catch {
        return null
      }
    },
  }
}

export async function createPureAead(key: Uint8Array): Promise<Aead> {
  const { gcm } = await import('@noble/ciphers/aes.js')
  return {
    seal: async (nonce, plaintext, associated) => gcm(key, nonce, associated).encrypt(plaintext),
    async open(nonce, ciphertext, associated) {
      try {
        return gcm(key, nonce, associated).decrypt(ciphertext)
      } catch {
        return null
      }
    },
  }
}
