/** The heads of the columns, over everything: shape, nickname, how many ops, chosen name. */
import { equalBytes } from '../core/bytes.ts'
import { countInWords } from '../core/counts.ts'
import { LOW } from './camera.ts'
import type { Canvas2D } from './canvas2d.ts'
import { drawCalled } from './draw-called.ts'
import { beginningThatFits } from './fit-text.ts'
import { columnScreenX, type Frame, headRadius, screenX } from './frame.ts'
import { foldedColumns, NONE } from './layout.ts'
import { FONT, inkOf } from './palette.ts'
import type { Scene } from './scene.ts'
import { addShape, addStar } from './shape.ts'

/**
 * Height of the strip of column heads, of one line more in it for chosen names, and of the strip in a low canvas, which has the shapes alone:
 * CSS pixels.
 */
const HEADER_HEIGHT = 56
const CALLED_HEIGHT = 14
const LOW_HEADER_HEIGHT = 26
const NAME_FONT = `500 11px ${FONT}`
const COUNT_FONT = `10px ${FONT}`
/** Narrower columns show the shape alone: of the longest words of nicknames fewer than 7 letters would be left. */
const MIN_NAMED_GAP = 36
/** A word is condensed to this part of its width at most, and cut if that is not enough: narrower letters cannot be read. */
const MOST_CONDENSED = 0.75
/** Between the words of neighbours, CSS pixels. */
const WORD_GAP = 4
/** The least width of a column that has "you" under its shape alone, and how far below the middle of the shape, CSS pixels. */
const MIN_YOU_GAP = 22
const YOU_BELOW = 16
/** Around the name of the selected op's author, CSS pixels. */
const LABEL_PADDING = 5
const LABEL_HEIGHT = 16

/** Height of the strip of column heads in a canvas of so much height, CSS pixels. */
export function headHeight({ names }: Scene, height: number): number {
  if (height < LOW) return LOW_HEADER_HEIGHT
  return names.size === 0 ? HEADER_HEIGHT : HEADER_HEIGHT + CALLED_HEIGHT
}

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

/** Where the shape stands in a head that has a nickname, its words, what is noted below it, and the chosen name: CSS pixels from the top. */
const PLACES = {
  'one line': { shape: 16, words: [33], notes: 46.5, called: 60 },
  'two lines': { shape: 12, words: [26.5, 38.5], notes: 50, called: 62.5 },
} as const

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
  if (naming === 'none') drawSelected(canvas, frame)
}

function namingOf(canvas: Canvas2D, frame: Frame, columns: readonly number[]): Naming {
  const { laneGap } = frame.camera
  if (laneGap < MIN_NAMED_GAP || frame.height < LOW) return 'none'
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
  const r = headRadius(camera)
  const y = naming === 'none' ? frame.box.top / 2 : PLACES[naming].shape
  if (scene.layout.columnLanes[column]! > 1 && r > 2) {
    canvas.beginPath()
    addStar(canvas, x, y, r + 4.5)
    canvas.lineWidth = 1.5
    canvas.strokeStyle = palette.danger
    canvas.stroke()
  }
  canvas.beginPath()
  addShape(canvas, look.shape, x, y, r)
  canvas.fillStyle = inkOf(look, palette)
  canvas.fill()
  if (naming === 'none') {
    if (own && camera.laneGap >= MIN_YOU_GAP && frame.height >= LOW) drawYou(canvas, frame, x, y + YOU_BELOW)
    return
  }

  const { words, notes, called: calledY } = PLACES[naming]
  const called = scene.names.get(id)
  if (called !== undefined) drawCalled(canvas, frame, called, x, calledY, Math.min(camera.laneGap - 6, bandWidth(frame) - 4))
  canvas.font = NAME_FONT
  canvas.fillStyle = palette.ink
  if (naming === 'one line') canvas.fillText(look.name, x, words[0])
  else for (const [line, word] of look.name.split(' ').entries()) drawWord(canvas, frame, word, x, words[line]!)
  drawNotes(canvas, frame, column, own, naming, x, notes)
}

/** As much of a word as can be read in the width of a column. */
function drawWord(canvas: Canvas2D, { camera }: Frame, word: string, x: number, y: number): void {
  const most = camera.laneGap - WORD_GAP
  const shown = beginningThatFits(word, (text) => canvas.measureText(text).width <= most / MOST_CONDENSED)
  canvas.fillText(shown, x, y, most)
}

/** Under a nickname: whose lane it is, and how many ops there are. A narrow column has space for one of these. */
function drawNotes(canvas: Canvas2D, frame: Frame, column: number, own: boolean, naming: Naming, x: number, y: number): void {
  const { camera, palette, scene, words } = frame
  const isForked = scene.layout.columnLanes[column]! > 1
  const notes = [...(own ? [words.you] : []), ...(isForked ? [words.equivocation] : []), countInWords(scene.layout.columnOps[column]!)]
  canvas.font = COUNT_FONT
  canvas.fillStyle = isForked ? palette.danger : palette.quiet
  if (naming === 'one line') canvas.fillText(notes.join(' · '), x, y, camera.laneGap - WORD_GAP)
  else drawWord(canvas, frame, notes[0]!, x, y)
}

/** Under a shape without a nickname: that this is the node's own lane. */
function drawYou(canvas: Canvas2D, { palette, words }: Frame, x: number, y: number): void {
  canvas.font = COUNT_FONT
  canvas.fillStyle = palette.quiet
  canvas.fillText(words.you, x, y)
}

/** Where no column has a name: the nickname of the selected op's author, over the heads of the neighbours. */
function drawSelected(canvas: Canvas2D, frame: Frame): void {
  const { box, palette, scene } = frame
  const { layout, selected } = scene
  if (selected?.type !== 'op') return
  const column = layout.authorColumn[layout.author[selected.op]!]!
  const name = nameOf(frame, column)
  canvas.font = NAME_FONT
  const width = canvas.measureText(name).width + 2 * LABEL_PADDING
  const x = Math.min(Math.max(columnScreenX(frame, column), box.left + width / 2), frame.coveredFrom - width / 2)
  const y = box.top - LABEL_HEIGHT / 2 - 1
  canvas.beginPath()
  canvas.roundRect(x - width / 2, y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT, LABEL_HEIGHT / 2)
  canvas.fillStyle = palette.ink
  canvas.fill()
  canvas.fillStyle = palette.paper
  canvas.fillText(name, x, y)
}

function nameOf(frame: Frame, column: number): string {
  return frame.scene.authors[frame.scene.layout.columnAuthor[column]!]!.look.name
}
