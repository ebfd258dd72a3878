import { expect, test, vi } from 'vitest'
import { MAX_HEADS_LISTED } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import { give, type SimNode } from '../sim/node.ts'
import { claim, createStage, ghostId, keyNamed, linkNamed, message, push, run } from '../sim/stage.ts'
import { bench, choose, lookUpSome, MAX_LOOKED_UP, namesUnknown, unknownHeads } from './turns.ts'

test('D16 of heads that nobody knows, to choose a peer looks up one of each peer when an op has come, not all', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const heads = Array.from({ length: MAX_HEADS_LISTED }, (_, n) => ghostId(n))
  // Each has its turn before those that came before it.
  for (let n = 0; n < 64; n++) claim(stage, bob, linkNamed(stage, `name ${n}`), heads, heads.length, 1_000 + n)
  push(stage, bob, linkNamed(stage, 'alice'), [[message(stage, keyNamed('alice'), null, [stage.room], 'an op')]])
  // Only an id that is not held is looked for among those that were rejected.
  const lookups = vi.spyOn(bob.engine.replica.rejected, 'has')
  expect(choose(bob.engine, Infinity)).not.toBe(null)
  expect(lookups.mock.calls.length).toBeGreaterThan(30)
  expect(lookups.mock.calls.length).toBeLessThanOrEqual(64)
  choose(bob.engine, Infinity)
  expect(lookups.mock.calls.length).toBeLessThanOrEqual(64)
})

test('D16 to show how many heads of each peer are unknown, MAX_LOOKED_UP are looked up when an op has come, and all in the end', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const op = message(stage, keyNamed('alice'), null, [stage.room], 'an op')
  const heads = [...Array.from({ length: MAX_HEADS_LISTED - 1 }, (_, n) => ghostId(n)), op.id]
  const PEERS = 64
  for (let n = 0; n < PEERS; n++) claim(stage, bob, linkNamed(stage, `name ${n}`), heads, heads.length, 1_000 + n)
  const unknown = (): number[] => [...bob.engine.peers.values()].map((peer) => peer.unknown.length)
  // Heads that were just named are looked up at once.
  lookUpSome(bob.engine)
  expect(unknown()).toEqual(Array.from({ length: PEERS }, () => MAX_HEADS_LISTED))
  push(stage, bob, linkNamed(stage, 'alice'), [[op]])
  const lookups = vi.spyOn(bob.engine.replica.rejected, 'has')
  let times = 0
  for (; times < 10 && unknown().includes(MAX_HEADS_LISTED); times++) {
    lookups.mockClear()
    lookUpSome(bob.engine)
    expect(lookups.mock.calls.length).toBeLessThanOrEqual(MAX_LOOKED_UP)
  }
  expect(times).toBe((PEERS * MAX_HEADS_LISTED) / MAX_LOOKED_UP)
  expect(unknown().filter((count) => count > 0)).toEqual(Array.from({ length: PEERS }, () => MAX_HEADS_LISTED - 1))
})

test('heads that a peer named are unknown until they are held, in whatever order they come', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'alice')
  const ops = [1, 2, 3, 4].map((n) => message(stage, keyNamed(`author ${n}`), null, [stage.room], `${n}`))
  claim(
    stage,
    bob,
    link,
    ops.map(({ id }) => id),
  )
  const peer = bob.engine.peers.get(link)!
  const left: OpId[] = ops.map(({ id }) => id)
  for (const n of [2, 0, 3, 1]) {
    expect(namesUnknown(bob.engine, peer)).toBe(true)
    expect(unknownHeads(bob.engine, peer)).toEqual(left)
    push(stage, bob, link, [[ops[n]!]])
    left.splice(left.indexOf(ops[n]!.id), 1)
  }
  expect([namesUnknown(bob.engine, peer), unknownHeads(bob.engine, peer)]).toEqual([false, []])
  expect(peer.heads.length).toBe(4)
})

test('D10 a new peer counts as asked when it was met: names that come later are not before those that are here', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  give(stage.world, bob, { type: 'pause', on: true })
  const [first, late] = [linkNamed(stage, 'first'), linkNamed(stage, 'late')]
  claim(stage, bob, first, [ghostId(1)], 1, 1_000)
  run(stage, 1_000)
  // It says that it holds more, which decides between peers that were asked at the same time.
  claim(stage, bob, late, [ghostId(2)], 1, 2_000)
  expect(choose(bob.engine, Infinity)?.id).toBe(first)
})

test('D5 a peer that is of no use and fails again and again rests ever longer, and no longer than LONGEST_BENCH', () => {
  const stage = createStage(1)
  const [{ engine }] = stage.nodes as [SimNode]
  claim(stage, stage.nodes[0]!, linkNamed(stage, 'ghosts'), [], 0, 0)
  const [peer] = engine.peers.values()
  const rests = Array.from({ length: 9 }, () => {
    bench(engine, peer!)
    return peer!.benchedUntil - engine.now
  })
  expect(rests).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000, 16_000])
})
