/**
 * All that is drawn around the ops: the own lane's band, the depth scale, the heads of the columns, and which part of the whole is in
 * sight.
 */
import type { Canvas2D } from './canvas2d.ts'
import { countInWords } from '../core/counts.ts'
import { drawCalled } from './draw-called.ts'
import { columnScreenX, type Frame, screenX, screenY } from './frame.ts'
import { foldedColumns, NONE } from './layout.ts'
import { FONT, inkOf } from './palette.ts'
import type { Scene } from './scene.ts'
import { addShape, addStar } from './shape.ts'
import { equalBytes } from '../core/bytes.ts'

/** Height of the strip of column heads, and of one line more in it for chosen names, CSS pixels. */
const HEADER_HEIGHT = 56
const CALLED_HEIGHT = 14
/** Where that line is. */
const CALLED_Y = 60
const NAME_FONT = `500 11px ${FONT}`
const COUNT_FONT = `10px ${FONT}`
/** Narrower columns show the shape alone. */
const MIN_NAMED_GAP = 46
/** Between the words of neighbours, CSS pixels. */
const WORD_GAP = 4
const MIN_GUIDED_GAP = 14

/** Height of the strip of column heads, CSS pixels. */
export const headHeight = ({ names }: Scene): number => (names.size === 0 ? HEADER_HEIGHT : HEADER_HEIGHT + CALLED_HEIGHT)

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
  const { camera, palette, scene } = frame
  const step = niceStep(58 / camera.rowGap)
  canvas.font = `9.5px ${FONT}`
  canvas.textAlign = 'right'
  canvas.textBaseline = 'middle'
  const from = Math.max(0, Math.ceil(frame.firstRow / step) * step)
  for (let row = from; row <= Math.min(frame.lastRow, scene.layout.rows - 1); row += step) {
    const y = screenY(frame, row)
    canvas.fillStyle = palette.line
    canvas.globalAlpha = 0.75
    canvas.fillRect(frame.box.left, Math.round(y), frame.width - frame.box.left, 1)
    canvas.fillStyle = palette.quiet
    canvas.fillText(countInWords(row), frame.box.left - 6, y)
  }
  canvas.globalAlpha = 1
}

/** Draws the column heads: shape, nickname, how many ops, chosen name. Over everything. */
export function drawHeads(canvas: Canvas2D, frame: Frame): void {
  const { box, camera, palette, scene, width } = frame
  const { layout } = scene
  canvas.fillStyle = palette.paper
  canvas.fillRect(0, 0, width, box.top)
  canvas.fillStyle = palette.line
  canvas.fillRect(0, box.top, width, 1)
  if (layout.columns === 0) return

  const first = Math.max(0, Math.ceil((-camera.laneGap / 2 - camera.x) / camera.laneGap))
  const last = Math.min(layout.open.length - 1, Math.floor((width + camera.laneGap / 2 - camera.x) / camera.laneGap))
  canvas.textAlign = 'center'
  canvas.textBaseline = 'middle'
  canvas.font = NAME_FONT
  const named = camera.laneGap >= MIN_NAMED_GAP
  let oneLine = named
  for (let at = first; at <= last && oneLine; at++)
    oneLine = canvas.measureText(nameOf(frame, layout.open[at]!)).width <= camera.laneGap - 10
  const own = ownColumn(frame)
  for (let at = first; at <= last; at++) drawHead(canvas, frame, layout.open[at]!, layout.open[at] === own, named, oneLine)
  drawFolded(canvas, frame)
}

/** Over the place of the folded columns: how many they are. */
function drawFolded(canvas: Canvas2D, frame: Frame): void {
  const { palette, scene } = frame
  const folded = foldedColumns(scene.layout)
  if (folded === 0) return
  canvas.font = NAME_FONT
  canvas.fillStyle = palette.quiet
  canvas.fillText(`+${countInWords(folded)}`, screenX(frame, scene.layout.open.length), frame.box.top / 2, frame.camera.laneGap - WORD_GAP)
}

function drawHead(canvas: Canvas2D, frame: Frame, column: number, own: boolean, named: boolean, oneLine: boolean): void {
  const { camera, palette, scene, words } = frame
  const { layout } = scene
  const { id, look } = scene.authors[layout.columnAuthor[column]!]!
  const x = columnScreenX(frame, column)
  if (own) {
    const band = bandWidth(frame)
    canvas.beginPath()
    canvas.roundRect(x - band / 2, 5, band, frame.box.top - 5, 10)
    canvas.fillStyle = palette.band
    canvas.fill()
  }
  const shapeY = named ? 16 : frame.box.top / 2
  const r = Math.min(6, camera.laneGap * 0.3)
  if (layout.columnLanes[column]! > 1 && r > 2) {
    canvas.beginPath()
    addStar(canvas, x, shapeY, r + 4.5)
    canvas.lineWidth = 1.5
    canvas.strokeStyle = palette.danger
    canvas.stroke()
  }
  canvas.beginPath()
  addShape(canvas, look.shape, x, shapeY, r)
  canvas.fillStyle = inkOf(look, palette)
  canvas.fill()
  if (!named) return

  const [adjective, animal] = look.name.split(' ') as [string, string]
  const notes: string[] = []
  if (own) notes.push(words.you)
  if (layout.columnLanes[column]! > 1) notes.push(words.forked)
  notes.push(countInWords(layout.columnOps[column]!))
  const called = scene.names.get(id)
  if (called !== undefined) drawCalled(canvas, frame, called, x, CALLED_Y, Math.min(camera.laneGap - 6, bandWidth(frame) - 4))
  canvas.font = NAME_FONT
  canvas.fillStyle = palette.ink
  if (!oneLine) {
    const most = camera.laneGap - WORD_GAP
    canvas.fillText(adjective, x, 33, most)
    canvas.fillText(animal, x, 46, most)
    if (!own) return
    canvas.font = COUNT_FONT
    canvas.textAlign = 'left'
    canvas.fillStyle = palette.accent
    canvas.fillText(words.you, x + 11, shapeY + 0.5)
    canvas.textAlign = 'center'
    return
  }
  canvas.fillText(look.name, x, 33)
  canvas.font = COUNT_FONT
  canvas.fillStyle = layout.columnLanes[column]! > 1 ? palette.danger : palette.quiet
  canvas.fillText(notes.join(' · '), x, 46.5, camera.laneGap - WORD_GAP)
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

const bandWidth = (frame: Frame): number => Math.min(frame.camera.laneGap * 0.92, 124)

/** The column of this node's own author, or NONE. */
function ownColumn(frame: Frame): number {
  const { self, authors, layout } = frame.scene
  if (self === null) return NONE
  const author = authors.findIndex((entry) => entry !== undefined && equalBytes(entry.key, self))
  return author < 0 || author >= layout.authorColumn.length ? NONE : layout.authorColumn[author]!
}

function nameOf(frame: Frame, column: number): string {
  return frame.scene.authors[frame.scene.layout.columnAuthor[column]!]!.look.name
}

/** 1, 2, 5, 10, 20, 50, …: the first that is at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)))
  for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power
  return power * 10
}
