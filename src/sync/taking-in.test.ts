/** When a node takes in ops, and what it shows of that. */
import { expect, test } from 'vitest'
import type { SimNode } from '../sim/node.ts'
import {
  apart,
  chainOf,
  claim,
  createStage,
  ghostId,
  hearing,
  join,
  keyNamed,
  linkNamed,
  opsOf,
  push,
  run,
  type Stage,
  tell,
  wake,
} from '../sim/stage.ts'
import { bundleOf } from '../sim/villain.ts'
import { fetchingOf, isTakingIn, MOST_TO_COME, TAKING_IN } from './taking-in.ts'

test('D24 names that name ops which nobody has keep questions open, and nothing is shown as fetched', () => {
  const lies = hearing((said, to, from) => {
    if (said.type !== 'want' || said.ofAll) return
    tell(stage, from, to, { type: 'units', ref: said.ref, bundle: new Uint8Array(), last: false, left: 2 ** 52 })
  })
  const stage: Stage = createStage(1, {}, { told: lies })
  const [alice] = stage.nodes as [SimNode]
  const { engine } = alice
  let open = 0
  for (let s = 0; s < 20; s++) {
    for (let n = 0; n < 8; n++) claim(stage, alice, linkNamed(stage, `liar ${n}`), [ghostId(100 * n + s)])
    for (let t = 0; t < 10; t++) {
      run(stage, 100)
      if (engine.fetches.size > 0) open++
      expect([isTakingIn(engine, engine.now), fetchingOf(engine)]).toEqual([false, null])
    }
  }
  expect(open).toBeGreaterThan(100)
})

test('D24 how many ops are to come is shown when the answer has brought a part of them', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { engine } = bob
  const link = linkNamed(stage, 'mallory')
  claim(stage, bob, link, [ghostId(1)])
  const { ref } = engine.fetches.get(link)!
  const chain = chainOf(stage, keyNamed('mallory'), 3)
  const shown: (number | null | undefined)[] = []
  for (const [at, left] of [2 ** 52, 2 * MOST_TO_COME + 1, 3 * MOST_TO_COME].entries()) {
    tell(stage, bob, link, { type: 'units', ref, bundle: bundleOf([[chain[at]!]]), last: false, left })
    run(stage, 100)
    expect(fetchingOf(engine)).toMatchObject({ got: at + 1, from: link })
    shown.push(fetchingOf(engine)?.of)
  }
  expect(shown).toEqual([null, null, 3 + 3 * MOST_TO_COME])
  // It brings no more.
  wake(stage, bob, TAKING_IN - 101)
  expect(isTakingIn(engine, engine.now)).toBe(true)
  expect(isTakingIn(engine, engine.now + 101)).toBe(false)
})

test('a room is taken in until all of it is here', () => {
  const stage = createStage(1, { delay: { least: 5, most: 5 } })
  const [bob] = stage.nodes as [SimNode]
  for (let i = 0; i < 6; i++) push(stage, bob, linkNamed(stage, 'mallory'), [chainOf(stage, keyNamed(`author ${i}`), 1_000)])
  run(stage, 5_000)
  expect(isTakingIn(bob.engine, bob.engine.now)).toBe(false)
  const joiner = join(stage)
  const { engine } = joiner
  const of = new Set<number | null | undefined>()
  for (let t = 0; t < 10_000 && opsOf(joiner) < 6_001; t++) {
    run(stage, 1)
    if (opsOf(joiner) === 0) continue
    if (opsOf(joiner) < 6_001) expect(isTakingIn(engine, engine.now)).toBe(true)
    of.add(fetchingOf(engine)?.of)
  }
  expect(opsOf(joiner)).toBe(6_001)
  expect(of).toContain(6_001)
  apart(stage, joiner)
  run(stage, 10_000)
  expect([isTakingIn(engine, engine.now), fetchingOf(engine)]).toEqual([false, null])
})

test('a bundle of an answer that takes long to be judged is taken in all the while', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { engine } = bob
  const link = linkNamed(stage, 'alice')
  claim(stage, bob, link, [ghostId(1)])
  const { ref } = engine.fetches.get(link)!
  tell(stage, bob, link, { type: 'units', ref, bundle: bundleOf([chainOf(stage, keyNamed('alice'), 1)]), last: false, left: 9 })
  run(stage, 100)
  expect(engine.fetches.get(link)?.got).toBe(1)
  engine.intake.set(link, { items: [], bytes: 0, answers: 1 })
  expect(isTakingIn(engine, engine.now + 2 * TAKING_IN)).toBe(true)
  engine.intake.delete(link)
  expect(isTakingIn(engine, engine.now + 2 * TAKING_IN)).toBe(false)
})
