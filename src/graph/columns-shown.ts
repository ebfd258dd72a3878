/** Where columns are shown: in their places, or on the way there after they got others. */
import type { Scene } from './scene.ts'

/** A column that is so near its place has arrived, in columns. */
const NEAR = 0.002

/** Where a horizontal place (in columns) is shown while the column that it belongs to moves. */
export function shownX({ layout, columnShown }: Scene, x: number): number {
  const place = Math.floor(x + 0.5)
  const column = layout.open[place]
  return column === undefined ? x : columnShown[column]! + x - place
}

/**
 * Moves the shown columns towards their places by `part` (0 … 1) of the way; true when all have arrived. A new column appears
 * in its place. O(columns).
 */
export function easeColumns(scene: Scene, part: number): boolean {
  const { columns, place } = scene.layout
  const before = scene.columnShown
  if (before.length < columns) {
    scene.columnShown = new Float64Array(Math.max(columns, before.length * 2)).fill(Number.NaN)
    scene.columnShown.set(before)
  }
  let arrived = true
  for (let column = 0; column < columns; column++) {
    const gap = place[column]! - scene.columnShown[column]!
    // Not a number: it is new.
    if (!(Math.abs(gap) >= NEAR)) scene.columnShown[column] = place[column]!
    else {
      scene.columnShown[column]! += gap * part
      arrived = false
    }
  }
  return arrived
}
