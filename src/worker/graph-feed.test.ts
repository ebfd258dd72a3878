/** What the graph is told of ops that are not in the DAG, and of peers: anybody can make up either. */
import { expect, test } from 'vitest'
import { append } from '../core/dag.ts'
import { receive, type Replica } from '../core/replica.ts'
import { authorNumber, GENESIS, idNumber, opAfter } from '../core/room.naive.ts'
import { createNode } from '../node/node.ts'
import { foundRoom, type OpenStore } from '../node/open-node.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { GraphFeed } from '../graph/feed.ts'
import { storedDigest } from '../sync/gossip.ts'
import type { Peer } from '../sync/peer.ts'
import { createGraphFeeder } from './graph-feed.ts'

/** A node that founded a room and has no paths, its feeder, and what the graph was told. */
async function fedNode() {
  const openStore: OpenStore = async () => createMemoryStore()
  const opened = await foundRoom(openStore, 'a room')
  const node = await createNode({
    opened,
    openStore,
    ways: () => [],
    onChange: () => {},
    onBroken: (error) => {
      throw error
    },
  })
  const told: GraphFeed[] = []
  const port = { postMessage: (message: GraphFeed) => told.push(message) } as unknown as MessagePort
  return { node, feeder: createGraphFeeder(node, port), told }
}

test('B6 MAX_GHOSTS ops that wait are shown, and the one after them is not', async () => {
  const { node, feeder, told } = await fedNode()
  const { room } = node.engine.replica
  const shown = (): number => told.flatMap((feed) => (feed.type === 'ghosts' ? [feed.ghosts.length] : [])).at(-1) ?? 0
  for (let i = 0; i < 64; i++) receive(node.engine.replica, [opAfter(1, null, [GENESIS], '', { room, deps: [idNumber(i)] })], 'mallory')
  feeder.flush()
  expect(shown()).toBe(64)
  receive(node.engine.replica, [opAfter(1, null, [GENESIS], '', { room, deps: [idNumber(64)] })], 'mallory')
  feeder.flush()
  expect(node.engine.replica.pending.ops).toBe(65)
  expect(shown()).toBe(64)
  await node.close()
})

/** A connected peer, no whole one, without ops. */
const reader = (replica: Replica, n: number): Peer =>
  ({ author: authorNumber(n), digest: null, heads: [replica.room], headCount: 1 }) as unknown as Peer

/** One who has written an op. */
function writer(replica: Replica, n: number): Peer {
  const { dag } = replica
  append(dag, { id: idNumber(1_000 + n), author: authorNumber(n), seq: 0, prev: -1, parents: [0] })
  return reader(replica, n)
}

test('D10 peers without ops take no place of those who have written, though they were met before, nor do late writers', async () => {
  const { node, feeder, told } = await fedNode()
  const { peers, replica } = node.engine
  const early = [0, 1].map((n) => writer(replica, n))
  for (let n = 20; n < 120; n++) peers.set(`${n}`, reader(replica, n))
  for (let n = 120; n < 220; n++) peers.set(`${n}`, writer(replica, n))
  for (const [n, peer] of early.entries()) peers.set(`${n}`, peer)
  feeder.flush()
  peers.clear()
  const ribbons = told.flatMap((feed) => (feed.type === 'peers' ? feed.peers.map(({ author }) => author) : []))
  const here = told.flatMap((feed) => (feed.type === 'present' ? feed.authors : []))
  const senior = (count: number): Uint8Array[] => [0, 1, ...Array.from({ length: count - 2 }, (_, n) => 120 + n)].map(authorNumber)
  expect(ribbons).toEqual(senior(8))
  expect(here).toEqual(senior(64))
  await node.close()
})

test('a connected peer without ops has a ribbon while there is room, and is not among those whose lanes stay open', async () => {
  const { node, feeder, told } = await fedNode()
  const { peers, replica } = node.engine
  peers.set('reader', reader(replica, 1))
  peers.set('writer', writer(replica, 2))
  feeder.flush()
  peers.clear()
  expect(told.flatMap((feed) => (feed.type === 'peers' ? feed.peers.map(({ author }) => author) : []))).toEqual([2, 1].map(authorNumber))
  expect(told.flatMap((feed) => (feed.type === 'present' ? feed.authors : []))).toEqual([authorNumber(2)])
  await node.close()
})

test.each([
  [8, 8, 8],
  [9, 8, 9],
  [64, 8, 64],
  [65, 8, 64],
  [250, 8, 64],
])('D10 of %i peers what MAX_FRONTIERS hold is shown, and that MAX_PRESENT are here', async (count, holding, here) => {
  const { node, feeder, told } = await fedNode()
  const { peers, replica } = node.engine
  // For one turn of the loop only: they are no whole peers.
  for (let n = 0; n < count; n++) peers.set(`${n}`, writer(replica, n))
  feeder.flush()
  peers.clear()
  expect(told.flatMap((feed) => (feed.type === 'peers' ? [feed.peers.length] : []))).toEqual([holding])
  expect(told.flatMap((feed) => (feed.type === 'present' ? [feed.authors.length] : []))).toEqual([here])
  await node.close()
})

test('D17 of a peer that agrees the graph is told that it holds all, of one that names some of its heads that it may hold more', async () => {
  const { node, feeder, told } = await fedNode()
  const { engine } = node
  const named = { ...reader(engine.replica, 1), headCount: 300 }
  engine.peers.set('agrees', { ...named, digest: storedDigest(engine) })
  engine.peers.set('other', { ...named, author: authorNumber(2) })
  feeder.flush()
  engine.peers.clear()
  expect(told.flatMap((feed) => (feed.type === 'peers' ? feed.peers : []))).toEqual([
    { author: authorNumber(1), first: 1, heads: [], isAll: true },
    { author: authorNumber(2), first: 0, heads: [0], isAll: false },
  ])
  await node.close()
})
