/** An author's chosen name, under its nickname: any text. It stays in its line, and does not turn the text around it. */
import { quotedName } from './author-look.ts'
import type { Canvas2D } from './canvas2d.ts'
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
  canvas.fillText(fitted(canvas, name, width), x, y)
  canvas.restore()
}

/** As much of the name as fits, with "…" if that is not all. */
function fitted(canvas: Canvas2D, name: string, width: number): string {
  const fits = (text: string): boolean => canvas.measureText(quotedName(text)).width <= width
  if (fits(name)) return quotedName(name)
  const letters = Array.from(name)
  const begin = (count: number): string => `${letters.slice(0, count).join('')}…`
  let [least, most] = [0, letters.length]
  while (most - least > 1) {
    const middle = (least + most) >> 1
    if (fits(begin(middle))) least = middle
    else most = middle
  }
  return quotedName(begin(least))
}
