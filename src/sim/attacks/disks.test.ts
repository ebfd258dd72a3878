/** Disks that fill up, lose and forget, processes that end at any moment, keys that run twice, and clocks that jump. */
import { describe, expect, test } from 'vitest'
import { encodeBody } from '../../crdt/body.ts'
import { createDisk, lengthOf, read } from '../disk.ts'
import { addNode, forget, give, type SimNode, start } from '../node.ts'
import {
  agreeWith,
  agree,
  apart,
  claim,
  createStage,
  ghostId,
  has,
  join,
  keyNamed,
  kill,
  linkNamed,
  message,
  opsOf,
  push,
  restart,
  run,
  runUntil,
  say,
  type Stage,
  together,
  type,
  verdictOf,
} from '../stage.ts'

const mallory = keyNamed('mallory')

describe('a full disk', () => {
  test.each(['full', 'failed'] as const)(
    'E1 (%s): nothing is said of what it does not hold, what was typed waits, and all goes out once there is room',
    (failure) => {
      const stage = createStage(2)
      const [alice, bob] = stage.nodes as [SimNode, SimNode]
      const before = opsOf(bob)
      alice.disk.failure = failure
      for (let i = 0; i < 20; i++) type(stage, alice, `kept ${i}`)
      run(stage, 30_000)
      expect(alice.engine.storage).toBe('full')
      expect(opsOf(bob)).toBe(before)
      say(stage, bob, 'others go on')
      run(stage, 5_000)
      alice.disk.failure = null
      run(stage, 20_000)
      expect(alice.engine.storage).toBe('ok')
      expect(opsOf(bob)).toBe(before + 21)
      expect(alice.engine.unstoredBytes).toBe(0)
      expect(lengthOf(alice.disk)).toBe(opsOf(alice))
      const firsts = read(alice.disk, 0, Infinity).map(({ first }) => first)
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
      expect(verdictOf(stage)).toBe(null)
    },
  )

  test('E1 what others write meanwhile fills a budget and not the tab, and is taken again later', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'mallory')
    bob.disk.failure = 'full'
    const body = encodeBody({ kind: 'message', text: 'x'.repeat(60_000) })
    const ops = Array.from({ length: 1_200 }, (_, time) => message(stage, mallory, null, [stage.room], '', { body, time }))
    for (let at = 0; at < ops.length; at += 10) push(stage, bob, link, [ops.slice(at, at + 10)])
    expect(bob.engine.unstoredBytes).toBeLessThan(65 * 1024 * 1024)
    expect(has(bob, ops.at(-1)!)).toBe(false)
    bob.disk.failure = null
    run(stage, 6_000)
    expect(bob.engine.unstoredBytes).toBe(0)
    push(stage, bob, link, [[ops.at(-1)!]])
    expect(has(bob, ops.at(-1)!)).toBe(true)
  })
})

describe('a restart', () => {
  test('E2 at any moment of writing: the disk holds a closed set, nothing acknowledged is lost, no seq is used twice', () => {
    for (let ms = 0; ms < 60; ms++) {
      const stage = createStage(2, { seed: ms })
      const [alice, bob] = stage.nodes as [SimNode, SimNode]
      for (let i = 0; i < 3; i++) type(stage, alice, `typed ${i}`)
      push(stage, alice, linkNamed(stage, 'somebody'), [[message(stage, mallory, null, [stage.room], 'meanwhile')]])
      run(stage, ms / 2)
      kill(stage, alice)
      const acknowledged = stage.world.ledger.published.length
      run(stage, 100)
      restart(stage, alice)
      for (const op of stage.world.ledger.published.slice(0, acknowledged)) expect([ms, has(alice, op)]).toEqual([ms, true])
      type(stage, alice, 'typed after')
      // A mark whose op was not written yet makes it listen for a while.
      run(stage, 10_000)
      expect([ms, verdictOf(stage)]).toEqual([ms, null])
      expect(bob.engine.replica.dag.equivocations).toEqual([])
    }
  })

  test('E2 with an old disk: a node asks for its own ops first, and never uses a seq again', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    for (let i = 0; i < 10; i++) say(stage, alice, `before ${i}`)
    run(stage, 1_000)
    kill(stage, alice)
    alice.disk.kept.length = alice.disk.safe = 4
    restart(stage, alice)
    type(stage, alice, 'typed at once')
    run(stage, 10_000)
    expect(opsOf(alice)).toBe(12)
    expect(bob.engine.replica.dag.equivocations).toEqual([])
    expect(verdictOf(stage)).toBe(null)
  })

  test.each(['silent', 'agreeing'] as const)(
    'D24 with a lost disk tail among forty %s names does not make a node equivocate, on a fast path to the only honest peer or on a slow one',
    (names) => {
      for (let seed = 0; seed < 16; seed++) {
        const least = [1, 100, 1_000, 1_500][seed % 4]!
        const stage = createStage(2, { seed, delay: { least, most: least + 10 } })
        const [alice, bob] = stage.nodes as [SimNode, SimNode]
        run(stage, 10_000)
        for (let i = 0; i < 10; i++) say(stage, alice, `before ${i}`)
        run(stage, 10_000)
        kill(stage, alice)
        alice.disk.kept.length = alice.disk.safe = 4
        // Every other time the mark is lost with the ops.
        if (seed % 8 >= 4) alice.mark = null
        restart(stage, alice)
        type(stage, alice, 'typed at once')
        for (let second = 0; second < 60; second++) {
          for (let n = 0; n < 40; n++) {
            if (names === 'silent') claim(stage, alice, linkNamed(stage, `silent ${n}`), [ghostId(n)], 1, 1_000)
            else agreeWith(stage, alice, linkNamed(stage, `agreeing ${n}`))
          }
          run(stage, 1_000)
        }
        expect([seed, opsOf(alice), opsOf(bob)]).toEqual([seed, 12, 12])
        expect([seed, bob.engine.replica.dag.equivocations]).toEqual([seed, []])
      }
    },
  )

  test('E3 with no disk and no key: a new author, and its old ops come back from peers as another’s', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    const mine = say(stage, bob, 'mine')
    run(stage, 1_000)
    kill(stage, bob)
    bob.disk = createDisk()
    forget(stage.world, bob)
    start(stage.world, bob, false)
    run(stage, 6_000)
    expect(has(bob, mine)).toBe(true)
    const next = say(stage, bob, 'a new one')
    expect(next.op).toMatchObject({ author: bob.identity.author, seq: 0, prev: null })
    expect(next.op.author).not.toEqual(mine.op.author)
    run(stage, 1_000)
    expect(alice.engine.replica.dag.equivocations).toEqual([])
    expect(verdictOf(stage)).toBe(null)
  })

  test('E9 of a peer beside one whose disk has a hole: what is below it comes from that one, and the rest from another', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    for (let i = 0; i < 30; i++) {
      say(stage, i % 2 === 0 ? alice : bob, `before ${i}`)
      run(stage, 20)
    }
    alice.disk.kept.splice(10, 5)
    const joiner = join(stage)
    expect(runUntil(stage, 20_000, () => agree(stage), 20)).toBeLessThan(20_000)
    expect(opsOf(joiner)).toBe(31)
  })
})

test('E4 a twin that slips through is an ordinary equivocation: both ops stand, and everybody has the evidence', () => {
  const stage = createStage(3)
  const { world } = stage
  const [, bob, carol] = stage.nodes as [SimNode, SimNode, SimNode]
  say(stage, bob, 'as one')
  run(stage, 500)
  world.forgetful.add(bob.identity)
  const twin = addNode(world, bob.identity, createDisk())
  twin.disk.kept.push(...bob.disk.kept)
  for (const { index, neighbours } of [carol]) {
    twin.neighbours.push(index)
    neighbours.push(twin.index)
  }
  apart(stage, twin)
  start(world, twin, true)
  run(stage, 2_000)
  const ops = [say(stage, bob, 'as two'), say(stage, twin, 'as two, too')]
  expect(ops.map(({ op }) => op.seq)).toEqual([1, 1])
  together(stage)
  run(stage, 15_000)
  expect(verdictOf(stage)).toBe(null)
  for (const { engine } of stage.nodes) expect(engine.replica.dag.equivocations).toHaveLength(1)
})

describe('clocks', () => {
  const jump = (node: SimNode, by: number): void => void Object.assign(node.clock, { offset: node.clock.offset + by })
  const HOUR = 3_600_000

  /** One node's clock jumps while both write. */
  function afterJumps(...jumps: readonly number[]): Stage {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    for (const [i, by] of jumps.entries()) {
      say(stage, alice, `before ${i}`)
      jump(bob, by)
      give(stage.world, bob, { type: 'tick' })
      for (const node of stage.nodes) say(stage, node, `after ${i}`)
      run(stage, 12_000)
    }
    return stage
  }

  test('E5 a clock that jumps ahead by a year, or back by an hour, loses no op and forges none: nodes agree', () => {
    for (const jumps of [[8_760 * HOUR], [-HOUR], [HOUR, -HOUR, HOUR], [-1_000, -1_000]]) {
      const stage = afterJumps(...jumps)
      expect(opsOf(stage.nodes[0]!)).toBe(1 + 3 * jumps.length)
      expect(verdictOf(stage)).toBe(null)
    }
  })

  test('E5 a clock that is put back while a returned node asks for its own ops does not make it use a seq again', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    for (let i = 0; i < 5; i++) say(stage, alice, `before ${i}`)
    run(stage, 1_000)
    kill(stage, alice)
    alice.disk.kept.length = alice.disk.safe = 2
    restart(stage, alice)
    jump(alice, -10_000)
    type(stage, alice, 'typed at once')
    run(stage, 30_000)
    expect(opsOf(alice)).toBe(7)
    expect(bob.engine.replica.dag.equivocations).toEqual([])
    expect(verdictOf(stage)).toBe(null)
  })
})
