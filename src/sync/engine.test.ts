/** The engine among honest nodes, on the simulator's network; among others it is tried in `sim/`. */
import { expect, test } from 'vitest'
import { give, type SimNode } from '../sim/node.ts'
import {
  agree,
  apart,
  chainOf,
  claim,
  createStage,
  ghostId,
  isCut,
  join,
  keyNamed,
  linkNamed,
  opsOf,
  run,
  runUntil,
  say,
  tell,
  together,
  type,
  verdictOf,
  heard,
} from '../sim/stage.ts'
import { MESSAGE_VERSION } from '../core/limits.ts'
import { bundleOf, UNHEARD } from '../sim/villain.ts'
import type { Input } from './effects.ts'
import { step } from './engine.ts'
import { agrees } from './gossip.ts'
import { encodeMessage, type Message } from './messages.ts'

test('a joiner gets the room, and what either says reaches the other', () => {
  const stage = createStage(1)
  const [alice] = stage.nodes as [SimNode]
  say(stage, alice, 'before bob came')
  const bob = join(stage)
  run(stage, 1_000)
  expect(opsOf(bob)).toBe(2)
  say(stage, bob, 'hello')
  run(stage, 100)
  expect(opsOf(alice)).toBe(3)
  expect(verdictOf(stage)).toBe(null)
})

test('nodes that were apart and both wrote end up with the same ops', () => {
  const stage = createStage(4)
  apart(stage, stage.nodes[0]!)
  for (let i = 0; i < 50; i++) for (const node of stage.nodes) type(stage, node, `apart ${i}`)
  run(stage, 3_000)
  together(stage)
  give(stage.world, stage.nodes[0]!, { type: 'linked' })
  expect(runUntil(stage, 3_000, () => agree(stage), 20)).toBeLessThan(3_000)
  expect(opsOf(stage.nodes[0]!)).toBe(201)
  expect(verdictOf(stage)).toBe(null)
})

test('an alarm that comes too early is asked for again', () => {
  const { engine } = createStage(1).nodes[0]!
  const { wakeAt } = engine
  expect(wakeAt).toBeGreaterThan(engine.now + 1)
  expect(step(engine, { type: 'tick' }, wakeAt - 1)).toContainEqual({ type: 'wakeAt', at: wakeAt })
})

test('a link that loses most of what it carries is used again and again', () => {
  const stage = createStage(2, { lost: 0.75 })
  for (let i = 0; i < 20; i++) for (const node of stage.nodes) if (opsOf(node) > 0) type(stage, node, `through fog ${i}`)
  expect(runUntil(stage, 300_000, () => agree(stage) && opsOf(stage.nodes[1]!) > 20, 100)).toBeLessThan(300_000)
})

test('nodes with more heads than a list holds know that they agree', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  apart(stage, bob)
  const units = Array.from({ length: 300 }, (_, i) => chainOf(stage, keyNamed(`writer ${i}`), 1))
  give(stage.world, alice, { type: 'import', ref: 1, bundles: [bundleOf(units)] })
  run(stage, 1_000)
  together(stage)
  run(stage, 30_000)
  expect(agree(stage)).toBe(true)
  expect(alice.engine.replica.dag.heads.size).toBe(300)
  for (const { engine } of stage.nodes) expect([...engine.peers.values()].map((peer) => agrees(engine, peer))).toEqual([true])
  apart(stage, bob)
  say(stage, alice, 'one more')
  expect([...alice.engine.peers.values()].map((peer) => agrees(alice.engine, peer))).toEqual([false])
})

test('an answer that ends while its last units are still being verified is no offence', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  const from = linkNamed(stage, 'bob')
  const bundle = bundleOf([chainOf(stage, keyNamed('bob'), 1)])
  const effects = [bundle, new Uint8Array()].flatMap((part) =>
    step(engine, heard(from, encodeMessage({ type: 'units', ref: 1, bundle: part, last: part !== bundle, left: 0 })), engine.now),
  )
  expect(effects.filter((effect) => effect.type === 'verify')).toHaveLength(1)
  expect(effects.filter((effect) => effect.type === 'notify' && effect.notice.type === 'refused')).toEqual([])
})

test('whoever wakes a node at the time it asked for is not asked for the same time again, however odd the clock', () => {
  const stage = createStage(1)
  const bytes = encodeMessage({ type: 'units', ref: 1, bundle: bundleOf([chainOf(stage, keyNamed('bob'), 1)]), last: true, left: 0 })
  const pauses: number[] = []
  for (let i = 1; i <= 200; i++) {
    const { engine } = createStage(1).nodes[0]!
    let now = engine.now + i * 2_741.3333333333335
    let wakeAt = Infinity
    const take = (input: Input): void => {
      for (const effect of step(engine, input, now)) if (effect.type === 'wakeAt') wakeAt = effect.at
    }
    // Its verification is never answered, the peer is silent: all that can be waited for comes to its end.
    take(heard(linkNamed(stage, 'bob'), bytes))
    for (let wakes = 0; wakes < 10; wakes++) {
      now = wakeAt
      take({ type: 'tick' })
      pauses.push(wakeAt - now)
    }
  }
  expect(Math.min(...pauses)).toBeGreaterThan(0)
})

test('D15 a farewell that comes after later words of its sender is an old one, and is not heard; neither are heads', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  const from = linkNamed(stage, 'bob')
  claim(stage, stage.nodes[0]!, from, [ghostId(1)])
  const old = (said: Message): unknown => step(engine, { ...heard(from, encodeMessage(said)), isLatest: false }, engine.now)
  old({ type: 'bye' })
  old({ type: 'heads', digest: new Uint8Array(32), heads: [ghostId(2)], headCount: 1, ops: 3, ...UNHEARD })
  expect(engine.peers.get(from)?.heads).toEqual([ghostId(1)])
  step(engine, heard(from, encodeMessage({ type: 'bye' })), engine.now)
  expect(engine.peers.has(from)).toBe(false)
})

test('D27 a farewell leaves the strikes where they are', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const from = linkNamed(stage, 'clumsy')
  tell(stage, bob, from, Uint8Array.of(MESSAGE_VERSION, 2, 3))
  expect(bob.engine.peers.get(from)?.strikes).toBe(5)
  tell(stage, bob, from, { type: 'bye' })
  claim(stage, bob, from, [])
  expect(bob.engine.peers.get(from)?.strikes).toBe(5)
  tell(stage, bob, from, { type: 'bye' })
  tell(stage, bob, from, Uint8Array.of(MESSAGE_VERSION, 2, 3))
  expect(isCut(bob, from)).toBe(true)
})
