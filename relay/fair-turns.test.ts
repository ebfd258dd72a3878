/** Turns of the event loop: how much each does, and for whom. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFairQueue } from './fair-queue.ts'
import { createFairTurns } from './fair-turns.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const done: string[] = []
beforeEach(() => void done.splice(0))

test('a turn does what it has room for, and the next turns do the rest in order', () => {
  const inTurn = createFairTurns<string, string>(
    createFairQueue(1),
    3,
    () => 1,
    (item) => done.push(item),
  )
  for (let i = 0; i < 8; i++) inTurn('here', 's', `${i}`)
  const after = [done.length]
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersToNextTimer()
    after.push(done.length)
  }
  expect(after).toEqual([3, 6, 8, 8])
  expect(done.join('')).toBe('01234567')
  inTurn('here', 's', 'at once')
  expect(done.at(-1)).toBe('at once')
})

test('D23 one source waits for a turn of another, over any number of senders', () => {
  const inTurn = createFairTurns<string, string>(
    createFairQueue(1),
    3,
    () => 1,
    (item) => done.push(item),
  )
  for (let i = 0; i < 1_000; i++) inTurn('pours', `s${i}`, 'pours')
  inTurn('other', 's', 'other')
  expect(done).toHaveLength(3)
  vi.advanceTimersToNextTimer()
  expect(done).toHaveLength(6)
  expect(done).toContain('other')
})
