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
  /** Where the right side is when the page has laid nothing over the picture. Columns share the width up to there: what opens and closes moves none. */
  readonly full: number
}

/** How much content there is. */
export interface Extent {
  readonly columns: number
  readonly rows: number
  /** The column of the newest op. */
  readonly newest: number
}

/** In a lower canvas, as in the strip of a telephone, heads, margins and rows are smaller: five rows are seen. CSS pixels. */
export const LOW = 200

export const MAX_ROW_GAP = 64
/** Row height at which a fresh room is shown: dots, curves and ids fit. */
export const HOME_ROW_GAP = 36
/** The same in a low canvas. */
const LOW_ROW_GAP = 19
/** In lower rows a mark is less than 4 pixels wide: hard to see. */
export const LEAST_SEEN_ROW_GAP = 9
/** 10,000,000 rows in a window. */
const MIN_ROW_GAP = 0.0001
const MAX_LANE_GAP = 144
/**
 * The least width of a column, as a part of the height of a row, so that columns spread with the zoom; and its limit. 24 pixels at the
 * home height: as wide as the mark of an author and the ring around a selected op.
 */
const LANE_OF_ROW = 2 / 3
const MAX_LEAST_LANE_GAP = 44
/** However narrow the window: the own column, another one, and one for all others. */
const LEAST_PLACES = 3
/** Empty space above the first row and below the last, and the parts of a low box that these may take. */
const MARGIN_TOP = 26
const MARGIN_BOTTOM = 46
const MARGIN_TOP_PART = 0.12
const MARGIN_BOTTOM_PART = 0.26

/** How far a selected op reaches from its middle with its ring, at most (`drawPointed`), and the part of a low box that this may take. */
const SELECTED_REACH = 18
const SELECTED_REACH_PART = 0.25

const marginTop = ({ top, bottom }: Box): number => Math.min(MARGIN_TOP, (bottom - top) * MARGIN_TOP_PART)
const marginBottom = ({ top, bottom }: Box): number => Math.min(MARGIN_BOTTOM, (bottom - top) * MARGIN_BOTTOM_PART)

/** Between the right side and the middle of the last column. Where the page covers more, the ring around an op stands clear of that. */
const besideLast = (laneGap: number, { right, full }: Box): number => Math.max(laneGap / 2, right < full ? SELECTED_REACH : 0)

/** Row height at which a room is shown until a person zooms, in a canvas of so much height (CSS pixels). */
export const homeRowGap = (height: number): number => (height < LOW ? LOW_ROW_GAP : HOME_ROW_GAP)

/** Width of a column. */
export function laneGapFor(rowGap: number, columns: number, box: Box): number {
  const share = (box.full - box.left) / Math.max(columns, 1)
  const least = Math.min(Math.max(rowGap * LANE_OF_ROW, 2), MAX_LEAST_LANE_GAP)
  return Math.min(Math.max(share, least), MAX_LANE_GAP)
}

/** The smallest row height that is useful: everything fits; never more than the home height. */
export function fittingRowGap(extent: Extent, box: Box): number {
  const room = box.bottom - box.top - marginTop(box) - marginBottom(box)
  return Math.min(Math.max(room / Math.max(extent.rows - 1, 1), MIN_ROW_GAP), HOME_ROW_GAP)
}

/**
 * The nearest camera that shows no needless empty space. Content that fits is at rest (centred, from the top); otherwise its ends stay at
 * the edges. Columns that the page covers may be moved out to the left.
 */
export function settled(camera: Camera, extent: Extent, box: Box): Camera {
  const rowGap = Math.min(Math.max(camera.rowGap, fittingRowGap(extent, box) * 0.8), MAX_ROW_GAP)
  const laneGap = laneGapFor(rowGap, extent.columns, box)
  const width = extent.columns * laneGap
  const most = box.left + Math.max(0, box.full - box.left - width) / 2 + laneGap / 2
  const x = clamp(camera.x, Math.min(most, box.right - besideLast(laneGap, box) - width + laneGap), most)
  const first = box.top + marginTop(box)
  const last = box.bottom - marginBottom(box) - (extent.rows - 1) * rowGap
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
  return Math.max(LEAST_PLACES, Math.floor((box.full - box.left) / laneGapFor(HOME_ROW_GAP, Number.POSITIVE_INFINITY, box)))
}

/** Moved so that the newest row is at the bottom, and sideways as little as brings the newest op's column well inside. */
export function following(camera: Camera, extent: Extent, box: Box): Camera {
  const there = settled({ ...camera, y: Number.NEGATIVE_INFINITY }, extent, box)
  const column = extent.newest * there.laneGap
  const x = clamp(there.x, box.left + there.laneGap / 2 - column, box.full - there.laneGap / 2 - column)
  return settled({ ...there, x }, extent, box)
}

/** All of it. */
export function fitted(extent: Extent, box: Box): Camera {
  return settled({ x: 0, y: 0, laneGap: 1, rowGap: fittingRowGap(extent, box) }, extent, box)
}

/** Moved as little as brings a place well inside, and zoomed only where marks are too small to be seen. The same camera, if it need not move. */
export function revealing(camera: Camera, column: number, row: number, extent: Extent, box: Box): Camera {
  const rowGap = Math.max(camera.rowGap, LEAST_SEEN_ROW_GAP)
  const laneGap = rowGap === camera.rowGap ? camera.laneGap : laneGapFor(rowGap, extent.columns, box)
  const px = camera.x + column * camera.laneGap
  const py = camera.y + row * camera.rowGap
  const height = box.bottom - box.top
  const calm = Math.max(height / 12, Math.min(SELECTED_REACH, height * SELECTED_REACH_PART))
  const x = clamp(px, box.left + laneGap / 2, box.right - besideLast(laneGap, box))
  const y = clamp(py, box.top + calm, box.bottom - calm)
  if (x === px && y === py && rowGap === camera.rowGap) return camera
  return settled({ x: x - column * laneGap, y: y - row * rowGap, laneGap, rowGap }, extent, box)
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
