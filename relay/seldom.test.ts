/** What a relay writes to its operator's log, however often it refuses somebody. */
import { expect, test } from 'vitest'
import { createSeldomLog, LINE_EVERY_MS } from './seldom.ts'

test('D23 the same line comes once each LINE_EVERY_MS, with the number of those that were left out', () => {
  const lines: string[] = []
  let now = 0
  const log = createSeldomLog(
    (line) => void lines.push(line),
    () => now,
  )
  for (let i = 0; i < 1_000; i++) log('closed: too-fast.')
  log('closed: truncated.')
  expect(lines).toEqual(['closed: too-fast.', 'closed: truncated.'])
  now = LINE_EVERY_MS - 1
  log('closed: too-fast.')
  expect(lines.length).toBe(2)
  now = LINE_EVERY_MS
  for (let i = 0; i < 3; i++) log('closed: too-fast.')
  log('closed: truncated.')
  expect(lines.slice(2)).toEqual(['closed: too-fast. (1000 more since the last such line)', 'closed: truncated.'])
  now = 3 * LINE_EVERY_MS
  log('closed: too-fast.')
  log('closed: too-fast.')
  expect(lines.slice(4)).toEqual(['closed: too-fast. (2 more since the last such line)'])
})
