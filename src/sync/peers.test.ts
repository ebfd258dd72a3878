/** How many peers a node holds, how long, and what it takes to be cut: at the edge of each limit. */
import { expect, test } from 'vitest'
import { claim, createStage, isCut, keyNamed, linkNamed, message, push, run, signedBadly, tell, wake } from '../sim/stage.ts'
import type { SimNode } from '../sim/node.ts'

const GARBAGE = Uint8Array.of(1, 2, 3)
/** ms between newcomers. */
const APART = 40

test('D10 MAX_PEERS peers are held, and one more when one has left', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { peers } = bob.engine
  const come = (n: number): boolean => {
    const link = linkNamed(stage, `${n}`)
    claim(stage, bob, link, [], 0, 0)
    run(stage, APART)
    return peers.has(link)
  }
  for (let n = 0; n < 256; n++) expect([n, come(n)]).toEqual([n, true])
  expect(come(256)).toBe(false)
  tell(stage, bob, linkNamed(stage, '0'), { type: 'bye' })
  expect(come(256)).toBe(true)
  expect(peers.size).toBe(256)
})

test('D4 a peer that was silent for PEER_SILENT is gone, a millisecond earlier it is not', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'silent')
  claim(stage, bob, link, [], 0, 0)
  wake(stage, bob, 14_999)
  expect(bob.engine.peers.has(link)).toBe(true)
  wake(stage, bob, 1)
  expect(bob.engine.peers.has(link)).toBe(false)
})

test('A2 the STRIKES_BEFORE_CUT-th strike cuts a link for CUT_FOR, and the one before does not', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const [nine, link] = [linkNamed(stage, 'nine'), linkNamed(stage, 'ten')]
  tell(stage, bob, nine, GARBAGE)
  push(stage, bob, nine, [[signedBadly(message(stage, keyNamed('mallory'), null, [stage.room], 'forged'))]])
  expect([bob.engine.peers.get(nine)?.strikes, isCut(bob, nine)]).toEqual([9, false])
  for (let i = 0; i < 2; i++) tell(stage, bob, link, GARBAGE)
  expect(isCut(bob, link)).toBe(true)
  const isHeard = (): boolean => {
    claim(stage, bob, link, [], 0, 0)
    return bob.engine.peers.has(link)
  }
  expect(isHeard()).toBe(false)
  run(stage, 59_999)
  expect(isHeard()).toBe(false)
  run(stage, 1)
  expect(isHeard()).toBe(true)
})

test('A2 a strike is forgiven every FORGIVEN_EVERY, and not a millisecond earlier', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'clumsy')
  tell(stage, bob, link, GARBAGE)
  const strikes = (): number => {
    claim(stage, bob, link, [], 0, 0)
    return bob.engine.peers.get(link)!.strikes
  }
  run(stage, 9_999)
  expect(strikes()).toBe(5)
  run(stage, 1)
  expect(strikes()).toBe(4)
})

test('D10 MAX_CUT cut links are remembered, and for one more the first is heard again', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { cut } = bob.engine
  const isCutNow = (n: number): boolean => isCut(bob, linkNamed(stage, `${n}`))
  for (let n = 0; n < 1_025; n++) {
    if (n === 1_024) expect([cut.size, isCutNow(0)]).toEqual([1_024, true])
    for (let i = 0; i < 2; i++) tell(stage, bob, linkNamed(stage, `${n}`), GARBAGE)
    run(stage, APART)
  }
  expect([cut.size, isCutNow(0), isCutNow(1), isCutNow(1_024)]).toEqual([1_024, false, true, true])
})
