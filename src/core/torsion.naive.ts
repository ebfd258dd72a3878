/**
 * For tests of the verification rule: signatures with torsion in them, made by someone who knows every logarithm.
 *
 * A point a·B + [j]T has a part in the base point's group and a torsion part j, since T has order 8. With jA and jR those of
 * A and R, and S = r + k·a, the equation always holds times 8 (the cofactor), and exactly iff jR + k·jA ≡ 0 (mod 8).
 */
import { Point } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { randomBytes } from './bytes.naive.ts'
import { concatBytes, fromHex, toHex } from './bytes.ts'

export const { n: L, p } = Point.CURVE()

const SIGN_BIT = 1n << 255n

export const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.slice().reverse()) || '0'}`)
export const bytesOf = (value: bigint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
export const randomScalar = (random: () => number): bigint => littleEndian(randomBytes(random, 32)) % L

/** SHA-512 as a number below 2^512, not yet reduced mod L. */
export const hashToNumber = (...parts: readonly Uint8Array[]): bigint => littleEndian(sha512(concatBytes(parts)))

/** A point of order 8. */
const T = Point.fromBytes(fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')!)

/** The eight points of small order: [j]T. */
export const TORSION: readonly Point[] = Array.from({ length: 8 }, (_, j) => T.multiply(BigInt(j), false))

/** A y with either sign bit. */
const encodingsOf = (y: bigint): readonly Uint8Array[] => [bytesOf(y), bytesOf(y | SIGN_BIT)]

/** The 14 encodings of the eight points: each y below 2^255 that stands for one, with either sign bit. */
export const SMALL_ORDER: readonly Uint8Array[] = [0n, 1n, p - 1n, p, p + 1n, TORSION[1]!.y, TORSION[3]!.y].flatMap(encodingsOf)

/** The j of each of the 14, read leniently: y mod p, and a sign bit that means nothing beside an x of 0. */
export const SMALL_ORDER_J: readonly number[] = SMALL_ORDER.map((bytes) => {
  const number = littleEndian(bytes)
  const y = (number % SIGN_BIT) % p
  const wanted = number < SIGN_BIT ? 0n : 1n
  const withY = [0, 1, 2, 3, 4, 5, 6, 7].filter((j) => TORSION[j]!.toAffine().y === y)
  return withY.find((j) => TORSION[j]!.toAffine().x % 2n === wanted) ?? withY[0]!
})

/** Every y in p … 2^255 − 1, with either sign bit. */
export const NON_CANONICAL: readonly Uint8Array[] = Array.from({ length: 19 }, (_, i) => p + BigInt(i)).flatMap(encodingsOf)

/** A key or a nonce, and what it looks like with each torsion. */
export interface Scalar {
  readonly value: bigint
  /** [j]: the encoding of value·B + [j]T. */
  readonly points: readonly Uint8Array[]
}

/** Costs about 2 ms. */
export function scalarOf(value: bigint): Scalar {
  const point = Point.BASE.multiply(value)
  return { value, points: TORSION.map((torsion) => point.add(torsion).toBytes()) }
}

/** An encoding of a y that no point of the curve has. */
export function offCurve(random: () => number): Uint8Array {
  for (;;) {
    const bytes = bytesOf(littleEndian(randomBytes(random, 32)) % p)
    try {
      Point.fromBytes(bytes)
    } catch {
      return bytes
    }
  }
}

export interface Claim {
  readonly signature: Uint8Array
  readonly message: Uint8Array
  readonly author: Uint8Array
}

/** A key or commitment as it is sent, its logarithm without the torsion, and its torsion. */
export interface Part {
  readonly bytes: Uint8Array
  readonly log: bigint
  readonly j: number
}

export const partOf = ({ value, points }: Scalar, j: number): Part => ({ bytes: points[j]!, log: value, j })

/** The n-th of the 14 encodings, as a key or a commitment. */
export const smallPart = (n: number): Part => ({ bytes: SMALL_ORDER[n % 14]!, log: 0n, j: SMALL_ORDER_J[n % 14]! })

/** What is asked of the hash of a signature, given the torsion of A and of R. */
export type Wish = (hashed: bigint, jA: number, jR: number) => boolean

const holds = (k: bigint, jA: number, jR: number): boolean => (BigInt(jR) + k * BigInt(jA)) % 8n === 0n
export const exactly: Wish = (hashed, jA, jR) => holds(hashed % L, jA, jR)
export const onlyTimesEight: Wish = (...all) => !exactly(...all)
/** For a verifier that multiplies by the 512 bits of the hash: with torsion on A that is another point than [k]A. */
export const onlyUnreduced: Wish = (hashed, jA, jR) => holds(hashed, jA, jR) && !holds(hashed % L, jA, jR)

/** S = r + k·a over the first random message with which the wish comes true, one in ten or so. @throws when none seems to */
export function signTorsion(random: () => number, A: Part, R: Part, wish: Wish = () => true): Claim {
  for (let tries = 0; tries < 1_000; tries++) {
    const message = randomBytes(random, Math.floor(random() * 100))
    const hashed = hashToNumber(R.bytes, A.bytes, message)
    if (!wish(hashed, A.j, R.j)) continue
    return { signature: concatBytes([R.bytes, bytesOf((R.log + (hashed % L) * A.log) % L)]), message, author: A.bytes }
  }
  throw new RangeError(`no message makes it so with torsion ${A.j} on A and ${R.j} on R`)
}
