/** The children on the card of an op to which others have given many, and the entries that a search finds. */
import { expect, test, vi } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { authorLook } from '../graph/author-look.ts'
import { idOf } from '../core/dag.ts'
import { receive } from '../core/replica.ts'
import { GENESIS, judgeWords, opAfter, ROOM } from '../core/room.naive.ts'
import { authorNumber } from '../core/room.naive.ts'
import { createEngine } from '../sync/engine.ts'
import { storedDigest } from '../sync/gossip.ts'
import type { Engine } from '../sync/state.ts'
import type { Library } from './library.ts'
import { createRoom, type Room } from './room.ts'
import type { Match } from './views.ts'

const newEngine = (): Engine =>
  createEngine({
    room: ROOM,
    author: authorNumber(0),
    sender: new Uint8Array(32),
    judge: judgeWords,
    seed: 1,
    random: () => 0,
    now: 0,
    resumed: false,
  })

test('D17 of an op with more children than MAX_CHILDREN_TOLD the latest of the history are named, in whatever order they came, and all are counted', async () => {
  const engine = newEngine()
  const { dag } = engine.replica
  const page = { time: 0, body: { kind: 'message', text: '' }, signature: null, bytes: 0 }
  const library = { read: async () => [page] } as unknown as Library
  const room = createRoom(engine, library, () => new Map())
  receive(engine.replica, [GENESIS], 'self')
  for (const [count, named] of [
    [64, 64],
    [65, 64],
    [1_000, 64],
  ] as const) {
    while (dag.length <= count) receive(engine.replica, [opAfter(1, null, [GENESIS], `${dag.length}`)], 'mallory')
    const details = (await room.inspect(toHex(GENESIS.id)))!
    expect([details.childCount, details.children.length]).toEqual([count, named])
    const children = Array.from({ length: count }, (_, i) => toHex(idOf(dag, i + 1)))
    expect(details.children).toEqual(children.sort().reverse().slice(0, named))
  }
})

test('D18 receipts of authors who are here are counted, though the first ops that came are of a liar’s 63 keys', async () => {
  const engine = newEngine()
  receive(engine.replica, [GENESIS], 'self')
  for (let liar = 0; liar < 63; liar++) receive(engine.replica, [opAfter(100 + liar, null, [GENESIS], '')], 'mallory')
  const said = opAfter(1, null, [GENESIS], 'hello')
  receive(engine.replica, [said], 'honest')
  for (const author of [2, 3, 4]) receive(engine.replica, [opAfter(author, null, [said], 'hello back')], 'honest')
  const page = { time: 0, body: { kind: 'message', text: '' }, signature: null, bytes: 0 }
  const room = createRoom(engine, { read: async (ops: readonly number[]) => ops.map(() => page) } as unknown as Library, () => new Map())
  const seenBy = async (): Promise<number> => (await room.admitted([64]))[0]!.seenBy
  expect(await seenBy()).toBe(0)
  const peers = engine.peers as Map<string, unknown>
  for (const author of [2, 3, 4])
    peers.set(`${author}`, { author: authorNumber(author), echoedAt: 5_000, digest: new Uint8Array(32), heads: [] })
  // A peer that said nothing for long is not here.
  peers.set('gone', { author: authorNumber(5), echoedAt: -Infinity, digest: new Uint8Array(32), heads: [] })
  Object.assign(engine, { now: 5_000 })
  expect(await seenBy()).toBe(3)
})

test('D17 a peer that agrees is among those that hold an op, though it names other heads only', async () => {
  const engine = newEngine()
  receive(engine.replica, [GENESIS], 'self')
  const [said, other] = [opAfter(1, null, [GENESIS], 'said'), opAfter(2, null, [GENESIS], 'other')]
  receive(engine.replica, [said, other], 'honest')
  Object.assign(engine, { stored: 3 })
  const peers = engine.peers as Map<string, unknown>
  const named = { heads: [other.id], headCount: 300, digest: null }
  peers.set('agrees', { ...named, author: authorNumber(3), digest: storedDigest(engine) })
  peers.set('other', { ...named, author: authorNumber(4) })
  const page = { time: 0, body: { kind: 'message', text: '' }, signature: null, bytes: 0 }
  const room = createRoom(engine, { read: async () => [page] } as unknown as Library, () => new Map())
  const holders = async (id: Uint8Array): Promise<readonly string[]> => (await room.inspect(toHex(id)))!.heldBy
  expect(await holders(said.id)).toEqual([3].map((n) => toHex(authorNumber(n))))
  expect(await holders(other.id)).toEqual([3, 4].map((n) => toHex(authorNumber(n))))
})

/** A room of a genesis and so many messages, each of which says this. */
function roomOf(messages: number, text: string, names: ReadonlyMap<string, string> = new Map()): Room {
  const engine = newEngine()
  receive(engine.replica, [GENESIS], 'self')
  for (let i = 0; i < messages; i++) receive(engine.replica, [opAfter(1, null, [GENESIS], `${i}`)], 'mallory')
  const page = { time: 0, body: { kind: 'message', text }, signature: null, bytes: 0 }
  return createRoom(engine, { read: async (ops: readonly number[]) => ops.map(() => page) } as unknown as Library, () => names)
}

const find = async (room: Room, text: string, limit: number): Promise<readonly Match[]> => (await room.search(text, limit)).matches

test('a search finds what an author wrote by the beginning of a word of its nickname', async () => {
  const room = roomOf(3, 'hello')
  const [colour = '', animal = ''] = authorLook(authorNumber(1)).name.split(' ')
  for (const words of [animal, animal.toUpperCase(), colour.slice(0, 3), `${colour} ${animal}`])
    expect([words, new Set((await find(room, words, 9)).map(({ author }) => author))]).toEqual([words, new Set([toHex(authorNumber(1))])])
  expect(await find(room, animal.slice(1), 9)).toEqual([])
  expect(await find(room, `${animal} hello`, 9)).toEqual([])
})

test('a search finds what an author wrote by the beginning of a word of its chosen name', async () => {
  const author = toHex(authorNumber(1))
  const room = roomOf(3, 'hello', new Map([[author, 'Ada Lovelacé']]))
  for (const words of ['ada', 'LOVELACE\u0301'])
    expect([words, ...(await find(room, words, 9)).map((entry) => entry.author)]).toEqual([words, author, author, author])
  expect(await find(room, 'ovelace', 9)).toEqual([])
})

test('a search finds an entry by the first digits of its id, and what an author wrote by those of its fingerprint', async () => {
  const room = roomOf(3, 'hello')
  const { entries } = await room.entries(0, 9)
  const { id } = entries[2]!
  for (const words of [id, id.slice(0, 8), id.slice(0, 8).toUpperCase(), id.slice(0, 4)])
    expect([words, ...(await find(room, words, 9)).map((entry) => entry.id)]).toEqual([words, id])
  expect(await find(room, id.slice(1, 9), 9)).toEqual([])
  // Three digits are part of too many ids, and of words.
  expect(await find(room, id.slice(0, 3), 9)).toEqual([])
  expect(await find(room, toHex(authorNumber(1)).slice(0, 8), 9)).toHaveLength(3)
})

test('E6 a search pauses among entries without a text, too', async () => {
  const room = roomOf(4_000, '')
  let turns = 0
  const count = setInterval(() => turns++)
  const before = turns
  expect(await find(room, 'zzz', 9)).toEqual([])
  clearInterval(count)
  expect(turns).toBeGreaterThan(before)
})

test('E6 a search thins piled marks before they are normalized, and finds the same', async () => {
  const normalize = vi.spyOn(String.prototype, 'normalize')
  try {
    const room = roomOf(3, `Zalgo${'\u0301\u0323'.repeat(2_000)} e\u0301t\u0301`)
    expect(await find(room, 'ZALG', 9)).toHaveLength(4)
    expect(await find(room, 'ÉT\u0301', 2)).toHaveLength(2)
    expect(normalize.mock.contexts.length).toBeGreaterThan(5)
    for (const text of normalize.mock.contexts) expect(String(text).length).toBeLessThan(40)
  } finally {
    normalize.mockRestore()
  }
})

test('E6 a search pauses after SEARCH_SLICE characters, and ends when the next one begins', async () => {
  const room = roomOf(40, 'lorem ip '.repeat(7_000))
  const normalize = vi.spyOn(String.prototype, 'normalize')
  try {
    const first = find(room, 'zzz', 9)
    const second = find(room, 'lorem', 50)
    expect(await first).toEqual([])
    expect(await second).toHaveLength(41)
    /** How often a whole entry was folded. */
    const times = (): number => normalize.mock.contexts.filter((folded) => String(folded).length > 60_000).length
    // All entries once, and what the first one folded before its first pause.
    expect(times()).toBeLessThan(41 + 4)
    const before = times()
    const third = find(room, 'zzz', 9)
    await new Promise((resolve) => setTimeout(resolve))
    expect(times() - before).toBeLessThan(41)
    expect(await third).toEqual([])
  } finally {
    normalize.mockRestore()
  }
})

test.each([
  ['below', 10],
  ['below', 300],
  ['at the end', 10],
])('a search skips nothing when ops come %s while it goes on, %i in each of its steps, and it ends', async (where, count) => {
  const engine = newEngine()
  receive(engine.replica, [GENESIS], 'self')
  const chain = [opAfter(1, null, [GENESIS], '0')]
  while (chain.length < 2_000) chain.push(opAfter(1, chain.at(-1)!, [], `${chain.length}`))
  receive(engine.replica, chain, 'self')
  let came = 0
  const read = async (ops: readonly number[]) => {
    const text = (op: number): string => (op > 0 && op <= 2_000 && op % 100 === 50 ? 'needle' : '')
    const pages = ops.map((op) => ({ time: 0, body: { kind: 'message', text: text(op) }, signature: null, bytes: 0 }))
    const parent = where === 'below' ? GENESIS : chain.at(-1)!
    for (let n = 0; n < count; n++) receive(engine.replica, [opAfter(2, null, [parent], `late ${came++}`)], 'mallory')
    return pages
  }
  const room = createRoom(engine, { read } as unknown as Library, () => new Map())
  const found = await find(room, 'needle', 1_000)
  // Where more comes below in a step than a step looks at, it ends without the oldest.
  if (count < 256) expect(found).toHaveLength(20)
  expect(came).toBeLessThanOrEqual(count * 20)
})

test('all of a text is given for itself; of an op that is not here, or no id, nothing', async () => {
  const room = roomOf(1, 'w'.repeat(65_000))
  expect(await room.text(toHex(GENESIS.id))).toBe('w'.repeat(65_000))
  expect([await room.text('ff'.repeat(32)), await room.text('no id')]).toEqual([null, null])
})
