/** Parents that never were, or are withheld, and floods of ops that wait for them. */
import { describe, expect, test } from 'vitest'
import { MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL } from '../../core/limits.ts'
import type { Unit } from '../../core/unit.ts'
import { encodeBody } from '../../crdt/body.ts'
import { step } from '../../sync/engine.ts'
import { encodeMessage } from '../../sync/messages.ts'
import { give, type SimNode } from '../node.ts'
import {
  agree,
  apart,
  claim,
  createStage,
  ghostId,
  has,
  keyNamed,
  linkNamed,
  message,
  push,
  run,
  runUntil,
  say,
  strikesOf,
  tell,
  together,
  unsigned,
  verdictOf,
  heard,
} from '../stage.ts'
import { bundleOf } from '../villain.ts'

const mallory = keyNamed('mallory')
/** The body of an op that joins heads. */
const MERGE = encodeBody({ kind: 'merge' })

const unasked = (units: readonly Unit[]): Uint8Array =>
  encodeMessage({ type: 'units', ref: 0, bundle: bundleOf(units), last: true, left: 0 })

describe('parents', () => {
  test('B5 that one peer withholds are asked of another, before that one has said that it has them', () => {
    const stage = createStage(3)
    const [, bob, carol] = stage.nodes
    const parent = message(stage, mallory, null, [stage.room], 'parent')
    const child = message(stage, mallory, parent, [], 'child')
    apart(stage, carol!)
    push(stage, carol!, linkNamed(stage, 'someone else'), [[parent]])
    run(stage, 500)
    // Both have just told their heads, and will not for a while.
    for (const node of [bob!, carol!]) {
      give(stage.world, node, { type: 'linked' })
      node.engine.heartbeatAt = node.engine.now + 5_000
    }
    run(stage, 10)
    together(stage)
    push(stage, bob!, linkNamed(stage, 'mallory'), [[child]])
    expect(runUntil(stage, 2_500, () => has(bob!, child))).toBeLessThan(2_500)
    run(stage, 6_000)
    for (const node of stage.nodes) expect(has(node, child)).toBe(true)
    expect(verdictOf(stage)).toBe(null)
  })

  test('B5 beside which a stranger put a ghost come all the same', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    apart(stage, bob!)
    say(stage, alice!, 'first')
    const second = say(stage, alice!, 'second')
    push(stage, bob!, linkNamed(stage, 'mallory'), [[second, message(stage, mallory, null, [ghostId(1)], 'boo')]])
    together(stage)
    run(stage, 6_000)
    expect(has(bob!, second)).toBe(true)
    expect(verdictOf(stage)).toBe(null)
  })

  test('B4 that never were are waited for, within bounds; an op that gave way to others comes back', () => {
    const stage = createStage(2)
    const [, bob] = stage.nodes
    const link = linkNamed(stage, 'mallory')
    const parent = message(stage, mallory, null, [stage.room], 'late')
    const child = message(stage, mallory, parent, [], 'early')
    push(stage, bob!, link, [[child]])
    for (let i = 0; i < 3_000; i += 1_000)
      push(
        stage,
        bob!,
        link,
        Array.from({ length: 1_000 }, (_, n) => [message(stage, mallory, null, [ghostId(i + n)], 'boo')]),
      )
    push(stage, bob!, link, [[parent]])
    expect([has(bob!, parent), has(bob!, child)]).toEqual([true, false])
    push(stage, bob!, link, [[child]])
    expect(has(bob!, child)).toBe(true)
    run(stage, 3_000)
    expect(verdictOf(stage)).toBe(null)
  })

  test('B6 D24 on which liars left ops that no rule accepts are no blame of the peer that brings them', () => {
    const stage = createStage(2, { delay: { least: 5, most: 6 } })
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    for (const node of stage.nodes) say(stage, node, 'here')
    run(stage, 3_000)
    let own = message(stage, mallory, null, [stage.room], 'here too')
    for (const node of stage.nodes) push(stage, node, linkNamed(stage, 'mallory'), [[own]])
    run(stage, 3_000)
    for (let round = 0; round < 6; round++) {
      const withheld = message(stage, mallory, own, [], `withheld ${round}`)
      own = message(stage, mallory, withheld, [], `and what follows ${round}`)
      for (const length of [1_023, 40]) {
        // Its first op names another author's op as its own latest.
        const key = keyNamed(`liar ${round} ${length}`)
        const chain = [withheld]
        for (let i = 0; i < length; i++) chain.push(message(stage, key, chain.at(-1)!, [], '', { body: MERGE }))
        tell(stage, bob, linkNamed(stage, `liar ${round} ${length}`), unasked([[...chain.slice(1, -1).map(unsigned), chain.at(-1)!]]))
      }
      expect(runUntil(stage, 200, () => bob.engine.replica.pending.waiting > 1_024)).toBeLessThan(200)
      push(stage, alice, linkNamed(stage, 'mallory'), [[withheld], [own]])
      run(stage, 200)
      const typed = say(stage, alice, `typed ${round}`)
      expect([round, runUntil(stage, 60_000, () => has(bob, typed)) < 1_000]).toEqual([round, true])
      run(stage, 2_000)
    }
    expect(bob.engine.peers.get(alice.engine.senderId)!.failures).toBe(0)
  })

  test('B4 that never were are not asked for again and again', () => {
    const spent = (haunted: boolean): number => {
      const stage = createStage(3)
      if (haunted) push(stage, stage.nodes[1]!, linkNamed(stage, 'mallory'), [[message(stage, mallory, null, [ghostId(1)], 'boo')]])
      run(stage, 10_000)
      const before = stage.world.counts.bytes
      run(stage, 60_000)
      return stage.world.counts.bytes - before
    }
    expect(spent(true)).toBeLessThan(spent(false) * 1.5)
  })

  test('B20 that were rejected are not asked for again, and neither are their children', () => {
    const asked: number[] = []
    const stage = createStage(
      2,
      {},
      { told: (_villain, _from, _to, bytes) => void (bytes[2] === 2 && asked.push(stage.world.schedule.now)) },
    )
    const [, bob] = stage.nodes
    const link = linkNamed(stage, 'mallory')
    const bad = message(stage, mallory, null, [stage.room], '', { body: Uint8Array.of(0x81, 9) })
    const child = message(stage, keyNamed('other'), null, [bad.id], 'child')
    push(stage, bob!, link, [[bad]])
    push(stage, bob!, link, [[child]])
    push(stage, bob!, link, [[message(stage, keyNamed('third'), null, [child.id], 'grandchild')]])
    expect(bob!.engine.replica.pending.ops).toBe(0)
    claim(stage, bob!, link, [bad.id, child.id])
    run(stage, 20_000)
    expect(asked).toEqual([])
    expect(verdictOf(stage)).toBe(null)
  })
})

describe('floods', () => {
  const KINDS = [
    { who: 'one key over one link', keys: 1, links: 1 },
    { who: 'many keys over one link', keys: 300, links: 1 },
    { who: 'one key over many links', keys: 1, links: 9 },
    { who: 'many keys over many links', keys: 300, links: 9 },
  ]
  test.each(KINDS)('B6 of ops that wait for ghosts, by $who, leave what is typed as quick as ever', ({ keys, links }) => {
    const stage = createStage(3)
    const [alice, bob, carol] = stage.nodes
    let ghosts = 0
    for (let i = 0; i < 12; i++) {
      for (let n = 0; n < 9; n++) {
        const units = Array.from({ length: 100 }, () => [
          message(stage, keyNamed(`flood ${ghosts % keys}`), null, [ghostId(ghosts++)], 'boo'),
        ])
        push(stage, bob!, linkNamed(stage, `ghost ${n % links}`), units)
      }
      const typed = say(stage, alice!, `typed ${i}`)
      expect(runUntil(stage, 100, () => has(bob!, typed))).toBeLessThan(100)
      const { pending } = bob!.engine.replica
      expect(pending.ops).toBeLessThanOrEqual(MAX_PENDING_TOTAL)
      for (const { ops } of pending.byLink.values()) expect(ops).toBeLessThanOrEqual(MAX_PENDING_PER_LINK)
    }
    expect(ghosts).toBeGreaterThan(MAX_PENDING_TOTAL)
    // What was missed is asked for, and each silent link may be asked before the one that has it.
    apart(stage, bob!)
    say(stage, alice!, 'missed')
    together(stage)
    say(stage, carol!, 'heard')
    const most = 3_000 + links * 2_000
    expect(runUntil(stage, most, () => agree(stage), 20)).toBeLessThan(most)
    for (const node of [alice!, carol!]) expect(strikesOf(bob!, node)).toBe(0)
    expect(verdictOf(stage)).toBe(null)
  })

  test('B6 while one link’s signatures are being verified, another link’s op goes through', () => {
    const stage = createStage(1)
    const [{ engine }] = stage.nodes as [SimNode]
    const flood = encodeMessage({
      type: 'units',
      ref: 0,
      bundle: bundleOf([[message(stage, mallory, null, [stage.room], 'slow')]]),
      last: true,
      left: 0,
    })
    const held = step(engine, heard(linkNamed(stage, 'slow'), flood), engine.now)
    expect(held.filter(({ type }) => type === 'verify')).toHaveLength(1)
    push(stage, stage.nodes[0]!, linkNamed(stage, 'quick'), [[message(stage, keyNamed('quick'), null, [stage.room], 'quick')]])
    expect(engine.replica.dag.length).toBe(2)
  })
})
