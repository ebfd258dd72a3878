/** The verification rule in a real browser: its WebCrypto and the point arithmetic must give one verdict on every signature. */
import { Point } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { expect, test } from 'vitest'
import { createRandom, randomBytes } from '../core/bytes.naive.ts'
import { concatBytes, fromHex } from '../core/bytes.ts'
import { asAuthor } from '../core/op.ts'
import type { SignatureClaim } from '../sync/effects.ts'
import { createNative, createPure, createVerifier } from './verifier.ts'

const { n: L } = Point.CURVE()
const TORSION = Point.fromBytes(fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')!)

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
const bytesOf = (value: bigint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))

/** A signature whose key and nonce have these parts of small order. */
function mixedOrder(random: () => number, keyTorsion: number, nonceTorsion: number): SignatureClaim {
  const [a, r] = [littleEndian(randomBytes(random, 32)) % L, littleEndian(randomBytes(random, 32)) % L]
  const message = randomBytes(random, 40)
  const author = Point.BASE.multiply(a)
    .add(TORSION.multiply(BigInt(keyTorsion), false))
    .toBytes()
  const R = Point.BASE.multiply(r)
    .add(TORSION.multiply(BigInt(nonceTorsion), false))
    .toBytes()
  const k = littleEndian(sha512(concatBytes(R, author, message))) % L
  return { signature: concatBytes(R, bytesOf((r + k * a) % L)), message, author: asAuthor(author) }
}

test('A6 WebCrypto and JavaScript agree on signatures whose keys and nonces have torsion, are of small order, or have a wide S', async () => {
  const random = createRandom(1)
  const claims: SignatureClaim[] = []
  for (let i = 0; i < 256; i++) claims.push(mixedOrder(random, i % 8, (i >> 3) % 8))
  const [honest] = claims as [SignatureClaim]
  for (let n = 0; n < 8; n++) {
    const small = TORSION.multiply(BigInt(n), false).toBytes()
    claims.push({ ...honest, author: asAuthor(small) })
    claims.push({ ...honest, signature: concatBytes(small, honest.signature.subarray(32)) })
    // S such that the equation holds: only the bytes of R are against it.
    const a = littleEndian(randomBytes(random, 32)) % L
    const author = asAuthor(Point.BASE.multiply(a).toBytes())
    const k = littleEndian(sha512(concatBytes(small, author, honest.message))) % L
    claims.push({ author, message: honest.message, signature: concatBytes(small, bytesOf((k * a) % L)) })
  }
  claims.push({
    ...honest,
    signature: concatBytes(honest.signature.subarray(0, 32), bytesOf(littleEndian(honest.signature.subarray(32)) + L)),
  })
  const pure = await createPure().verify(claims)
  expect(pure.filter((valid) => valid).length).toBeGreaterThan(20)
  expect(pure.filter((valid) => !valid).length).toBeGreaterThan(150)
  expect(await createNative()!.verify(claims)).toEqual(pure)
  expect((await createVerifier()).path).toBe('native')
}, 60_000)
