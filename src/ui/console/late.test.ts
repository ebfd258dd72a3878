/** What is said of entries that arrived late, until they were in sight. */
import { expect, test } from 'vitest'
import { addLate, lookAtLate, MAX_LATE_KEPT, waitingOf, type LateEntries } from './late.ts'

const NONE: LateEntries = new Map()

test('what comes in in sight is not kept; what does not waits until it is in sight, and keeps its mark', () => {
  let late = lookAtLate(addLate(NONE, ['a', 'b', 'c']), (id) => id === 'a')
  expect([...late]).toEqual([
    ['b', 'waiting'],
    ['c', 'waiting'],
  ])
  expect(waitingOf(late)).toEqual(['b', 'c'])
  late = lookAtLate(late, (id) => id === 'c')
  expect(waitingOf(late)).toEqual(['b'])
  late = lookAtLate(late, () => true)
  expect([...late]).toEqual([
    ['b', 'shown'],
    ['c', 'shown'],
  ])
})

test('what nobody has looked at yet is not told as waiting', () => {
  expect(waitingOf(addLate(NONE, ['a']))).toEqual([])
})

test('a look that changes nothing gives the same object', () => {
  const late = lookAtLate(addLate(NONE, ['a', 'b']), () => false)
  expect(lookAtLate(late, () => false)).toBe(late)
  expect(lookAtLate(NONE, () => true)).toBe(NONE)
})

test('of many the newest are kept', () => {
  const ids = Array.from({ length: MAX_LATE_KEPT + 10 }, (_, n) => `id ${n}`)
  expect([...addLate(addLate(NONE, ids.slice(0, 20)), ids.slice(20)).keys()]).toEqual(ids.slice(10))
})
