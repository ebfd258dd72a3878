/** Which ops of a flood a person is shown: hundreds that came within seconds, perhaps by one author that writes all the time. */
import type { Dag } from '../core/dag.ts'
import { rangeOf } from '../core/lists.ts'

/** How many of the newest ops of a flood are shown: a screen. */
export const NEWEST = 20
/** How many other ops are shown: the newest op of each author, those who wrote here first before others; then the second newest of each. */
const OF_EARLY = 20
/** How many of these are by one author at most: a few lines tell what an author does. */
const OF_ONE = 5

/**
 * Ops of the numbers `from` to before `to`, ascending. Among the first `OF_EARLY` authors that write in the flood, each has a line, whatever the others write.
 * O(`to` − `from`).
 */
export function shownOfFlood({ author }: Pick<Dag, 'author'>, from: number, to: number): number[] {
  const latest = new Map<number, number[]>()
  for (let op = to - 1; op >= from; op--) {
    const ofAuthor = latest.get(author[op]!)
    if (ofAuthor === undefined) latest.set(author[op]!, [op])
    else if (ofAuthor.length < OF_ONE) ofAuthor.push(op)
  }
  // Authors are numbered in the order of their first ops here.
  const early = [...latest].sort(([a], [b]) => a - b)
  const ofEarly = rangeOf(0, OF_ONE).flatMap((nth) => early.flatMap(([, ops]) => ops.slice(nth, nth + 1)))
  const shown = new Set([...ofEarly.slice(0, OF_EARLY), ...rangeOf(Math.max(from, to - NEWEST), to)])
  return [...shown].sort((a, b) => a - b)
}
