/**
 * The ops that a peer holds, as a line across the columns of our DAG. Higher on the screen than the line are the ops that it has, lower
 * the ops that it lacks. For a peer that has everything the line is level under the newest row.
 *
 * A peer never loses ops. So an op that is once known to be held stays marked, and each is walked once for each peer: O(1) an op on
 * average, whatever the number of updates.
 */
import { type Layout, NONE } from './layout.ts'

export interface Frontier {
  held: Uint8Array
  /** The ops with numbers below this are held. */
  first: number
  /** How many ops are held. */
  count: number
  /**
   * For each lane: the last op known to be held when the lane was looked at, or NONE. If a lane was cut since, this is an op of another
   * lane.
   */
  laneHeld: Int32Array
}

/** A peer that is known to hold nothing yet. */
export function createFrontier(): Frontier {
  return { held: new Uint8Array(0), first: 0, count: 0, laneHeld: new Int32Array(0) }
}

/** Takes in what the peer holds: the ops `heads` with all that are in their past, and the ops with numbers below `first`. */
export function advanceFrontier(frontier: Frontier, layout: Layout, heads: readonly number[], first = 0): void {
  makeRoom(frontier, layout)
  /** False if it was known to be held. */
  const hold = (op: number): boolean => {
    if (frontier.held[op] === 1) return false
    frontier.held[op] = 1
    frontier.count++
    return true
  }
  // What is in their past is among them.
  for (; frontier.first < Math.min(first, layout.ops); frontier.first++) hold(frontier.first)
  const stack = heads.filter((head) => head < layout.ops && hold(head))
  while (stack.length > 0) {
    const op = stack.pop()!
    for (let e = layout.parentStart[op]!; e < layout.parentStart[op + 1]!; e++) {
      const parent = layout.edgeParent[e]!
      if (hold(parent)) stack.push(parent)
    }
  }
}

/**
 * For each column, the row of the first op that the peer lacks, or `layout.rows` when it lacks none. Written into `rows`. If an author
 * has forked into more lanes than have a rank, only those with a rank are looked at. O(columns + lanes that are compared), and once for
 * each op that came to be held; a lane that was cut is walked anew.
 */
export function lackingRows(frontier: Frontier, layout: Layout, rows: Float64Array): void {
  makeRoom(frontier, layout)
  rows.fill(layout.rows)
  for (let column = 0; column < layout.columns; column++) {
    for (let lane = layout.columnFirst[column]!; lane !== NONE; lane = layout.laneAfter[lane]!) {
      const missing = firstLacking(frontier, layout, lane)
      if (missing !== NONE) rows[column] = Math.min(rows[column]!, layout.row[missing]!)
    }
  }
}

/** The first op of a lane that the peer lacks, or NONE. If the peer holds an op, it holds all earlier ones of the lane. */
function firstLacking({ held, laneHeld }: Frontier, layout: Layout, lane: number): number {
  let last = laneHeld[lane]!
  if (last !== NONE && layout.lane[last] !== lane) last = NONE
  let next = last === NONE ? layout.laneFirst[lane]! : layout.laneNext[last]!
  while (next !== NONE && held[next] === 1) {
    last = next
    next = layout.laneNext[next]!
  }
  laneHeld[lane] = last
  return next
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
