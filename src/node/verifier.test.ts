/** The contract of verifying on Node's WebCrypto, and platforms that would break it. */
import { verify as verifyCofactored } from '@noble/ed25519'
import { expect, test, vi } from 'vitest'
import { KINDS } from '../core/adversarial-signatures.naive.ts'
import { verifyPure } from '../core/keys.ts'
import { runVerifierContract } from './verifier.contract.ts'
import { createVerifier, openingCostBy, PURE_COST, PURE_SIGNATURE_COST, signatureCostBy, type Verifier } from './verifier.ts'

/** Each of the 196 pairs of small order is among so many of each kind, each position of S + nL, and each pair of torsions. */
const OF_EACH = 196

/** In all. `SIGNATURES=20000 npm test -- unit src/node/verifier.test.ts` judges more, in half a minute more. */
const COUNT = Number(process.env['SIGNATURES'] ?? OF_EACH * KINDS.length)

runVerifierContract('Node', { count: COUNT, pureOfEach: Math.max(OF_EACH, COUNT / KINDS.length) })

/** The verifier that createVerifier chooses where the platform verifies like this. */
async function chosenOn(verify: (key: Uint8Array, signature: Uint8Array, message: Uint8Array) => boolean): Promise<string> {
  vi.stubGlobal('crypto', {
    subtle: {
      importKey: async (_format: string, key: Uint8Array) => key,
      verify: async (_name: string, key: Uint8Array, signature: Uint8Array, message: Uint8Array) => verify(key, signature, message),
    },
  })
  try {
    return (await createVerifier()).path
  } finally {
    vi.unstubAllGlobals()
  }
}

test('A6 a platform is not used that multiplies by the cofactor, accepts or refuses everything, or throws', async () => {
  const throws = (): never => {
    throw new DOMException('no Ed25519', 'NotSupportedError')
  }
  expect(await chosenOn((key, signature, message) => verifyCofactored(signature, message, key))).toBe('pure')
  expect(await chosenOn(() => true)).toBe('pure')
  expect(await chosenOn(() => false)).toBe('pure')
  expect(await chosenOn(throws)).toBe('pure')
  expect(await chosenOn((key, signature, message) => verifyPure(signature, message, key))).toBe('native')
})

/** The costs on this platform, on one without WebCrypto, and on one without its Ed25519. */
async function costs(costBy: (verifier: Verifier) => number): Promise<number[]> {
  const found = [costBy(await createVerifier())]
  for (const crypto of [{}, { subtle: { importKey: () => Promise.reject(new DOMException('no Ed25519', 'NotSupportedError')) } }]) {
    vi.stubGlobal('crypto', crypto)
    try {
      found.push(costBy(await createVerifier()))
    } finally {
      vi.unstubAllGlobals()
    }
  }
  return found
}

test('D22 without WebCrypto, or without its Ed25519, a frame costs PURE_COST times as much', async () => {
  expect(await costs(openingCostBy)).toEqual([1, PURE_COST, PURE_COST])
})

test('D8 without WebCrypto, or without its Ed25519, a signature costs PURE_SIGNATURE_COST times as much', async () => {
  expect(await costs(signatureCostBy)).toEqual([1, PURE_SIGNATURE_COST, PURE_SIGNATURE_COST])
})
