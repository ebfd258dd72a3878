import { expect, test } from 'vitest'
import { rangeOf } from '../core/lists.ts'
import { NEWEST, shownOfFlood } from './flood.ts'

/** Ops by these authors, from number 0 on. */
const dagOf = (...authors: readonly number[]) => ({ author: Int32Array.from(authors) })
const many = (author: number, count: number): number[] => Array.from({ length: count }, () => author)

test('of one author the newest are shown', () => {
  expect(shownOfFlood(dagOf(...many(0, 600)), 0, 600)).toEqual(rangeOf(600 - NEWEST, 600))
})

test('D10 what others write in a flood by one author is shown, the last five of each', () => {
  const dag = dagOf(...many(2, 100), 0, ...many(2, 5), ...many(1, 7), ...many(2, 400))
  const shown = shownOfFlood(dag, 0, dag.author.length)
  expect(shown.filter((op) => dag.author[op] === 0)).toEqual([100])
  expect(shown.filter((op) => dag.author[op] === 1)).toEqual(rangeOf(108, 113))
  expect(shown.slice(-NEWEST)).toEqual(rangeOf(513 - NEWEST, 513))
})

test.each([4, 19])('D10 in a flood by %i early authors a later author has a line', (keys) => {
  const flood = rangeOf(0, 400).map((op) => op % keys)
  const dag = dagOf(...flood, ...many(keys, 5), ...flood)
  const shown = shownOfFlood(dag, 0, dag.author.length)
  expect(shown).toContain(404)
  expect(shown.length).toBeLessThanOrEqual(20 + NEWEST)
})

test('D10 a thousand new authors take no line of those who wrote here before', () => {
  const dag = dagOf(0, 1, 2, 3, ...rangeOf(4, 1_004))
  const shown = shownOfFlood(dag, 0, dag.author.length)
  expect(shown.slice(0, 4)).toEqual([0, 1, 2, 3])
  expect(shown.length).toBe(20 + NEWEST)
})

test('no op before the flood is shown again', () => {
  expect(shownOfFlood(dagOf(0, 1, ...many(2, 300)), 2, 302)).toEqual(rangeOf(302 - NEWEST, 302))
})
