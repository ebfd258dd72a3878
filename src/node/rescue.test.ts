/** What becomes of the whole ops on a damaged disk, in particular of those after the damage. */
import { expect, test, vi } from 'vitest'
import { numberOf } from '../core/dag.ts'
import { chainOf, createStage, keyNamed, linkNamed, push } from '../sim/stage.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'
import type { MemoryHub } from '../net/memory.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { StoreError } from '../store/store.ts'
import { exportStored } from './archive.ts'
import { linkOf } from './link.ts'
import type { Node } from './node.ts'
import { foundRoom, joinRoom, type OpenStore } from './open-node.ts'
import { decodeRescued, encodeRescued } from './rescued-file.ts'
import { LOOK_AGAIN, takeRescued } from './rescue.ts'
import { newHub, start } from './running.naive.ts'

const PUBLIC = 4
const OWN = 6

function createDisks() {
  const disks = new Map<string, MemoryDisk>()
  const openStore: OpenStore = async (id) => {
    if (!disks.has(id)) disks.set(id, createMemoryDisk())
    return createMemoryStore(disks.get(id))
  }
  return { disks, openStore }
}

type Disks = ReturnType<typeof createDisks>

async function again({ openStore }: Disks, author: string, hub: MemoryHub): Promise<Node> {
  const store = await openStore(author)
  return start({ identity: (await store.identity())!, store, resumed: true, salvaged: false }, openStore, hub)
}

/** Turns a bit of the segment that begins with this op. */
function damage({ disks }: Disks, author: string, first: number): void {
  const { bytes } = disks.get(author)!.records.get(first)!
  bytes[bytes.length - 1]! ^= 1
}

const textsOf = async (node: Node): Promise<string[]> => (await node.room.entries(0, 100)).entries.map(({ text }) => text)
const ownTexts = Array.from({ length: OWN }, (_, n) => `own ${n}`)

/** Bob founded a room and wrote. Alice has all of it, wrote offline, and was closed: each op has a segment of its own. */
async function aliceWroteOffline() {
  const [hub, all] = [newHub(), createDisks()]
  const opened = await foundRoom(all.openStore, 'a room')
  const bob = await start(opened, all.openStore, hub)
  const alice = await start(await joinRoom(all.openStore, linkOf(opened.identity)), all.openStore, hub)
  await vi.waitFor(() => expect(alice.status().stored).toBe(1), 10_000)
  for (let n = 0; n < PUBLIC; n++) {
    await bob.submit(`public ${n}`)
    await vi.waitFor(() => expect(alice.status().stored).toBe(2 + n), 10_000)
  }
  await alice.setOffline(true)
  for (const text of ownTexts) expect(await alice.submit(text)).toHaveProperty('id')
  await vi.waitFor(() => expect(alice.status().stored).toBe(1 + PUBLIC + OWN), 10_000)
  await alice.close()
  return { hub, bob, author: alice.author, ...all }
}

test('E9 ops that follow a lost op reach a peer that has the lost one', async () => {
  const room = await aliceWroteOffline()
  damage(room, room.author, 2)
  const alice = await again(room, room.author, room.hub)
  expect(alice.author).not.toBe(room.author)
  expect(room.disks.get(room.author)!.identity).toBe(null)
  await vi.waitFor(async () => expect(await textsOf(room.bob)).toEqual(expect.arrayContaining(ownTexts)), 10_000)
  expect(await textsOf(alice)).toEqual(await textsOf(room.bob))
  expect(room.bob.status().equivocations).toBe(0)
  await vi.waitFor(() => expect(alice.status().stored).toBe(1 + PUBLIC + OWN), 10_000)
  await alice.close()
  // They are kept apart until a start finds all of them stored.
  expect(room.disks.get(alice.author)!.rescued).not.toBe(null)
  const next = await again(room, alice.author, newHub())
  expect([next.author, room.disks.get(alice.author)!.rescued]).toEqual([alice.author, null])
  expect(await textsOf(next)).toEqual(expect.arrayContaining(ownTexts))
})

test('E9 ops that follow a lost op are kept over restarts and more damage, until somebody brings the lost ones', async () => {
  const room = await aliceWroteOffline()
  damage(room, room.author, 3)
  const alone = await again(room, room.author, newHub())
  expect(alone.status()).toMatchObject({ ops: 3, stored: 3 })
  await vi.waitFor(() => expect(alone.status().pending).toBe(1 + OWN), 10_000)
  const exported = await exportStored([await room.openStore(alone.author)])
  expect([exported.ops, exported.lost]).toEqual([PUBLIC + OWN, 0])
  await alone.close()
  damage(room, alone.author, 1)
  const less = await again(room, alone.author, newHub())
  expect(less.author).not.toBe(alone.author)
  expect(less.status().ops).toBe(1)
  await less.close()
  const alice = await again(room, less.author, room.hub)
  expect(alice.author).toBe(less.author)
  await vi.waitFor(async () => expect(await textsOf(room.bob)).toEqual(expect.arrayContaining(ownTexts)), 10_000)
  await vi.waitFor(() => expect(alice.status()).toMatchObject({ stored: 1 + PUBLIC + OWN, digest: room.bob.status().digest }), 10_000)
})

test('E9 more damage in the file of rescued ops costs only what it hits, is said, and keeps no node from starting', async () => {
  const room = await aliceWroteOffline()
  damage(room, room.author, 2)
  const alone = await again(room, room.author, newHub())
  const rescued = room.disks.get(alone.author)!.rescued!
  const { bundles } = decodeRescued(rescued)
  expect(bundles.length).toBe(2 + OWN)
  expect(await alone.export()).toMatchObject({ ops: 2 + 2 + OWN, lost: 0 })
  await alone.close()
  // In the records of the first two, which hold what bob wrote: in marks, a length, a checksum, bundles.
  const ends = (n: number): number => encodeRescued(bundles.slice(0, n)).length - 16
  for (const at of [0, 17, 30, ends(1) - 1, ends(1) + 17, ends(2) - 1]) {
    room.disks.get(alone.author)!.rescued = rescued.with(at, rescued[at]! ^ 4)
    const node = await again(room, alone.author, newHub())
    expect(node.refused.damages).toBe(1)
    await vi.waitFor(() => expect(node.status().pending).toBe(1 + OWN), 10_000)
    await node.close()
  }
  const alice = await again(room, alone.author, room.hub)
  await vi.waitFor(async () => expect(await textsOf(room.bob)).toEqual(expect.arrayContaining(ownTexts)), 10_000)
  expect(await textsOf(alice)).toEqual(await textsOf(room.bob))
})

test('E9 a rescued bundle that another version wrote is kept, and keeps no node from starting', async () => {
  const room = await aliceWroteOffline()
  damage(room, room.author, 2)
  const alone = await again(room, room.author, newHub())
  await alone.close()
  const disk = room.disks.get(alone.author)!
  const { bundles } = decodeRescued(disk.rescued!)
  const other = bundles[0]!.with(1, bundles[0]![1]! + 1)
  disk.rescued = encodeRescued([other, ...bundles.slice(1)])
  const alice = await again(room, alone.author, room.hub)
  await vi.waitFor(async () => expect(await textsOf(room.bob)).toEqual(expect.arrayContaining(ownTexts)), 10_000)
  await vi.waitFor(() => expect(alice.status().stored).toBe(1 + PUBLIC + OWN), 10_000)
  await alice.close()
  await (await again(room, alone.author, newHub())).close()
  expect(decodeRescued(disk.rescued).bundles).toEqual([other])
})

test('E9 law: however many segments are damaged, all whole ones are there after the next start', async () => {
  const all = createDisks()
  const alice = await start(await foundRoom(all.openStore, 'a room'), all.openStore, newHub())
  for (let n = 0; n < 30; n++) await Promise.all(Array.from({ length: 100 }, (_, i) => alice.submit(`own ${n} ${i}`)))
  const { author } = alice
  const disk = all.disks.get(author)!
  await vi.waitFor(() => expect(alice.status().stored).toBe(3_001), 10_000)
  await vi.waitFor(() => expect(disk.index.size).toBeGreaterThan(0), 10_000)
  await alice.close()
  const firsts = [...disk.records.keys()].sort((a, b) => a - b)
  expect(firsts.length).toBeGreaterThan(10)
  /** Two at least, often one that the index lists, so that opening does not look at it. */
  const damages = Array.from({ length: 8 }, (_, n) => [firsts[n % 3]!, ...firsts.filter((_first, i) => i > 0 && (i * (n + 3)) % 11 === 0)])
  for (const damaged of [[firsts[1]!, firsts.at(-3)!], ...damages]) {
    const { disks, openStore } = createDisks()
    const records = structuredClone(disk.records)
    for (const first of damaged) records.get(first)!.bytes[20]! ^= 1
    disks.set(author, { ...disk, records, index: new Map(disk.index), marks: new Map(disk.marks) })
    const before = await exportStored([await openStore(author)])
    expect(before.lost).toBeGreaterThan(0)
    await (await again({ disks, openStore }, author, newHub())).close()
    const stores = await Promise.all([...disks].filter(([, { identity }]) => identity !== null).map(([id]) => openStore(id)))
    // Damage that the index hides is found by the scrub, at a later time.
    const after = await exportStored(stores)
    expect([damaged, after.ops]).toEqual([damaged, before.ops])
  }
})

test('E9 rescued ops that others pushed out of their wait are taken in again, until all of them are held', async () => {
  vi.useFakeTimers()
  try {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const [lost, ...ops] = chainOf(stage, keyNamed('alice'), 4)
    const rescued = ops.map((op) => ({ bytes: wrapBundle('raw', encodeBundle([[op]])), ids: [op.id] }))
    const given: number[][] = []
    /** Takes in what it is given, but the first time nothing: as if all was pushed out. */
    const end = takeRescued(rescued, engine.replica, async (bundles) => {
      given.push(bundles.map((bytes) => rescued.findIndex((each) => each.bytes === bytes)))
      if (given.length > 1) for (const n of given.at(-1)!) push(stage, stage.nodes[0]!, linkNamed(stage, 'disk'), [[ops[n]!]])
    })
    await vi.advanceTimersByTimeAsync(LOOK_AGAIN)
    // They wait for the lost op now.
    await vi.advanceTimersByTimeAsync(3 * LOOK_AGAIN)
    expect(given).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
    push(stage, stage.nodes[0]!, linkNamed(stage, 'bob'), [[lost!]])
    expect(ops.every(({ id }) => numberOf(engine.replica.dag, id) > 0)).toBe(true)
    await vi.advanceTimersByTimeAsync(LOOK_AGAIN)
    expect([given.length, vi.getTimerCount()]).toEqual([2, 0])
    end()
  } finally {
    vi.useRealTimers()
  }
})

test('E9 if there is no space for a second copy, the damaged disk stays as it is', async () => {
  const room = await aliceWroteOffline()
  damage(room, room.author, 2)
  const { identity, records } = room.disks.get(room.author)!
  const before = structuredClone(records)
  const openStore: OpenStore = async (id) => ({
    ...(await room.openStore(id)),
    putRescued: () => Promise.reject(new StoreError('full')),
  })
  await expect(again({ ...room, openStore }, room.author, newHub())).rejects.toMatchObject({ failure: 'full' })
  expect(room.disks.get(room.author)).toMatchObject({ records: before, identity })
  expect([...room.disks.values()].filter(({ records }) => records.size > 0)).toHaveLength(2)
})
