/** Which ops answer a short question: those that it names, and what lies closely below them. */
import { type Dag, numberOf, parentsOf } from '../core/dag.ts'
import type { Ranges } from './holdings.ts'
import type { Near } from './messages.ts'

/** Ops that a peer is asked for first. Twice as many are asked for after each answer that did not reach down to what is held. */
export const FIRST_NEAR = 8
/** Ops that one short question gets, at most: it is paid for as short, and what lies further down is better asked for by a question that says what is held. */
export const MAX_NEAR = 256

/**
 * Of the first `stored` ops, the `ids` that are among them, and their parents, and so on, the nearest first, up to `most` of the question and MAX_NEAR.
 * `visited`: ops and parents looked at. O(MAX_NEAR × MAX_DEPS) at most.
 */
export function nearestOf(dag: Dag, stored: number, { ids, most }: Near): { readonly ops: Ranges; readonly visited: number } {
  const limit = Math.min(most, MAX_NEAR)
  const found = new Set<number>()
  let visited = 0
  const add = (op: number): void => {
    visited++
    if (op >= 0 && op < stored && found.size < limit) found.add(op)
  }
  for (const id of ids) add(numberOf(dag, id))
  // A set is walked to its end, what is added meanwhile included.
  for (const op of found) {
    if (found.size >= limit) break
    for (const parent of parentsOf(dag, op)) add(parent)
  }
  return { ops: rangesOf([...found].sort((a, b) => a - b)), visited }
}

/** Ranges of these ops, which ascend. */
function rangesOf(ops: readonly number[]): Ranges {
  const ranges: number[] = []
  for (const op of ops) {
    if (ranges.at(-1) === op) ranges[ranges.length - 1] = op + 1
    else ranges.push(op, op + 1)
  }
  return ranges
}
