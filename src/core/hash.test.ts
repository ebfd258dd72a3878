import { createHash } from 'node:crypto'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { afterEach, describe, expect, test } from 'vitest'
import { createRandom, randomBytes } from './bytes.naive.ts'
import { toHex } from './bytes.ts'
import { opId, sha256, hashWith } from './hash.ts'
import { digestOfHeads } from './heads-digest.ts'
import { MAX_OP_BYTES } from './limits.ts'
import { asOpId } from './op.ts'

const naive = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

test('SHA-256 is the platform’s', () => {
  const random = createRandom(1)
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
    const bytes = randomBytes(random, length)
    expect(toHex(sha256(bytes))).toBe(naive(bytes))
  }
})

/** FIPS 180-4's examples, from NIST's page of them. */
const NIST: readonly [string, string][] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
]

test('SHA-256 has the values of the standard’s examples', () => {
  for (const [text, hash] of NIST) expect(toHex(sha256(new TextEncoder().encode(text)))).toBe(hash)
})

describe('another implementation', () => {
  afterEach(() => hashWith(nobleSha256))

  test('is used when it agrees', () => {
    let calls = 0
    const other = (bytes: Uint8Array): Uint8Array => {
      calls++
      return nobleSha256(bytes)
    }
    expect(hashWith(other)).toBe(true)
    const before = calls
    for (const [text, hash] of NIST) expect(toHex(sha256(new TextEncoder().encode(text)))).toBe(hash)
    expect(toHex(opId(Uint8Array.of(1)))).toBe(naive('tabweave/op/1', Uint8Array.of(1)))
    expect(calls - before).toBe(NIST.length + 1)
  })

  test('is not used when it is wrong at one length only, or where it has to read on, or shares what it answers with', () => {
    for (const wrong of [0, 55, 56, 63, 64, 119, 120, 129]) {
      expect(hashWith((bytes) => (bytes.length === wrong ? new Uint8Array(32) : nobleSha256(bytes)))).toBe(false)
      expect(toHex(sha256(new Uint8Array(wrong)))).toBe(naive(new Uint8Array(wrong)))
    }
    const wrongWhenLong = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes.subarray(0, 65_536))
    expect(hashWith(wrongWhenLong)).toBe(false)
    const shared = new Uint8Array(32)
    const sharing = (bytes: Uint8Array): Uint8Array => {
      shared.set(nobleSha256(bytes))
      return shared
    }
    expect(hashWith(sharing)).toBe(false)
    expect(toHex(sha256(new Uint8Array(0)))).toBe(NIST[0]![1])
  })
})

test('an op id is the hash of the domain and the bytes, whatever was hashed before', () => {
  const random = createRandom(2)
  for (const length of [1000, 3, 200, 0, MAX_OP_BYTES]) {
    const bytes = randomBytes(random, length)
    expect(toHex(opId(bytes))).toBe(naive('tabweave/op/1', bytes))
  }
  expect(() => opId(new Uint8Array(MAX_OP_BYTES + 1))).toThrow('MAX_OP_BYTES')
})

test('the digest is the hash of the domain and the heads in order', () => {
  const [a, b] = [1, 2].map((n) => asOpId(new Uint8Array(32).fill(n))) as [ReturnType<typeof asOpId>, ReturnType<typeof asOpId>]
  expect(toHex(digestOfHeads([a, b]))).toBe(naive('tabweave/heads/1', a, b))
  expect(toHex(digestOfHeads([]))).toBe(naive('tabweave/heads/1'))
  expect(() => asOpId(new Uint8Array(31))).toThrow('32 bytes')
})
