/** An author's chosen name, under its nickname: any text. It stays in its line, and does not turn the text around it. */
import { quotedName } from './author-look.ts'
import type { Canvas2D } from './canvas2d.ts'
import { beginningThatFits } from './fit-text.ts'
import type { Frame } from './frame.ts'
import { FONT } from './palette.ts'

const CALLED_FONT = `italic 10.5px ${FONT}`
/** Height of its line, CSS pixels. */
const LINE = 15
/** A name of which fewer letters fit is not drawn: nobody could tell whose it is. The pointer on the head tells it. */
const LEAST_LETTERS = 5

/** Draws `name` around `x`, its line's middle at `y`, and no wider than `width` (CSS pixels). */
export function drawCalled(canvas: Canvas2D, { palette }: Frame, name: string, x: number, y: number, width: number): void {
  canvas.font = CALLED_FONT
  const shown = beginningThatFits(name, (text) => canvas.measureText(quotedName(text)).width <= width)
  if (shown !== name && Array.from(shown).length <= LEAST_LETTERS) return
  canvas.save()
  // Marks that are piled on a letter would reach beyond its line.
  canvas.beginPath()
  canvas.rect(x - width / 2, y - LINE / 2, width, LINE)
  canvas.clip()
  canvas.fillStyle = palette.quiet
  canvas.fillText(quotedName(shown), x, y)
  canvas.restore()
}
