/**
 * The history: admitted ops sorted by (depth, id). The same on every node that holds the same set, and no total order in
 * the sense of consensus: a late concurrent op lands in the middle.
 *
 * One bucket a depth, sorted when it is read after a change, and a Fenwick tree of the buckets' sizes: adding an op costs
 * O(log depth), reading a window O(log depth + window), plus sorting the buckets that changed.
 */
import { compareOps, type Dag } from './dag.ts'

export interface History {
  readonly dag: Dag
  length: number
  readonly buckets: Bucket[]
  /** Fenwick tree over `buckets`, 1-based; a power of two long. */
  sizes: Int32Array
}

interface Bucket {
  readonly ops: number[]
  sorted: boolean
}

export function createHistory(dag: Dag): History {
  return { dag, length: 0, buckets: [], sizes: new Int32Array(64) }
}

/** Takes in the ops that the DAG admitted since the last call. */
export function catchUp(history: History): void {
  while (history.length < history.dag.length) add(history, history.length)
}

function add(history: History, op: number): void {
  const depth = history.dag.depth[op]!
  while (history.buckets.length <= depth) history.buckets.push({ ops: [], sorted: true })
  if (depth + 1 >= history.sizes.length) rebuild(history)
  const bucket = history.buckets[depth]!
  bucket.ops.push(op)
  bucket.sorted = bucket.ops.length === 1
  for (let i = depth + 1; i < history.sizes.length; i += i & -i) history.sizes[i]!++
  history.length++
}

function rebuild(history: History): void {
  let length = history.sizes.length
  while (length <= history.buckets.length) length *= 2
  const sizes = new Int32Array(length)
  history.buckets.forEach(({ ops }, depth) => {
    for (let i = depth + 1; i < length; i += i & -i) sizes[i]! += ops.length
  })
  history.sizes = sizes
}

function sortedBucket(history: History, depth: number): readonly number[] {
  const bucket = history.buckets[depth]!
  if (!bucket.sorted) {
    bucket.ops.sort((a, b) => compareOps(history.dag, a, b))
    bucket.sorted = true
  }
  return bucket.ops
}

/** Place of an admitted op in the history, from 0. */
export function positionOf(history: History, op: number): number {
  const depth = history.dag.depth[op]!
  let before = 0
  for (let i = depth; i > 0; i -= i & -i) before += history.sizes[i]!
  return before + sortedBucket(history, depth).indexOf(op)
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
  for (; depth < history.buckets.length && out.length < count; depth++) {
    const ops = sortedBucket(history, depth)
    for (let i = Math.max(0, from - before); i < ops.length && out.length < count; i++) out.push(ops[i]!)
    before += ops.length
  }
  return out
}
