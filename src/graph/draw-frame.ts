/**
 * All that is drawn around the ops: the own lane's band, the depth scale, and which part of the whole is in sight. The heads of the columns
 * are in `draw-heads.ts`.
 */
import type { Canvas2D } from './canvas2d.ts'
import { countInWords } from '../core/counts.ts'
import { bandWidth, ownColumn } from './draw-heads.ts'
import { columnScreenX, type Frame, screenY } from './frame.ts'
import { NONE } from './layout.ts'
import { FONT } from './palette.ts'

const MIN_GUIDED_GAP = 14
/** From the depth numbers to the ops, and height of a number, CSS pixels. */
const SCALE_GAP = 6
const NUMBER_HEIGHT = 10

/** Draws the own lane's band, the depth scale and the columns' guides: under everything. */
export function drawBackdrop(canvas: Canvas2D, frame: Frame): void {
  const { palette, height } = frame
  const own = ownColumn(frame)
  if (own !== NONE) {
    canvas.fillStyle = palette.band
    const width = bandWidth(frame)
    canvas.beginPath()
    canvas.roundRect(columnScreenX(frame, own) - width / 2, 5, width, height + 20, 10)
    canvas.fill()
  }
  drawDepths(canvas, frame)
  drawGuides(canvas, frame)
}

/** A hairline down every column in sight, unless they are so many that it would be a wall. */
function drawGuides(canvas: Canvas2D, frame: Frame): void {
  const { camera, palette, scene, width, height } = frame
  if (camera.laneGap < MIN_GUIDED_GAP) return
  canvas.fillStyle = palette.line
  for (const column of scene.layout.open) {
    const x = columnScreenX(frame, column)
    if (x >= 0 && x <= width) canvas.fillRect(Math.round(x), 0, 1, height)
  }
}

/** Depth scale at the left: a number and a hairline every 1, 2, 5, 10, 20, … rows. */
function drawDepths(canvas: Canvas2D, frame: Frame): void {
  const { box, palette, width } = frame
  canvas.fillStyle = palette.line
  canvas.globalAlpha = 0.75
  for (const row of numberedRows(frame)) canvas.fillRect(box.left, Math.round(screenY(frame, row)), width - box.left, 1)
  canvas.globalAlpha = 1
  if (!isScaleOverLanes(frame)) drawNumbers(canvas, frame)
}

/** Where lanes lie under the depth scale: draws it over them, and over their heads. */
export function drawScaleOver(canvas: Canvas2D, frame: Frame): void {
  if (!isScaleOverLanes(frame)) return
  const { box, palette, height } = frame
  const right = box.left - SCALE_GAP / 2
  canvas.fillStyle = palette.paper
  canvas.fillRect(0, 0, right, height)
  canvas.fillStyle = palette.line
  canvas.fillRect(0, box.top, right, 1)
  canvas.fillRect(right, 0, 1, height)
  drawNumbers(canvas, frame)
}

/** Whether lanes were moved so far to the left. */
const isScaleOverLanes = ({ box, camera }: Frame): boolean => camera.x - camera.laneGap / 2 < box.left - 1

function drawNumbers(canvas: Canvas2D, frame: Frame): void {
  const { box, palette } = frame
  canvas.font = `9.5px ${FONT}`
  canvas.textAlign = 'right'
  canvas.textBaseline = 'middle'
  canvas.fillStyle = palette.quiet
  for (const row of numberedRows(frame)) {
    const y = screenY(frame, row)
    if (y >= box.top + NUMBER_HEIGHT / 2) canvas.fillText(countInWords(row), box.left - SCALE_GAP, y)
  }
}

/** The rows in sight that have a number. */
function numberedRows({ camera, firstRow, lastRow, scene }: Frame): number[] {
  const step = niceStep(58 / camera.rowGap)
  const rows: number[] = []
  const last = Math.min(lastRow, scene.layout.rows - 1)
  for (let row = Math.max(0, Math.ceil(firstRow / step) * step); row <= last; row += step) rows.push(row)
  return rows
}

/** A thin thumb at the right edge: which part of all rows is in sight. Nothing when all of them are. */
export function drawThumb(canvas: Canvas2D, frame: Frame): void {
  const { box, camera, palette, scene, width } = frame
  const rows = scene.layout.rows
  const shown = (box.bottom - box.top) / camera.rowGap
  if (rows <= shown) return
  const track = frame.height - box.top - 12
  const size = Math.max(22, (shown / rows) * track)
  const from = Math.min(1, Math.max(0, (box.top - camera.y) / camera.rowGap / (rows - shown)))
  canvas.globalAlpha = 0.45
  canvas.fillStyle = palette.quiet
  canvas.beginPath()
  canvas.roundRect(width - 6, box.top + 6 + from * (track - size), 3, size, 1.5)
  canvas.fill()
  canvas.globalAlpha = 1
}

/** 1, 2, 5, 10, 20, 50, …: the first that is at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)))
  for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power
  return power * 10
}
