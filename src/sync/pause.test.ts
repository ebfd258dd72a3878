/** A node whose person does not want it to catch up now. */
import { mainFetch } from './fetch.ts'
import { expect, test } from 'vitest'
import type { SimNode } from '../sim/node.ts'
import { give } from '../sim/node.ts'
import { agree, chainOf, createStage, join, keyNamed, linkNamed, opsOf, push, run, runUntil, say } from '../sim/stage.ts'

const QUICK = { delay: { least: 5, most: 5 } }

test('a paused node takes in no more of what it asked for, hears what is written, and catches up when it goes on', () => {
  const stage = createStage(1, QUICK)
  const [bob] = stage.nodes as [SimNode]
  for (let i = 0; i < 6; i++) push(stage, bob, linkNamed(stage, 'mallory'), [chainOf(stage, keyNamed(`author ${i}`), 1_000)])
  run(stage, 5_000)
  const joiner = join(stage)
  const { engine } = joiner
  expect(runUntil(stage, 1_000, () => opsOf(joiner) > 1_000)).toBeLessThan(1_000)
  expect(engine.caughtUp.ops).toBe(opsOf(joiner))
  give(stage.world, joiner, { type: 'pause', on: true })
  run(stage, 100)
  const held = opsOf(joiner)
  expect(held).toBeLessThan(6_001)
  give(stage.world, joiner, { type: 'linked' })
  const typed = say(stage, bob, 'meanwhile')
  run(stage, 20_000)
  // It waits for its parents, as does the one that came along with it, and nobody asks for them.
  expect([opsOf(joiner), engine.replica.pending.ops, mainFetch(engine)]).toEqual([held, 2, null])
  expect(typed.op.deps.length).toBeGreaterThan(0)
  give(stage.world, joiner, { type: 'pause', on: false })
  expect(runUntil(stage, 10_000, () => agree(stage))).toBeLessThan(10_000)
  expect(opsOf(joiner)).toBe(6_002)
})

test('fetches that follow each other are counted together, and later ones anew', () => {
  const stage = createStage(1, QUICK)
  const [bob] = stage.nodes as [SimNode]
  for (let i = 0; i < 20; i++) say(stage, bob, `${i}`)
  const joiner = join(stage)
  run(stage, 3_000)
  expect(joiner.engine.caughtUp).toMatchObject({ ops: 21 })
  expect(joiner.engine.caughtUp.bytes).toBeGreaterThan(100)
  const link = linkNamed(stage, 'mallory')
  const late = chainOf(stage, keyNamed('mallory'), 3)
  push(stage, bob, link, [late])
  run(stage, 3_000)
  expect(agree(stage)).toBe(true)
  expect(joiner.engine.caughtUp.ops).toBe(3)
})
