/** What is said of entries that arrived late, until they were in sight. */
import { expect, test } from 'vitest'
import type { LateEntry } from '../../worker/api.ts'
import { addLate, isMarked, lookAtLate, MAX_LATE_KEPT, waitingOf, type LateEntries } from './late.ts'

const NONE: LateEntries = new Map()

const by = (author: number, ids: readonly string[]): LateEntry[] => ids.map((id) => ({ id, author }))
const many = (count: number, what = 'id'): string[] => Array.from({ length: count }, (_, n) => `${what} ${n}`)
const statesOf = (late: LateEntries): string[][] => [...late].map(([id, { state }]) => [id, state])

test('what comes in in sight is not kept; what does not waits until it is in sight, and keeps its mark', () => {
  let late = lookAtLate(addLate(NONE, by(1, ['a', 'b', 'c'])), (id) => id === 'a')
  expect(statesOf(late)).toEqual([
    ['b', 'waiting'],
    ['c', 'waiting'],
  ])
  expect(waitingOf(late)).toEqual(['b', 'c'])
  late = lookAtLate(late, (id) => id === 'c')
  expect(waitingOf(late)).toEqual(['b'])
  late = lookAtLate(late, () => true)
  expect(statesOf(late)).toEqual([
    ['b', 'shown'],
    ['c', 'shown'],
  ])
})

test('what nobody has looked at yet is not told as waiting', () => {
  expect(waitingOf(addLate(NONE, by(1, ['a'])))).toEqual([])
})

test('a look that changes nothing gives the same object', () => {
  const late = lookAtLate(addLate(NONE, by(1, ['a', 'b'])), () => false)
  expect(lookAtLate(late, () => false)).toBe(late)
  expect(lookAtLate(NONE, () => true)).toBe(NONE)
})

test('of one author the newest MAX_LATE_KEPT are kept', () => {
  const ids = many(MAX_LATE_KEPT + 10)
  expect([...addLate(addLate(NONE, by(1, ids.slice(0, 20))), by(1, ids.slice(20))).keys()]).toEqual(ids.slice(10))
})

test('D24 MAX_LATE_KEPT late entries of one author, told in any number of portions, take no mark from the entry of another', () => {
  let late = lookAtLate(addLate(NONE, by(2, ['carol'])), () => false)
  for (let portion = 0; portion < 30; portion++) late = lookAtLate(addLate(late, by(9, many(MAX_LATE_KEPT / 2, `${portion}`))), () => false)
  expect([late.size, isMarked(late.get('carol')), waitingOf(late)[0]]).toEqual([MAX_LATE_KEPT, true, 'carol'])
})

test('D24 late entries of MAX_LATE_KEPT authors take no mark from one who wrote here before them', () => {
  const late = addLate(
    addLate(NONE, by(2, ['carol'])),
    many(MAX_LATE_KEPT).map((id, n) => ({ id, author: 3 + n })),
  )
  expect([late.size, late.has('carol')]).toEqual([MAX_LATE_KEPT, true])
})
