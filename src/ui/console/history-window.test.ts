/** Windows over long histories, and what counts as landing in the middle. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSmallStep, nextFrom, placeAt, spaceAround, WINDOW_ENTRIES } from './history-window.ts'

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

  test('blank space is that of the entries that it stands for, and no higher than browsers lay out, in a history of a million too', () => {
    expect(spaceAround({ total: 1_000, from: 400, count: 64 }, 50)).toEqual({ above: 20_000, below: 26_800 })
    expect(spaceAround({ total: 20, from: 0, count: 20 }, 50)).toEqual({ above: 0, below: 0 })
    const { above, below } = spaceAround({ total: 1_000_000, from: 999_936, count: 64 }, 64)
    expect(above).toBeLessThanOrEqual(8_000_000)
    expect(below).toBe(0)
  })

  test('each place of the scroll bar stands for an entry, the first and the last too, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), fc.integer({ min: 20, max: 400 }), (total, at, height) => {
        const from = at % Math.max(1, total - WINDOW_ENTRIES + 1)
        const window = { total, from, count: Math.min(WINDOW_ENTRIES, total - from) }
        const listed = window.count * height
        const { above, below } = spaceAround(window, height)
        const all = above + listed + below
        const places = Array.from({ length: 50 }, (_, i) => placeAt(window, height, listed, (i * all) / 49))
        expect([places[0], places.at(-1)]).toEqual([0, total - 1])
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        expect(placeAt(window, height, listed, above)).toBe(from)
      }),
    )
  })

  test('eight new entries are few, wherever they stand, and nine are not', () => {
    expect(isSmallStep(entries('ab'), entries('cdaefbghij'))).toBe(true)
    expect(isSmallStep(entries('ab'), entries('cdaefbghijk'))).toBe(false)
    expect(isSmallStep(entries('abcdefghijkl'), entries('ijklmn'))).toBe(true)
    expect(isSmallStep([], entries('abcdefghi'))).toBe(false)
  })
})
