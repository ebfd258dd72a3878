/** Lanes that are out of sight at a side: how many they are stands there, in the strip of the heads. */
import type { Canvas2D } from './canvas2d.ts'
import { countInWords } from '../core/counts.ts'
import { type Frame, headRadius, screenX } from './frame.ts'
import { foldedColumns, placesOf } from './layout.ts'
import { FONT } from './palette.ts'

/** The width of the words at the right, and the space around words, CSS pixels. */
const WORDS_WIDTH = 72
const PADDING = 8
interface Outside {
  /** Lanes left of what is in sight, and right of it. */
  readonly before: number
  readonly after: number
  /** Where the heads end, CSS pixels. */
  readonly end: number
}

/** How many lanes are out of sight at either side. The folded ones are at the right of all others. */
export function lanesOutside(frame: Frame): Outside {
  const { box, camera, scene, width } = frame
  const { layout } = scene
  const places = placesOf(layout)
  const reach = headRadius(camera)
  const words = width - WORDS_WIDTH
  const isCut = screenX(frame, places - 1) + reach > width
  const shown = isCut ? Math.floor((words - reach - camera.x) / camera.laneGap) + 1 : places
  return {
    before: Math.max(0, Math.min(layout.open.length, Math.ceil((box.left - camera.x) / camera.laneGap))),
    after: isCut ? Math.max(0, layout.open.length - shown) + foldedColumns(layout) : 0,
    // No head is cut in two.
    end: isCut ? Math.min(words, screenX(frame, shown - 1) + camera.laneGap / 2) : width,
  }
}

/** Draws their numbers, over the heads and over the depth scale. */
export function drawOutside(canvas: Canvas2D, frame: Frame): void {
  const { box, palette, width, words } = frame
  const { before, after, end } = lanesOutside(frame)
  canvas.font = `500 10.5px ${FONT}`
  canvas.textBaseline = 'middle'
  canvas.textAlign = 'center'
  if (before > 0) drawNumber(canvas, frame, `← ${countInWords(before)}`, box.left / 2, box.left)
  if (after === 0) return
  canvas.fillStyle = palette.paper
  canvas.fillRect(end, 0, width - end, box.top)
  drawNumber(canvas, frame, `${countInWords(after)} ${words.more} →`, width - WORDS_WIDTH / 2, WORDS_WIDTH)
}

function drawNumber(canvas: Canvas2D, { box, palette }: Frame, text: string, x: number, width: number): void {
  canvas.fillStyle = palette.ink
  canvas.fillText(text, x, box.top / 2, width - PADDING)
}
