/**
 * For tests of the verification rule: signatures on which Ed25519 verifiers are known to differ, each with the verdict that the
 * rule of `keys.ts` gives by construction. Few keys and nonces are used again and again, so that a case costs hashes and no
 * point arithmetic.
 */
import { createRandom, randomBytes } from './bytes.naive.ts'
import { concatBytes } from './bytes.ts'
import {
  bytesOf,
  type Claim,
  exactly,
  L,
  littleEndian,
  NON_CANONICAL,
  offCurve,
  onlyTimesEight,
  onlyUnreduced,
  partOf,
  randomScalar,
  type Scalar,
  scalarOf,
  signTorsion,
  smallPart,
  type Wish,
} from './torsion.naive.ts'

/** Rows of the catalogue of attacks. */
export type Row = 'A2' | 'A3' | 'A4' | 'A5' | 'A6'

export interface JudgedSignature extends Claim {
  /** What it is, for whoever reads of a failure. */
  readonly kind: string
  /** Whether the rule accepts it. */
  readonly valid: boolean
}

interface Kind {
  readonly row: Row
  readonly name: string
  readonly valid: boolean
  readonly make: Make
}

/** The n-th of a kind: what can be counted through (encodings, torsions, bits) is, with n. */
type Make = (n: number, world: World) => Claim

interface World {
  readonly random: () => number
  readonly keys: readonly Scalar[]
  readonly nonces: readonly Scalar[]
  readonly offCurve: readonly Uint8Array[]
}

const at = <Item>(items: readonly Item[], n: number): Item => items[n % items.length]!
/** n for what is counted through together with something else, which has `period` forms. */
const after = (period: number, n: number): number => Math.floor(n / period)
/** There are 64 pairs of torsions for each pair of a key and a nonce. */
const keyOf = (n: number, { keys }: World): Scalar => at(keys, after(64, n))
const nonceOf = (n: number, { nonces }: World): Scalar => at(nonces, after(64, n))

// — torsion ————————————————————————————————————————————————————————————————————————————————————————————————

const signed = (n: number, world: World, jA: number, jR: number, wish?: Wish): Claim =>
  signTorsion(world.random, partOf(keyOf(n, world), jA), partOf(nonceOf(n, world), jR), wish)

const bySmall = (n: number, world: World, jR: number, wish: Wish): Claim =>
  signTorsion(world.random, smallPart(n), partOf(nonceOf(n, world), jR), wish)

const underSmall = (n: number, world: World, jA: number, wish: Wish): Claim =>
  signTorsion(world.random, partOf(keyOf(n, world), jA), smallPart(n), wish)

/** 1 … 7. */
const some = (n: number): number => 1 + (n % 7)
/** 1, 3, 5, 7: of order 8, so that some k takes it to any other. */
const odd = (n: number): number => 1 + 2 * (n % 4)
/** Torsion on R that some k cancels; none only where A has none. */
const cancelled = (jA: number, n: number): number => (jA * odd(n)) % 8

/** Each of the 196 pairs, with S = 0: the equation holds wherever some k makes it hold, read leniently. */
function pairOfSmall(n: number, { random }: World): Claim {
  const [A, R] = [smallPart(n), smallPart(after(14, n))]
  const canHold = A.j === 0 ? R.j === 0 : R.j % (A.j & -A.j) === 0
  return signTorsion(random, A, R, canHold ? exactly : undefined)
}

// — changes ————————————————————————————————————————————————————————————————————————————————————————————————

type Change = (bytes: Uint8Array, n: number, world: World) => Uint8Array

const honest: Make = (n, world) => signed(n, world, 0, 0)
const changed =
  (field: keyof Claim, change: Change): Make =>
  (n, world) => {
    const claim = honest(n, world)
    return { ...claim, [field]: change(claim[field], n, world) }
  }

const withS = (claim: Claim, S: (was: bigint) => bigint): Claim => {
  const [R, was] = [claim.signature.subarray(0, 32), littleEndian(claim.signature.subarray(32))]
  return { ...claim, signature: concatBytes([R, bytesOf(S(was))]) }
}
const changedS =
  (S: (was: bigint, n: number) => bigint): Make =>
  (n, world) =>
    withS(honest(n, world), (was) => S(was, n))
const changedR = (R: (n: number, world: World) => Uint8Array): Make =>
  changed('signature', (bytes, n, world) => concatBytes([R(n, world), bytes.subarray(32)]))

/** One bit of a part of the bytes, by default of all; an empty message becomes a zero. */
const flipped =
  (first = 0, length?: number): Change =>
  (bytes, n) => {
    if (bytes.length === 0) return Uint8Array.of(0)
    const bit = first * 8 + (n % (8 * (length ?? bytes.length)))
    const out = bytes.slice()
    out[bit >> 3]! ^= 1 << (bit & 7)
    return out
  }

const LENGTHS = [0, 1, 31, 33, 63, 65, 96, 128]
/** Cut off, or filled up with zeros. */
const resized: Change = (bytes, n) => {
  const length = at(LENGTHS, n)
  return concatBytes([bytes.subarray(0, length), new Uint8Array(Math.max(0, length - bytes.length))])
}

/** With the n-th multiple of L that leaves it in 256 bits: there are 15, or 14 for the greatest. */
const unreduced = (S: bigint, n: number): bigint => {
  const multiple = BigInt(1 + (n % 15)) * L
  return S + multiple < 1n << 256n ? S + multiple : S + L
}

// — the kinds ——————————————————————————————————————————————————————————————————————————————————————————————

const accepted = (row: Row, name: string, make: Make): Kind => ({ row, name, valid: true, make })
const refused = (row: Row, name: string, make: Make): Kind => ({ row, name, valid: false, make })

export const KINDS: readonly Kind[] = [
  accepted('A2', 'honest', honest),
  refused('A2', 'a bit of R flipped', changed('signature', flipped(0, 32))),
  refused('A2', 'a bit of S flipped', changed('signature', flipped(32, 32))),
  refused('A2', 'a bit of the message flipped', changed('message', flipped())),
  refused(
    'A2',
    'of another message',
    changed('message', (_, __, { random }) => randomBytes(random, 101)),
  ),
  refused('A2', 'of another length', changed('signature', resized)),
  refused('A2', 'noise', (n, world) => withS(changedR(() => randomBytes(world.random, 32))(n, world), () => randomScalar(world.random))),

  refused(
    'A3',
    'by another key',
    changed('author', (_, n, world) => keyOf(n + 64, world).points[0]!),
  ),
  refused(
    'A3',
    'torsion added to A afterwards',
    changed('author', (_, n, world) => keyOf(n, world).points[some(n)]!),
  ),
  refused('A3', 'a bit of A flipped', changed('author', flipped())),

  accepted('A4', 'torsion on A, exact', (n, world) => signed(n, world, some(n), 0, exactly)),
  refused('A4', 'torsion on A, exact times 8 only', (n, world) => signed(n, world, some(n), 0, onlyTimesEight)),
  refused('A4', 'torsion on A and R, exact with k not reduced only', (n, world) =>
    signed(n, world, some(n), cancelled(some(n), after(7, n)), onlyUnreduced),
  ),
  refused('A4', 'A of small order, exact', (n, world) => bySmall(n, world, cancelled(smallPart(n).j, after(14, n)), exactly)),
  refused('A4', 'A of small order, exact times 8 only', (n, world) => bySmall(n, world, some(after(14, n)), onlyTimesEight)),
  refused('A4', 'A and R of small order, S = 0', pairOfSmall),
  refused('A4', 'A and R of small order, any S', (n, world) => withS(pairOfSmall(n, world), () => randomScalar(world.random))),
  refused(
    'A4',
    'A not canonical',
    changed('author', (_, n) => at(NON_CANONICAL, n)),
  ),
  refused(
    'A4',
    'A on no point of the curve',
    changed('author', (_, n, world) => at(world.offCurve, n)),
  ),
  refused('A4', 'A of another length', changed('author', resized)),

  refused('A5', 'a multiple of L added to S', changedS(unreduced)),
  refused('A5', 'a multiple of L added to S, torsion on A', (n, world) =>
    withS(signed(n, world, some(n), 0, exactly), (S) => unreduced(S, n)),
  ),
  refused(
    'A5',
    'S = L',
    changedS(() => L),
  ),
  refused(
    'A5',
    'S = L − 1',
    changedS(() => L - 1n),
  ),
  refused(
    'A5',
    'S = 0',
    changedS(() => 0n),
  ),
  refused(
    'A5',
    'S negated',
    changedS((S) => L - S),
  ),

  accepted('A6', 'torsion on A and R, exact', (n, world) => signed(n, world, some(n), cancelled(some(n), after(7, n)), exactly)),
  refused('A6', 'torsion on A and R, exact times 8 only', (n, world) => signed(n, world, some(n), some(after(7, n)), onlyTimesEight)),
  refused('A6', 'torsion on R, exact times 8 only', (n, world) => signed(n, world, 0, some(n))),
  refused('A6', 'R of small order, exact', (n, world) => underSmall(n, world, smallPart(n).j === 0 ? 0 : odd(after(14, n)), exactly)),
  refused('A6', 'R of small order, exact times 8 only', (n, world) => underSmall(n, world, odd(after(14, n)), onlyTimesEight)),
  refused(
    'A6',
    'R not canonical',
    changedR((n) => at(NON_CANONICAL, n)),
  ),
  refused(
    'A6',
    'R on no point of the curve',
    changedR((n, world) => at(world.offCurve, n)),
  ),
]

/** Keys, nonces, and y's on no curve point, of a seed. */
const SCALARS = 8

/** `count` cases, the kinds in turn; the same for the same seed. 20,000 take one or two seconds. */
export function adversarialSignatures(seed: number, count: number): JudgedSignature[] {
  const random = createRandom(seed)
  const some = <Item>(make: () => Item): Item[] => Array.from({ length: SCALARS }, make)
  const scalar = (): Scalar => scalarOf(randomScalar(random))
  const world: World = { random, keys: some(scalar), nonces: some(scalar), offCurve: some(() => offCurve(random)) }
  return Array.from({ length: count }, (_, i) => {
    const { name, valid, make } = at(KINDS, i)
    return { kind: name, valid, ...make(after(KINDS.length, i), world) }
  })
}
