/** Whoever says as much as it can to a node: what that takes of it is bounded, and what honest nodes write arrives as ever. */
import { expect, test } from 'vitest'
import { countHeldBack, MAX_HELD_BACK } from '../../sync/held-back.ts'
import { JUDGED_PER_SECOND, MAX_JUDGED_FOR_STRANGERS, MAX_SMALL_JUDGED } from '../../sync/strangers.ts'
import { encodeMessage } from '../../sync/messages.ts'
import { earn, MAX_NEWCOMERS, mayTalk, NEWCOMERS_PER_SECOND } from '../../sync/peers.ts'
import { FLOOD_NAMES, flood } from '../flood.ts'
import type { SimNode } from '../node.ts'
import { claim, createStage, ghostId, keyNamed, linkNamed, message, NO_DIGEST, opsOf, run, type Stage, tell } from '../stage.ts'
import { bundleOf, UNHEARD } from '../villain.ts'

const SECONDS = 5

test.each(FLOOD_NAMES)('B6 a flood of %s takes no more than its budget, and nothing honest is late', (name) => {
  const { messages, typed, arrived, late, verified, signed } = flood(name, SECONDS, () => 0)
  expect(messages).toBe(2_000 * SECONDS)
  expect([typed, arrived]).toEqual([50 * SECONDS, 50 * SECONDS])
  // Signing, storing, marking and verifying take up to 60 ms each, now and then.
  expect(late).toBeLessThanOrEqual(100)
  // Of what is not typed: a unit at most is begun with the last of the budget, and each newcomer has one proof checked.
  const newcomers = MAX_NEWCOMERS + NEWCOMERS_PER_SECOND * (SECONDS + 1)
  expect(signed).toBeLessThanOrEqual(newcomers)
  expect(verified - typed).toBeLessThanOrEqual(
    newcomers + 2 * (MAX_JUDGED_FOR_STRANGERS + MAX_SMALL_JUDGED + JUDGED_PER_SECOND * (SECONDS + 1)),
  )
})

/** Heads that nobody has, from a peer at one instant. */
const talk = (stage: Stage, from: string, times: number): void => {
  for (let i = 0; i < times; i++) claim(stage, stage.nodes[0]!, from, [])
}

test('D10 of strangers who come at once no more than MAX_NEWCOMERS are greeted, by lot, and a second later as many as come back', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const greeted = (count: number): number => {
    const before = bob.work.signed
    for (let n = 0; n < count; n++) talk(stage, linkNamed(stage, `${bob.work.signed} ${n}`), 1)
    return bob.work.signed - before
  }
  const first = greeted(4 * MAX_NEWCOMERS)
  expect(first).toBeLessThanOrEqual(MAX_NEWCOMERS)
  expect(first).toBeGreaterThan(MAX_NEWCOMERS / 2)
  run(stage, 1_000)
  const second = greeted(4 * MAX_NEWCOMERS)
  expect(second).toBeLessThanOrEqual(MAX_NEWCOMERS - first + NEWCOMERS_PER_SECOND + 1)
  expect(second).toBeGreaterThan(NEWCOMERS_PER_SECOND / 2)
})

test('D5 of heads that a peer tells again and again so many are read, and after a pardon it is heard again', () => {
  const stage = createStage(1)
  const from = linkNamed(stage, 'talker')
  const { peers } = stage.nodes[0]!.engine
  talk(stage, from, 20_000)
  claim(stage, stage.nodes[0]!, from, [ghostId(1)])
  expect(peers.get(from)!.heads).toEqual([])
  run(stage, 10_001)
  claim(stage, stage.nodes[0]!, from, [ghostId(1)])
  expect(peers.get(from)!.heads).toEqual([ghostId(1)])
})

test('D5 the more peers there are, the less of each is read, but always TALK_LEAST', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  for (let n = 0; n < 100; n++) talk(stage, linkNamed(stage, `${n}`), 1)
  const peer = engine.peers.get(linkNamed(stage, '0'))!
  const isRead = (said: number, peers: number): boolean => {
    peer.talk = said - 1
    const some = new Map([...engine.peers].slice(0, peers))
    return mayTalk(
      { ...engine, peers: some },
      peer,
      encodeMessage({ type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, ...UNHEARD }),
    )
  }
  expect([isRead(100, 100), isRead(101, 100)]).toEqual([true, false])
  const crowd = new Map(Array.from({ length: 10_000 }, (_, n) => [`${n}`, peer]))
  peer.talk = 39
  const bytes = encodeMessage({ type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, ...UNHEARD })
  expect([mayTalk({ ...engine, peers: crowd }, peer, bytes), mayTalk({ ...engine, peers: crowd }, peer, bytes)]).toEqual([true, false])
})

test('B6 so many ops of strangers are judged at once, and what is more waits its turn; whoever brought what was admitted waits for nobody', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  const friend = linkNamed(stage, 'friend')
  const bring = (from: string, n: number): void =>
    tell(stage, stage.nodes[0]!, from, {
      type: 'units',
      ref: 0,
      bundle: bundleOf([[message(stage, keyNamed(`key ${n}`), null, [n < 0 ? stage.room : ghostId(n)], `${n}`)]]),
      last: true,
      left: 0,
    })
  bring(friend, -1)
  run(stage, 500)
  // Its first op was paid for by what strangers share.
  expect(Math.floor(engine.peers.get(friend)!.credit)).toBe(4)
  const links = Array.from({ length: 100 }, (_, n) => linkNamed(stage, `${n}`))
  for (let n = 0; n < MAX_SMALL_JUDGED + 2 * JUDGED_PER_SECOND; n++) {
    bring(links[n % 100]!, n)
    if (n % 100 === 99) run(stage, 5)
  }
  expect(countHeldBack(engine.heldBack)).toBeGreaterThan(0)
  bring(friend, -2)
  expect(engine.heldBack.large.has(friend) || engine.heldBack.small.has(friend)).toBe(false)
  run(stage, 15_000)
  expect(countHeldBack(engine.heldBack)).toBe(0)
  expect(opsOf(stage.nodes[0]!)).toBe(3)
})

test('D22 MAX_HELD_BACK links wait to be judged, and of links without a seat the one that has waited longest gives way', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  const seated = linkNamed(stage, 'seated')
  const bring = (from: string, n: number, addressed: boolean): void => {
    const bundle = bundleOf([[message(stage, keyNamed(`key ${n % 50}`), null, [ghostId(n)], `${n}`)]])
    tell(stage, stage.nodes[0]!, from, { type: 'units', ref: 0, bundle, last: true, left: 0 }, addressed)
  }
  for (let n = 0; n < 2 * MAX_SMALL_JUDGED; n++) bring(linkNamed(stage, `first ${n}`), n, false)
  run(stage, 20)
  bring(seated, -1, true)
  run(stage, 20)
  expect(engine.heldBack.small.has(seated)).toBe(true)
  for (let n = 0; n < 2 * MAX_HELD_BACK; n++) bring(linkNamed(stage, `next ${n}`), n, false)
  run(stage, 20)
  expect(countHeldBack(engine.heldBack)).toBeLessThanOrEqual(MAX_HELD_BACK)
  expect(countHeldBack(engine.heldBack)).toBeGreaterThan(MAX_HELD_BACK - JUDGED_PER_SECOND)
  // Those before it gave way, so its turn came.
  expect(engine.replica.pending.byLink.get(seated)?.ops).toBe(1)
  expect([...engine.heldBack.small].every((link) => engine.intake.has(link))).toBe(true)
  expect(engine.intake.size).toBeLessThanOrEqual(MAX_HELD_BACK + MAX_SMALL_JUDGED)
})

test('B6 credit is CREDIT_PER_OP for an op that was admitted, and no more than MAX_CREDIT', () => {
  const stage = createStage(1)
  const from = linkNamed(stage, 'peer')
  talk(stage, from, 1)
  const { engine } = stage.nodes[0]!
  const peer = engine.peers.get(from)!
  earn(engine, peer, 10, 0)
  expect(peer.credit).toBe(40)
  earn(engine, peer, 2_038, 0)
  expect(peer.credit).toBe(8_192)
  earn(engine, peer, 1, 0)
  expect(peer.credit).toBe(8_192)
})
