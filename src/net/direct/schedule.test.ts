/** How often everybody is told that a node is here: soon after news, and seldom however many names are news. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fromHex } from '../../core/bytes.ts'
import { encodeSignal } from './signal.ts'
import { begin, end, named, opened, pass, play, type Played } from './played.naive.ts'
import { HERE_BACK_AFTER, HERE_EVERY, HERE_PAUSE, MAX_HERES } from './schedule.ts'

beforeEach(begin)
afterEach(end)

const saysHere = ({ direct }: Played, name: string, device: Uint8Array = new Uint8Array(32).fill(7)): void =>
  direct.hearSignal(name, encodeSignal({ type: 'here', device, near: [] }), { near: false, addressed: false })

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

test('D18 of names that say that they are here all the time follow no more looks at them all than one in HERE_PAUSE', async () => {
  const a = play(1)
  await pass(2_000)
  // Each look asks for the author of each name: so it is seen by the latest name that it asks for.
  const looks = new Set<string>()
  let latest = ''
  const get = a.authors.get.bind(a.authors)
  vi.spyOn(a.authors, 'get').mockImplementation((name) => {
    if (name === latest) looks.add(name)
    return get(name)
  })
  let names = 0
  const flood = async (count: number, pause: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      latest = named(names++)
      saysHere(a, latest, fromHex(latest)!)
      await pass(pause)
    }
  }
  // Connections are begun for the first ones, and each is looked after.
  await flood(200, 50)
  looks.clear()
  const before = opened(a).length
  await flood(300, 10)
  expect(looks.size).toBeGreaterThan(5)
  expect(looks.size).toBeLessThanOrEqual(3_000 / HERE_PAUSE + 2 * (opened(a).length - before) + 10)
})
