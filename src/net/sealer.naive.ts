/** Sealers for tests: each under a key pair made from a number. */
import { publicKeyOf, signPure, verifyPure } from '../core/keys.ts'
import { createSealer, type Sealer, type SealerOptions } from './sealed.ts'

const seedOf = (n: number): Uint8Array => new Uint8Array(32).fill(n)

/** The sender value of the sealer with this number (0 … 255). */
export const senderOf = (n: number): Uint8Array => publicKeyOf(seedOf(n))

/** `more`: another sender value than its own, which it says it is, and who is present. */
export const sealerOf = (n: number, room: Uint8Array, roomKey: Uint8Array, more: Partial<SealerOptions> = {}): Promise<Sealer> =>
  createSealer({
    room,
    roomKey,
    sender: senderOf(n),
    isPresent: () => false,
    sign: async (message) => signPure(seedOf(n), message),
    verify: async ({ signature, message, author }) => verifyPure(signature, message, author),
    ...more,
  })
