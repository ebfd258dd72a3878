/** Short questions: the ops that they get, how they reach further down, and when they are asked. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Dag, idOf, parentsOf } from '../core/dag.ts'
import { MAX_NEAR_IDS } from '../core/limits.ts'
import { keyOf, type UnitOp } from '../core/unit.ts'
import type { SimNode } from '../sim/node.ts'
import {
  agreeWith,
  apart,
  chainOf,
  createStage,
  ghostId,
  has,
  keyNamed,
  linkNamed,
  message,
  prove,
  push,
  run,
  runUntil,
  say,
  type Stage,
  unsigned,
  tell,
  together,
  hearing,
} from '../sim/stage.ts'
import { bundleOf } from '../sim/villain.ts'
import { ASKED_PER_SECOND, MAX_ASKED } from './asking.ts'
import { reopenBundle } from './bundle.ts'
import type { PeerId } from './effects.ts'
import { type Message } from './messages.ts'
import { FIRST_NEAR, nearestOf } from './near.ts'
import { unwrapBundle } from './wrap.ts'

/** A node, and what it says to hostile sender values. */
function alone() {
  const told: { readonly said: Message; readonly bytes: number; readonly to: PeerId }[] = []
  const stage = createStage(
    1,
    {},
    {
      isDeaf: true,
      told: hearing((said, to, _from, bytes) => told.push({ said, bytes, to })),
    },
  )
  return { stage, bob: stage.nodes[0]!, told }
}

/** By steps down from the ids, each step whole before the next one. */
function naive(dag: Dag, stored: number, ids: readonly number[], most: number): Set<number> {
  const found = new Set<number>()
  let step = ids.filter((op) => op >= 0 && op < stored)
  while (step.length > 0 && found.size < most) {
    for (const op of step) if (found.size < most) found.add(op)
    step = step.flatMap((op) => [...parentsOf(dag, op)]).filter((op) => !found.has(op))
  }
  return found
}

const inRanges = (ranges: readonly number[]): number[] => {
  const ops: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let op = ranges[i]!; op < ranges[i + 1]!; op++) ops.push(op)
  return ops
}

test('a short question gets what it names and the nearest below, as many as it asks for, of what is stored', () => {
  const { stage, bob } = alone()
  const keys = Array.from({ length: 4 }, (_, n) => keyNamed(`key ${n}`))
  const ops = [message(stage, keys[0]!, null, [stage.room], 'first')]
  for (let n = 1; n < 60; n++) {
    const key = keys[n % 4]!
    const prev = ops.findLast(({ op }) => op.author === key.author) ?? null
    const deps = [ops[(n * 7) % n]!, ops[(n * 5 + 3) % n]!].map(({ id }) => id).filter((id) => id !== prev?.id)
    ops.push(message(stage, key, prev, [...new Set(deps)], `${n}`))
  }
  push(stage, bob, linkNamed(stage, 'loader'), [ops])
  run(stage, 1_000)
  const { dag } = bob.engine.replica
  expect(dag.length).toBe(61)
  const anOp = fc.integer({ min: -1, max: 60 })
  fc.assert(
    fc.property(
      fc.array(anOp, { maxLength: MAX_NEAR_IDS }),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 1, max: 61 }),
      (asked, most, stored) => {
        const ids = asked.map((op) => (op < 0 ? ghostId(1) : idOf(dag, op)))
        const { ops: ranges } = nearestOf(dag, stored, { type: 'near', ref: 1, ids, most })
        expect(inRanges(ranges)).toEqual([...naive(dag, stored, asked, most)].sort((a, b) => a - b))
      },
    ),
  )
})

/** Ids of the ops that answer a question, bundle by bundle. */
function answerTo(
  stage: Stage,
  bob: SimNode,
  told: ReturnType<typeof alone>['told'],
  ids: Parameters<typeof nearestOf>[2]['ids'],
  most: number,
): string[] {
  const asker = linkNamed(stage, 'asker')
  told.length = 0
  tell(stage, bob, asker, { type: 'near', ref: 7, ids, most })
  run(stage, 500)
  const { dag } = bob.engine.replica
  return told.flatMap(({ said, to }) => {
    if (said.type !== 'units' || to !== asker || said.bundle.length === 0) return []
    expect(said.ref).toBe(7)
    const unwrapped = unwrapBundle(said.bundle)
    if (!unwrapped.ok || unwrapped.value.codec !== 'raw') throw new Error('a short answer is not deflated')
    const units = reopenBundle(unwrapped.value.payload, () => idOf(dag, 0))!
    return units.flatMap((unit) => unit.map(({ op }) => `${op.seq}`))
  })
}

describe('an answer to a short question', () => {
  test('holds what it names and what lies closely below', () => {
    const { stage, bob, told } = alone()
    const chain = chainOf(stage, keyNamed('alice'), 20)
    for (const unitOp of chain) push(stage, bob, linkNamed(stage, 'loader'), [[unitOp]])
    run(stage, 1_000)
    expect(answerTo(stage, bob, told, [chain[9]!.id], 3)).toEqual(['7', '8', '9'])
    expect(answerTo(stage, bob, told, [ghostId(1)], 3)).toEqual([])
    expect(answerTo(stage, bob, told, [], 3)).toEqual([])
  })

  test('D24 holds what follows in a chain of one signature: without that nothing of it could be verified', () => {
    const { stage, bob, told } = alone()
    const chain = chainOf(stage, keyNamed('alice'), 20)
    const other = message(stage, keyNamed('bob'), null, [stage.room], 'not asked for')
    push(stage, bob, linkNamed(stage, 'loader'), [[other, ...chain.slice(0, -1).map(unsigned), chain.at(-1)!]])
    run(stage, 1_000)
    const seqs = Array.from({ length: 13 }, (_, n) => `${n + 7}`)
    expect(answerTo(stage, bob, told, [chain[9]!.id], 3)).toEqual(seqs)
  })

  test('D24 holds MAX_NEAR ops at most, whatever was asked for, but for what vouches for them', () => {
    const { stage, bob } = alone()
    const chain = chainOf(stage, keyNamed('alice'), 300)
    for (const unitOp of chain) push(stage, bob, linkNamed(stage, 'loader'), [[unitOp]])
    run(stage, 1_000)
    const { ops } = nearestOf(bob.engine.replica.dag, bob.engine.stored, { type: 'near', ref: 1, ids: [chain.at(-1)!.id], most: 1_000_000 })
    expect(inRanges(ops)).toHaveLength(256)
  })

  test('D24 says nothing of what was sent before: what is asked for in full afterwards begins at the start', () => {
    const { stage, bob, told } = alone()
    const chain = chainOf(stage, keyNamed('alice'), 5)
    for (const unitOp of chain) push(stage, bob, linkNamed(stage, 'loader'), [[unitOp]])
    run(stage, 1_000)
    answerTo(stage, bob, told, [chain[4]!.id], 2)
    expect(bob.engine.peers.get(linkNamed(stage, 'asker'))?.given ?? null).toBe(null)
  })
})

/** Nothing is left for other questions, nor has anybody earned some. */
function useUp({ engine }: SimNode): void {
  for (const peer of engine.peers.values()) peer.askCredit = Math.min(0, peer.askCredit)
  for (const why of ['turn', 'brought'] as const) {
    for (const budget of Object.values(engine.asking[why])) Object.assign(budget, { left: -MAX_ASKED, at: engine.now })
  }
}

test.each([3, 300])(
  'D24 an op that lies %i ops above what a node holds is reached by short questions, twice as many ops each time',
  (gap) => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    apart(stage, alice)
    let last = say(stage, alice, 'first')
    for (let n = 1; n < gap; n++) last = say(stage, alice, `${n}`)
    together(stage)
    last = say(stage, alice, 'last')
    const asked: number[] = []
    expect(
      runUntil(stage, 20_000, () => {
        useUp(bob)
        const fetch = [...bob.engine.fetches.values()].find(({ near }) => near > 0)
        if (fetch !== undefined && asked.at(-1) !== fetch.near) asked.push(fetch.near)
        return has(bob, last)
      }),
    ).toBeLessThan(800)
    const doubled = [8, 16, 32, 64, 128, 256].filter((near) => near === FIRST_NEAR || near / 2 <= gap)
    expect(asked).toEqual(doubled.slice(0, asked.length))
    expect(asked.length).toBeGreaterThan(gap > 8 ? 4 : 0)
  },
)

test('an op with 40 missing parents is reached by short questions for as many as an answer may bring, and who answers does not rest', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  apart(stage, alice)
  const chains = Array.from({ length: 40 }, (_, n) => chainOf(stage, keyNamed(`key ${n}`), 3).map((unitOp) => [unitOp]))
  push(stage, alice, linkNamed(stage, 'loader'), chains.flat())
  // If an op came lately in a frame only to alice, she would send it along.
  run(stage, 10_000)
  together(stage)
  const typed = say(stage, alice, 'on top of all')
  let rested = false
  expect(
    runUntil(stage, 20_000, () => {
      useUp(bob)
      rested ||= (bob.engine.peers.get(alice.engine.senderId)?.failures ?? 0) > 0
      return has(bob, typed)
    }),
  ).toBeLessThan(3_000)
  expect(rested).toBe(false)
})

/** Senders of authors who came before alice, of a room of `heads` heads. */
const NAMES = 200
/** Ops that each of them has, each on top of one, on top of what nobody has. */
const LENGTH = 100

/**
 * The time (s) after which alice's message comes, on top of two ops that nobody else has. Meanwhile known senders bring orphans, 200 a
 * second. `answers`: how they answer a question: with another orphan, or with the op that it names and nothing else.
 */
function secondsOfLateAuthor(heads: number, answers: 'orphans' | 'what is asked for'): number {
  let brought = 0
  let told = 0
  let begun = false
  const orphan = (): Uint8Array =>
    bundleOf([[message(stage, keyNamed(`key ${brought % NAMES}`), null, [ghostId(++brought)], `${brought}`)]])
  const stage: Stage = createStage(
    2,
    {},
    {
      told: hearing((said, to, from) => {
        if (!begun || (said.type !== 'want' && said.type !== 'near')) return
        const { ref, ids } = said
        const named = ids.flatMap((id) => chains.get(keyOf(id)) ?? [])
        const bundle = answers === 'orphans' || named.length === 0 ? orphan() : bundleOf([named])
        tell(stage, from, to, { type: 'units', ref, bundle, last: true, left: 0 })
      }),
    },
  )
  const chains = new Map<string, UnitOp>()
  const tops = Array.from({ length: NAMES }, (_, n) => {
    const chain = answers === 'what is asked for' ? chainOf(stage, keyNamed(`key ${n}`), LENGTH, [ghostId(-n)]) : []
    for (const unitOp of chain) chains.set(keyOf(unitOp.id), unitOp)
    return chain.at(-1)
  })
  const [bob, alice] = stage.nodes as [SimNode, SimNode]
  for (let n = 0; n < heads; n += NAMES) {
    const some = Array.from({ length: NAMES }, (_, i) => [message(stage, keyNamed(`key ${i}`), null, [stage.room], `${n + i}`)])
    push(stage, bob, linkNamed(stage, 'loader'), some)
    run(stage, 5_000)
  }
  const names = Array.from({ length: NAMES }, (_, n) => linkNamed(stage, `name ${n}`))
  for (const [n, name] of names.entries()) prove(stage, bob, name, keyNamed(`key ${n}`))
  say(stage, alice, 'after them')
  run(stage, 1_000)
  apart(stage, alice)
  begun = true
  const flood = (): void => {
    for (let n = 0; n < 20; n++, told++) {
      const top = tops[told % NAMES]
      const bundle = top === undefined ? orphan() : bundleOf([[top]])
      tell(stage, bob, names[told % NAMES]!, { type: 'units', ref: 0, bundle, last: true, left: 0 })
    }
    run(stage, 100)
  }
  for (let t = 0; t < 60; t++) flood()
  say(stage, alice, 'not heard')
  say(stage, alice, 'nor this')
  together(stage)
  for (const peer of bob.engine.peers.values()) peer.askCredit = Math.min(0, peer.askCredit)
  const typed = say(stage, alice, 'typed')
  const heardAfter = runUntil(stage, 60_000, () => {
    if (stage.world.schedule.now % 100 < 1) flood()
    return has(bob, typed)
  })
  return heardAfter / 1_000
}

test.each([
  [200, 'orphans'],
  [600, 'what is asked for'],
] as const)(
  'D24 what a late author types reaches a node of %i heads within seconds, whatever 200 known names bring that have %s',
  (heads, answers) => {
    expect(secondsOfLateAuthor(heads, answers)).toBeLessThan(5)
  },
)

test('D24 short questions cost MAX_ASKED bytes, and ASKED_PER_SECOND, whatever names bring', () => {
  const { stage, bob, told } = alone()
  const heads = Array.from({ length: 100 }, (_, n) => [message(stage, keyNamed(`key ${n}`), null, [stage.room], `${n}`)])
  push(stage, bob, linkNamed(stage, 'loader'), heads)
  run(stage, 5_000)
  useUp(bob)
  let orphans = 0
  const seconds = 5
  for (let t = 0; t < 10 * seconds; t++) {
    useUp(bob)
    // Nobody rests and no question is open, as if all had answered, and brought much.
    for (const peer of bob.engine.peers.values()) Object.assign(peer, { benchedUntil: 0, near: 64 })
    bob.engine.fetches.clear()
    for (let n = 0; n < 15; n++) {
      const deps = Array.from({ length: 40 }, () => ghostId(++orphans))
      const said = {
        type: 'units',
        ref: 0,
        bundle: bundleOf([[message(stage, keyNamed(`key ${n}`), null, deps, `${t}`)]]),
        last: true,
        left: 0,
      } as const
      tell(stage, bob, linkNamed(stage, `name ${(t * 15 + n) % 240}`), said)
    }
    run(stage, 100)
  }
  const bytes = told.reduce((sum, { said, bytes: each }) => sum + (said.type === 'near' ? each : 0), 0)
  expect(bytes).toBeGreaterThan(MAX_ASKED)
  expect(bytes).toBeLessThanOrEqual(MAX_ASKED + ASKED_PER_SECOND * seconds + 1024)
  for (const { said } of told) if (said.type === 'near') expect(said.ids.length).toBeLessThanOrEqual(MAX_NEAR_IDS)
})

describe('D24 a peer is asked for the parents of what it brought, whatever others have used up,', () => {
  const questionsTo = ({ told }: ReturnType<typeof alone>, peer: PeerId): number =>
    told.filter(({ said, to }) => to === peer && said.type === 'want').length
  /** Lets time pass while a peer says what it holds, and nothing is left for questions in turn. */
  const goOn = ({ stage, bob }: ReturnType<typeof alone>, peer: PeerId, seconds: number): void => {
    for (let t = 0; t < 10 * seconds; t++) {
      for (const budget of Object.values(bob.engine.asking.turn)) Object.assign(budget, { left: -MAX_ASKED, at: bob.engine.now })
      if (t % 10 === 0) agreeWith(stage, bob, peer)
      run(stage, 100)
    }
  }

  test('D24 although it brought that before it was met', () => {
    const world = alone()
    const { stage, bob } = world
    const peer = linkNamed(stage, 'peer')
    const orphan = message(stage, keyNamed('alice'), null, [ghostId(1)], 'typed')
    tell(stage, bob, peer, { type: 'units', ref: 0, bundle: bundleOf([[orphan]]), last: true, left: 0 }, false)
    run(stage, 500)
    expect([bob.engine.replica.pending.ops, questionsTo(world, peer)]).toEqual([1, 0])
    goOn(world, peer, 1)
    expect(questionsTo(world, peer)).toBe(1)
  })

  test('D24 although another brought it first', () => {
    const world = alone()
    const { stage, bob } = world
    const liar = linkNamed(stage, 'liar')
    const peer = linkNamed(stage, 'peer')
    const orphan = message(stage, keyNamed('alice'), null, [ghostId(1)], 'typed')
    for (const bringer of [liar, peer]) prove(stage, bob, bringer, keyNamed(bringer))
    for (const bringer of [liar, peer]) {
      goOn(world, bringer, 1)
      push(stage, bob, bringer, [[orphan]])
    }
    goOn(world, liar, 1)
    expect([bob.engine.replica.pending.waiting, questionsTo(world, liar), questionsTo(world, peer)]).toEqual([1, 1, 1])
  })

  test('D24 again after a rest, when it did not answer', () => {
    const world = alone()
    const { stage, bob } = world
    const peer = linkNamed(stage, 'peer')
    push(stage, bob, peer, [[message(stage, keyNamed('alice'), null, [ghostId(1)], 'typed')]])
    goOn(world, peer, 1)
    expect(questionsTo(world, peer)).toBe(1)
    goOn(world, peer, 6)
    expect(questionsTo(world, peer)).toBeGreaterThan(1)
  })
})
