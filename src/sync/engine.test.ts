import { expect, test } from 'vitest'
import { bundleOf, message, senderNamed } from './adversary.naive.ts'
import { authorNamed, createWorld, give, idsOf, NO_DIGEST, run, say } from './driver.naive.ts'
import { asOpId } from '../core/op.ts'
import type { Input } from './effects.ts'
import { step } from './engine.ts'
import { agrees } from './gossip.ts'
import { encodeMessage } from './messages.ts'

const linked = (world: ReturnType<typeof createWorld>): void => world.nodes.forEach((node) => give(world, node, { type: 'linked' }))

test('a joiner gets the room, and what either says reaches the other', () => {
  const world = createWorld(2)
  const [alice, bob] = world.nodes
  say(world, alice!, 'before bob came')
  linked(world)
  run(world, 1_000)
  expect(bob!.engine.replica.dag.length).toBe(2)
  say(world, bob!, 'hello')
  run(world, 200)
  expect(alice!.engine.replica.dag.length).toBe(3)
  expect(idsOf(alice!)).toBe(idsOf(bob!))
})

test('nodes that were apart and both wrote end up with the same ops', () => {
  const world = createWorld(4)
  linked(world)
  run(world, 1_000)
  world.nodes[0]!.offline = true
  for (let i = 0; i < 50; i++) for (const node of world.nodes) say(world, node, `apart ${i}`)
  run(world, 3_000)
  world.nodes[0]!.offline = false
  give(world, world.nodes[0]!, { type: 'linked' })
  run(world, 3_000)
  expect(new Set(world.nodes.map(idsOf)).size).toBe(1)
  expect(world.nodes[0]!.engine.replica.dag.length).toBe(201)
})

test('D1 a wire that drops and repeats a third of all messages delays agreement and does not prevent it', () => {
  const world = createWorld(5)
  let random = 7
  world.fate = () => {
    random = (random * 48271) % 2147483647
    return (['drop', 'repeat', 'deliver'] as const)[random % 3]!
  }
  linked(world)
  for (let i = 0; i < 40; i++) {
    for (const node of world.nodes) say(world, node, `lossy ${i}`)
    run(world, 100)
  }
  run(world, 120_000)
  expect(new Set(world.nodes.map(idsOf)).size).toBe(1)
  expect(world.nodes[0]!.engine.replica.dag.length).toBe(201)
})

test('an alarm that comes too early is asked for again', () => {
  const { nodes } = createWorld(1)
  const { engine } = nodes[0]!
  step(engine, { type: 'linked' }, 0)
  const { wakeAt } = engine
  expect(wakeAt).toBeGreaterThan(1)
  expect(step(engine, { type: 'tick' }, wakeAt - 1)).toContainEqual({ type: 'wakeAt', at: wakeAt })
})

test('D5 a peer that names what nobody has delays the honest one by a pause, not by a share of the time', () => {
  const world = createWorld(3)
  const [alice, bob, liar] = world.nodes
  linked(world)
  run(world, 1_000)
  const ghost = asOpId(bob!.engine.replica.room.map((byte) => byte ^ 1))
  const heads = encodeMessage({ type: 'heads', digest: NO_DIGEST, heads: [ghost], headCount: 1, ops: 1_000_000 })
  let slowest = 0
  for (let i = 0; i < 20; i++) {
    give(world, bob!, { type: 'bytes', from: liar!.engine.senderId, bytes: heads })
    bob!.offline = true
    say(world, alice!, `missed ${i}`)
    run(world, 100)
    bob!.offline = false
    give(world, bob!, { type: 'linked' })
    const since = world.now
    while (idsOf(bob!) !== idsOf(alice!) && world.now < since + 60_000) run(world, 20)
    if (i > 0) slowest = Math.max(slowest, world.now - since)
  }
  expect(idsOf(bob!)).toBe(idsOf(alice!))
  expect(slowest).toBeLessThan(2_500)
})

test('a link that loses most of what it carries is used again and again', () => {
  const world = createWorld(2)
  let random = 11
  world.fate = () => {
    random = (random * 48271) % 2147483647
    return random % 4 === 0 ? 'deliver' : 'drop'
  }
  linked(world)
  for (let i = 0; i < 20; i++) say(world, world.nodes[i % 2]!, `through fog ${i}`)
  run(world, 300_000)
  expect(idsOf(world.nodes[0]!)).toBe(idsOf(world.nodes[1]!))
})

test('nodes with more heads than a list holds know that they agree', () => {
  const world = createWorld(2)
  const [alice, bob] = world.nodes
  const { room } = alice!.engine.replica
  const units = Array.from({ length: 300 }, (_, i) => [message(room, authorNamed(`writer ${i}`), null, [room], 'all at once')])
  give(world, alice!, { type: 'import', ref: 1, bundles: [bundleOf(...units)] })
  linked(world)
  run(world, 30_000)
  expect(idsOf(bob!)).toBe(idsOf(alice!))
  expect(alice!.engine.replica.dag.heads.size).toBe(300)
  for (const { engine } of world.nodes) expect([...engine.peers.values()].map((peer) => agrees(engine, peer))).toEqual([true])
  say(world, alice!, 'one more')
  expect([...alice!.engine.peers.values()].map((peer) => agrees(alice!.engine, peer))).toEqual([false])
})

test('an answer that ends while its last units are still being verified is no offence', () => {
  const world = createWorld(1)
  const [alice] = world.nodes
  const { room } = alice!.engine.replica
  const from = senderNamed('bob')
  const bundle = bundleOf([message(room, authorNamed('bob'), null, [room], 'hello')])
  const effects = [bundle, new Uint8Array()].flatMap((part) =>
    step(
      alice!.engine,
      { type: 'bytes', from, bytes: encodeMessage({ type: 'units', ref: 1, bundle: part, last: part !== bundle, left: 0 }) },
      1,
    ),
  )
  expect(effects.filter(({ type }) => type === 'verify')).toHaveLength(1)
  expect(effects.filter((effect) => effect.type === 'notify' && effect.notice.type === 'refused')).toEqual([])
})

test('whoever wakes a node at the time it asked for is not asked for the same time again, however odd the clock', () => {
  const pauses: number[] = []
  for (let i = 1; i <= 200; i++) {
    const { engine } = createWorld(1).nodes[0]!
    const { room } = engine.replica
    let now = i * 2_741.3333333333335
    let wakeAt = Infinity
    const give = (input: Input): void => {
      for (const effect of step(engine, input, now)) if (effect.type === 'wakeAt') wakeAt = effect.at
    }
    // Its verification is never answered, the peer is silent: all that can be waited for comes to its end.
    const bundle = bundleOf([message(room, authorNamed('bob'), null, [room], 'hello')])
    give({ type: 'bytes', from: senderNamed('bob'), bytes: encodeMessage({ type: 'units', ref: 1, bundle, last: true, left: 0 }) })
    for (let wakes = 0; wakes < 10; wakes++) {
      now = wakeAt
      give({ type: 'tick' })
      pauses.push(wakeAt - now)
    }
  }
  expect(Math.min(...pauses)).toBeGreaterThan(0)
})
