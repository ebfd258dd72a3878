import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addNumber, createNumberSet, deleteNumber, greatest, hasNumber, least, nthGreatest, numbersIn } from './number-set.ts'

const near = (n: number): fc.Arbitrary<number> => fc.integer({ min: n - 3, max: n + 3 })
/** Also on both sides of the ends of words and of the groups of each level. */
const numbers = fc.oneof(fc.nat(40), near(1_024), near(32_768), near(1_048_576), near(2_097_152), fc.nat(2_200_000))

test('in lockstep with a Set: members, their order and their ranks', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), numbers), { maxLength: 60, size: 'max' }), (steps) => {
      const set = createNumberSet()
      const twin = new Set<number>()
      for (const [isAdded, n] of steps) {
        if (isAdded) {
          addNumber(set, n)
          twin.add(n)
        } else expect(deleteNumber(set, n)).toBe(twin.delete(n))
      }
      const descending = [...twin].sort((a, b) => b - a)
      expect(set.size).toBe(twin.size)
      expect([...numbersIn(set)]).toEqual(descending.toReversed())
      expect(greatest(set, 1_000)).toEqual(descending)
      expect(greatest(set, 5)).toEqual(descending.slice(0, 5))
      expect(least(set, 1_000)).toEqual(descending.toReversed())
      expect(least(set, 5)).toEqual(descending.toReversed().slice(0, 5))
      expect(nthGreatest(set, twin.size)).toBe(-1)
      for (const [, n] of steps) expect(hasNumber(set, n)).toBe(twin.has(n))
    }),
    { numRuns: 300 },
  )
})

test('D17 100,000 members in a row are ranked', () => {
  const set = createNumberSet()
  for (let n = 0; n < 100_000; n++) addNumber(set, n)
  for (const rank of [0, 1, 31, 32, 1_023, 1_024, 32_767, 32_768, 99_999]) expect(nthGreatest(set, rank)).toBe(99_999 - rank)
  for (let n = 0; n < 100_000; n += 2) deleteNumber(set, n)
  for (const rank of [0, 1, 40_000, 49_999]) expect(nthGreatest(set, rank)).toBe(99_999 - 2 * rank)
  expect(set.size).toBe(50_000)
})
