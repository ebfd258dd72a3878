import { webcrypto } from 'node:crypto'
import { Point } from '@noble/ed25519'
import { describe, expect, test } from 'vitest'
import { createRandom, randomBytes } from './bytes.naive.ts'
import { concatBytes, equalBytes, fromHex, toHex } from './bytes.ts'
import { checkSignatureBytes, isAuthorKey, peerProofBytes, publicKeyOf, signedBytes, signPure, verifyPure } from './keys.ts'
import { asOpId } from './op.ts'
import { bytesOf, type Claim, hashToNumber, L, littleEndian, p, randomScalar, SMALL_ORDER, TORSION } from './torsion.naive.ts'

const hex = (text: string): Uint8Array<ArrayBuffer> => fromHex(text)!

/** The rule by the platform: our byte checks, then its verifier. */
async function verifyNative({ signature, message, author }: Claim): Promise<boolean> {
  if (!checkSignatureBytes(signature, author)) return false
  const key = await webcrypto.subtle.importKey('raw', author, 'Ed25519', false, ['verify'])
  return webcrypto.subtle.verify('Ed25519', key, signature, message)
}

const verifyBoth = async (each: Claim): Promise<[boolean, boolean]> => [
  verifyPure(each.signature, each.message, each.author),
  await verifyNative(each),
]

// — published vectors ——————————————————————————————————————————————————————————————————————————————————————

/** RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const

test('keys, signing and verifying are those of RFC 8032', async () => {
  for (const [seed, author, message, signature] of RFC_8032) {
    expect(toHex(publicKeyOf(hex(seed)))).toBe(author)
    expect(toHex(signPure(hex(seed), hex(message)))).toBe(signature)
    expect(await verifyBoth({ signature: hex(signature), message: hex(message), author: hex(author) })).toEqual([true, true])
  }
})

// — generated cases ————————————————————————————————————————————————————————————————————————————————————————

/** A signature by a key with a torsion part, under a nonce with a torsion part: right up to torsion, and exactly when the parts cancel. */
function mixedOrder(random: () => number, keyTorsion: number, nonceTorsion: number): Claim & { readonly isExact: boolean } {
  const a = randomScalar(random)
  const r = randomScalar(random)
  const message = randomBytes(random, Math.floor(random() * 100))
  const author = Point.BASE.multiply(a).add(TORSION[keyTorsion]!).toBytes()
  const R = Point.BASE.multiply(r).add(TORSION[nonceTorsion]!).toBytes()
  const k = hashToNumber(R, author, message) % L
  const signature = concatBytes([R, bytesOf((r + k * a) % L)])
  return { signature, message, author, isExact: (BigInt(nonceTorsion) + k * BigInt(keyTorsion)) % 8n === 0n }
}

describe('both paths agree', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'A6 A4 on 100 signatures under keys with torsion %i and nonces with any: accepted exactly when the equation holds without the cofactor',
    { timeout: 60_000 },
    async (keyTorsion) => {
      const random = createRandom(keyTorsion)
      const accepted = [0, 0]
      for (let i = 0; i < 100; i++) {
        const each = mixedOrder(random, keyTorsion, i % 8)
        const verdicts = await verifyBoth(each)
        expect([i, ...verdicts]).toEqual([i, each.isExact, each.isExact])
        accepted[each.isExact ? 1 : 0]!++
      }
      // One nonce in eight cancels what the key adds, whatever that is.
      expect(accepted[1]).toBeGreaterThan(5)
      expect(accepted[0]).toBeGreaterThan(67)
    },
  )

  test('A5 on S + L and every further multiple that fits: refused', async () => {
    const random = createRandom(2)
    for (let i = 0; i < 40; i++) {
      const { signature, message, author } = mixedOrder(random, 0, 0)
      const S = littleEndian(signature.subarray(32))
      expect(await verifyBoth({ signature, message, author })).toEqual([true, true])
      for (let wide = S + L; wide < 1n << 256n; wide += L) {
        const malleated = concatBytes([signature.subarray(0, 32), bytesOf(wide)])
        expect(await verifyBoth({ signature: malleated, message, author })).toEqual([false, false])
      }
    }
  })

  test('A6 A4 on every pair of small-order encodings as key and R, and with one of them honest: refused', async () => {
    const random = createRandom(3)
    const honest = mixedOrder(random, 0, 0)
    const zero = new Uint8Array(32)
    expect(SMALL_ORDER.length).toBe(14)
    for (const author of SMALL_ORDER) {
      expect(isAuthorKey(author)).toBe(false)
      for (const R of SMALL_ORDER) {
        const signature = concatBytes([R, zero])
        expect(await verifyBoth({ signature, message: zero, author })).toEqual([false, false])
      }
      expect(await verifyBoth({ ...honest, author })).toEqual([false, false])
      expect(await verifyBoth({ ...honest, signature: concatBytes([author, honest.signature.subarray(32)]) })).toEqual([false, false])
      // R of small order, and S such that the equation holds: only the byte check is against it.
      const a = randomScalar(random)
      const key = Point.BASE.multiply(a).toBytes()
      const S = bytesOf((hashToNumber(author, key, zero) * a) % L)
      expect(await verifyBoth({ signature: concatBytes([author, S]), message: zero, author: key })).toEqual([false, false])
    }
  })

  test('A4 A6 on keys and R that are not canonical: refused', async () => {
    const { signature, message } = mixedOrder(createRandom(4), 0, 0)
    for (let y = p; y < 1n << 255n; y++) {
      for (const sign of [0n, 1n << 255n]) {
        const wide = bytesOf(y | sign)
        expect(isAuthorKey(wide)).toBe(false)
        expect(await verifyBoth({ signature, message, author: wide })).toEqual([false, false])
      }
    }
    const largest = bytesOf(p - 2n)
    expect(isAuthorKey(largest)).toBe(true)
  })

  test('A2 A3 on honest signatures with any bit flipped, another key or another message: refused', { timeout: 60_000 }, async () => {
    const random = createRandom(5)
    const { signature, message, author } = mixedOrder(random, 0, 0)
    const other = publicKeyOf(randomBytes(random, 32))
    expect(await verifyBoth({ signature, message, author: other })).toEqual([false, false])
    expect(await verifyBoth({ signature, message: concatBytes([message, Uint8Array.of(0)]), author })).toEqual([false, false])
    for (let bit = 0; bit < 512; bit++) {
      const flipped = signature.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(await verifyBoth({ signature: flipped, message, author })).toEqual([false, false])
    }
  })

  test('on keys that are on no curve: refused', async () => {
    const { signature, message } = mixedOrder(createRandom(6), 0, 0)
    const offCurve = [2n, 7n, 8n].map(bytesOf)
    for (const author of offCurve) {
      expect(isAuthorKey(author)).toBe(true)
      expect(() => Point.fromBytes(author)).toThrow()
      expect(verifyPure(signature, message, author)).toBe(false)
      expect(await verifyNative({ signature, message, author }).catch(() => false)).toBe(false)
    }
  })
})

test('A2 any lengths give false, and never throw', () => {
  const random = createRandom(7)
  for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 128]) {
    const bytes = randomBytes(random, length)
    expect(verifyPure(bytes, bytes, randomBytes(random, 32))).toBe(false)
    expect(verifyPure(randomBytes(random, 64), bytes, bytes)).toBe(false)
    if (length !== 32) expect(isAuthorKey(bytes)).toBe(false)
  }
  // Right but for its length: zeros behind S, which is a number, would not change it.
  const { signature, message, author } = mixedOrder(random, 0, 0)
  expect(verifyPure(signature, message, author)).toBe(true)
  for (const wrong of [signature.subarray(0, 63), concatBytes([signature, Uint8Array.of(0)])])
    expect(verifyPure(wrong, message, author)).toBe(false)
})

test('50,000 random signatures and keys are checked without throwing', { timeout: 60_000 }, () => {
  const random = createRandom(8)
  let passed = 0
  for (let i = 0; i < 50_000; i++) {
    const signature = randomBytes(random, 64)
    const author = randomBytes(random, 32)
    signature[63]! &= 0x1f
    if (checkSignatureBytes(signature, author)) passed++
  }
  expect(passed).toBeGreaterThan(20_000)
  expect(passed).toBeLessThan(30_000)
})

test('what is no Uint8Array is a programmer’s error, named as such', () => {
  const bytes = new Uint8Array(64)
  for (const wrong of ['00', null, [1, 2], new ArrayBuffer(64)] as unknown as Uint8Array[]) {
    expect(() => verifyPure(wrong, bytes, bytes)).toThrow(TypeError)
    expect(() => verifyPure(bytes, wrong, bytes)).toThrow(TypeError)
    expect(() => verifyPure(bytes, bytes, wrong)).toThrow(TypeError)
  }
})

test('A8 what is signed for an op and what for a peer never begin alike', () => {
  const id = asOpId(new Uint8Array(32).fill(7))
  const proof = peerProofBytes(id, new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
  const text = new TextDecoder()
  expect(text.decode(signedBytes(id).subarray(0, 14))).toBe('tabweave/sig/1')
  expect(text.decode(proof.subarray(0, 15))).toBe('tabweave/peer/1')
  expect(equalBytes(proof, peerProofBytes(id, new Uint8Array(32).fill(2), new Uint8Array(32).fill(1)))).toBe(false)
  expect(() => peerProofBytes(id, new Uint8Array(31), new Uint8Array(32))).toThrow('32 bytes')
})
