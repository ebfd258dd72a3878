/**
 * SHA-256 by WebAssembly, for `core/hash.ts`: about twice as many ids a second as JavaScript in Node.js and in Chromium, at an op's size.
 * WebCrypto is not used for ids: it answers by promises, each of which takes longer than ten hashes.
 */
import { createSHA256 } from 'hash-wasm'
import { hashWith } from '../core/hash.ts'

/** Hashes by WebAssembly from now on, in this thread. False where it is missing or forbidden: then JavaScript still does it. */
export async function quickenHashing(): Promise<boolean> {
  try {
    const hasher = await createSHA256()
    return hashWith((bytes) => {
      hasher.init()
      hasher.update(bytes)
      return hasher.digest('binary')
    })
  } catch {
    return false
  }
}
