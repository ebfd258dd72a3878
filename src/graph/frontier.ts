/**
 * What a peer holds, as a line across the columns of our DAG: above the line is what it has, below it is what it lacks.
 * A peer that has everything draws a level line under the newest row: agreement looks flat.
 *
 * A peer's ops only ever grow, so ops once known to be held stay marked and each is walked once per peer: O(1) an op on
 * average, whatever the number of updates.
 */
import { type Layout, NONE } from './layout.ts'

export interface Frontier {
  heads: readonly number[]
  held: Uint8Array
  /** How many ops are held. */
  count: number
  /** Of each lane: the last op held, or NONE. */
  laneHeld: Int32Array
}

/** A peer that is known to hold nothing yet. */
export function createFrontier(): Frontier {
  return { heads: [], held: new Uint8Array(0), count: 0, laneHeld: new Int32Array(0) }
}

/** Takes in the peer's heads as last told. */
export function advanceFrontier(frontier: Frontier, layout: Layout, heads: readonly number[]): void {
  frontier.heads = heads
  makeRoom(frontier, layout)
  const stack: number[] = []
  const hold = (op: number): void => {
    if (frontier.held[op] === 1) return
    frontier.held[op] = 1
    frontier.count++
    const lane = layout.lane[op]!
    const last = frontier.laneHeld[lane]!
    if (last === NONE || layout.row[op]! > layout.row[last]!) frontier.laneHeld[lane] = op
    stack.push(op)
  }
  for (const head of heads) if (head < layout.ops) hold(head)
  while (stack.length > 0) {
    const op = stack.pop()!
    for (let e = layout.parentStart[op]!; e < layout.parentStart[op + 1]!; e++) hold(layout.edgeParent[e]!)
  }
}

/**
 * For each column, the row of the first op that the peer lacks, or `layout.rows` when it lacks none. Written into `rows`. Of an author who has
 * forked into more than COMPARED_LANES lanes, only the first ones are looked at. O(columns + lanes that are compared).
 */
export function lackingRows(frontier: Frontier, layout: Layout, rows: Float64Array): void {
  makeRoom(frontier, layout)
  rows.fill(layout.rows)
  for (const lane of layout.comparedLanes) {
    const last = frontier.laneHeld[lane]!
    const missing = last === NONE ? layout.laneFirst[lane]! : layout.laneNext[last]!
    if (missing === NONE) continue
    const column = layout.laneColumn[lane]!
    rows[column] = Math.min(rows[column]!, layout.row[missing]!)
  }
}

function makeRoom(frontier: Frontier, layout: Layout): void {
  if (frontier.held.length < layout.ops) {
    const bigger = new Uint8Array(Math.max(layout.ops, frontier.held.length * 2))
    bigger.set(frontier.held)
    frontier.held = bigger
  }
  if (frontier.laneHeld.length < layout.lanes) {
    const bigger = new Int32Array(Math.max(layout.lanes, frontier.laneHeld.length * 2)).fill(NONE)
    bigger.set(frontier.laneHeld)
    frontier.laneHeld = bigger
  }
}
