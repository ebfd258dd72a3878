/**
 * When a node that comes back may sign: at once if its disk holds the op that its mark names; otherwise when it was answered, or a person
 * says so.
 */
import { describe, expect, test } from 'vitest'
import { NOTHING_WRITTEN } from '../core/mark.ts'
import { give, type SimNode } from '../sim/node.ts'
import {
  agreeWith,
  apart,
  claim,
  createStage,
  ghostId,
  keyNamed,
  kill,
  linkNamed,
  message,
  NO_DIGEST,
  opsOf,
  prove,
  push,
  restart,
  run,
  say,
  type Stage,
  tell,
  together,
  type,
} from '../sim/stage.ts'
import { storedDigest } from './gossip.ts'
import { listHeads } from './holdings.ts'
import { headsOf } from './state.ts'
import { present } from './tokens.ts'
import { recall, waitsFor } from './trust.ts'

const SECOND = 1_000

/** So little is said at a time that a few ops take several answers. */
const TERSE = {
  heads: 4,
  newestHeads: 2,
  tips: 6,
  newestTips: 3,
  sparseTips: 2,
  parts: 4,
  serveBytes: 1_000,
  bundleOps: 2,
  wholeFrom: 2,
}

/** A node that is away, and wrote so many ops before, of which its disk has kept some (the room's first op is one more). */
function away(stage: Stage, node: SimNode, wrote: number, kept: number): void {
  for (let i = 0; i < wrote; i++) say(stage, node, `before ${i}`)
  run(stage, SECOND)
  kill(stage, node)
  node.disk.kept.length = node.disk.safe = 1 + kept
}

/** Comes back and is asked to write; tells whether it did within `ms`. */
function writes(stage: Stage, node: SimNode, ms: number): boolean {
  type(stage, node, 'may I?')
  run(stage, ms)
  return node.engine.submissions.length === 0 && !node.engine.submitting
}

describe('a disk that holds what the mark names', () => {
  test('E2 is written to at once, with nobody there', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    away(stage, alice, 3, 3)
    restart(stage, alice)
    expect(writes(stage, alice, 500)).toBe(true)
    expect(alice.mark).toMatchObject({ own: 5 })
  })

  test('E2 is trusted before anything is asked of it, and nobody is told of a wait', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    const { engine } = alice
    engine.trust.isGiven = false
    recall(engine, null)
    expect(waitsFor(engine)).toEqual({ why: 'unmarked', answered: false })
    recall(engine, { own: 9, id: ghostId(1) })
    expect(waitsFor(engine)).toEqual({ why: 'behind', answered: false })
    recall(engine, { own: 1, id: stage.room })
    expect(waitsFor(engine)).toBe(null)
  })

  test('E2 is written to at once when it is ahead of the mark: what it holds beyond that was sent to nobody', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    away(stage, alice, 1, 1)
    alice.mark = NOTHING_WRITTEN
    restart(stage, alice)
    expect(writes(stage, alice, 500)).toBe(true)
  })
})

describe('a disk that may be older than what was sent', () => {
  test.each(['behind', 'unmarked'] as const)('E2 is not written to while nobody answers, however long that takes (%s)', (why) => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    away(stage, alice, 3, why === 'behind' ? 2 : 3)
    if (why === 'unmarked') alice.mark = null
    restart(stage, alice)
    expect(writes(stage, alice, 600 * SECOND)).toBe(false)
    give(stage.world, alice, { type: 'writeNow' })
    run(stage, SECOND)
    expect(alice.engine.submissions.length).toBe(0)
    expect(alice.mark).toMatchObject({ own: why === 'behind' ? 4 : 5 })
  })

  test('E2 what a peer said before this run, or does not date by a token of this run, is no answer', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    away(stage, alice, 3, 3)
    alice.mark = null
    restart(stage, alice)
    type(stage, alice, 'may I?')
    const link = linkNamed(stage, 'undated')
    for (let second = 0; second < 60; second++) {
      claim(stage, alice, link, [stage.room])
      run(stage, SECOND)
    }
    expect(alice.engine.peers.has(link)).toBe(true)
    expect(alice.engine.submissions.length).toBe(1)
  })

  test('E2 is written to as soon as it holds again what the mark names', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    away(stage, alice, 10, 3)
    restart(stage, alice)
    expect(writes(stage, alice, SECOND)).toBe(true)
    run(stage, SECOND)
    expect([opsOf(alice), bob.engine.replica.dag.equivocations.length]).toEqual([12, 0])
  })

  test('E2 that lacks what the mark names is not written to because one liar agrees early: an honest peer that is late is heard', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    away(stage, alice, 10, 3)
    apart(stage, alice)
    restart(stage, alice)
    type(stage, alice, 'may I?')
    for (let second = 0; second < 20; second++) {
      agreeWith(stage, alice, linkNamed(stage, 'liar'))
      run(stage, SECOND)
    }
    expect(alice.engine.submissions.length).toBe(1)
    together(stage)
    run(stage, 15 * SECOND)
    expect([opsOf(alice), opsOf(bob), bob.engine.replica.dag.equivocations.length]).toEqual([12, 12, 0])
  })

  test('E2 D24 that lacks what the mark names is written to LISTEN_AT_MOST after a known peer agreed, or LOST_ALTOGETHER after an unknown one did', () => {
    for (const [isKnown, least] of [
      [true, 30],
      [false, 600],
    ] as const) {
      const stage = createStage(1)
      const [alice] = stage.nodes as [SimNode]
      const mallory = keyNamed('mallory')
      push(stage, alice, linkNamed(stage, 'before'), [[message(stage, mallory, null, [stage.room], 'seen')]])
      away(stage, alice, 3, 2)
      restart(stage, alice)
      type(stage, alice, 'may I?')
      const liar = linkNamed(stage, 'liar')
      const agree = (): void => agreeWith(stage, alice, liar)
      agree()
      if (isKnown) prove(stage, alice, liar, mallory)
      for (let second = 0; second < least - 1; second++) {
        agree()
        run(stage, SECOND)
      }
      expect([isKnown, alice.engine.submissions.length]).toEqual([isKnown, 1])
      for (let second = 0; second < 5; second++) {
        agree()
        run(stage, SECOND)
      }
      expect([isKnown, alice.engine.submissions.length]).toEqual([isKnown, 0])
    }
  })

  test.each([
    { what: 'names more than it has given', named: () => [ghostId(1)], headCount: 1 },
    { what: 'has more heads than it names', named: (alice: SimNode) => listHeads(headsOf(alice.engine)).heads.slice(0, 1), headCount: 300 },
  ])('E2 D24 that lacks what the mark names is not written to while a known peer $what', ({ named, headCount }) => {
    const stage = createStage(1, {}, { isDeaf: true })
    const [alice] = stage.nodes as [SimNode]
    const [mallory, bob] = [keyNamed('mallory'), keyNamed('bob')]
    for (const key of [mallory, bob]) push(stage, alice, linkNamed(stage, 'before'), [[message(stage, key, null, [stage.room], 'seen')]])
    away(stage, alice, 3, 2)
    restart(stage, alice)
    type(stage, alice, 'may I?')
    const [liar, honest] = [linkNamed(stage, 'liar'), linkNamed(stage, 'honest')]
    const sayAll = (): void => {
      const [token, echoes] = [new Uint8Array(), present(alice.engine.tokens)]
      const said = { digest: storedDigest(alice.engine), ...listHeads(headsOf(alice.engine)), ops: alice.engine.stored }
      tell(stage, alice, liar, { type: 'heads', ...said, token, echoes })
      // It has the op, and its answers do not come through.
      tell(stage, alice, honest, { type: 'heads', digest: NO_DIGEST, heads: named(alice), headCount, ops: 99, token, echoes })
    }
    sayAll()
    prove(stage, alice, liar, mallory)
    prove(stage, alice, honest, bob)
    for (let second = 0; second < 120; second++) {
      sayAll()
      run(stage, SECOND)
    }
    expect(alice.engine.submissions.length).toBe(1)
  })

  test('E2 without a mark is written to after LISTEN when all have answered', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    away(stage, alice, 10, 3)
    alice.mark = null
    restart(stage, alice)
    expect(writes(stage, alice, 5.9 * SECOND)).toBe(false)
    run(stage, SECOND)
    expect([opsOf(alice), opsOf(bob), bob.engine.replica.dag.equivocations.length]).toEqual([12, 12, 0])
  })

  test('E2 a peer that has told nothing is waited for until ANSWER_WITHIN, and new ones until LISTEN_AT_MOST', () => {
    for (const [every, least] of [
      [Infinity, 10],
      [2, 30],
    ] as const) {
      const stage = createStage(2)
      const [alice] = stage.nodes as [SimNode]
      away(stage, alice, 2, 1)
      alice.mark = null
      restart(stage, alice)
      let names = 0
      const drip = (): void => claim(stage, alice, linkNamed(stage, `name ${names++}`), [ghostId(names)], 1, 9)
      drip()
      type(stage, alice, 'let me')
      for (let second = 1; second < least; second++) {
        run(stage, SECOND)
        if (second % every === 0) drip()
        expect([second, alice.engine.submissions.length]).toEqual([second, 1])
      }
      run(stage, 2 * SECOND)
      expect([every, alice.engine.submissions.length]).toEqual([every, 0])
    }
  })

  test('E2 gets no mark while own ops come back in pieces: a restart among them waits again', () => {
    const stage = createStage(2, { limits: TERSE })
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    away(stage, alice, 40, 3)
    alice.mark = null
    let restarts = 0
    restart(stage, alice)
    for (; opsOf(alice) < opsOf(bob) && restarts < 100; restarts++) {
      kill(stage, alice)
      restart(stage, alice)
      run(stage, 40)
      expect(alice.mark).toBe(null)
    }
    expect(restarts).toBeGreaterThan(2)
    expect(restarts).toBeLessThan(100)
    run(stage, 20 * SECOND)
    expect(alice.mark).toMatchObject({ own: 41 })
  })

  test('E2 says so itself once the wait is over: the next start, with nobody there, does not wait', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    away(stage, alice, 3, 3)
    alice.mark = null
    restart(stage, alice)
    run(stage, 10 * SECOND)
    kill(stage, alice)
    apart(stage, bob)
    restart(stage, alice)
    expect(writes(stage, alice, 500)).toBe(true)
    together(stage)
  })
})
