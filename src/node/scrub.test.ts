/** When the scrub looks at a segment. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startScrub } from './scrub.ts'
import type { Segments } from './segments.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A scrub of so many segments. @param isIdle by seconds since the start */
function scrub(segments: number, isIdle: (second: number) => boolean) {
  const looks: number[] = []
  let second = 0
  const end = startScrub(
    { scrub: () => Promise.resolve(looks.push(second) < segments) } as unknown as Segments,
    () => isIdle(second),
    (error) => {
      throw error
    },
  )
  return {
    looks,
    end,
    async pass(seconds: number) {
      for (let n = 0; n < seconds; n++) {
        second++
        await vi.advanceTimersByTimeAsync(1_000)
      }
    },
  }
}

test('while a node is idle, one segment is looked at in a second, to the last', async () => {
  const { looks, pass } = scrub(4, () => true)
  await pass(10)
  expect(looks).toEqual([1, 2, 3, 4])
})

test('while a node is busy for less than half a minute, none is looked at', async () => {
  const { looks, pass, end } = scrub(4, (second) => second % 25 === 0)
  await pass(80)
  end()
  await pass(80)
  expect(looks).toEqual([25, 50, 75])
})

test('E9 a node that is never idle is scrubbed all the same, half a minute later', async () => {
  const { looks, pass } = scrub(4, () => false)
  await pass(60)
  expect(looks).toEqual([30, 31, 32, 33])
})
