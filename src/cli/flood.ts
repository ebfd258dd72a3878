/** Which ops of a flood a person is shown: hundreds that came within seconds, perhaps by one author that writes all the time. */
import type { Dag } from '../core/dag.ts'
import { rangeOf } from '../core/lists.ts'

/** How many of the newest ops of a flood are shown: a screen. */
export const NEWEST = 20
/** How many other ops are shown: the newest ones of the authors who wrote here first. */
const OF_EARLY = 20
/** How many of these are by one author at most, so that no author takes the lines of the others. */
const OF_ONE = 5

/**
 * Ops of the numbers `from` to before `to`, ascending. Whatever one author writes, ops of others who wrote here before are among them.
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
  const ofEarly = [...latest].sort(([a], [b]) => a - b).flatMap(([, ops]) => ops)
  const shown = new Set([...ofEarly.slice(0, OF_EARLY), ...rangeOf(Math.max(from, to - NEWEST), to)])
  return [...shown].sort((a, b) => a - b)
}
