/**
 * B8: one author's chain of 1,000,000 ops through the whole of the core, in order and in reverse. Nothing may recurse, and the
 * time may only grow with the number of ops; a stack that overflows throws, and what is more than linear hangs until the test's
 * own end. Ids are distinct and not hashed, since a million hashes are not what is tried here.
 */
import { expect, test } from 'vitest'
import { numbersIn } from './number-set.ts'
import { markPast, numberOf, numberOfAuthor, opAt, sortedHeads, tipsOf } from './dag.ts'
import { checkEvidence } from './evidence.ts'
import { positionOf, sliceHistory } from './history.ts'
import { MAX_PENDING_PER_LINK, MAX_UNIT_OPS } from './limits.ts'
import { createReplica, receive, type Replica } from './replica.ts'
import { authorNumber, cheapId, GENESIS, ROOM } from './room.naive.ts'
import { createSeen, seenBy } from './seen.ts'
import type { Unit, UnitOp } from './unit.ts'

const LENGTH = 1_000_000
/** In reverse an op costs five times as much, for what waits is kept and forgotten one by one: the million takes `CHAIN_OPS=1000000`. */
const REVERSED = Number(process.env['CHAIN_OPS'] ?? 250_000)
const AUTHOR = authorNumber(1)
const BODY = Uint8Array.of(0x60)
const SIGNATURE = new Uint8Array(64)

/** Op `seq` of the chain: made when it is needed, so that the chain takes no memory. */
const opOf = (seq: number, signature: Uint8Array | null = SIGNATURE): UnitOp => ({
  op: {
    room: ROOM,
    author: AUTHOR,
    seq,
    prev: seq === 0 ? null : cheapId(seq - 1),
    deps: seq === 0 ? [GENESIS.id] : [],
    time: 0,
    body: BODY,
  },
  id: cheapId(seq),
  signature,
})

/** The unit of ops `from` … `to` − 1, of which the last one is signed. */
const unitOf = (from: number, to: number): Unit =>
  Array.from({ length: to - from }, (_, i) => opOf(from + i, from + i === to - 1 ? SIGNATURE : null))

function open(): Replica {
  const replica = createReplica(ROOM, () => null, 7)
  receive(replica, [GENESIS], 'alice')
  return replica
}

function receiveForwards(replica: Replica, length: number): void {
  for (let at = 0; at < length; at += MAX_UNIT_OPS) receive(replica, unitOf(at, Math.min(length, at + MAX_UNIT_OPS)), 'alice')
}

test('B8 a chain of 1,000,000 ops in units: admitted, walked, listed, seen, and its heads are one', { timeout: 120_000 }, () => {
  const replica = open()
  receiveForwards(replica, LENGTH)
  const { dag, history } = replica
  expect(dag.length).toBe(1 + LENGTH)
  const top = dag.length - 1
  expect(sortedHeads(dag)).toEqual([cheapId(LENGTH - 1)])
  expect(tipsOf(dag, numberOfAuthor(dag, AUTHOR))).toEqual([top])
  expect(opAt(dag, numberOfAuthor(dag, AUTHOR), LENGTH - 1)).toBe(top)
  expect(markPast(dag, numbersIn(dag.heads)).indexOf(0)).toBe(-1)
  expect(history.length).toBe(1 + LENGTH)
  expect(positionOf(history, top)).toBe(top)
  expect(sliceHistory(history, top - 1, 9)).toEqual([top - 1, top])
  const seen = createSeen(dag)
  expect(seenBy(seen, 0)).toEqual([numberOfAuthor(dag, AUTHOR)])
  expect(seenBy(seen, top)).toEqual([])
})

test(
  'B8 1,000,000 ops in reverse (of which `npm test` does a quarter), each before its parent: what may wait waits, what was evicted comes back in order',
  { timeout: 300_000 },
  () => {
    const replica = open()
    const { dag, pending } = replica
    let most = 0
    for (let seq = REVERSED - 1; seq > 0; seq--) {
      receive(replica, [opOf(seq)], 'mallory')
      most = Math.max(most, pending.ops)
    }
    expect(most).toBe(MAX_PENDING_PER_LINK)
    expect(dag.length).toBe(1)
    // The lowest op sets free all that waits, and nothing is left behind.
    receive(replica, [opOf(0)], 'mallory')
    expect(dag.length).toBe(1 + 1 + MAX_PENDING_PER_LINK)
    expect(pending).toMatchObject({ ops: 0, bytes: 0, parents: 0 })
    for (const map of [pending.byLink, pending.slots]) expect(map.size).toBe(0)
    receiveForwards(replica, REVERSED)
    expect(dag.length).toBe(1 + REVERSED)
    expect(numberOf(dag, cheapId(REVERSED - 1))).toBe(REVERSED)
  },
)

test('B8 evidence that leans on a chain of 1,000,000 ops is refused for its length, without a look at them', () => {
  const chain = Array<UnitOp>(LENGTH).fill(opOf(0))
  let verified = 0
  expect(
    checkEvidence({ a: chain, b: [{ ...opOf(0), id: cheapId(-2) }] }, () => {
      verified++
      return true
    }),
  ).toBe('unit-too-large')
  expect(verified).toBe(0)
})
