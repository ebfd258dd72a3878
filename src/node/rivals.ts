/** Which ops an author signed with one seq, as an index over the DAG's list of equivocations, which names pairs in order of admission. */
import { compareOps, type Dag } from '../core/dag.ts'

export interface Rivals {
  readonly dag: Dag
  /** Pairs of `dag.equivocations` that are taken in. */
  length: number
  /** For the first op with its seq that came here: those that came later. */
  readonly later: Map<number, number[]>
  /** For each of those: the first one. */
  readonly first: Map<number, number>
}

export const createRivals = (dag: Dag): Rivals => ({ dag, length: 0, later: new Map(), first: new Map() })

/** Takes in new pairs. O(pairs), once for each. */
function catchUp(rivals: Rivals): void {
  const { dag, later, first } = rivals
  for (; rivals.length < dag.equivocations.length; rivals.length++) {
    const [one, other] = dag.equivocations[rivals.length]!
    first.set(other, one)
    const known = later.get(one)
    if (known === undefined) later.set(one, [other])
    else known.push(other)
  }
}

/** Whether its author signed another op with the same seq. O(1), besides new pairs. */
export function isForked(rivals: Rivals, op: number): boolean {
  catchUp(rivals)
  return rivals.first.has(op) || rivals.later.has(op)
}

/**
 * The other ops with its author and seq: at most `limit` of them, those that were admitted first, in the order of the history; and how many
 * there are. O(limit).
 */
export function rivalsOf(rivals: Rivals, op: number, limit: number): { readonly ops: readonly number[]; readonly count: number } {
  catchUp(rivals)
  const one = rivals.first.get(op)
  const later = rivals.later.get(one ?? op) ?? []
  const others = later.slice(0, limit).filter((other) => other !== op)
  const ops = (one === undefined ? others : [one, ...others]).slice(0, limit)
  return { ops: ops.sort((a, b) => compareOps(rivals.dag, a, b)), count: later.length }
}

/** The pairs (first, later) of the list that this op is in, at most `limit`. O(limit). */
export function pairsOf(rivals: Rivals, op: number, limit: number): readonly (readonly [number, number])[] {
  catchUp(rivals)
  const one = rivals.first.get(op)
  if (one !== undefined) return [[one, op]]
  return (rivals.later.get(op) ?? []).slice(0, limit).map((other) => [op, other])
}
