/** Who gets a place, and who gives one up. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createShares, givePlaceBack, takePlace } from './shares.ts'

/** Takes places for sources by their names, one after the other; connections are numbers. */
function sharesOf(max: number, sources: string) {
  const shares = createShares<number>(max)
  for (const [i, source] of sources.split('').entries()) expect(takePlace(shares, source, i)).toEqual({ type: 'given', instead: null })
  return shares
}

test('while there are places, one source may have them all', () => {
  const shares = sharesOf(4, 'aaaa')
  expect(takePlace(shares, 'a', 9)).toEqual({ type: 'refused' })
  expect(shares.size).toBe(4)
})

test('D23 when all are taken, the source with most gives up its newest', () => {
  const shares = sharesOf(4, 'abaa')
  expect(takePlace(shares, 'c', 9)).toEqual({ type: 'given', instead: 3 })
  expect([...shares.bySource].map(([source, conns]) => [source, [...conns]])).toEqual([
    ['a', [0, 2]],
    ['b', [1]],
    ['c', [9]],
  ])
  expect(takePlace(shares, 'd', 10)).toEqual({ type: 'given', instead: 2 })
  expect(takePlace(shares, 'e', 11)).toEqual({ type: 'refused' })
})

test('D23 two sources do not take places from each other in turn', () => {
  const shares = sharesOf(5, 'aaabb')
  expect(takePlace(shares, 'b', 9)).toEqual({ type: 'refused' })
  expect(takePlace(shares, 'a', 9)).toEqual({ type: 'refused' })
})

test('a place that is given back is free, and what never had one changes nothing', () => {
  const shares = sharesOf(2, 'ab')
  givePlaceBack(shares, 'a', 7)
  givePlaceBack(shares, 'c', 0)
  expect(takePlace(shares, 'c', 8)).toEqual({ type: 'refused' })
  givePlaceBack(shares, 'a', 0)
  expect(takePlace(shares, 'c', 8)).toEqual({ type: 'given', instead: null })
})

test('D23 whatever comes: no more places than there are, none is refused its first while another has two, and nothing stays of who left', () => {
  const step = fc.record({ source: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), leaves: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const shares = createShares<number>(5)
      const there: { conn: number; source: string }[] = []
      const countOf = (of: string): number => there.filter(({ source }) => source === of).length
      for (const [conn, { source, leaves }] of steps.entries()) {
        const left = leaves ? there.findIndex((each) => each.source === source) : -1
        if (left >= 0) {
          const [gone] = there.splice(left, 1)
          givePlaceBack(shares, source, gone!.conn)
          continue
        }
        const most = 'abcdef'
          .split('')
          .map(countOf)
          .reduce((one, other) => Math.max(one, other))
        const place = takePlace(shares, source, conn)
        if (place.type === 'refused') {
          expect(there).toHaveLength(5)
          expect(countOf(source) === 0 && most > 1).toBe(false)
          continue
        }
        if (place.instead !== null) {
          const gives = there.findIndex((each) => each.conn === place.instead)
          const { source: of } = there[gives]!
          expect([countOf(of), there.findLast((each) => each.source === of)!.conn]).toEqual([most, place.instead])
          expect(most).toBeGreaterThan(countOf(source) + 1)
          there.splice(gives, 1)
        }
        there.push({ conn, source })
        expect(shares.size).toBe(there.length)
        expect(there.length).toBeLessThanOrEqual(5)
      }
      for (const { source, conn } of there) givePlaceBack(shares, source, conn)
      expect(shares).toEqual(createShares(5))
    }),
  )
})
