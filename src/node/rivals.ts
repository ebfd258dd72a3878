/**
 * Which ops an author signed with one seq: an index over the DAG's list of equivocations. That list is in order of arrival. The order
 * that people see is another one: the ops of one author and seq come in the order of the history, each beside the least of them. So nodes
 * with equal ops tell the same.
 */
import { compareOps, type Dag } from '../core/dag.ts'
import { keepLeast } from '../core/keep-least.ts'

/** Ops of one author and seq that one answer lists: more than a person looks through. */
const MAX_RIVALS = 64

/** Ops of one author and seq. */
interface Group {
  /** The least of them, in order: one more than an answer lists, since the list of an op leaves out the op itself. */
  readonly least: number[]
  count: number
}

export interface Rivals {
  readonly dag: Dag
  /** Pairs of `dag.equivocations` that are in the index. */
  length: number
  /** By each op that has rivals. */
  readonly groups: Map<number, Group>
}

export const createRivals = (dag: Dag): Rivals => ({ dag, length: 0, groups: new Map() })

/** Adds new pairs. O(log MAX_RIVALS) for each, once. */
function catchUp(rivals: Rivals): void {
  const { dag, groups } = rivals
  const compare = (a: number, b: number): number => compareOps(dag, a, b)
  for (; rivals.length < dag.equivocations.length; rivals.length++) {
    const [first, later] = dag.equivocations[rivals.length]!
    const group = groups.get(first) ?? { least: [first], count: 1 }
    groups.set(first, group).set(later, group)
    group.count++
    keepLeast(group.least, later, MAX_RIVALS + 1, compare)
  }
}

/** Whether its author signed another op with the same seq. O(1), besides new pairs. */
export function isForked(rivals: Rivals, op: number): boolean {
  catchUp(rivals)
  return rivals.groups.has(op)
}

/** The other ops with its author and seq: the least MAX_RIVALS of them, in order; and how many there are. O(MAX_RIVALS). */
export function rivalsOf(rivals: Rivals, op: number): { readonly ops: readonly number[]; readonly count: number } {
  catchUp(rivals)
  const { least, count } = rivals.groups.get(op) ?? { least: [], count: 1 }
  return { ops: least.filter((other) => other !== op).slice(0, MAX_RIVALS), count: count - 1 }
}

/** Two ops of one author and seq, the lesser first. */
type Pair = readonly [number, number]

/**
 * The pairs that this op is in. The least op is in a pair with each of the next MAX_RIVALS; each other op is in a pair with the least
 * one. O(MAX_RIVALS).
 */
export function pairsOf(rivals: Rivals, op: number): readonly Pair[] {
  const { ops } = rivalsOf(rivals, op)
  const [least] = ops
  if (least === undefined) return []
  return compareOps(rivals.dag, op, least) < 0 ? ops.map((other) => [op, other]) : [[least, op]]
}

/** All pairs, in the order of their second ops: as many as the DAG's list has. O(pairs · log pairs). */
export function allPairs(rivals: Rivals): readonly Pair[] {
  catchUp(rivals)
  const { dag, groups } = rivals
  const others = [...groups.keys()].filter((op) => groups.get(op)!.least[0] !== op)
  return others.sort((a, b) => compareOps(dag, a, b)).map((op) => [groups.get(op)!.least[0]!, op])
}

/**
 * For each author and seq of the `from`-th and the next `count` − 1 ops that came beside others: the two least ops, and how many there
 * are; once each. O(count).
 */
export function latestRivals(rivals: Rivals, from: number, count: number): readonly { readonly pair: Pair; readonly count: number }[] {
  catchUp(rivals)
  const came = rivals.dag.equivocations.slice(from, from + count)
  const groups = new Set(came.map(([first]) => rivals.groups.get(first)!))
  return [...groups].map(({ least: [one, other], count: all }) => ({ pair: [one!, other!], count: all }))
}
