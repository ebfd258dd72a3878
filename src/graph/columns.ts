/**
 * The columns from left to right: in the order (row, id) of their author's least op, the same on every node. A column that was
 * learned late stands at the right until the columns are settled: when they may move is the view's to decide.
 */
import { compareOps, type Layout, leastOp } from './layout.ts'

/** Puts every column in its place. Returns true if one moved. O(columns + unsettled columns × log of them); nothing when all are settled. */
export function settleColumns(layout: Layout): boolean {
  const { columns, order, position, unsettled } = layout
  if (unsettled.size === 0) return false
  const byLeast = (a: number, b: number): number => compareOps(layout, leastOp(layout, a), leastOp(layout, b))
  const late = [...unsettled].sort(byLeast)
  const settled = order.subarray(0, columns).filter((column) => !unsettled.has(column))
  unsettled.clear()
  let moved = false
  for (let at = 0, i = 0, j = 0; at < columns; at++) {
    const takesLate = i === settled.length || (j < late.length && byLeast(late[j]!, settled[i]!) < 0)
    const column = takesLate ? late[j++]! : settled[i++]!
    if (order[at] === column) continue
    order[at] = column
    position[column] = at
    moved = true
  }
  return moved
}
