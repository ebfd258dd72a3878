/** How often everybody is told that a node is here: soon after news, and seldom however many names are news. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeSignal } from './signal.ts'
import { begin, end, named, pass, play, type Played } from './played.naive.ts'
import { HERE_BACK_AFTER, HERE_EVERY, MAX_HERES } from './schedule.ts'

beforeEach(begin)
afterEach(end)

const saysHere = ({ direct }: Played, name: string): void =>
  direct.hearSignal(name, encodeSignal({ type: 'here', device: new Uint8Array(32).fill(7), near: [] }), { near: false, addressed: false })

const toAll = ({ said }: Played): number => said.filter(({ to, signal }) => to === null && signal.type === 'here').length

test('D18 of new names everybody is told MAX_HERES times at once, and then once in HERE_BACK_AFTER, however many come', async () => {
  const a = play(1)
  await pass(2_000)
  const before = toAll(a)
  let names = 0
  const flood = async (seconds: number): Promise<void> => {
    for (let at = 0; at < 4 * seconds; at++) {
      saysHere(a, named(names++))
      await pass(250)
    }
  }
  await flood(60)
  const first = toAll(a) - before
  expect(first).toBeGreaterThanOrEqual(MAX_HERES)
  expect(first).toBeLessThanOrEqual(MAX_HERES + 60_000 / HERE_BACK_AFTER)
  await flood(60)
  expect(toAll(a) - before - first).toBeLessThanOrEqual(60_000 / HERE_BACK_AFTER)
})

test('each of some nodes that come one after the other is told at once, without a flood', async () => {
  const a = play(1)
  await pass(2_000)
  for (let n = 0; n < 8; n++) {
    const before = toAll(a)
    saysHere(a, named(n))
    await pass(400)
    expect(toAll(a)).toBe(before + 1)
  }
  await pass(HERE_EVERY)
  expect(toAll(a)).toBeGreaterThan(8)
})
