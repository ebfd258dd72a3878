/** Which ops answer a short question: those that it names, and ops closely below them. */
import { type Dag, numberOf, parentsOf } from '../core/dag.ts'
import type { Ranges } from './holdings.ts'
import type { Near } from './messages.ts'

/** Ops for which a peer is asked first. After each answer that did not reach down to held ops, twice as many are asked for. */
export const FIRST_NEAR = 8
/**
 * Ops that a short question gets, at most. It is paid for as a short one. For ops further down a longer question is better, which says
 * what the node holds.
 */
export const MAX_NEAR = 256

/**
 * Of the first `stored` ops: the `ids` that are among them, then their parents, and so on, the nearest first, up to `most` of the
 * question and MAX_NEAR. `visited`: ops and parents looked at. O(MAX_NEAR × MAX_DEPS) at most.
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
  // The loop goes through the set to its end, including ops that are added meanwhile.
  for (const op of found) {
    if (found.size >= limit) break
    for (const parent of parentsOf(dag, op)) add(parent)
  }
  return { ops: rangesOf([...found].sort((a, b) => a - b)), visited }
}

/** Ranges of these ops, which are in ascending order. */
function rangesOf(ops: readonly number[]): Ranges {
  const ranges: number[] = []
  for (const op of ops) {
    if (ranges.at(-1) === op) ranges[ranges.length - 1] = op + 1
    else ranges.push(op, op + 1)
  }
  return ranges
}
