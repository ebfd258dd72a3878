/**
 * Seen by: an op by x with o in its causal past is x's signed statement to have seen o. One bit per (author, op). A few new
 * ops set it by walking each one's past until it meets what its author had seen already, so that every edge is walked once an
 * author; many at once, or few who have much to see, by handing every op's bits down to its parents, newest op first, so that every edge is
 * walked once for all authors.
 */
import type { Dag } from './dag.ts'
import { withRoom } from './grow.ts'

/** Authors whose receipts are tracked, in order of appearance: at 1,000,000 ops these cost 8 MB. Later ones are not counted. */
export const MAX_WITNESSES_TRACKED = 64

export interface Seen {
  readonly dag: Dag
  /** Ops taken in. */
  length: number
  /** Per op: the authors who have seen it, one bit each, numbers 0 … 31 in `low` and 32 … 63 in `high`. */
  low: Int32Array
  high: Int32Array
  /** Edges walked so far: what it cost. */
  walked: number
}

export function createSeen(dag: Dag): Seen {
  return { dag, length: 0, low: new Int32Array(64), high: new Int32Array(64), walked: 0 }
}

/** Numbers of the authors, other than its own, who have seen `op`. O(authors), after taking in what is new: O(edges) at most. */
export function seenBy(seen: Seen, op: number): number[] {
  takeIn(seen)
  const out: number[] = []
  const authors = Math.min(seen.dag.authors.length, MAX_WITNESSES_TRACKED)
  for (let author = 0; author < authors; author++) if (author !== seen.dag.author[op] && has(seen, author, op)) out.push(author)
  return out
}

function takeIn(seen: Seen): void {
  const { dag } = seen
  if (seen.length === dag.length) return
  seen.low = withRoom(seen.low, dag.length)
  seen.high = withRoom(seen.high, dag.length)
  const most = dag.length > 2 * seen.length ? seen.walked : seen.walked + dag.edges
  for (let op = seen.length; op < dag.length && seen.walked < most; op++) walk(seen, op)
  if (seen.walked >= most) handDown(seen)
  seen.length = dag.length
}

/** Sets every bit anew. O(edges). */
function handDown(seen: Seen): void {
  const { dag, low, high } = seen
  seen.walked += dag.edges
  for (let op = dag.length - 1; op >= 0; op--) {
    const author = dag.author[op]!
    if (author < 32) low[op]! |= 1 << author
    else if (author < MAX_WITNESSES_TRACKED) high[op]! |= 1 << (author - 32)
    for (let edge = dag.parentStart[op]!; edge < dag.parentStart[op + 1]!; edge++) {
      const parent = dag.parent[edge]!
      low[parent]! |= low[op]!
      high[parent]! |= high[op]!
    }
  }
}

/** Sets the bit of an op's author in its past. O(edges that the author had not seen). */
function walk(seen: Seen, op: number): void {
  const { dag } = seen
  const author = dag.author[op]!
  if (author >= MAX_WITNESSES_TRACKED) return
  const bits = author < 32 ? seen.low : seen.high
  const stack = [op]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (has(seen, author, next)) continue
    bits[next]! |= 1 << (author & 31)
    seen.walked += dag.parentStart[next + 1]! - dag.parentStart[next]!
    for (let edge = dag.parentStart[next]!; edge < dag.parentStart[next + 1]!; edge++) {
      const parent = dag.parent[edge]!
      if (!has(seen, author, parent)) stack.push(parent)
    }
  }
}

const has = ({ low, high }: Seen, author: number, op: number): boolean => (((author < 32 ? low : high)[op]! >> (author & 31)) & 1) === 1
