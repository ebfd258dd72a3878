/** Whoever says as much as it can to a node: what that takes of it is bounded, and what honest nodes write arrives as ever. */
import { expect, test } from 'vitest'
import { JUDGED_PER_SECOND, MAX_JUDGED_FOR_STRANGERS } from '../../sync/intake.ts'
import { MAX_NEWCOMERS, NEWCOMERS_PER_SECOND } from '../../sync/peers.ts'
import { FLOOD_NAMES, flood } from '../flood.ts'

const SECONDS = 5

test.each(FLOOD_NAMES)('B6 a flood of %s takes no more than its budget, and nothing honest is late', (name) => {
  const { messages, typed, arrived, late, verified, signed } = flood(name, SECONDS, () => 0)
  expect(messages).toBe(2_000 * SECONDS)
  expect([typed, arrived]).toEqual([50 * SECONDS, 50 * SECONDS])
  expect(late).toBeLessThanOrEqual(50)
  // Of what is not typed: a unit at most is begun with the last of the budget, and each newcomer has one proof checked.
  const newcomers = MAX_NEWCOMERS + NEWCOMERS_PER_SECOND * (SECONDS + 1)
  expect(signed).toBeLessThanOrEqual(newcomers)
  expect(verified - typed).toBeLessThanOrEqual(newcomers + 2 * MAX_JUDGED_FOR_STRANGERS + JUDGED_PER_SECOND * (SECONDS + 1))
})
