/**
 * The columns from left to right, in the order (row, id) of their author's least op, the same on every node. If a node learns of a column
 * late, it stands at the right until the columns are settled. The view decides when they may move.
 *
 * If there are more columns than places, the columns of authors who have been silent for longest share one place at the right.
 */
import { compareOps, type Layout, leastOp } from './layout.ts'

const NOBODY: ReadonlySet<number> = new Set()

/**
 * Puts every column in its place. Returns true if one moved. If there are more than `room` columns, all are folded except those in
 * `kept`, and those with the latest ops as far as there are places for them. O(columns + unsettled columns × log of them + folded columns
 * × log of the places).
 */
export function settleColumns(layout: Layout, room = Number.POSITIVE_INFINITY, kept: ReadonlySet<number> = NOBODY): boolean {
  if (layout.unsettled.size > 0) sortColumns(layout)
  const { columns, order, place } = layout
  const all = [...order.subarray(0, columns)]
  const stays = columns > room ? openColumns(layout, room - 1, kept) : null
  layout.open = stays === null ? all : all.filter((column) => stays.has(column))
  let moved = false
  let next = 0
  for (const column of all) {
    const at = stays === null || stays.has(column) ? next++ : layout.open.length
    if (place[column] !== at) moved = true
    place[column] = at
  }
  return moved
}

/** The columns kept, and the ones with the latest ops: `count` columns, or as many as are kept. */
function openColumns(layout: Layout, count: number, kept: ReadonlySet<number>): Set<number> {
  const { columnLatest } = layout
  const isLater = (a: number, b: number): boolean => compareOps(layout, columnLatest[a]!, columnLatest[b]!) > 0
  // The latest first.
  const latest: number[] = []
  const most = Math.max(0, count - kept.size)
  for (let column = 0; column < layout.columns && most > 0; column++) {
    if (kept.has(column) || (latest.length === most && !isLater(column, latest[most - 1]!))) continue
    let at = latest.length
    while (at > 0 && isLater(column, latest[at - 1]!)) at--
    latest.splice(at, 0, column)
    if (latest.length > most) latest.pop()
  }
  return new Set([...kept, ...latest])
}

/** Puts the unsettled columns among the others. */
function sortColumns(layout: Layout): void {
  const { columns, order, position, unsettled } = layout
  const byLeast = (a: number, b: number): number => compareOps(layout, leastOp(layout, a), leastOp(layout, b))
  const late = [...unsettled].sort(byLeast)
  const settled = order.subarray(0, columns).filter((column) => !unsettled.has(column))
  unsettled.clear()
  for (let at = 0, i = 0, j = 0; at < columns; at++) {
    const takesLate = i === settled.length || (j < late.length && byLeast(late[j]!, settled[i]!) < 0)
    const column = takesLate ? late[j++]! : settled[i++]!
    order[at] = column
    position[column] = at
  }
}
