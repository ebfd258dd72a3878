/**
 * The far view: too many ops in sight to draw one by one, so each column shows how busy its author was, as the width of a
 * band around its middle. Bins are whole powers of two of rows, so that panning never makes them flicker. O(ops) a frame:
 * about 2 ns an op.
 */
import type { Canvas2D } from './canvas2d.ts'
import { columnScreenX, type Frame, MUTED, screenX, screenY } from './frame.ts'
import { placesOf } from './layout.ts'
import { inkOf } from './palette.ts'
import { REST } from './reach.ts'

/** Height of a bin at least, CSS pixels. */
const BIN_PIXELS = 2.5

/** Draws the bands of all columns in sight. */
export function drawDensity(canvas: Canvas2D, frame: Frame): void {
  const { layout, selected } = frame.scene
  const { camera } = frame
  const binRows = 2 ** Math.max(0, Math.ceil(Math.log2(BIN_PIXELS / camera.rowGap)))
  const firstBin = Math.floor(Math.max(frame.firstRow, 0) / binRows)
  const bins = Math.floor(Math.min(frame.lastRow, layout.rows - 1) / binRows) - firstBin + 1
  if (bins <= 0) return
  const firstColumn = Math.max(0, Math.floor((0 - camera.x) / camera.laneGap - 0.5))
  const columns = Math.min(placesOf(layout) - 1, Math.ceil((frame.width - camera.x) / camera.laneGap + 0.5)) - firstColumn + 1
  if (columns <= 0) return

  const marks = selected?.type === 'op' ? selected.reach.marks : null
  const all = new Uint32Array(bins * columns)
  const lit = marks === null ? all : new Uint32Array(bins * columns)
  const { row, lane, laneColumn, open, place } = layout
  for (let op = 0; op < layout.ops; op++) {
    const bin = Math.floor(row[op]! / binRows) - firstBin
    const column = place[laneColumn[lane[op]!]!]! - firstColumn
    if (bin < 0 || bin >= bins || column < 0 || column >= columns) continue
    const cell = column * bins + bin
    all[cell]!++
    if (marks !== null && marks[op] !== REST) lit[cell]!++
  }

  const widest = Math.max(camera.laneGap * 0.84, 1.5)
  for (let c = 0; c < columns; c++) {
    const shown = open[firstColumn + c]
    const look = shown === undefined ? null : frame.scene.authors[layout.columnAuthor[shown]!]!.look
    canvas.fillStyle = look === null ? frame.palette.quiet : inkOf(look, frame.palette)
    const column: Band = {
      frame,
      x: shown === undefined ? screenX(frame, firstColumn + c) : columnScreenX(frame, shown),
      widest,
      firstBin,
      binRows,
    }
    for (const counts of marks === null ? [all] : [all, lit]) {
      canvas.globalAlpha = counts === lit ? 0.62 : MUTED
      fillBand(canvas, column, counts.subarray(c * bins, (c + 1) * bins))
      if (counts !== lit) continue
      canvas.globalAlpha = 1
      fillSpine(canvas, column, counts.subarray(c * bins, (c + 1) * bins))
    }
  }
  canvas.globalAlpha = 1
}

interface Band {
  readonly frame: Frame
  readonly x: number
  readonly widest: number
  readonly firstBin: number
  readonly binRows: number
}

/** One outline through all bins, down the right side and up the left. */
function fillBand(canvas: Canvas2D, band: Band, counts: Uint32Array): void {
  const half = (bin: number): number => (band.widest / 2) * Math.min(1, Math.sqrt(counts[bin]! / band.binRows))
  const y = (bin: number): number => screenY(band.frame, (band.firstBin + bin + 0.5) * band.binRows)
  canvas.beginPath()
  canvas.moveTo(band.x, y(-0.5))
  for (let bin = 0; bin < counts.length; bin++) canvas.lineTo(band.x + half(bin), y(bin))
  canvas.lineTo(band.x, y(counts.length - 0.5))
  for (let bin = counts.length - 1; bin >= 0; bin--) canvas.lineTo(band.x - half(bin), y(bin))
  canvas.closePath()
  canvas.fill()
}

/** A line down the middle wherever there is anything at all, so that one lonely op can be seen from afar. */
function fillSpine(canvas: Canvas2D, band: Band, counts: Uint32Array): void {
  const height = Math.max(band.binRows * band.frame.camera.rowGap, 2)
  canvas.beginPath()
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] !== 0) canvas.rect(band.x - 1.25, screenY(band.frame, (band.firstBin + bin) * band.binRows), 2.5, height)
  }
  canvas.fill()
}
