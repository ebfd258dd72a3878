/** Windows over long histories, and what counts as landing in the middle. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSmallStep, landedInMiddle, nextFrom, WINDOW_ENTRIES } from './history-window.ts'

const entries = (ids: string) => Array.from(ids, (id) => ({ id }))

describe('the window over the history', () => {
  test('is kept while what is visible lies well inside it', () => {
    expect(nextFrom({ total: 1_000, from: 400, count: WINDOW_ENTRIES }, 425, 440)).toBe(null)
  })

  test('moves when the visible part comes near its upper or lower edge', () => {
    expect(nextFrom({ total: 1_000, from: 400, count: WINDOW_ENTRIES }, 410, 420)).toBe(383)
    expect(nextFrom({ total: 1_000, from: 400, count: WINDOW_ENTRIES }, 500, 510)).toBe(473)
  })

  test('stays when it already holds all there is', () => {
    expect(nextFrom({ total: 20, from: 0, count: 20 }, 0, 19)).toBe(null)
  })

  test('wherever a person scrolls, one move brings everything visible inside and the next asks for nothing', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(5_000), fc.nat(5_000), fc.nat(40), (size, at, look, height) => {
        const total = size + 1
        const from = Math.min(at, Math.max(0, total - WINDOW_ENTRIES))
        const first = Math.min(look, total - 1)
        const last = Math.min(first + height, total - 1)
        const count = Math.min(WINDOW_ENTRIES, total - from)
        const next = nextFrom({ total, from, count }, first, last) ?? from
        const nextCount = Math.min(WINDOW_ENTRIES, total - next)
        expect(next).toBeLessThanOrEqual(first)
        expect(next + nextCount).toBeGreaterThan(last)
        expect(nextFrom({ total, from: next, count: nextCount }, first, last)).toBe(null)
      }),
    )
  })

  test('an entry that lands between two known ones is named; those at either end are not', () => {
    expect(landedInMiddle(entries('abd'), entries('abcd'))).toEqual(['c'])
    expect(landedInMiddle(entries('abd'), entries('abde'))).toEqual([])
    expect(landedInMiddle(entries('cd'), entries('abcd'))).toEqual([])
  })

  test('a window that shares nothing with the one before names nothing', () => {
    expect(landedInMiddle(entries('abc'), entries('xyz'))).toEqual([])
    expect(landedInMiddle([], entries('xyz'))).toEqual([])
  })

  test('eight new entries are few, wherever they stand, and nine are not', () => {
    expect(isSmallStep(entries('ab'), entries('cdaefbghij'))).toBe(true)
    expect(isSmallStep(entries('ab'), entries('cdaefbghijk'))).toBe(false)
    expect(isSmallStep(entries('abcdefghijkl'), entries('ijklmn'))).toBe(true)
    expect(isSmallStep([], entries('abcdefghi'))).toBe(false)
  })
})
