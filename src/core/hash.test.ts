import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRandom, randomBytes } from './bytes.naive.ts'
import { toHex } from './bytes.ts'
import { digestOfHeads, opId, sha256 } from './hash.ts'
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
