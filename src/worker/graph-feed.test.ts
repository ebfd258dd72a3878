/** What the graph is told of ops that are not in the DAG, which anybody can make up. */
import { expect, test } from 'vitest'
import { receive } from '../core/replica.ts'
import { GENESIS, idNumber, opAfter } from '../core/room.naive.ts'
import { createNode } from '../node/node.ts'
import { foundRoom, type OpenStore } from '../node/open-node.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { GraphFeed } from '../graph/feed.ts'
import { createGraphFeeder } from './graph-feed.ts'

test('B6 MAX_GHOSTS ops that wait are shown, and the one after them is not', async () => {
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
  const { room } = node.engine.replica
  const told: GraphFeed[] = []
  const port = { postMessage: (message: GraphFeed) => told.push(message) } as unknown as MessagePort
  const feeder = createGraphFeeder(node, port)
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
