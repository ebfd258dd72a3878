import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReplayWindow, WINDOW } from './replay-window.ts'

const near = fc.nat({ max: 3 * WINDOW })
const counters = fc.array(fc.oneof({ weight: 20, arbitrary: near }, { weight: 1, arbitrary: fc.maxSafeNat() }), {
  maxLength: 300,
  size: 'max',
})

test('a counter is taken once, and not when it is WINDOW behind the latest', () => {
  fc.assert(
    fc.property(counters, (sequence) => {
      const window = createReplayWindow()
      const seen = new Set<number>()
      let latest = -1
      // Compared once: each comparison takes longer than what it compares.
      const told: unknown[] = []
      const expected: unknown[] = []
      for (const counter of sequence) {
        const isSeen = seen.has(counter) || counter <= latest - WINDOW
        seen.add(counter)
        latest = Math.max(latest, counter)
        told.push([window.has(counter), window.add(counter), window.latest])
        expected.push([isSeen, !isSeen, latest])
      }
      expect(told).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('the latest WINDOW counters are told from their repeats, in whatever order they come', () => {
  const window = createReplayWindow()
  const row = Array.from({ length: WINDOW }, (_, i) => 5_000 + ((i * 377) % WINDOW))
  expect(row.map((counter) => window.add(counter))).not.toContain(false)
  expect(row.map((counter) => window.add(counter))).not.toContain(true)
})

test('D15 what is older than the window is not taken again, however long ago it was', () => {
  const window = createReplayWindow()
  for (let counter = 0; counter < 3 * WINDOW; counter++) window.add(counter)
  expect(Array.from({ length: 3 * WINDOW }, (_, counter) => window.add(counter))).not.toContain(true)
  expect(window.add(3 * WINDOW)).toBe(true)
})
