/**
 * How long it takes a node to find out what another lacks, in a room of a million ops: its time in `step` from the other's first
 * message on, until it reads what it will send. Real ops, made, hashed and forgotten one unit at a time; their bodies are on no disk,
 * since nothing is sent.
 */
import { entryBytes } from '../core/id-table.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import type { Replica } from '../core/replica.ts'
import type { Unit } from '../core/unit.ts'
import { createRandom } from '../sim/random.ts'
import { restore } from '../sync/engine.ts'
import { createStoredHeads } from '../sync/stored-heads.ts'
import { link } from './sync-first-contact.ts'
import { meet } from './sync-meet.ts'
import { copyOf, foundRoom, live, merged, write } from './sync-room.ts'
import { createSide, partyOf, type Side } from './sync-side.ts'

export interface LargePair {
  readonly room: OpId
  readonly replicas: readonly [Replica, Replica]
}

/** Two replicas that share a history and differ by live ops, half of the authors on each side. O(shared). */
export function createLargePair({ shared, authors, differ }: { shared: number; authors: number; differ: number }, seed: number): LargePair {
  const { genesis, ends } = foundRoom()
  const room = genesis.id
  const numbers = Array.from({ length: authors }, (_, i) => i)
  const sides = [0, 1].map((number) => createSide(room, number, seed))
  const keep = (side: Side, units: readonly Unit[]): void => {
    const count = units.reduce((sum, unit) => sum + unit.length, 0)
    if (restore(side.engine, units) !== count) throw new Error('The engine did not take all ops.')
  }
  let batch = [genesis]
  for (const op of write(createRandom(seed, 'shared'), ends, room, numbers, shared - 1)) {
    if (batch.length === MAX_UNIT_OPS) {
      for (const side of sides) keep(side, merged(batch))
      batch = []
    }
    batch.push(op)
  }
  for (const [number, side] of sides.entries()) {
    keep(side, merged(batch))
    const writers = numbers.filter((author) => author % 2 === number)
    keep(side, [...write(createRandom(seed, `side ${number}`), copyOf(ends), room, writers, differ)].map(live))
  }
  const [first, second] = sides.map(({ engine }) => engine.replica)
  return { room, replicas: [first!, second!] }
}

/** ms of the slower of the two, between engines that have not met before. */
export function msToFind({ room, replicas }: LargePair, seed: number): number {
  const pair = replicas.map((replica, number) => {
    const side = createSide(room, number, seed)
    // Nothing is admitted while they look for the difference, so a replica serves in every run.
    Object.assign(side.engine, { replica, heads: createStoredHeads(replica.dag, side.engine.sender) })
    restore(side.engine, [])
    return side
  })
  const [a, b] = pair as [Side, Side]
  link(pair)
  meet([partyOf(a, b), partyOf(b, a)], [() => pair.every(({ foundMs }) => foundMs !== null)])
  return Math.max(a.foundMs!, b.foundMs!)
}

/** Ids of a replica's ops, with their places in the history for times. */
export const timedIdsOf = ({ dag }: Replica): { readonly id: Uint8Array; readonly time: number }[] =>
  Array.from({ length: dag.length }, (_, op) => ({ id: entryBytes(dag.ids, op), time: dag.depth[op]! }))
