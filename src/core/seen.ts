/**
 * Seen by: if author x signs an op that has op o in its causal past, then x has signed that it has seen o. There is one bit for each
 * author and op. The bits are set in one of two ways:
 *
 * - For a few new ops: each new op's past is walked, down to ops that its author had seen already. So every edge is walked once for each
 *   author.
 * - For many new ops, or for a few authors who have much to see: each op's bits are copied down to its parents, newest op first. So every
 *   edge is walked once for all authors.
 *
 * If there are more authors than MAX_WITNESSES_TRACKED, some have no bit. Keys cost nothing, and a peer chooses the order in which it
 * gives ops. So half of the bits belong to the first authors for ever. The others go to authors who are connected and have none.
 */
import type { Dag } from './dag.ts'
import { withRoom } from './grow.ts'

/** Authors whose receipts are tracked: at 1,000,000 ops these cost 8 MB. */
export const MAX_WITNESSES_TRACKED = 64

/** How many of these places belong for ever to the first authors whose ops came here. */
export const FIRST_WITNESSES = 32

export interface Seen {
  readonly dag: Dag
  /** How many ops were taken in. */
  length: number
  /** The author in each place. */
  readonly authors: Int32Array
  /** The places of authors whose place is not their number. */
  readonly moved: Map<number, number>
  /** For each place: the number of the last call of `trackThose` in which its author was connected. */
  readonly lastHere: Int32Array
  /** How many calls of `trackThose` there were. */
  calls: number
  /** Per op: the authors who have seen it, one bit each, places 0 … 31 in `low` and 32 … 63 in `high`. */
  low: Int32Array
  high: Int32Array
  /** Edges walked so far: the cost. */
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
 * Gives places to authors who are connected now (`here`; the first of the list come first). If such an author has no place, it takes the
 * place of the author who has not been connected for longest. An author who is connected keeps its place. O(authors), and O(edges) at the
 * next look if a place changes hands.
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
    // All bits have to be set anew.
    seen.length = 0
    seen.low.fill(0)
    seen.high.fill(0)
  }
}

/** Among the places that authors may lose: the place of the author who has not been connected for longest. */
function longestAway({ lastHere }: Seen): number {
  let place = FIRST_WITNESSES
  for (let other = place + 1; other < MAX_WITNESSES_TRACKED; other++) if (lastHere[other]! < lastHere[place]!) place = other
  return place
}

/** Numbers of the authors, other than its own, who have seen `op`. O(authors), after new ops are taken in: O(edges) at most. */
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

/** The place of an author, or −1. */
const placeOf = ({ authors, moved }: Seen, author: number): number => (authors[author] === author ? author : (moved.get(author) ?? -1))

const has = ({ low, high }: Seen, place: number, op: number): boolean => (((place < 32 ? low : high)[op]! >> (place & 31)) & 1) === 1
