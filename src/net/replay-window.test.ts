/** The replay window in lockstep with its naive twin, a set. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReplayWindow, WINDOW } from './replay-window.ts'

/** Near each other, so that repeats happen; with leaps to either side of the window's edge. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -40, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }).map((n) => n + WINDOW) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }).map((n) => n - WINDOW) },
  { weight: 1, arbitrary: fc.integer({ min: -3 * WINDOW, max: 3 * WINDOW }) },
)

test('it takes each counter once, and none that is WINDOW or more below the highest: as a set would', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200, size: 'max' }),
      fc.constantFrom(0, WINDOW - 1, 2 ** 40, Number.MAX_SAFE_INTEGER - 10 * WINDOW),
      (steps, start) => {
        const window = createReplayWindow()
        const seen = new Set<number>()
        let highest = -1
        let counter = start
        for (const move of steps) {
          counter = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, counter + move))
          const known = seen.has(counter) || counter <= highest - WINDOW
          expect(window.has(counter)).toBe(known)
          expect(window.add(counter)).toBe(!known)
          if (!known) seen.add(counter)
          if (!known) highest = Math.max(highest, counter)
        }
      },
    ),
    { numRuns: 300 },
  )
})
