/** Bugs that worlds have shown once. */
import { expect, test } from 'vitest'
import { REGRESSIONS } from './regressions.ts'
import { tryPlan } from './trial.ts'

test.each(REGRESSIONS)('$name', ({ plan }) => {
  const { failure, report } = tryPlan(plan)
  expect(failure).toBe(null)
  expect(report.counts.delivered).toBeGreaterThan(0)
})
