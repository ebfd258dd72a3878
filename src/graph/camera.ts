/**
 * From places in the layout (columns, rows) to CSS pixels and back. Rows zoom; columns do not: they share the width while they fit. So
 * zooming is zooming in time, and an author stays where it was. Only when there are more columns than fit do they spread with the zoom,
 * and can be panned.
 */

/** A column c stands at x + c × laneGap, a row r at y + r × rowGap. */
export interface Camera {
  x: number
  y: number
  laneGap: number
  rowGap: number
}

/** The part of the canvas that ops are drawn in, CSS pixels. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How much content there is. */
export interface Extent {
  readonly columns: number
  readonly rows: number
  /** The column of the newest op. */
  readonly newest: number
}

export const MAX_ROW_GAP = 64
/** Row height at which a fresh room is shown: dots, curves and ids fit. */
export const HOME_ROW_GAP = 36
/** 10,000,000 rows in a window. */
const MIN_ROW_GAP = 0.0001
const MAX_LANE_GAP = 144
/** However narrow the window: the own column, another one, and one for all others. */
const LEAST_PLACES = 3
/** Empty space above the first row and below the last. */
const MARGIN_TOP = 26
const MARGIN_BOTTOM = 46

/** Width of a column. */
export function laneGapFor(rowGap: number, columns: number, box: Box): number {
  const share = (box.right - box.left) / Math.max(columns, 1)
  const least = Math.min(Math.max(rowGap * 1.1, 2), 44)
  return Math.min(Math.max(share, least), MAX_LANE_GAP)
}

/** The smallest row height that is useful: everything fits; never more than the home height. */
export function fittingRowGap(extent: Extent, box: Box): number {
  const room = box.bottom - box.top - MARGIN_TOP - MARGIN_BOTTOM
  return Math.min(Math.max(room / Math.max(extent.rows - 1, 1), MIN_ROW_GAP), HOME_ROW_GAP)
}

/**
 * The nearest camera that shows no needless empty space. Content that fits is at rest (centred, from the top); otherwise its ends stay at
 * the edges.
 */
export function settled(camera: Camera, extent: Extent, box: Box): Camera {
  const rowGap = Math.min(Math.max(camera.rowGap, fittingRowGap(extent, box) * 0.8), MAX_ROW_GAP)
  const laneGap = laneGapFor(rowGap, extent.columns, box)
  const width = extent.columns * laneGap
  const free = box.right - box.left - width
  const x = free >= 0 ? box.left + free / 2 + laneGap / 2 : clamp(camera.x, box.right - width + laneGap / 2, box.left + laneGap / 2)
  const first = box.top + MARGIN_TOP
  const last = box.bottom - MARGIN_BOTTOM - (extent.rows - 1) * rowGap
  const y = last >= first ? first : clamp(camera.y, last, first)
  return { x, y, laneGap, rowGap }
}

/** Zoomed by `factor` around a point that stays where it is. */
export function zoomed(camera: Camera, factor: number, px: number, py: number, extent: Extent, box: Box): Camera {
  const rowGap = Math.min(Math.max(camera.rowGap * factor, fittingRowGap(extent, box) * 0.8), MAX_ROW_GAP)
  const laneGap = laneGapFor(rowGap, extent.columns, box)
  const column = (px - camera.x) / camera.laneGap
  const row = (py - camera.y) / camera.rowGap
  return settled({ x: px - column * laneGap, y: py - row * rowGap, laneGap, rowGap }, extent, box)
}

/** How many columns fit into the box at the home height of rows. */
export function placesIn(box: Box): number {
  return Math.max(LEAST_PLACES, Math.floor((box.right - box.left) / laneGapFor(HOME_ROW_GAP, Number.POSITIVE_INFINITY, box)))
}

/** Moved so that the newest row is at the bottom, and sideways as little as brings the newest op's column well inside. */
export function following(camera: Camera, extent: Extent, box: Box): Camera {
  const there = settled({ ...camera, y: Number.NEGATIVE_INFINITY }, extent, box)
  const column = extent.newest * there.laneGap
  const x = clamp(there.x, box.left + there.laneGap / 2 - column, box.right - there.laneGap / 2 - column)
  return settled({ ...there, x }, extent, box)
}

/** All of it. */
export function fitted(extent: Extent, box: Box): Camera {
  return settled({ x: 0, y: 0, laneGap: 1, rowGap: fittingRowGap(extent, box) }, extent, box)
}

/** Moved, if it must, so that a place is well inside; when the rows are too small to tell ops apart, zoomed to them too. */
export function revealing(camera: Camera, column: number, row: number, extent: Extent, box: Box): Camera {
  const rowGap = Math.max(camera.rowGap, HOME_ROW_GAP / 2)
  const laneGap = laneGapFor(rowGap, extent.columns, box)
  const px = camera.x + column * camera.laneGap
  const py = camera.y + row * camera.rowGap
  const calm = (box.bottom - box.top) / 6
  const inside = py > box.top + calm / 2 && py < box.bottom - calm / 2 && px > box.left && px < box.right
  if (inside && rowGap === camera.rowGap) return camera
  const middle = (box.top + box.bottom) / 2
  return settled({ x: (box.left + box.right) / 2 - column * laneGap, y: middle - row * rowGap, laneGap, rowGap }, extent, box)
}

/** Whether the newest op is in sight, within a row and a column or a little. */
export function atEnd(camera: Camera, extent: Extent, box: Box): boolean {
  const there = following(camera, extent, box)
  return camera.y <= there.y + Math.max(camera.rowGap, 12) && Math.abs(camera.x - there.x) <= camera.laneGap
}

/** One step of easing, `elapsed` ms after the last; true when it has arrived. Far jumps are made at once: nothing is learnt from a blur. */
export function ease(camera: Camera, target: Camera, elapsed: number, box: Box): boolean {
  const height = box.bottom - box.top
  const part = Math.abs(target.y - camera.y) > height * 3 ? 1 : 1 - Math.exp(-elapsed / 70)
  let arrived = true
  for (const key of ['x', 'y', 'laneGap', 'rowGap'] as const) {
    const gap = target[key] - camera[key]
    const near = key === 'rowGap' || key === 'laneGap' ? target[key] * 0.0005 : 0.2
    if (Math.abs(gap) <= near) camera[key] = target[key]
    else {
      camera[key] += gap * part
      arrived = false
    }
  }
  return arrived
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
