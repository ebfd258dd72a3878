/** The heads of the columns, over everything: shape, nickname, how many ops, chosen name. */
import { equalBytes } from '../core/bytes.ts'
import { countInWords } from '../core/counts.ts'
import type { Canvas2D } from './canvas2d.ts'
import { drawCalled } from './draw-called.ts'
import { beginningThatFits } from './fit-text.ts'
import { columnScreenX, type Frame, screenX } from './frame.ts'
import { foldedColumns, NONE } from './layout.ts'
import { FONT, inkOf } from './palette.ts'
import type { Scene } from './scene.ts'
import { addShape, addStar } from './shape.ts'

/** Height of the strip of column heads, and of one line more in it for chosen names, CSS pixels. */
const HEADER_HEIGHT = 56
const CALLED_HEIGHT = 14
/** Where that line is. */
const CALLED_Y = 60
const NAME_FONT = `500 11px ${FONT}`
const COUNT_FONT = `10px ${FONT}`
/** Narrower columns show the shape alone: three letters would be left of a word. */
const MIN_NAMED_GAP = 28
/** A word is condensed to this part of its width at most, and cut if that is not enough: narrower letters cannot be read. */
const MOST_CONDENSED = 0.75
/** Between the words of neighbours, and between a shape and a word beside it, CSS pixels. */
const WORD_GAP = 4
const BESIDE_SHAPE = 5

/** Height of the strip of column heads, CSS pixels. */
export const headHeight = ({ names }: Scene): number => (names.size === 0 ? HEADER_HEIGHT : HEADER_HEIGHT + CALLED_HEIGHT)

/** Width of the band of the own lane, CSS pixels. */
export const bandWidth = (frame: Frame): number => Math.min(frame.camera.laneGap * 0.92, 124)

/** The column of this node's own author, or NONE. */
export function ownColumn(frame: Frame): number {
  const { self, authors, layout } = frame.scene
  if (self === null) return NONE
  const author = authors.findIndex((entry) => entry !== undefined && equalBytes(entry.key, self))
  return author < 0 || author >= layout.authorColumn.length ? NONE : layout.authorColumn[author]!
}

/** How the heads of a picture show nicknames: in one line, each word in its own, or not at all. */
type Naming = 'one line' | 'two lines' | 'none'

/** Draws the column heads. */
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
  const columns = layout.open.slice(first, last + 1)
  canvas.textAlign = 'center'
  canvas.textBaseline = 'middle'
  const naming = namingOf(canvas, frame, columns)
  const own = ownColumn(frame)
  for (const column of columns) drawHead(canvas, frame, column, column === own, naming)
  drawFolded(canvas, frame)
}

function namingOf(canvas: Canvas2D, frame: Frame, columns: readonly number[]): Naming {
  const { laneGap } = frame.camera
  if (laneGap < MIN_NAMED_GAP) return 'none'
  canvas.font = NAME_FONT
  return columns.every((column) => canvas.measureText(nameOf(frame, column)).width <= laneGap - 10) ? 'one line' : 'two lines'
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

function drawHead(canvas: Canvas2D, frame: Frame, column: number, own: boolean, naming: Naming): void {
  const { camera, palette, scene } = frame
  const { id, look } = scene.authors[scene.layout.columnAuthor[column]!]!
  const x = columnScreenX(frame, column)
  if (own) {
    const band = bandWidth(frame)
    canvas.beginPath()
    canvas.roundRect(x - band / 2, 5, band, frame.box.top - 5, 10)
    canvas.fillStyle = palette.band
    canvas.fill()
  }
  const shapeY = naming === 'none' ? frame.box.top / 2 : 16
  const r = Math.min(6, camera.laneGap * 0.3)
  // Two lines of nickname leave no line for the notes.
  const shapeX = own && naming === 'two lines' ? drawYou(canvas, frame, x, shapeY, r) : x
  if (scene.layout.columnLanes[column]! > 1 && r > 2) {
    canvas.beginPath()
    addStar(canvas, shapeX, shapeY, r + 4.5)
    canvas.lineWidth = 1.5
    canvas.strokeStyle = palette.danger
    canvas.stroke()
  }
  canvas.beginPath()
  addShape(canvas, look.shape, shapeX, shapeY, r)
  canvas.fillStyle = inkOf(look, palette)
  canvas.fill()
  if (naming === 'none') return

  const called = scene.names.get(id)
  if (called !== undefined) drawCalled(canvas, frame, called, x, CALLED_Y, Math.min(camera.laneGap - 6, bandWidth(frame) - 4))
  canvas.font = NAME_FONT
  canvas.fillStyle = palette.ink
  if (naming === 'one line') {
    canvas.fillText(look.name, x, 33)
    drawNotes(canvas, frame, column, own, x)
    return
  }
  for (const [line, word] of look.name.split(' ').entries()) drawWord(canvas, frame, word, x, 33 + 13 * line)
}

/** As much of a word as can be read in the width of a column. */
function drawWord(canvas: Canvas2D, { camera }: Frame, word: string, x: number, y: number): void {
  const most = camera.laneGap - WORD_GAP
  const shown = beginningThatFits(word, (text) => canvas.measureText(text).width <= most / MOST_CONDENSED)
  canvas.fillText(shown, x, y, most)
}

/** Under a nickname in one line: whose lane it is, and how many ops there are. */
function drawNotes(canvas: Canvas2D, { camera, palette, scene, words }: Frame, column: number, own: boolean, x: number): void {
  const isForked = scene.layout.columnLanes[column]! > 1
  const notes = [...(own ? [words.you] : []), ...(isForked ? [words.forked] : []), countInWords(scene.layout.columnOps[column]!)]
  canvas.font = COUNT_FONT
  canvas.fillStyle = isForked ? palette.danger : palette.quiet
  canvas.fillText(notes.join(' · '), x, 46.5, camera.laneGap - WORD_GAP)
}

/** Draws whose lane it is beside the shape, if the column is wide enough for both. Gives where the shape stands. */
function drawYou(canvas: Canvas2D, { camera, palette, words }: Frame, x: number, y: number, r: number): number {
  canvas.font = COUNT_FONT
  const aside = BESIDE_SHAPE + canvas.measureText(words.you).width
  if (2 * r + aside > camera.laneGap - WORD_GAP) return x
  canvas.textAlign = 'left'
  canvas.fillStyle = palette.accent
  canvas.fillText(words.you, x - aside / 2 + r + BESIDE_SHAPE, y + 0.5)
  canvas.textAlign = 'center'
  return x - aside / 2
}

function nameOf(frame: Frame, column: number): string {
  return frame.scene.authors[frame.scene.layout.columnAuthor[column]!]!.look.name
}
