/** A room's file that is made from a disk alone, as for a node that cannot run. */
import { expect, test, vi } from 'vitest'
import { createMemoryDisk, createMemoryStore } from '../store/memory.ts'
import { decodeFile } from '../sync/wrap.ts'
import { exportStored } from './archive.ts'
import { linkOf, type RoomLink } from './link.ts'
import { foundRoom, joinRoom } from './open-node.ts'
import { start } from './running.naive.ts'

const OPS = 30

/** A node that has founded a room and written in it, and its disk. */
async function diskOfRoom() {
  const disk = createMemoryDisk()
  const openStore = async () => createMemoryStore(disk)
  const opened = await foundRoom(openStore, 'a room')
  const node = await start(opened, openStore)
  for (let n = 1; n < OPS; n++) await node.submit(`message ${n}`)
  await vi.waitFor(() => expect(node.status().stored).toBe(OPS), 10_000)
  return { node, disk, store: createMemoryStore(disk), link: linkOf(opened.identity) }
}

/** A new node that has read the file. */
async function reads(link: RoomLink, file: Uint8Array) {
  const openStore = async () => createMemoryStore()
  const node = await start(await joinRoom(openStore, link), openStore)
  return { node, outcome: await node.import(file) }
}

test('D17 a disk gives its room as a file without any node, and a node that joins by the link can read all of it', async () => {
  const { store, link } = await diskOfRoom()
  const { file, ops: count, lost } = await exportStored([store])
  expect([count, lost]).toEqual([OPS, 0])
  const { node, outcome } = await reads(link, file)
  expect(outcome).toMatchObject({ admitted: OPS, refusals: 0, unread: null })
  expect(node.status().ops).toBe(OPS)
})

test('D17 a disk that has damaged some segments gives the others, and says how many ops are lost', async () => {
  const { disk, store, link } = await diskOfRoom()
  for (const op of [7, 25]) disk.records.get(op)!.bytes[20]! ^= 1
  const { file, ops: count, lost } = await exportStored([store])
  expect([count, lost]).toEqual([OPS - 2, 2])
  const { outcome } = await reads(link, file)
  // Ops that follow the lost ops wait for them.
  expect(outcome).toMatchObject({ admitted: 7, refusals: 0 })
})

test('D17 what a segment holds is not looked at: one that no node can read keeps nobody from the others', async () => {
  const { store, link } = await diskOfRoom()
  const unreadable = new Uint8Array(80).fill(7)
  await store.append([{ first: OPS, count: 1, bytes: unreadable }], 'strict')
  const { file, ops: count } = await exportStored([store])
  expect(count).toBe(OPS + 1)
  expect(decodeFile(file).bundles.at(-1)).toEqual(unreadable)
  const { outcome } = await reads(link, file)
  expect(outcome).toMatchObject({ admitted: OPS, refusals: 1 })
})

test('E9 a node that runs leaves out what its disk damaged, and goes on after it', async () => {
  const { node, disk, link } = await diskOfRoom()
  for (const op of [7, 25]) disk.records.get(op)!.bytes[20]! ^= 1
  const { file, ops: count, lost } = await node.export()
  expect([count, lost]).toEqual([OPS - 2, 2])
  expect((await reads(link, file)).outcome).toMatchObject({ admitted: 7, refusals: 0, unread: null })
})

test('a disk without ops gives a file without ops', async () => {
  expect(await exportStored([createMemoryStore()])).toMatchObject({ ops: 0, lost: 0 })
})
