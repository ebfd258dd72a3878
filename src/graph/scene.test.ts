/** What the graph knows: ids, ghosts' places, peers. */
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import type { Ghost, GraphFeed } from './feed.ts'
import { NONE, opX } from './layout.ts'
import { columnsOf, createScene, feedScene, findOp, idOf, rowsOf, type Scene, measurePeers } from './scene.ts'
import { feedOf, holderOf, idBytes, keyBytes, writtenDag } from './written-dag.naive.ts'

const CHAT = writtenDag('a0, b0 < a0, a1 < a0 b0, b1 < b0 a1, c0 < b1')

function sceneOf(...more: GraphFeed[]): Scene {
  const scene = createScene()
  for (const feed of [...feedOf(CHAT), ...more]) feedScene(scene, feed, 0)
  return scene
}

const ghost = (id: number, author: Uint8Array, parents: number[]): Ghost => ({
  id: new Uint8Array(32).fill(id),
  author,
  seq: 3,
  state: 'pending',
  reason: 'missing-parent',
  parents,
})
const ghosts = (...all: Ghost[]): GraphFeed => ({ type: 'ghosts', ghosts: all })

test('an op is found by its id, and nothing by anything else', () => {
  const scene = sceneOf()
  expect(CHAT.map((_, op) => findOp(scene, idOf(scene, op)))).toEqual([0, 1, 2, 3, 4])
  expect(findOp(scene, 'ff'.repeat(32))).toBe(NONE)
  expect(findOp(scene, 'no hex')).toBe(NONE)
})

test('a ghost stands below its known parents in its author’s column, a stranger’s at the right', () => {
  const scene = sceneOf(ghosts(ghost(1, keyBytes(1), [2, 4]), ghost(2, keyBytes(9), [0]), ghost(3, keyBytes(1), [])))
  const [known, stranger, lost] = scene.ghosts
  expect([Math.floor(known!.x), known!.row]).toEqual([1, 5])
  expect([stranger!.x, stranger!.row]).toEqual([3, 1])
  expect(lost!.row).toBe(scene.layout.rows)
  expect([columnsOf(scene), rowsOf(scene)]).toEqual([4, 6])
})

test('ghosts of one place do not hide each other', () => {
  const scene = sceneOf(ghosts(ghost(1, keyBytes(1), [4]), ghost(2, keyBytes(1), [4])))
  expect(scene.ghosts[0]!.x).not.toBe(scene.ghosts[1]!.x)
})

test('ghosts stand clear of both lanes of a split column, and strangers’ of each other', () => {
  const scene = sceneOf(ghosts(ghost(1, keyBytes(0), [1]), ghost(2, keyBytes(8), [4]), ghost(3, keyBytes(9), [4])))
  const forked = createScene()
  for (const feed of [...feedOf(writtenDag('a0, a1 < a0, a1x < a0')), ghosts(ghost(1, keyBytes(0), [0]))]) feedScene(forked, feed, 0)
  const [besideTwo] = forked.ghosts
  expect(forked.layout.lanes).toBe(2)
  for (const op of [1, 2]) expect(besideTwo!.x - opX(forked.layout, op)).toBeGreaterThan(0.1)
  expect(new Set(scene.ghosts.map(({ x, row }) => `${x}/${row}`)).size).toBe(3)
})

test('a ghost keeps below the newest row while the graph grows', () => {
  const scene = createScene()
  for (const feed of feedOf(CHAT, 0, 3)) feedScene(scene, feed, 0)
  feedScene(scene, ghosts(ghost(1, keyBytes(9), [])), 0)
  expect(scene.ghosts[0]!.row).toBe(3)
  for (const feed of feedOf(CHAT, 3)) feedScene(scene, feed, 0)
  expect(scene.ghosts[0]!.row).toBe(5)
})

test('a thousand ghosts of made-up authors take three columns', () => {
  const many = Array.from({ length: 1000 }, (_, i) => {
    const author = new Uint8Array(32).fill(7)
    author.set([i & 255, i >> 8])
    return ghost(i & 255, author, [])
  })
  expect(columnsOf(sceneOf(ghosts(...many)))).toBe(3 + 3)
})

test('a peer that was heard before keeps what it is known to hold; one without an author starts anew', () => {
  const scene = sceneOf({
    type: 'peers',
    peers: [holderOf(1, [3]), holderOf(null, [3])],
  })
  expect(scene.peers.map(({ frontier }) => frontier.count)).toEqual([4, 4])
  feedScene(
    scene,
    {
      type: 'peers',
      peers: [holderOf(1, []), holderOf(null, [])],
    },
    0,
  )
  expect(scene.peers.map(({ frontier }) => frontier.count)).toEqual([4, 0])
  measurePeers(scene)
  expect([...scene.peers[0]!.lacks]).toEqual([5, 5, 4])
})

test('a peer that is reached by two paths has one thread', () => {
  const scene = sceneOf({
    type: 'peers',
    peers: [holderOf(1, [1]), holderOf(1, [2]), holderOf(2, [])],
  })
  expect(scene.peers.map(({ frontier }) => frontier.count)).toEqual([3, 0])
})

test('D17 of a peer that is reached by two paths all is known only if each path tells all', () => {
  const all = holderOf(1, [1])
  const part = { ...holderOf(1, [2]), isAll: false }
  for (const [peers, isAll] of [
    [[all, all], true],
    [[all, part], false],
    [[part, all], false],
  ] as const)
    expect(sceneOf({ type: 'peers', peers }).peers.map((peer) => peer.isAll)).toEqual([isAll])
})

test('few new ops pop in, a load does not', () => {
  const few = sceneOf()
  expect(few.arrivals.size).toBe(5)
  const ops = Array.from({ length: 100 }, (_, i) => ({ name: `${i}`, author: 0, seq: i, parents: i === 0 ? [] : [i - 1] }))
  const load = createScene()
  for (const feed of feedOf(ops)) feedScene(load, feed, 0)
  expect(load.arrivals.size).toBe(0)
  expect(idOf(load, 3)).toBe(toHex(idBytes(3)))
})
