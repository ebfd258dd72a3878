/** Which ops a new node copies from another one in the same browser: all that it can read, and none that may be signed again. */
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { type Segment, type Store, StoreError } from '../store/store.ts'
import { MAX_SIBLINGS, copyFromSiblings, copyOps } from './copy-ops.ts'
import { linkOf } from './link.ts'
import { encodeNames } from './names.ts'
import { foundRoom, joinRoom, type OpenedNode, type OpenStore } from './open-node.ts'
import { start } from './running.naive.ts'

/** A node of a room of this name with these messages, and its disk; it does not run any more. */
async function written(messages: readonly string[]): Promise<{ opened: OpenedNode; disk: MemoryDisk; openStore: OpenStore }> {
  const disk = createMemoryDisk()
  const openStore: OpenStore = async () => createMemoryStore(disk)
  const opened = await foundRoom(openStore, 'a room')
  const node = await start(opened, openStore)
  for (const text of messages) expect(await node.submit(text)).toHaveProperty('id')
  await node.close()
  return { opened, disk, openStore }
}

const copyOf = async (from: Store, author: Uint8Array): Promise<Store> => {
  const to = createMemoryStore()
  await copyOps(from, author, to)
  return to
}

test('a new node begins with all that the other one has stored, under a key of its own', async () => {
  const { opened, disk, openStore } = await written(['one', 'two'])
  const others: OpenStore = async () => createMemoryStore()
  const fresh = await joinRoom(others, linkOf(opened.identity))
  await copyFromSiblings(openStore, ['any'], linkOf(opened.identity), fresh.store)
  const node = await start(fresh, others)
  expect(node.status().ops).toBe(3)
  expect(await node.submit('three')).toHaveProperty('id')
  const { entries } = await node.room.entries(0, Infinity)
  expect(entries.map(({ text, own }) => [text, own])).toEqual([
    ['a room', false],
    ['one', false],
    ['two', false],
    ['three', true],
  ])
  expect(disk.records.size).toBe(3)
})

test('a new node knows the names that the other one remembers, and so does one that comes of a damaged disk', async () => {
  const { opened, disk, openStore } = await written(['one'])
  const author = toHex(opened.identity.author)
  disk.names = encodeNames([{ author, run: '07'.repeat(32), count: 1, name: 'Ada' }])
  const others: OpenStore = async () => createMemoryStore()
  const fresh = await joinRoom(others, linkOf(opened.identity))
  await copyFromSiblings(openStore, ['any'], linkOf(opened.identity), fresh.store)
  expect((await start(fresh, others)).names.all()).toEqual(new Map([[author, 'Ada']]))

  disk.records.get(1)!.bytes[5]! ^= 1
  const damaged = { ...opened, store: createMemoryStore(disk), resumed: true }
  const again = await start(damaged, others)
  expect(again.author).not.toBe(author)
  expect(again.names.all()).toEqual(new Map([[author, 'Ada']]))
})

test('E2 an op that the other node has stored, and that its mark does not name yet, is not taken', async () => {
  const { opened, disk } = await written(['named', 'being written'])
  disk.marks.set('mark', { own: 2, id: new Uint8Array(32) as never })
  expect(await (await copyOf(createMemoryStore(disk), opened.identity.author)).length()).toBe(2)
  // An op of the room's other authors is nothing that this node could sign again.
  expect(await (await copyOf(createMemoryStore(disk), new Uint8Array(32))).length()).toBe(3)
})

test('what the disk has damaged ends the copy', async () => {
  const { opened, disk } = await written(['sound', 'damaged', 'after it'])
  disk.records.get(2)!.bytes[5]! ^= 1
  expect(await (await copyOf(createMemoryStore(disk), opened.identity.author)).length()).toBe(2)
})

test('segments that the other node merges meanwhile are taken as they are then', async () => {
  const { opened, disk } = await written(['one', 'two', 'three'])
  const store = createMemoryStore(disk)
  const segments = (await store.read(0, 9)) as Segment[]
  // The second reading finds a segment that begins before the end of what the first one found.
  const read: Store['read'] = async (from) => (from === 0 ? segments.slice(0, 3) : segments.slice(2))
  const to = createMemoryStore()
  await copyOps({ ...store, read }, opened.identity.author, to)
  expect((await to.layout(0, 9)).map(({ first, count }) => [first, count])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
  ])
})

test('E4 of MAX_SIBLINGS nodes the one with most ops is taken; one of another room, or that cannot be opened, stops nobody', async () => {
  const [few, many, foreign] = [await written(['one']), await written([]), await written(['one', 'two', 'three'])]
  many.disk.identity = { ...many.disk.identity!, genesis: few.disk.identity!.genesis, secret: few.disk.identity!.secret }
  const link = linkOf(few.opened.identity)
  const asked: string[] = []
  const openStore: OpenStore = async (id) => {
    asked.push(id)
    if (id === 'broken') throw new StoreError('failed')
    return createMemoryStore({ few, many, foreign }[id]?.disk ?? createMemoryDisk())
  }
  const to = createMemoryStore()
  const gone = Array.from({ length: MAX_SIBLINGS }, (_, i) => `gone ${i}`)
  await copyFromSiblings(openStore, ['broken', 'foreign', 'many', 'few', ...gone], link, to)
  expect(await to.length()).toBe(2)
  expect(asked).toEqual(['broken', 'foreign', 'many', 'few', ...gone.slice(0, MAX_SIBLINGS - 4)])
})
