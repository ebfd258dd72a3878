/** What an op's card is told of an op that others have given many children. */
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { idOf } from '../core/dag.ts'
import { receive } from '../core/replica.ts'
import { GENESIS, judgeWords, opAfter, ROOM } from '../core/room.naive.ts'
import { authorNumber } from '../core/room.naive.ts'
import { createEngine } from '../sync/engine.ts'
import type { Library } from './library.ts'
import { createRoom } from './room.ts'

test('D17 of an op with more children than MAX_CHILDREN_TOLD the newest are named, and all are counted', async () => {
  const engine = createEngine({
    room: ROOM,
    author: authorNumber(0),
    sender: new Uint8Array(32),
    judge: judgeWords,
    seed: 1,
    random: () => 0,
    now: 0,
    resumed: false,
  })
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
