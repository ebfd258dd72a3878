import { expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { missingFor, missingIds } from './missing.ts'
import { createPending, type Pending, wait } from './pending.ts'
import { GENESIS, idNumber, opAfter } from './room.naive.ts'
import { setSteps } from './steps.naive.ts'

/** Op n is called n + NAMES, and its missing parents are called as they are numbered. */
const NAMES = 100_000

function waitFor(pending: Pending, n: number, missing: readonly number[], link: string): void {
  const unitOp = { ...opAfter(1, null, [GENESIS], ''), id: idNumber(NAMES + n) }
  expect(wait(pending, unitOp, missing.map(idNumber), link)).toBe(true)
}

test('B6 of missing parents every link gets its share of the list, however many one brings', () => {
  const pending = createPending()
  for (let i = 0; i < 500; i++) waitFor(pending, i, [i], 'mallory')
  for (let i = 500; i < 503; i++) waitFor(pending, i, [i], 'alice')
  // Whichever link begins.
  for (const turn of [0, 1]) {
    const asked = new Set(missingIds(pending, 10, turn).map(toHex))
    expect(asked.size).toBe(10)
    for (let i = 500; i < 503; i++) expect(asked.has(toHex(idNumber(i)))).toBe(true)
  }
})

test('B6 however small the list, whatever is missing has its turn in it, before what never was is asked for again and again', () => {
  const pending = createPending()
  for (let i = 0; i < 20; i++) waitFor(pending, i, [i, 20 + i], `link ${i % 3}`)
  for (const [limit, turns] of [
    [1, 3 * 14],
    [2, 3 * 14],
    [7, 3 * 14],
  ] as const) {
    const asked = new Set<string>()
    for (let turn = 0; turn < turns; turn++) for (const id of missingIds(pending, limit, turn)) asked.add(toHex(id))
    expect(asked.size).toBe(40)
  }
})

/** Ops that name each other, 30 parents each: none is absent but `absent`, of the op that came first. */
function heap(pending: Pending, absent: number): void {
  for (let n = 0; n < 1_000; n++) {
    const below = Array.from({ length: Math.min(n, 30) }, (_, i) => NAMES + n - 1 - i)
    waitFor(pending, n, n === 0 ? [absent] : below, 'mallory')
  }
}

test('B6 D16 a question for missing parents costs no more than its looks, however much waits', () => {
  const pending = createPending()
  heap(pending, 7)
  expect(setSteps(() => missingFor(pending, 'mallory', 256))).toBeLessThan(2_500)
  expect(setSteps(() => missingIds(pending, 128, 1))).toBeLessThan(2_500)
})

test('B6 D16 what was heaped on ops hides no parent that is missing: what came last is looked at first, and each has its turn', () => {
  const pending = createPending()
  heap(pending, 7)
  for (let n = 0; n < 32; n++) missingFor(pending, 'mallory', 256)
  waitFor(pending, 2_000, [NAMES + 999, 8], 'mallory')
  waitFor(pending, 2_001, [9], 'alice')
  expect(missingIds(pending, 1, [...pending.byLink.keys()].indexOf('alice'))).toEqual([idNumber(9)])
  expect(missingFor(pending, 'mallory', 256)).toContainEqual(idNumber(8))
  const asked = new Set<string>()
  for (let n = 0; n < 32; n++) for (const id of missingFor(pending, 'mallory', 256)) asked.add(toHex(id))
  expect([...asked].sort()).toEqual([7, 8].map((n) => toHex(idNumber(n))).sort())
})
