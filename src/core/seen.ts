/**
 * Seen by: an op by x with o in its causal past is x's signed statement to have seen o. One bit per (author, op). A few new
 * ops set it by walking each one's past until it meets what its author had seen already, so that every edge is walked once an
 * author; many at once, or few who have much to see, by handing every op's bits down to its parents, newest op first, so that every edge is
 * walked once for all authors.
 *
 * Authors beyond MAX_WITNESSES_TRACKED have no bit. Keys cost nothing, and a peer chooses the order in which it gives ops. So half of the bits
 * stay with the first authors, and the others go to authors who are here, when they have none.
 */
import type { Dag } from './dag.ts'
import { withRoom } from './grow.ts'

/** Authors whose receipts are tracked: at 1,000,000 ops these cost 8 MB. */
export const MAX_WITNESSES_TRACKED = 64

/** Of these, the first authors whose ops came here: they keep their places. */
export const FIRST_WITNESSES = 32

export interface Seen {
  readonly dag: Dag
  /** Ops taken in. */
  length: number
  /** The author in each place. */
  readonly authors: Int32Array
  /** The places of authors whose place is not their number. */
  readonly moved: Map<number, number>
  /** For each place, the last call of `trackThose` in which its author was here. */
  readonly lastHere: Int32Array
  /** Calls of `trackThose`. */
  calls: number
  /** Per op: the authors who have seen it, one bit each, places 0 … 31 in `low` and 32 … 63 in `high`. */
  low: Int32Array
  high: Int32Array
  /** Edges walked so far: what it cost. */
  walked: number
}

export function createSeen(dag: Dag): Seen {
  return {
    dag,
    length: 0,
    authors: Int32Array.from({ length: MAX_WITNESSES_TRACKED }, (_, place) => place),
    moved: new Map(),
    lastHere: new Int32Array(MAX_WITNESSES_TRACKED),
    calls: 0,
    low: new Int32Array(64),
    high: new Int32Array(64),
    walked: 0,
  }
}

/**
 * Tracks the receipts of authors who are here, first of the first of them. One without a place takes that of the author who has not been here
 * for longest, and nobody's who is here. O(authors), and O(edges) at the next look if a place changes hands.
 */
export function trackThose(seen: Seen, here: readonly number[]): void {
  const { authors, moved, lastHere } = seen
  seen.calls++
  for (const author of here) if (placeOf(seen, author) >= 0) lastHere[placeOf(seen, author)] = seen.calls
  for (const author of here) {
    if (placeOf(seen, author) >= 0) continue
    const place = longestAway(seen)
    if (lastHere[place] === seen.calls) return
    moved.delete(authors[place]!)
    moved.set(author, place)
    authors[place] = author
    lastHere[place] = seen.calls
    // All bits are set anew.
    seen.length = 0
    seen.low.fill(0)
    seen.high.fill(0)
  }
}

/** Of the places that authors may lose, that of the author who has not been here for longest. */
function longestAway({ lastHere }: Seen): number {
  let place = FIRST_WITNESSES
  for (let other = place + 1; other < MAX_WITNESSES_TRACKED; other++) if (lastHere[other]! < lastHere[place]!) place = other
  return place
}

/** Numbers of the authors, other than its own, who have seen `op`. O(authors), after taking in what is new: O(edges) at most. */
export function seenBy(seen: Seen, op: number): number[] {
  takeIn(seen)
  const out: number[] = []
  for (const [place, author] of seen.authors.entries()) if (author !== seen.dag.author[op] && has(seen, place, op)) out.push(author)
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
    const place = placeOf(seen, dag.author[op]!)
    if (place >= 32) high[op]! |= 1 << (place - 32)
    else if (place >= 0) low[op]! |= 1 << place
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
  const place = placeOf(seen, dag.author[op]!)
  if (place < 0) return
  const bits = place < 32 ? seen.low : seen.high
  const stack = [op]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (has(seen, place, next)) continue
    bits[next]! |= 1 << (place & 31)
    seen.walked += dag.parentStart[next + 1]! - dag.parentStart[next]!
    for (let edge = dag.parentStart[next]!; edge < dag.parentStart[next + 1]!; edge++) {
      const parent = dag.parent[edge]!
      if (!has(seen, place, parent)) stack.push(parent)
    }
  }
}

/** −1: it has none. */
const placeOf = ({ authors, moved }: Seen, author: number): number => (authors[author] === author ? author : (moved.get(author) ?? -1))

const has = ({ low, high }: Seen, place: number, op: number): boolean => (((place < 32 ? low : high)[op]! >> (place & 31)) & 1) === 1
