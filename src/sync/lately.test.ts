/** The ops that are sent along with an own op. */
import { expect, test } from 'vitest'
import type { SimNode } from '../sim/node.ts'
import { createStage, has, keyNamed, linkNamed, message, push, run, runUntil, say, tell, wake } from '../sim/stage.ts'
import { bundleOf } from '../sim/villain.ts'
import type { UnitOp } from '../core/unit.ts'
import { MAX_LATELY, MAX_LATELY_BYTES, noteAlone, takeBelow } from './lately.ts'

const DELAY = 100

test('D24 what an own op stands on and others lack goes along with it, so that it is shown without a question', () => {
  const stage = createStage(2, { delay: { least: DELAY, most: DELAY } })
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  run(stage, 3_000)
  const waitFor = (text: string): number => {
    const typed = say(stage, alice, text)
    return runUntil(stage, 10_000, () => has(bob, typed), 5)
  }
  const usual = waitFor('usual')
  const link = linkNamed(stage, 'drip')
  for (let n = 0; n < 10; n++) push(stage, alice, link, [[message(stage, keyNamed(`${n}`), null, [stage.room], 'only for alice')]])
  run(stage, 20)
  expect(waitFor('on top of it')).toBeLessThan(usual + DELAY)
})

test('D24 of what came to one node alone MAX_LATELY ops of MAX_LATELY_BYTES are remembered, for a heartbeat and a little more, and given once', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0] as SimNode
  const opOf = (text: string): UnitOp => message(stage, keyNamed('mallory'), null, [stage.room], text)
  const on = (ops: readonly UnitOp[]): UnitOp[] =>
    takeBelow(engine, [
      message(
        stage,
        keyNamed('bob'),
        null,
        ops.map(({ id }) => id),
        '',
      ),
    ])
  const ops = Array.from({ length: MAX_LATELY + 1 }, (_, n) => opOf(`${n}`))
  for (const op of ops) noteAlone(engine, [op])
  expect(on([ops[0]!])).toEqual([])
  expect(on([ops[1]!])).toEqual([ops[1]])
  expect(on([ops[1]!])).toEqual([])
  const long = opOf('x'.repeat(MAX_LATELY_BYTES))
  noteAlone(engine, [long, { ...opOf('unsigned'), signature: null }])
  expect(on([long, opOf('unsigned')])).toEqual([])
  wake(stage, stage.nodes[0] as SimNode, 8_000)
  expect(on([ops[2]!])).toEqual([])
})

test('what came to everybody is not given again', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  run(stage, 3_000)
  // How it came to the room's first op.
  bob.engine.lately.clear()
  const first = say(stage, alice, 'to everybody')
  expect(runUntil(stage, 3_000, () => has(bob, first))).toBeLessThan(3_000)
  expect(bob.engine.lately.size).toBe(0)
  tell(
    stage,
    bob,
    linkNamed(stage, 'mallory'),
    { type: 'units', ref: 0, bundle: bundleOf([[message(stage, keyNamed('m'), null, [stage.room], '')]]), last: true, left: 0 },
    false,
  )
  run(stage, 100)
  expect(bob.engine.lately.size).toBe(0)
})
