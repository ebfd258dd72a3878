/**
 * The history: admitted ops sorted by (depth, id). The same on every node that holds the same set, and no total order in
 * the sense of consensus: a late concurrent op lands in the middle.
 *
 * The ops of each depth are a linked list, sorted when it is read after a change, and a Fenwick tree counts them: adding an
 * op costs O(log depth), reading a window O(log depth + window), plus sorting the depths that changed. Of many ops at once the
 * tree is made anew when it is needed. All in typed arrays: 4 bytes an op and 12 a depth, half as much again after growing.
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
  /** Per depth: how many ops it has; negative while they are not in the order of their ids. */
  count: Int32Array
  /** Fenwick tree over the counts, 1-based, a power of two long; empty while it does not count all of them. */
  sizes: Int32Array
}

const START = 64

const NO_TREE = new Int32Array(0)

export function createHistory(dag: Dag): History {
  const none = (): Int32Array => new Int32Array(START)
  return { dag, length: 0, depths: 0, first: none(), next: none(), count: none(), sizes: none() }
}

/** Takes in the ops that the DAG admitted since the last call. */
export function catchUp(history: History): void {
  const { dag } = history
  if (history.length === dag.length) return
  history.next = withRoom(history.next, dag.length)
  // As many as there were: each would change a tree that costs no more to make.
  if (dag.length >= 2 * history.length) history.sizes = NO_TREE
  while (history.length < dag.length) add(history, history.length)
}

function add(history: History, op: number): void {
  const depth = history.dag.depth[op]!
  if (depth >= history.depths) deepen(history, depth)
  const { first, next, count, sizes } = history
  const before = Math.abs(count[depth]!)
  count[depth] = before === 0 ? 1 : -before - 1
  next[op] = first[depth]!
  first[depth] = op
  for (let i = depth + 1; i < sizes.length; i += i & -i) sizes[i]!++
  history.length++
}

/** Makes room for a depth that is greater than all so far. */
function deepen(history: History, depth: number): void {
  history.first = withRoom(history.first, depth + 1).fill(-1, history.depths, depth + 1)
  history.count = withRoom(history.count, depth + 1)
  history.depths = depth + 1
  if (depth + 1 >= history.sizes.length) history.sizes = NO_TREE
}

/** The tree over the counts. Made anew when it is not there: O(depths), each time that there are twice as many. */
function treeOf(history: History): Int32Array {
  const { count, depths } = history
  if (history.sizes.length > 0) return history.sizes
  let length = START
  while (length <= depths) length *= 2
  const sizes = new Int32Array(length)
  for (let i = 1; i < length; i++) {
    sizes[i]! += i <= depths ? Math.abs(count[i - 1]!) : 0
    const above = i + (i & -i)
    if (above < length) sizes[above]! += sizes[i]!
  }
  history.sizes = sizes
  return sizes
}

/** The first op of a depth in the order of their ids; `next` tells the others. */
function firstOf(history: History, depth: number): number {
  if (history.count[depth]! < 0) sortDepth(history, depth)
  return history.first[depth]!
}

function sortDepth({ dag, first, next, count }: History, depth: number): void {
  const ops: number[] = []
  for (let op = first[depth]!; op >= 0; op = next[op]!) ops.push(op)
  ops.sort((a, b) => compareOps(dag, b, a))
  first[depth] = -1
  for (const op of ops) {
    next[op] = first[depth]!
    first[depth] = op
  }
  count[depth] = ops.length
}

/** Place of an admitted op in the history, from 0. */
export function positionOf(history: History, op: number): number {
  const depth = history.dag.depth[op]!
  const sizes = treeOf(history)
  let before = 0
  for (let i = depth; i > 0; i -= i & -i) before += sizes[i]!
  for (let other = firstOf(history, depth); other !== op; other = history.next[other]!) before++
  return before
}

/** Ops at places `from` … `from + count − 1`, fewer at the end. */
export function sliceHistory(history: History, from: number, count: number): number[] {
  const out: number[] = []
  const sizes = treeOf(history)
  let depth = 0
  let before = 0
  for (let step = sizes.length / 2; step >= 1; step /= 2) {
    const next = depth + step
    if (next < sizes.length && before + sizes[next]! <= from) {
      depth = next
      before += sizes[next]!
    }
  }
  for (; depth < history.depths && out.length < count; depth++) {
    for (let op = firstOf(history, depth); op >= 0 && out.length < count; op = history.next[op]!) if (before++ >= from) out.push(op)
  }
  return out
}
