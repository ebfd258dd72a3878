/** What a node may have waiting to be written, and what it follows when there are more heads than it can. */
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { MAX_DEPS } from '../core/limits.ts'
import type { SimNode } from '../sim/node.ts'
import { chainOf, createStage, keyNamed, linkNamed, message, push, say } from '../sim/stage.ts'
import { step } from './engine.ts'

test('MAX_SUBMISSIONS wait while one is signed, and one more is refused by name', () => {
  const { engine } = createStage(1).nodes[0]!
  const refused: number[] = []
  for (let ref = 0; ref < 10_002; ref++) {
    for (const effect of step(engine, { type: 'submit', ref, body: Uint8Array.of(0x81, 2), time: 0 }, engine.now)) {
      if (effect.type !== 'notify' || effect.notice.type !== 'notAccepted') continue
      expect(effect.notice.reason).toBe('pending-full')
      refused.push(effect.notice.ref)
    }
  }
  expect(engine.submissions.length).toBe(10_000)
  expect(refused).toEqual([10_001])
})

test('D17 of more heads than an op can follow, it follows those of who was here first, and the newest', () => {
  const stage = createStage(1)
  const [alice] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'author')
  const early = Array.from({ length: 3 }, (_, n) => chainOf(stage, keyNamed(`early ${n}`), 1))
  push(stage, alice, link, early)
  // One key with many heads, which would take every place by its number as well as by its time.
  const flooder = keyNamed('flooder')
  push(
    stage,
    alice,
    link,
    Array.from({ length: 500 }, (_, n) => [message(stage, flooder, null, [stage.room], `${n}`)]),
  )
  const [late] = chainOf(stage, keyNamed('late'), 1)
  push(stage, alice, link, [[late!]])
  const { op: written } = say(stage, alice, 'hello')
  expect(written.deps.length).toBe(MAX_DEPS)
  const deps = written.deps.map(toHex)
  for (const { id } of [...early.flat(), late!]) expect(deps).toContain(toHex(id))
  // What it followed are heads no more: the next one follows as many others.
  const { op: next } = say(stage, alice, 'again')
  expect(next.deps.filter((dep) => deps.includes(toHex(dep)))).toEqual([])
  expect(next.deps.length).toBe(MAX_DEPS)
})
