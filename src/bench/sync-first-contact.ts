/** First contact: what two nodes that share a history say beyond the ops that each lacks, and how often they wait for each other. */
import { deflateRawSync } from 'node:zlib'
import type { Unit } from '../core/unit.ts'
import { createRandom } from '../sim/random.ts'
import { encodeBundle } from '../sync/bundle.ts'
import type { StoredUnits } from '../sync/effects.ts'
import { agrees } from '../sync/gossip.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { meet } from './sync-meet.ts'
import { copyOf, type Ends, foundRoom, type HashedOp, live, merged, write } from './sync-room.ts'
import { createSide, fillSide, give, partyOf, segmentsOf, type Side } from './sync-side.ts'

/** A history as two nodes hold it. */
export interface Shared {
  readonly genesis: HashedOp
  readonly ends: Ends
  readonly authors: number
  /** Of all ops, in the order of both disks. */
  readonly ops: readonly HashedOp[]
  readonly units: readonly Unit[]
  readonly segments: readonly StoredUnits[]
}

/** `count` ops by `authors`, packed as history is. */
export function createShared(count: number, authors: number, seed: number): Shared {
  const { genesis, ends } = foundRoom()
  const numbers = Array.from({ length: authors }, (_, i) => i)
  const ops = [genesis, ...write(createRandom(seed, 'shared'), ends, genesis.id, numbers, count - 1)]
  const units = merged(ops)
  return { genesis, ends, authors, ops, units, segments: segmentsOf(units) }
}

/**
 * What each of two nodes has beyond the shared history: `differ` ops, written there one at a time. Half of the authors write on one
 * side, half on the other; but an equivocator begins with an op on both, different and with the same seq.
 */
export function createDifference(shared: Shared, differ: number, equivocators: 0 | 1, seed: number): readonly [HashedOp[], HashedOp[]] {
  const half = shared.authors >> 1
  const sides = [0, 1].map((side) => {
    const random = createRandom(seed, `side ${side}`)
    const ends = copyOf(shared.ends)
    const honest = Array.from({ length: half - equivocators }, (_, i) => side * half + equivocators + i)
    const room = shared.genesis.id
    return [...write(random, ends, room, [0], equivocators), ...write(random, ends, room, honest, differ - equivocators)]
  })
  return [sides[0]!, sides[1]!]
}

/** Two nodes: the shared history packed, and beyond it live ops, each stored as it came. */
export function createPair(shared: Shared, differences: readonly HashedOp[][], seed: number): [Side, Side] {
  const [first, second] = differences.map((ops, number) => {
    const side = createSide(shared.genesis.id, number, seed)
    const own = ops.map(live)
    fillSide(side, [...shared.units, ...own], [...shared.segments, ...segmentsOf(own, shared.ops.length)])
    return side
  })
  return [first!, second!]
}

/** Links both at once. */
export const link = (pair: readonly Side[]): void => {
  for (const side of pair) give(side, [{ type: 'linked' }], 0)
}

export interface FirstContact {
  readonly overhead: number
  readonly roundTrips: number
  readonly waited: number
  /** The same until each also knows that the other holds what it holds. */
  readonly overheadWhenKnown: number
}

/** Lets them meet. @throws when they do not end up with the same ops */
export function firstContact(shared: Shared, differences: readonly HashedOp[][], seed: number): FirstContact {
  const pair = createPair(shared, differences, seed)
  const [a, b] = pair
  const all = shared.ops.length + differences[0]!.length + differences[1]!.length
  link(pair)
  const [held, known] = meet(
    [partyOf(a, b), partyOf(b, a)],
    [() => pair.every((side) => side.engine.stored === all), () => pair.every(agreesWithAll)],
  )
  const floor = differences.reduce((sum, ops) => sum + floorOf(ops), 0)
  return {
    overhead: held!.bytes - floor,
    roundTrips: held!.flights / 2,
    waited: held!.waited,
    overheadWhenKnown: known!.bytes - floor,
  }
}

const agreesWithAll = ({ engine }: Side): boolean =>
  engine.peers.size > 0 && [...engine.peers.values()].every((peer) => agrees(engine, peer))

/** Bytes of the bundle that holds exactly these ops, with the signatures that the rule asks; raw, where deflating makes it no smaller. */
export function floorOf(ops: readonly HashedOp[]): number {
  const raw = encodeBundle(merged(ops))
  return Math.min(wrapBundle('raw', raw).length, wrapBundle('deflate', deflateRawSync(raw)).length)
}
