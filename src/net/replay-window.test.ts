import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReplayWindow, WINDOW } from './replay-window.ts'

const counters = fc.array(fc.oneof(fc.nat({ max: 3 * WINDOW }), fc.maxSafeNat()), { maxLength: 200, size: 'max' })

test('a counter is taken once, as long as no other one took its place', () => {
  fc.assert(
    fc.property(counters, (sequence) => {
      const window = createReplayWindow()
      const places = new Map<number, number>()
      for (const counter of sequence) {
        const known = places.get(counter % WINDOW) === counter
        expect(window.has(counter)).toBe(known)
        expect(window.add(counter)).toBe(!known)
        places.set(counter % WINDOW, counter)
      }
    }),
    { numRuns: 300 },
  )
})

test('any WINDOW counters in a row are told from their repeats, in whatever order they come', () => {
  const window = createReplayWindow()
  const row = Array.from({ length: WINDOW }, (_, i) => 5_000 + ((i * 377) % WINDOW))
  expect(row.map((counter) => window.add(counter))).not.toContain(false)
  expect(row.map((counter) => window.add(counter))).not.toContain(true)
})

test('D15 a forged counter, however high, silences nobody', () => {
  const window = createReplayWindow()
  for (let counter = 0; counter < 100; counter++) window.add(counter)
  for (const forged of [Number.MAX_SAFE_INTEGER, 2 ** 40, 10 * WINDOW]) expect(window.add(forged)).toBe(true)
  for (let counter = 100; counter < 3 * WINDOW; counter++) expect(window.add(counter)).toBe(true)
})
