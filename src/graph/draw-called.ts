/** An author's chosen name, under its nickname: any text. It stays in its line, and does not turn the text around it. */
import { quotedName } from './author-look.ts'
import type { Canvas2D } from './canvas2d.ts'
import { beginningThatFits } from './fit-text.ts'
import type { Frame } from './frame.ts'
import { FONT } from './palette.ts'

const CALLED_FONT = `italic 10.5px ${FONT}`
/** Height of its line, CSS pixels. */
const LINE = 15

/** Draws `name` around `x`, its line's middle at `y`, and no wider than `width` (CSS pixels). */
export function drawCalled(canvas: Canvas2D, { palette }: Frame, name: string, x: number, y: number, width: number): void {
  canvas.save()
  // Marks that are piled on a letter would reach beyond its line.
  canvas.beginPath()
  canvas.rect(x - width / 2, y - LINE / 2, width, LINE)
  canvas.clip()
  canvas.font = CALLED_FONT
  canvas.fillStyle = palette.quiet
  const shown = beginningThatFits(name, (text) => canvas.measureText(quotedName(text)).width <= width)
  canvas.fillText(quotedName(shown), x, y)
  canvas.restore()
}
