/** Laws of the camera. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  atEnd,
  type Box,
  type Camera,
  ease,
  type Extent,
  fitted,
  following,
  HOME_ROW_GAP,
  LEAST_SEEN_ROW_GAP,
  MAX_ROW_GAP,
  revealing,
  settled,
  zoomed,
} from './camera.ts'

const box: Box = { left: 34, top: 56, right: 842, bottom: 800, full: 842 }
const extent: fc.Arbitrary<Extent> = fc.record({
  columns: fc.integer({ min: 1, max: 400 }),
  rows: fc.integer({ min: 1, max: 1_000_000 }),
  newest: fc.constant(0),
})
const camera: fc.Arbitrary<Camera> = fc.record({
  x: fc.double({ min: -50_000, max: 50_000, noNaN: true }),
  y: fc.double({ min: -5_000_000, max: 50_000, noNaN: true }),
  laneGap: fc.double({ min: 2, max: 144, noNaN: true }),
  rowGap: fc.double({ min: 0.01, max: MAX_ROW_GAP, noNaN: true }),
})

test('a settled camera stays when settled again', () => {
  fc.assert(
    fc.property(camera, extent, (any, all) => {
      const once = settled(any, all, box)
      const twice = settled(once, all, box)
      for (const key of ['x', 'y', 'laneGap', 'rowGap'] as const) expect(twice[key]).toBeCloseTo(once[key], 4)
    }),
  )
})

test('wherever it was, some rows and some columns are in the box', () => {
  fc.assert(
    fc.property(camera, extent, (any, all) => {
      const { x, y, laneGap, rowGap } = settled(any, all, box)
      expect(y).toBeLessThan(box.bottom)
      expect(y + (all.rows - 1) * rowGap).toBeGreaterThan(box.top)
      expect(x).toBeLessThan(box.right)
      expect(x + (all.columns - 1) * laneGap).toBeGreaterThan(box.left)
    }),
  )
})

test('zooming keeps the row under the pointer where it is, when there is more above and below', () => {
  const all: Extent = { columns: 4, rows: 100_000, newest: 0 }
  const start = settled({ x: 0, y: -500_000, laneGap: 100, rowGap: 20 }, all, box)
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), fc.integer({ min: 100, max: 780 }), (factor, py) => {
      const after = zoomed(start, factor, 400, py, all, box)
      expect((py - after.y) / after.rowGap).toBeCloseTo((py - start.y) / start.rowGap, 6)
      expect(after.x).toBe(start.x)
      expect(after.laneGap).toBe(start.laneGap)
    }),
  )
})

test('following shows the last row, and knows that it does', () => {
  fc.assert(
    fc.property(camera, extent, (any, all) => {
      const there = following(any, all, box)
      const last = there.y + (all.rows - 1) * there.rowGap
      expect(last).toBeGreaterThan(box.top)
      expect(last).toBeLessThan(box.bottom)
      expect(atEnd(there, all, box)).toBe(true)
    }),
  )
})

test('fitting shows the first row and the last, and no row larger than at home', () => {
  fc.assert(
    fc.property(extent, (all) => {
      const { y, rowGap } = fitted(all, box)
      expect(y).toBeGreaterThan(box.top)
      expect(y + (all.rows - 1) * rowGap).toBeLessThan(box.bottom)
      expect(rowGap).toBeLessThanOrEqual(HOME_ROW_GAP)
    }),
  )
})

test('revealing brings a place into the box, at a size where marks can be seen, and keeps the size if that is so already', () => {
  const place = extent.chain((all) => fc.tuple(fc.constant(all), fc.nat(all.columns - 1), fc.nat(all.rows - 1)))
  fc.assert(
    fc.property(camera, place, (any, [all, column, row]) => {
      const before = settled(any, all, box)
      const after = revealing(before, column, row, all, box)
      const { x, y, laneGap, rowGap } = after
      expect(y + row * rowGap).toBeGreaterThan(box.top)
      expect(y + row * rowGap).toBeLessThan(box.bottom)
      expect(x + column * laneGap).toBeGreaterThanOrEqual(box.left)
      expect(x + column * laneGap).toBeLessThanOrEqual(box.right)
      expect(rowGap).toBe(Math.max(before.rowGap, LEAST_SEEN_ROW_GAP))
      expect(revealing(after, column, row, all, box)).toEqual(after)
    }),
  )
})

test('a revealed op stands clear of what the page lays over the picture, with the ring around it', () => {
  const place = extent.chain((all) => fc.tuple(fc.constant(all), fc.nat(all.columns - 1), fc.nat(all.rows - 1)))
  const covered = fc.record({ right: fc.integer({ min: 200, max: 841 }), bottom: fc.integer({ min: 140, max: 800 }) })
  fc.assert(
    fc.property(camera, place, covered, (any, [all, column, row], edges) => {
      const low: Box = { ...box, ...edges }
      const { x, y, laneGap, rowGap } = revealing(settled(any, all, low), column, row, all, low)
      const op = { r: Math.max(2, Math.min(7, rowGap * 0.22, laneGap * 0.16)) + 9, x: x + column * laneGap, y: y + row * rowGap }
      expect(op.x + op.r).toBeLessThanOrEqual(low.right)
      expect(op.y + op.r).toBeLessThanOrEqual(low.bottom)
    }),
  )
})

test('few columns keep their width and place while rows zoom', () => {
  const all: Extent = { columns: 3, rows: 50_000, newest: 0 }
  expect(fitted(all, box).laneGap).toBe(following({ x: 0, y: 0, laneGap: 1, rowGap: MAX_ROW_GAP }, all, box).laneGap)
})

test('easing arrives', () => {
  const from: Camera = { x: 0, y: 0, laneGap: 100, rowGap: 36 }
  const to: Camera = { x: 50, y: -400, laneGap: 80, rowGap: 12 }
  let steps = 0
  while (!ease(from, to, 16, box) && steps < 1000) steps++
  expect(from).toEqual(to)
  expect(steps).toBeGreaterThan(3)
  expect(steps).toBeLessThan(100)
})
