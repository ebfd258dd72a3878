/** Whose items are kept where not all can be. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareOut } from './shares.ts'

test('of equals those of the authors with the least numbers are kept, and the first ones of each, in the order that they had', () => {
  const items = ['3a', '1a', '3b', '2a', '1b', '3c', '1c']
  const kept = (most: number): readonly string[] => shareOut(items, most, (item) => Number.parseInt(item, 10))
  expect(kept(7)).toBe(items)
  expect(kept(6)).toEqual(['3a', '1a', '3b', '2a', '1b', '1c'])
  expect(kept(4)).toEqual(['3a', '1a', '2a', '1b'])
  expect(kept(2)).toEqual(['1a', '2a'])
  expect(kept(0)).toEqual([])
})

test('law: who loses an item has as many left as anybody else, or one fewer', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 40 }), fc.nat(40), (authors, most) => {
      const kept = shareOut(authors, most, (author) => author)
      expect(kept).toHaveLength(Math.min(most, authors.length))
      const count = (list: readonly number[], author: number): number => list.filter((each) => each === author).length
      const greatest = Math.max(...authors.map((author) => count(kept, author)), 0)
      for (const author of authors)
        if (count(kept, author) < count(authors, author)) expect(count(kept, author)).toBeGreaterThanOrEqual(greatest - 1)
    }),
  )
})
