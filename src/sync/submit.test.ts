/** How many ops of a node may wait to be written, and which heads an op follows when there are more than it can. */
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

test('D17 authors who were here first keep half of the places, and the oldest of the others a few, however many come with one op each', () => {
  const stage = createStage(1)
  const [alice] = stage.nodes as [SimNode]
  const crowd = Array.from({ length: 200 }, (_, n) => chainOf(stage, keyNamed(`author ${n}`), 1))
  push(stage, alice, linkNamed(stage, 'author'), crowd)
  const { op: written } = say(stage, alice, 'hello')
  const half = MAX_DEPS / 2
  const expected = [...crowd.slice(0, half), ...crowd.slice(half, half + 8), ...crowd.slice(8 - half)].flat()
  expect(written.deps.map(toHex).toSorted()).toEqual(expected.map(({ id }) => toHex(id)).toSorted())
})

test('D17 of more heads than an op can follow, it follows those of who was here first, the newest, and the oldest of who forked', () => {
  const stage = createStage(1)
  const [alice] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'author')
  const early = Array.from({ length: 3 }, (_, n) => chainOf(stage, keyNamed(`early ${n}`), 1))
  push(stage, alice, link, early)
  // One key with many heads, which would take every place by its number as well as by its time.
  const flooder = keyNamed('flooder')
  const flood = Array.from({ length: 500 }, (_, n) => message(stage, flooder, null, [stage.room], `${n}`))
  push(
    stage,
    alice,
    link,
    flood.map((each) => [each]),
  )
  const [late] = chainOf(stage, keyNamed('late'), 1)
  push(stage, alice, link, [[late!]])
  const { op: written } = say(stage, alice, 'hello')
  expect(written.deps.length).toBe(MAX_DEPS)
  const deps = written.deps.map(toHex)
  // Others hold the oldest, so that what stands on them can be shown at once.
  const expected = [...early.flat(), late!, ...flood.slice(0, MAX_DEPS - 4)]
  expect(deps.toSorted()).toEqual(expected.map(({ id }) => toHex(id)).toSorted())
  // The heads that it followed are heads no more: the next op follows as many others.
  const { op: next } = say(stage, alice, 'again')
  expect(next.deps.filter((dep) => deps.includes(toHex(dep)))).toEqual([])
  expect(next.deps.length).toBe(MAX_DEPS)
})
