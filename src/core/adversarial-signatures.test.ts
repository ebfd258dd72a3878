/** That the generated signatures are what they are said to be, told by a verifier that is lenient on purpose. */
import { hashes, verify } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { expect, test } from 'vitest'
import { adversarialSignatures, KINDS } from './adversarial-signatures.naive.ts'
import { toHex } from './bytes.ts'
import { SMALL_ORDER, TORSION } from './torsion.naive.ts'

hashes.sha512 = sha512

/** Few, since the lenient verifier is slow. */
const OF_EACH = 12

/** ZIP 215: multiplies by the cofactor, takes any encoding. */
const isLenientlyValid = ({ signature, message, author }: { signature: Uint8Array; message: Uint8Array; author: Uint8Array }): boolean =>
  verify(signature, message, author, { zip215: true })

test('a seed gives the same cases again, another seed others, and every kind as many', () => {
  const count = 3 * KINDS.length
  const hex = (seed: number): string[] =>
    adversarialSignatures(seed, count).map(({ signature, author, message }) => `${toHex(signature)} ${toHex(author)} ${toHex(message)}`)
  expect(hex(1)).toEqual(hex(1))
  expect(new Set([...hex(1), ...hex(2)]).size).toBeGreaterThan(1.8 * count)
  for (const { name } of KINDS) expect(adversarialSignatures(1, count).filter(({ kind }) => kind === name).length).toBe(3)
})

test('all eight points of small order and their fourteen encodings are among them, as A and as R', () => {
  expect(new Set(TORSION.map((point) => point.toHex())).size).toBe(8)
  const pairs = adversarialSignatures(1, 196 * KINDS.length).filter(({ kind }) => kind === 'A and R of small order, S = 0')
  expect(new Set(SMALL_ORDER.map(toHex)).size).toBe(14)
  expect(new Set(pairs.map(({ signature, author }) => `${toHex(author)} ${toHex(signature.subarray(0, 32))}`)).size).toBe(196)
})

test('A4 A6 a lenient verifier accepts what is exact, or exact times 8: so our rule is what refuses it', { timeout: 120_000 }, () => {
  const accepted = new Map<string, number>()
  for (const each of adversarialSignatures(1, OF_EACH * KINDS.length)) {
    if (/exact|small order, S = 0|honest/.test(each.kind)) {
      accepted.set(each.kind, (accepted.get(each.kind) ?? 0) + (isLenientlyValid(each) ? 1 : 0))
    } else if (each.signature.length === 64 && each.author.length === 32) {
      expect([each.kind, isLenientlyValid(each)]).toEqual([each.kind, false])
    }
  }
  expect([...accepted.keys()].length).toBeGreaterThan(10)
  expect([...accepted.values()]).toEqual([...accepted.values()].map(() => OF_EACH))
})
