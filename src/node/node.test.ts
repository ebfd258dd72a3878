/** Whole nodes on memory disks and a memory path, with real keys, real sealing and real deflate. */
import { webcrypto } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { rangeOf } from '../core/lists.ts'
import { createMemoryHub, type MemoryHub } from '../net/memory.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { type Segment, StoreError } from '../store/store.ts'
import { unwrapBundle } from '../sync/wrap.ts'
import { longRoom, singles } from './long-room.naive.ts'
import { formatLink, linkOf, parseLink, type RoomLink } from './link.ts'
import { createNode, type Node } from './node.ts'
import { foundRoom, joinRoom, type OpenedNode, type OpenStore } from './open-node.ts'
import { PURE_SIGNATURE_COST } from './verifier.ts'

const running: Node[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.close()))
})

/** Of the outcome of an import of which nothing is refused. */
const UNREFUSED = { refused: [], refusals: 0, unread: null }

const newHub = (): MemoryHub => createMemoryHub((task) => void setTimeout(task))

function createDisks(): { readonly openStore: OpenStore; readonly disks: Map<string, MemoryDisk> } {
  const disks = new Map<string, MemoryDisk>()
  const openStore: OpenStore = async (id) => {
    if (!disks.has(id)) disks.set(id, createMemoryDisk())
    return createMemoryStore(disks.get(id))
  }
  return { openStore, disks }
}

async function start(opened: OpenedNode, openStore: OpenStore, hub: MemoryHub): Promise<Node> {
  const node = await createNode({
    opened,
    openStore,
    ways: () => [{ path: 'memory', open: hub.open }],
    onChange: () => {},
    onBroken: (error) => {
      throw error
    },
  })
  running.push(node)
  return node
}

async function pair(): Promise<{
  alice: Node
  bob: Node
  hub: MemoryHub
  link: RoomLink
  openStore: OpenStore
  disks: Map<string, MemoryDisk>
}> {
  const { openStore, disks } = createDisks()
  const hub = newHub()
  const opened = await foundRoom(openStore, 'a room')
  const alice = await start(opened, openStore, hub)
  const bob = await start(await joinRoom(openStore, linkOf(opened.identity)), openStore, hub)
  return { alice, bob, hub, link: linkOf(opened.identity), openStore, disks }
}

const agree = async (...nodes: Node[]): Promise<void> =>
  vi.waitFor(() => {
    expect(new Set(nodes.map((node) => node.status().digest)).size).toBe(1)
    expect(nodes.map((node) => node.status().stored)).toEqual(nodes.map((node) => node.status().ops))
  }, 10_000)

/** All that it admitted is on its disk, and told. */
const saved = async (node: Node): Promise<void> => vi.waitFor(() => expect(node.status().stored).toBe(node.status().ops))

test('two nodes agree, name each other only by proof, and count receipts', async () => {
  const { alice, bob } = await pair()
  expect(await alice.submit('hello')).toHaveProperty('id')
  await vi.waitFor(() => expect(bob.status().ops).toBe(2), 10_000)
  expect(await bob.submit('hello back')).toHaveProperty('id')
  await agree(alice, bob)
  const { entries } = await alice.room.entries(0, 10)
  expect(entries.map(({ kind, text, seenBy, others, own }) => ({ kind, text, seenBy, others, own }))).toEqual([
    { kind: 'genesis', text: 'a room', seenBy: 1, others: 1, own: true },
    { kind: 'message', text: 'hello', seenBy: 1, others: 1, own: true },
    { kind: 'message', text: 'hello back', seenBy: 0, others: 1, own: false },
  ])
  await vi.waitFor(() => expect(alice.status().peers.map(({ author }) => author)).toEqual([bob.author]), 10_000)
})

test('an own op is held by those who are here when they have it, and by nobody while nobody is here', async () => {
  const { alice, bob } = await pair()
  await agree(alice, bob)
  const receipts = async () => (await alice.room.entries(0, 10)).entries.map(({ held, seenBy }) => ({ held, seenBy }))
  await alice.submit('hello')
  await vi.waitFor(async () => expect((await receipts())[1]).toEqual({ held: { by: 1, here: 1 }, seenBy: 0 }), 10_000)
  await bob.submit('hello back')
  await agree(alice, bob)
  await vi.waitFor(async () =>
    expect(await receipts()).toEqual([
      { held: { by: 1, here: 1 }, seenBy: 1 },
      { held: { by: 1, here: 1 }, seenBy: 1 },
      { held: null, seenBy: 0 },
    ]),
  )
  await bob.setOffline(true)
  await vi.waitFor(() => expect(alice.status().peers).toEqual([]), 10_000)
  await alice.submit('to nobody')
  expect((await receipts()).at(-1)).toEqual({ held: { by: 0, here: 0 }, seenBy: 0 })
}, 20_000)

test('a node that cuts its links writes on, and both sides agree when it is back', async () => {
  const { alice, bob } = await pair()
  await agree(alice, bob)
  await bob.setOffline(true)
  await vi.waitFor(() => expect(alice.status().peers).toEqual([]), 10_000)
  await Promise.all([alice.submit('meanwhile here'), bob.submit('meanwhile there')])
  expect(alice.status().digest).not.toBe(bob.status().digest)
  await bob.setOffline(false)
  await agree(alice, bob)
  expect(bob.status()).toMatchObject({ ops: 3, heads: 2, offline: false })
})

test('links that are cut and restored in one breath are there in the end, and cut ones know no peers', async () => {
  const { alice, bob } = await pair()
  await agree(alice, bob)
  for (let i = 0; i < 50; i++) void bob.setOffline(i % 2 === 0)
  await alice.submit('to whom it may concern')
  await agree(alice, bob)
  expect(bob.status()).toMatchObject({ offline: false, paths: [{ state: 'open' }] })
  await bob.setOffline(true)
  expect(bob.status()).toMatchObject({ offline: true, peers: [], paths: [{ state: 'down' }] })
})

test('E6 of a room name as long as a page, the beginning is shown', async () => {
  const { openStore } = createDisks()
  const alice = await start(await foundRoom(openStore, '😀'.repeat(15_000)), openStore, newHub())
  expect(await alice.name()).toBe('😀'.repeat(120))
})

test('E6 a room name that turns the line around it is shown without that', async () => {
  const { openStore } = createDisks()
  const alice = await start(await foundRoom(openStore, '\u2069\u202eRoom'), openStore, newHub())
  expect(await alice.name()).toBe('Room')
})

test('an exported room is read by a newcomer from the file alone, and a second reading changes nothing', async () => {
  const { alice, link, openStore } = await pair()
  for (let i = 0; i < 20; i++) await alice.submit(`line ${i}`)
  const { file } = await alice.export()
  const carol = await start(await joinRoom(openStore, link), openStore, newHub())
  expect(await carol.import(file)).toEqual({ admitted: 21, duplicate: 0, ...UNREFUSED })
  await saved(carol)
  expect(carol.status().digest).toBe(alice.status().digest)
  expect(await carol.import(file)).toEqual({ admitted: 0, duplicate: 21, ...UNREFUSED })
  expect(await carol.name()).toBe('a room')
})

test('many ops at once are deflated on the disk, and are the same ops when the node comes back', async () => {
  const { alice, link, openStore, disks } = await pair()
  for (let i = 0; i < 200; i++) await alice.submit(`line ${i} ${'and so on '.repeat(8)}`)
  const carol = await start(await joinRoom(openStore, link), openStore, newHub())
  expect(await carol.import((await alice.export()).file)).toMatchObject({ admitted: 201 })
  await agree(alice, carol)
  const records = [...disks.get(carol.author)!.records.values()]
  const codecs = records.flatMap(({ bytes, count }) => {
    const unwrapped = unwrapBundle(bytes)
    return count > 100 && unwrapped.ok ? [unwrapped.value.codec] : []
  })
  expect(codecs).toEqual(['deflate'])
  await carol.close()
  const store = await openStore(carol.author)
  const again = await start({ identity: (await store.identity())!, store, resumed: true, salvaged: false }, openStore, newHub())
  expect(again.author).toBe(carol.author)
  expect(again.status().digest).toBe(alice.status().digest)
  expect((await again.room.entries(200, 1)).entries.map(({ text }) => text)).toEqual([`line 199 ${'and so on '.repeat(8)}`])
})

test('D11 a file with a flipped byte, of another room, or of anything else is refused by name and changes nothing', async () => {
  const { alice, openStore, link } = await pair()
  await alice.submit('kept')
  const { file } = await alice.export()
  const stranger = await start(await foundRoom(openStore, 'elsewhere'), openStore, newHub())
  expect((await stranger.import(file)).refused.map(({ reason }) => reason)).toEqual(['not-for-this-room'])
  expect((await stranger.import(new TextEncoder().encode('a letter'))).refused.map(({ reason }) => reason)).toEqual(['not-a-bundle'])
  expect(stranger.status().ops).toBe(1)

  // The room is new to this node: a flipped bit is refused by name, or changes nothing of what the file says (deflate has unused bits).
  const newcomer = async (): Promise<Node> => start(await joinRoom(openStore, link), openStore, newHub())
  let [carol, found] = [await newcomer(), 0]
  for (let at = 0; at < file.length; at++) {
    const flipped = file.slice()
    flipped[at]! ^= 0x10
    const { refused, refusals, unread } = await carol.import(flipped)
    found += refusals > 0 ? 1 : 0
    await saved(carol)
    const { ops, pending, digest } = carol.status()
    const isWhole = refusals === 0 && unread === null && ops === 2
    expect({ at, isNamed: refused.length > 0 || isWhole }).toEqual({ at, isNamed: true })
    expect({ at, isGenuine: ops === 2 ? digest === alice.status().digest : ops < 2 }).toEqual({ at, isGenuine: true })
    if (ops + pending > 0) carol = await newcomer()
  }
  expect(found).toBeGreaterThan(file.length - 4)
  expect(await carol.import(file)).toEqual({ admitted: 2, duplicate: 0, ...UNREFUSED })
  await saved(carol)
  expect(carol.status().digest).toBe(alice.status().digest)
})

test('inspecting an op tells its parents, children, receipts, holders and place; of what is not here, nothing', async () => {
  const { alice, bob } = await pair()
  const said = (await alice.submit('look at me')) as { id: string }
  await agree(alice, bob)
  const details = await alice.room.inspect(said.id)
  expect(details).toMatchObject({ text: 'look at me', seq: 1, depth: 1, position: 1, signed: true, children: [], saved: true })
  expect(details!.parents).toEqual([toHex(alice.engine.replica.room)])
  await vi.waitFor(async () => expect((await alice.room.inspect(said.id))!.heldBy).toEqual([bob.author]), 10_000)
  expect(await alice.room.inspect('00'.repeat(32))).toBeNull()
  expect(await alice.room.inspect('not an id')).toBeNull()
})

test('what came is told in the order in which it came, and nothing of what has not come', async () => {
  const { alice, bob } = await pair()
  await agree(alice, bob)
  await bob.setOffline(true)
  for (const text of ['here 1', 'here 2', 'here 3']) await alice.submit(text)
  await bob.submit('there')
  await bob.setOffline(false)
  await agree(alice, bob)
  const textsOf = async (node: Node, from: number, count: number) =>
    (await node.room.admitted(rangeOf(from, from + count))).map(({ text }) => text)
  expect(await textsOf(alice, 0, 1_000)).toEqual(['a room', 'here 1', 'here 2', 'here 3', 'there'])
  expect(await textsOf(bob, 0, 99)).toEqual(['a room', 'there', 'here 1', 'here 2', 'here 3'])
  expect(await textsOf(alice, 2, 2)).toEqual(['here 2', 'here 3'])
  expect([await textsOf(alice, 5, 9), await textsOf(alice, 9, 9), await textsOf(alice, 0, 0)]).toEqual([[], [], []])
})

test('what an author calls itself is known to the others, and after a restart although it is away; who has written nothing is forgotten', async () => {
  const { alice, bob, openStore, hub, link } = await pair()
  await alice.submit('hello')
  await agree(alice, bob)
  const carol = await start(await joinRoom(openStore, link), openStore, hub)
  await agree(alice, bob, carol)
  alice.present('Ada', false)
  carol.present('Ada', false)
  const known = (node: Node) => Object.fromEntries(node.names.all())
  await vi.waitFor(() => {
    bob.status()
    expect(known(bob)).toEqual({ [alice.author]: 'Ada', [carol.author]: 'Ada' })
  }, 10_000)
  expect(known(alice)[alice.author]).toBe('Ada')
  await Promise.all([alice.close(), carol.close(), bob.close()])
  const store = await openStore(bob.author)
  const again = await start({ identity: (await store.identity())!, store, resumed: true, salvaged: false }, openStore, newHub())
  expect(known(again)).toEqual({ [alice.author]: 'Ada' })
}, 20_000)

test('search finds the newest first, whatever the case, and says whether there are older ones', async () => {
  const { alice } = await pair()
  for (const text of ['An apple', 'a pear', 'another APPLE']) await alice.submit(text)
  const found = async (limit: number) => {
    const { matches, more } = await alice.room.search('apple', limit)
    return [...matches.map(({ excerpt }) => [excerpt.before, excerpt.words, excerpt.after]), more]
  }
  expect(await found(10)).toEqual([['another ', 'APPLE', ''], ['An ', 'apple', ''], false])
  expect(await found(2)).toEqual([['another ', 'APPLE', ''], ['An ', 'apple', ''], false])
  expect(await found(1)).toEqual([['another ', 'APPLE', ''], true])
})

test('E9 a damaged disk gives what is whole to a new author, who gets the rest from a peer', async () => {
  const { alice, bob, openStore, disks, hub, link } = await pair()
  for (let i = 0; i < 5; i++) await bob.submit(`mine ${i}`)
  await agree(alice, bob)
  const before = bob.author
  await bob.close()
  const disk = disks.get(before)!
  const [, damaged] = [...disk.records.entries()].at(-2)!
  damaged.bytes[damaged.bytes.length - 1]! ^= 1
  const store = await openStore(before)
  const again = await start({ identity: (await store.identity())!, store, resumed: true, salvaged: false }, openStore, hub)
  expect(again.author).not.toBe(before)
  expect(again.refused.latest().map(({ reason, from }) => [reason, from])).toContainEqual(['bad-checksum', 'disk'])
  await agree(alice, again)
  expect(again.status().ops).toBe(6)
  expect(alice.status().equivocations).toBe(0)
  expect(parseLink(formatLink(link))).toEqual(link)
})

test('a disk whose segments another version wrote is not damaged: it is left as it is', async () => {
  const { openStore, disks } = createDisks()
  const { identity, store } = await foundRoom(openStore, 'a room')
  const [id, disk] = [toHex(identity.author), disks.get(toHex(identity.author))!]
  const [segment] = await store.read(0, 1)
  const bytes = (segment as Segment).bytes.slice()
  // Magic, codec, version.
  expect([...bytes.subarray(0, 3)]).toEqual([0xb5, 0, 2])
  bytes[2] = 1
  await store.truncate(0)
  await store.append([{ first: 0, count: 1, bytes }], 'strict')
  const again = start({ identity, store: await openStore(id), resumed: true, salvaged: false }, openStore, newHub())
  await expect(again).rejects.toMatchObject({ failure: 'failed' })
  expect([disks.size, disk.identity?.author, disk.records.get(0)?.bytes]).toEqual([1, identity.author, bytes])
})

test('E9 a damaged segment of a room that was opened by its index is said, and at the next start a new author has what is whole', async () => {
  const { openStore, disks } = createDisks()
  const ops = longRoom(4_100, 9)
  const link = { genesis: ops[0]!.id, secret: new Uint8Array(32).fill(5) }
  const { identity, store } = await joinRoom(openStore, link)
  await store.append(singles(ops), 'relaxed')
  const disk = disks.get(toHex(identity.author))!
  const again = async (): Promise<Node> => {
    const opened = { identity, store: await openStore(toHex(identity.author)), resumed: true, salvaged: false }
    return start(opened, openStore, newHub())
  }
  const first = await again()
  await vi.waitFor(() => expect(disk.records.get(1_024)?.count).toBe(1_024), 30_000)
  await first.close()
  disk.records.get(1_024)!.bytes[100]! ^= 1

  const second = await again()
  expect(second.author).toBe(first.author)
  expect(second.status()).toMatchObject({ ops: 4_100, digest: first.status().digest })
  expect(second.refused.count).toBe(0)
  expect((await second.room.entries(0, 1_500)).entries.length).toBeLessThan(1_500)
  expect(second.refused.latest()).toMatchObject([{ reason: 'bad-checksum', from: 'disk' }])
  await vi.waitFor(() => expect(disk.index.size).toBe(0), 10_000)
  await second.close()

  const third = await again()
  expect(third.author).not.toBe(first.author)
  expect(third.status()).toMatchObject({ ops: 1_024, stored: 1_024 })
  expect(disks.get(third.author)!.rescued?.length).toBeGreaterThan(0)
}, 60_000)

test('E1 a full disk makes a node read only: what it signed is told to nobody before it is stored', async () => {
  const { openStore, disks } = createDisks()
  const hub = newHub()
  const opened = await foundRoom(openStore, 'a room')
  const alice = await start(opened, openStore, hub)
  const bob = await start(await joinRoom(openStore, linkOf(opened.identity)), openStore, hub)
  await agree(alice, bob)
  const records = disks.get(alice.author)!.records
  const full = vi.spyOn(records, 'set').mockImplementation(() => {
    throw new DOMException('no room', 'QuotaExceededError')
  })
  const first = alice.submit('too much')
  await vi.waitFor(() => expect(alice.status().storage).toBe('full'), 10_000)
  expect(await alice.submit('more')).toEqual({ refused: 'disk-full' })
  expect(bob.status().ops).toBe(1)
  full.mockRestore()
  expect(await first).toHaveProperty('id')
  await agree(alice, bob)
  expect(bob.status()).toMatchObject({ ops: 2, storage: 'ok' })
}, 20_000)

test('E3 a node whose store is deleted while it runs stops, instead of writing what nobody keeps', async () => {
  const { openStore } = createDisks()
  const opened = await foundRoom(openStore, 'a room')
  const onBroken = vi.fn<(error: unknown) => void>()
  const alice = await createNode({ opened, openStore, ways: () => [], onChange: () => {}, onBroken })
  running.push(alice)
  await opened.store.destroy()
  void alice.submit('too late')
  await vi.waitFor(() => expect(onBroken.mock.calls).toEqual([[new StoreError('closed')]]), 10_000)
})

test('text with a lone surrogate is refused before it is signed', async () => {
  const { alice } = await pair()
  expect(await alice.submit('half \ud83d')).toEqual({ refused: 'bad-text' })
  expect(await alice.submit('x'.repeat(70_000))).toEqual({ refused: 'too-large' })
  expect(alice.status().ops).toBe(1)
})

test('E5 a clock before 1970 writes all the same', async () => {
  const { alice } = await pair()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(-5_000)
  expect(await alice.submit('long ago')).toHaveProperty('id')
  clock.mockRestore()
  const { entries } = await alice.room.entries(null, 1)
  expect(entries.map(({ text, time }) => ({ text, time }))).toEqual([{ text: 'long ago', time: 0 }])
})

test('D8 without the platform’s cryptography nodes agree, and reckon with what a signature costs them', async () => {
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => webcrypto.getRandomValues(bytes) })
  try {
    const { alice, bob } = await pair()
    for (let n = 0; n < 100; n++) expect(await alice.submit(`${n}`)).toHaveProperty('id')
    await agree(alice, bob)
    expect(bob.engine.signatureCost).toBe(PURE_SIGNATURE_COST)
  } finally {
    vi.unstubAllGlobals()
  }
})
