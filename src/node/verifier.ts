/**
 * Checking signatures: the byte checks of `core/keys`, then the equation by WebCrypto where it is there and right, else by
 * point arithmetic. A platform that fails the vectors below would see other ops than its peers, so it is not used.
 */
import { fromHex } from '../core/bytes.ts'
import { checkSignatureBytes, verifyPure } from '../core/keys.ts'
import { setLatest } from '../core/latest.ts'
import { keyOf } from '../core/unit.ts'
import type { SignatureClaim } from '../sync/effects.ts'

export interface Verifier {
  readonly path: 'native' | 'pure'
  /** One answer a claim, in order; any bytes. */
  verify(claims: readonly SignatureClaim[]): Promise<boolean[]>
}

/** Imported keys kept: the authors of a busy room. A forgotten one costs an import. */
const MAX_KEYS = 1_024

/**
 * Cases that tell verification rules apart: RFC 8032 §7.1 test 2; the same with a bit flipped; and two of Chalkias et al.,
 * "Taming the many EdDSAs" (SSR 2020): a mixed-order key that a cofactorless rule accepts, and a signature that only a
 * cofactored one does. [message, key, signature, valid]
 */
const SELF_TEST: readonly (readonly [string, string, string, boolean])[] = [
  [
    '72',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    true,
  ],
  [
    '73',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    false,
  ],
  [
    '9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79',
    'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
    '9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009',
    true,
  ],
  [
    'e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c',
    'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
    '160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09',
    false,
  ],
]

/** Checks one claim at a time by a verifier. */
export const verifyOneBy =
  ({ verify }: Verifier) =>
  async (claim: SignatureClaim): Promise<boolean> =>
    (await verify([claim]))[0] === true

export async function createVerifier(): Promise<Verifier> {
  const native = createNative()
  if (native !== null && (await passesSelfTest(native))) return native
  return createPure()
}

/**
 * What it costs to open a frame on the pure path, compared with the native one. Measured: 3.7 ms instead of 0.15 to 0.3 ms for a small
 * frame, and 20 to 28 times as long for one of 1.3 MB.
 */
export const PURE_COST = 24

/** What it costs to open a frame with this verifier, compared with the native one. */
export const openingCostBy = ({ path }: Verifier): number => (path === 'pure' ? PURE_COST : 1)

/** What it costs to sign or to verify on the pure path, compared with the native one. Measured: 1 ms instead of 0.065 (`npm run bench -- verify`). */
export const PURE_SIGNATURE_COST = 16

/** What it costs to sign or to verify with this verifier, compared with the native one. */
export const signatureCostBy = ({ path }: Verifier): number => (path === 'pure' ? PURE_SIGNATURE_COST : 1)

/** The pure path: about 1 ms a signature. */
export function createPure(): Verifier {
  return {
    path: 'pure',
    verify: async (claims) => claims.map(({ signature, message, author }) => verifyPure(signature, message, author)),
  }
}

/** The native path, or null where there is no WebCrypto (insecure contexts). */
export function createNative(): Verifier | null {
  if (globalThis.crypto?.subtle === undefined) return null
  const keys = new Map<string, Promise<CryptoKey | null>>()
  const keyFor = (author: Uint8Array): Promise<CryptoKey | null> => {
    const name = keyOf(author)
    let key = keys.get(name)
    if (key === undefined) {
      key = crypto.subtle.importKey('raw', author.slice(), 'Ed25519', false, ['verify']).catch(() => null)
      setLatest(keys, name, key, MAX_KEYS)
    }
    return key
  }
  const one = async ({ signature, message, author }: SignatureClaim): Promise<boolean> => {
    if (!checkSignatureBytes(signature, author)) return false
    const key = await keyFor(author)
    return key !== null && crypto.subtle.verify('Ed25519', key, signature.slice(), message.slice())
  }
  return { path: 'native', verify: (claims) => Promise.all(claims.map(one)) }
}

async function passesSelfTest(verifier: Verifier): Promise<boolean> {
  const claims = SELF_TEST.map(([message, author, signature]) => ({
    message: fromHex(message)!,
    author: fromHex(author) as unknown as SignatureClaim['author'],
    signature: fromHex(signature)!,
  }))
  try {
    const answers = await verifier.verify(claims)
    return answers.every((answer, i) => answer === SELF_TEST[i]![3])
  } catch {
    return false
  }
}
