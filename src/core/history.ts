/**
 * The history: admitted ops sorted by (depth, id). It is the same on every node that holds the same set. It is no total order in the
 * sense of consensus: a late concurrent op lands in the middle.
 *
 * The ops of a depth are a linked list, which is sorted when it is read after a change. If there are more than WIDE, they are a tree
 * (`id-tree.ts`). So an author who writes many ops of one depth cannot make each change cost all of them. A Fenwick tree counts the
 * depths. To add an op costs O(log depth); to read a window costs O(log depth + window), and sorting the short lists that changed. If
 * many ops come at once, the Fenwick tree is made anew when it is needed. In typed arrays: 4 bytes an op and 12 a depth, half as much
 * again after growing; and some 14 bytes more for an op of a wide depth.
 */
import { compareOps, type Dag } from './dag.ts'
import { withRoom } from './grow.ts'
import { pushAll } from './lists.ts'
import { addToTree, createIdTree, type IdTree, rankInTree, sliceOfTree } from './id-tree.ts'

export interface History {
  readonly dag: Dag
  length: number
  /** 1 + the greatest depth. */
  depths: number
  /** Per depth that is not wide: one op of it, or −1; per op: the next one of its depth, or −1. */
  first: Int32Array
  next: Int32Array
  /** Per depth: how many ops it has; negative while they are a list that is not sorted by id. */
  count: Int32Array
  /** The depths that have more than WIDE ops. */
  readonly wide: Map<number, IdTree>
  /** Fenwick tree over the counts, 1-based, a power of two long; empty while it does not count all of them. */
  sizes: Int32Array
}

const START = 64

/** Sorting so many ops takes less than a tenth of a millisecond. */
const WIDE = 256

const NO_TREE = new Int32Array(0)

export function createHistory(dag: Dag): History {
  const none = (): Int32Array => new Int32Array(START)
  return { dag, length: 0, depths: 0, first: none(), next: none(), count: none(), wide: new Map(), sizes: none() }
}

/** Takes in the ops that the DAG admitted since the last call. */
export function catchUp(history: History): void {
  const { dag } = history
  if (history.length === dag.length) return
  history.next = withRoom(history.next, dag.length)
  // As many ops came as there were. It costs no more to make the tree anew than to change it for each of them.
  if (dag.length >= 2 * history.length) history.sizes = NO_TREE
  while (history.length < dag.length) add(history, history.length)
}

function add(history: History, op: number): void {
  const depth = history.dag.depth[op]!
  if (depth >= history.depths) deepen(history, depth)
  const { first, next, count, sizes } = history
  const before = Math.abs(count[depth]!)
  const tree = history.wide.get(depth)
  count[depth] = tree === undefined && before > 0 ? -before - 1 : before + 1
  if (tree === undefined) {
    next[op] = first[depth]!
    first[depth] = op
    if (before === WIDE) widen(history, depth)
  } else addToTree(tree, op)
  for (let i = depth + 1; i < sizes.length; i += i & -i) sizes[i]!++
  history.length++
}

/** A depth's list becomes a tree. O(WIDE), once. */
function widen({ dag, first, next, count, wide }: History, depth: number): void {
  const tree = createIdTree(dag.ids)
  for (let op = first[depth]!; op >= 0; op = next[op]!) addToTree(tree, op)
  wide.set(depth, tree)
  first[depth] = -1
  count[depth] = WIDE + 1
}

/** Makes space for a depth that is greater than all so far. */
function deepen(history: History, depth: number): void {
  history.first = withRoom(history.first, depth + 1).fill(-1, history.depths, depth + 1)
  history.count = withRoom(history.count, depth + 1)
  history.depths = depth + 1
  if (depth + 1 >= history.sizes.length) history.sizes = NO_TREE
}

/** The tree over the counts. If it is not there, it is made: O(depths), each time that there are twice as many. */
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

/** The first op of a depth that is not wide, in the order of their ids; `next` gives the others. */
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
  const tree = history.wide.get(depth)
  if (tree !== undefined) return before + rankInTree(tree, op)
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
    const tree = history.wide.get(depth)
    if (tree === undefined) {
      for (let op = firstOf(history, depth); op >= 0 && out.length < count; op = history.next[op]!) if (before++ >= from) out.push(op)
    } else {
      pushAll(out, sliceOfTree(tree, from - before, count - out.length))
      before += history.count[depth]!
    }
  }
  return out
}
