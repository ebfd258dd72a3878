/**
 * The history: admitted ops sorted by (depth, id). The same on every node that holds the same set, and no total order in
 * the sense of consensus: a late concurrent op lands in the middle.
 *
 * The ops of each depth are a linked list, sorted when it is read after a change, and a Fenwick tree counts them: adding an
 * op costs O(log depth), reading a window O(log depth + window), plus sorting the depths that changed. All in typed arrays:
 * 4 bytes an op and 9 a depth, half as much again after growing.
 */
import { compareOps, type Dag } from './dag.ts'
import { withRoom } from './grow.ts'

export interface History {
  readonly dag: Dag
  length: number
  /** 1 + the greatest depth. */
  depths: number
  /** Per depth: one op of it, or −1; per op: the next one of its depth, or −1. */
  first: Int32Array
  next: Int32Array
  /** Per depth: 1 when its ops are in the order of their ids. */
  sorted: Int32Array
  /** Fenwick tree over the counts, 1-based; a power of two long. */
  sizes: Int32Array
}

const START = 64

export function createHistory(dag: Dag): History {
  const none = (): Int32Array => new Int32Array(START)
  return { dag, length: 0, depths: 0, first: none(), next: none(), sorted: none(), sizes: none() }
}

/** Takes in the ops that the DAG admitted since the last call. */
export function catchUp(history: History): void {
  const { dag } = history
  if (history.length === dag.length) return
  history.next = withRoom(history.next, dag.length)
  while (history.length < dag.length) add(history, history.length)
}

function add(history: History, op: number): void {
  const depth = history.dag.depth[op]!
  if (depth >= history.depths) deepen(history, depth)
  const { first, next, sorted, sizes } = history
  sorted[depth] = first[depth] === -1 ? 1 : 0
  next[op] = first[depth]!
  first[depth] = op
  for (let i = depth + 1; i < sizes.length; i += i & -i) sizes[i]!++
  history.length++
}

/** Makes room for a depth that is greater than all so far. */
function deepen(history: History, depth: number): void {
  history.first = withRoom(history.first, depth + 1).fill(-1, history.depths, depth + 1)
  history.sorted = withRoom(history.sorted, depth + 1)
  history.depths = depth + 1
  while (depth + 1 >= history.sizes.length) {
    const sizes = new Int32Array(history.sizes.length * 2)
    sizes.set(history.sizes)
    // The one new node that counts old depths counts them all.
    sizes[history.sizes.length] = history.length
    history.sizes = sizes
  }
}

/** The first op of a depth in the order of their ids; `next` tells the others. */
function firstOf(history: History, depth: number): number {
  if (history.sorted[depth] === 0) sortDepth(history, depth)
  return history.first[depth]!
}

function sortDepth({ dag, first, next, sorted }: History, depth: number): void {
  const ops: number[] = []
  for (let op = first[depth]!; op >= 0; op = next[op]!) ops.push(op)
  ops.sort((a, b) => compareOps(dag, b, a))
  first[depth] = -1
  for (const op of ops) {
    next[op] = first[depth]!
    first[depth] = op
  }
  sorted[depth] = 1
}

/** Place of an admitted op in the history, from 0. */
export function positionOf(history: History, op: number): number {
  const depth = history.dag.depth[op]!
  let before = 0
  for (let i = depth; i > 0; i -= i & -i) before += history.sizes[i]!
  for (let other = firstOf(history, depth); other !== op; other = history.next[other]!) before++
  return before
}

/** Ops at places `from` … `from + count − 1`, fewer at the end. */
export function sliceHistory(history: History, from: number, count: number): number[] {
  const out: number[] = []
  let depth = 0
  let before = 0
  for (let step = history.sizes.length / 2; step >= 1; step /= 2) {
    const next = depth + step
    if (next < history.sizes.length && before + history.sizes[next]! <= from) {
      depth = next
      before += history.sizes[next]!
    }
  }
  for (; depth < history.depths && out.length < count; depth++) {
    for (let op = firstOf(history, depth); op >= 0 && out.length < count; op = history.next[op]!) if (before++ >= from) out.push(op)
  }
  return out
}
