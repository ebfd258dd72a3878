/** What an op's card is told of an op that others have given many children. */
import { expect, test, vi } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { idOf } from '../core/dag.ts'
import { receive } from '../core/replica.ts'
import { GENESIS, judgeWords, opAfter, ROOM } from '../core/room.naive.ts'
import { authorNumber } from '../core/room.naive.ts'
import { createEngine } from '../sync/engine.ts'
import type { Engine } from '../sync/state.ts'
import type { Library } from './library.ts'
import { createRoom, type Room } from './room.ts'

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

test('D17 of an op with more children than MAX_CHILDREN_TOLD the newest are named, and all are counted', async () => {
  const engine = newEngine()
  const { dag } = engine.replica
  const page = { time: 0, body: { kind: 'message', text: '' }, signature: null, bytes: 0 }
  const library = { read: async () => [page] } as unknown as Library
  const room = createRoom(engine, library)
  receive(engine.replica, [GENESIS], 'self')
  for (const [count, named] of [
    [64, 64],
    [65, 64],
    [1_000, 64],
  ] as const) {
    while (dag.length <= count) receive(engine.replica, [opAfter(1, null, [GENESIS], `${dag.length}`)], 'mallory')
    const details = (await room.inspect(toHex(GENESIS.id)))!
    expect([details.childCount, details.children.length]).toEqual([count, named])
    expect(details.children[0]).toBe(toHex(idOf(dag, count)))
  }
})

/** A room of a genesis and so many messages, each of which says this. */
function roomOf(messages: number, text: string): Room {
  const engine = newEngine()
  receive(engine.replica, [GENESIS], 'self')
  for (let i = 0; i < messages; i++) receive(engine.replica, [opAfter(1, null, [GENESIS], `${i}`)], 'mallory')
  const page = { time: 0, body: { kind: 'message', text }, signature: null, bytes: 0 }
  return createRoom(engine, { read: async (ops: readonly number[]) => ops.map(() => page) } as unknown as Library)
}

test('E6 a search thins piled marks before they are normalized, and finds the same', async () => {
  const normalize = vi.spyOn(String.prototype, 'normalize')
  try {
    const room = roomOf(3, `Zalgo${'\u0301\u0323'.repeat(2_000)} e\u0301t\u0301`)
    expect(await room.search('ZALG', 9)).toHaveLength(4)
    expect(await room.search('ÉT\u0301', 2)).toHaveLength(2)
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
    const first = room.search('zzz', 9)
    const second = room.search('lorem', 50)
    expect(await first).toEqual([])
    expect(await second).toHaveLength(41)
    // Both texts, all entries once, and what the first one folded before its first pause.
    expect(normalize.mock.calls.length).toBeLessThan(2 + 41 + 4)
    const before = normalize.mock.calls.length
    const third = room.search('zzz', 9)
    await new Promise((resolve) => setTimeout(resolve))
    expect(normalize.mock.calls.length - before).toBeLessThan(41)
    expect(await third).toEqual([])
  } finally {
    normalize.mockRestore()
  }
})
