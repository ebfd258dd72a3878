/** Where ghosts stand. */
import { NONE, placesOf } from './layout.ts'
import type { PlacedGhost, Scene, Unplaced } from './scene.ts'

/** Anyone can make up authors. So ghosts of unknown authors share a few columns. */
const MAX_STRANGER_COLUMNS = 3

/**
 * A ghost stands below its known parents, in its author's column, or, when its author has no op here, at the right; ghosts
 * of one place stand side by side.
 */
export function placeGhosts(scene: Scene, ghosts: readonly Unplaced[]): PlacedGhost[] {
  const { layout } = scene
  const places = placesOf(layout)
  const strangers = new Map<string, number>()
  const taken = new Map<number, number>()
  const columnOf = (key: string): number => {
    const known = layout.authorColumn[scene.authorByKey.get(key) ?? NONE] ?? NONE
    if (known !== NONE) return layout.place[known]!
    const column = strangers.get(key) ?? places + Math.min(strangers.size, MAX_STRANGER_COLUMNS - 1)
    strangers.set(key, column)
    return column
  }
  return ghosts.map((unplaced) => {
    const { parents } = unplaced.ghost
    const column = columnOf(unplaced.author)
    let row = parents.length === 0 ? layout.rows : 0
    for (const parent of parents) if (parent < layout.ops) row = Math.max(row, layout.row[parent]! + 1)
    const seat = row * (places + MAX_STRANGER_COLUMNS) + column
    const rank = taken.get(seat) ?? 0
    taken.set(seat, rank + 1)
    // Where a liar's column is split, a second lane stands at its right: ghosts stand clear of it.
    const first = (layout.columnLanes[layout.open[column]!] ?? 1) > 1 ? 0.5 : 0.26
    const x = column >= places ? column + Math.min(rank, 3) * 0.12 : column + first + Math.min(rank, 3) * 0.12
    return { ...unplaced, x, row }
  })
}
