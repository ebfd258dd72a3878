/** How much a receiver may be sent where nobody tells how many bytes wait for it. */
import { expect, test } from 'vitest'
import { createMeter, DELIVERED_AT_ONCE, DELIVERED_PER_SECOND, type Meter, mayDeliver } from './meter.ts'

const FRAME = 1_024

/** Sends until the first frame that is not delivered. @returns bytes */
function pour(meter: Meter, source: string, now: number, bytes = FRAME): number {
  let sent = 0
  while (mayDeliver(meter, source, bytes, now)) sent += bytes
  return sent
}

test('D23 a receiver gets DELIVERED_AT_ONCE and DELIVERED_PER_SECOND, and no more, however many pour', () => {
  const meter = createMeter(0)
  let sent = 0
  for (let now = 0; now < 10_000; now += 10) for (const source of ['a', 'b', 'c']) sent += pour(meter, source, now)
  const most = DELIVERED_AT_ONCE + 10 * DELIVERED_PER_SECOND
  expect(sent).toBeLessThanOrEqual(most)
  expect(sent).toBeGreaterThan(0.7 * most)
})

test('an answer of 4 MiB, and the next, arrive whole while nobody pours', () => {
  const meter = createMeter(0)
  for (let answer = 0; answer < 10; answer++)
    for (let i = 0; i < 4; i++) expect([answer, i, mayDeliver(meter, 'a', 1_048_576, answer * 1_000)]).toEqual([answer, i, true])
})

test('D23 beside sources that pour, one that says little loses nothing, and one that brings much gets a part of each second', () => {
  const meter = createMeter(0)
  const sources = Array.from({ length: 20 }, (_, i) => `pours ${i}`)
  for (let now = 0; now < 3_000; now += 10) for (const source of sources) pour(meter, source, now)
  let lost = 0
  let large = 0
  for (let now = 3_000; now < 13_000; now += 10) {
    for (const source of sources) pour(meter, source, now)
    if (now % 100 === 0 && !mayDeliver(meter, 'honest', 340, now)) lost++
    if (mayDeliver(meter, 'newcomer', 50_000, now)) large++
  }
  expect(lost).toBe(0)
  expect(large).toBeGreaterThanOrEqual(10)
})

test('what it remembers of sources is what sent in this second', () => {
  const meter = createMeter(0)
  for (let i = 0; i < 500; i++) mayDeliver(meter, `source ${i}`, FRAME, i)
  mayDeliver(meter, 'last', FRAME, 1_000)
  expect(meter.spent.size).toBe(1)
})
