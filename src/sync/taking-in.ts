/**
 * Whether this node takes in ops that it asked for. An open question alone says nothing: names that name ops which nobody has keep
 * questions open for ever. So only answers count that brought new ops lately.
 */
import { isFile, type PeerId } from './effects.ts'
import { mainFetch } from './fetch.ts'
import type { Engine } from './state.ts'

/** Answers that brought new ops within this time (ms) go on: a question is given up when its answer has brought nothing for as long. */
export const TAKING_IN = 2_000
/**
 * How many ops are to come is what the peer says. It is believed up to so many for each op that its answer has brought: one of the first
 * bundles of a room of a million.
 */
export const MOST_TO_COME = 1_024

/** How far catching up is. `of` is null while that is not known. */
export interface Fetching {
  readonly got: number
  readonly of: number | null
  readonly bytes: number
  readonly from: PeerId
}

/** Whether answers that brought ops lately go on, or a file is taken in. O(origins with waiting bundles). */
export function isTakingIn(engine: Engine, now: number): boolean {
  const { fetches, intake, tookInAt } = engine
  return (fetches.size > 0 || intake.size > 0) && (now < tookInAt + TAKING_IN || isJudging(engine))
}

/** Whether bundles are judged that continue an answer, or are of a file: to judge a large one takes seconds. */
function isJudging({ fetches, intake }: Engine): boolean {
  for (const [link, { answers }] of intake) if (answers > 0 && (isFile(link) || (fetches.get(link)?.got ?? 0) > 0)) return true
  return false
}

/** What to show of catching up; null when no answer brings anything. */
export function fetchingOf(engine: Engine): Fetching | null {
  const fetch = mainFetch(engine)
  if (fetch === null || !isTakingIn(engine, engine.now)) return null
  const { ops, bytes } = engine.caughtUp
  const { got, left, from } = fetch
  return { got: ops, of: left === null || left > MOST_TO_COME * got ? null : ops + left, bytes, from }
}
