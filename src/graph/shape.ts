/** The six shapes of authors, of equal weight to the eye: each is a path around (x, y) that reads as radius r. */
import type { AuthorShape } from './author-look.ts'
import type { Canvas2D } from './canvas2d.ts'

const TURN = Math.PI * 2

/** Corners as angles (turns, 0 is up) and how far out they stand, in radii. */
const CORNERS: readonly (readonly (readonly [turn: number, reach: number])[] | null)[] = [
  null,
  corners(4, 1.22, 0.125),
  corners(4, 1.26, 0),
  corners(3, 1.36, 0),
  corners(6, 1.14, 0),
  corners(3, 1.36, 0.5),
]

function corners(count: number, reach: number, from: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => [from + i / count, reach] as const)
}

/** Adds a shape to the current path. */
export function addShape(canvas: Canvas2D, shape: AuthorShape, x: number, y: number, r: number): void {
  const outline = CORNERS[shape] ?? null
  if (outline === null) {
    canvas.moveTo(x + r, y)
    canvas.arc(x, y, r, 0, TURN)
    return
  }
  for (const [i, [turn, reach]] of outline.entries()) {
    const px = x + Math.sin(turn * TURN) * r * reach
    const py = y - Math.cos(turn * TURN) * r * reach
    if (i === 0) canvas.moveTo(px, py)
    else canvas.lineTo(px, py)
  }
  canvas.closePath()
}

/** Adds a star of `points` points: the mark of an equivocation, which no author has as a shape. */
export function addStar(canvas: Canvas2D, x: number, y: number, r: number, points = 8): void {
  for (let i = 0; i < points * 2; i++) {
    const reach = i % 2 === 0 ? r : r * 0.74
    const angle = (i / (points * 2)) * TURN
    const px = x + Math.sin(angle) * reach
    const py = y - Math.cos(angle) * reach
    if (i === 0) canvas.moveTo(px, py)
    else canvas.lineTo(px, py)
  }
  canvas.closePath()
}
