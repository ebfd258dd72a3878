import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepLeast } from './keep-least.ts'

test('of any items in any order the least are kept, sorted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 9 }), (items, most) => {
      const kept: number[] = []
      for (const item of items) keepLeast(kept, item, most, (a, b) => a - b)
      expect(kept).toEqual([...items].sort((a, b) => a - b).slice(0, most))
    }),
  )
})
