/** Both ways to AES-256-GCM are one: a published vector, each opening what the other sealed, and nothing that was changed. */
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { fromHex, toHex } from '../core/bytes.ts'
import { type Aead, createAead, createNativeAead, createPureAead } from './aead.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const both = async (key: Uint8Array): Promise<[Aead, Aead]> => [await createNativeAead(key), await createPureAead(key)]

afterEach(() => void vi.unstubAllGlobals())

test('case 16 of the GCM specification (McGrew and Viega) comes out', async () => {
  const hex = (digits: string): Uint8Array => fromHex(digits.replaceAll(' ', ''))!
  const key = hex('feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308')
  const plaintext = hex(
    'd9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72 1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b39',
  )
  const [nonce, associated] = [hex('cafebabefacedbaddecaf888'), hex('feedfacedeadbeeffeedfacedeadbeef abaddad2')]
  for (const aead of await both(key)) {
    expect(toHex(await aead.seal(nonce, plaintext, associated))).toBe(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
    )
  }
})

test('each opens what the other sealed, and neither what was changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      bytes(32),
      bytes(12),
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(),
      async (key, nonce, said, associated, at) => {
        const pair = await both(key)
        for (const [one, other] of [pair, [...pair].reverse() as [Aead, Aead]]) {
          const sealed = await one.seal(nonce, said, associated)
          expect(await other.open(nonce, sealed, associated)).toEqual(said)
          sealed[at % sealed.length]! ^= 1
          expect(await other.open(nonce, sealed, associated)).toBe(null)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('a page without WebCrypto seals all the same', async () => {
  const key = new Uint8Array(32).fill(3)
  const sealed = await (await createNativeAead(key)).seal(new Uint8Array(12), Uint8Array.of(1, 2), Uint8Array.of(3))
  vi.stubGlobal('crypto', {})
  expect(await (await createAead(key)).open(new Uint8Array(12), sealed, Uint8Array.of(3))).toEqual(Uint8Array.of(1, 2))
})
