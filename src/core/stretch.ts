/**
 * Many ops of a DAG at once: the data of them that cannot be computed from the rest. A DAG is kept on a disk in this form, and comes back
 * without looking at any op. Data that does not depend on the order of admission (history, receipts, heads) is computed again.
 */
import { addEdges, authorNumber, authorOf, type Dag, link, reserve, truncate } from './dag.ts'
import { forgetLast, internAll } from './id-table.ts'
import { AUTHOR_BYTES, ID_BYTES } from './limits.ts'
import { addNumber } from './number-set.ts'
import { asAuthor } from './op.ts'

/** Ops with consecutive numbers. About 41 bytes for each one with two parents. */
export interface Stretch {
  /** 32 bytes an op. */
  readonly ids: Uint8Array
  /** Per op: how many parents it has, and HAS_PREV when the first of them is its prev. */
  readonly kinds: Uint8Array
  /** Per edge, in order of the child: the parent's number. */
  readonly parents: Int32Array
  /** Authors of the ops without a prev, in order, 32 bytes each. */
  readonly keys: Uint8Array
}

/** A number greater than the number of parents that an op can have. */
const HAS_PREV = 128

/** The ops `first` … `end` − 1. O(ops). */
export function stretchOf(dag: Dag, first: number, end: number): Stretch {
  const kinds = new Uint8Array(end - first)
  const beginnings: number[] = []
  for (let op = first; op < end; op++) {
    const hasPrev = dag.prev[op]! >= 0
    kinds[op - first] = dag.parentStart[op + 1]! - dag.parentStart[op]! + (hasPrev ? HAS_PREV : 0)
    if (!hasPrev) beginnings.push(op)
  }
  const keys = new Uint8Array(beginnings.length * AUTHOR_BYTES)
  for (const [i, op] of beginnings.entries()) keys.set(authorOf(dag, op), i * AUTHOR_BYTES)
  const ids = dag.ids.bytes.slice(first * ID_BYTES, end * ID_BYTES)
  return { ids, kinds, parents: dag.parent.slice(dag.parentStart[first], dag.parentStart[end]), keys }
}

/**
 * Adds the next ops of a DAG that held the same ops before them, in the same order. False, and nothing is added, if the columns do not
 * fit each other, a parent is not before its child, or an op is here already. About 0.3 µs an op.
 */
export function appendStretch(dag: Dag, stretch: Stretch): boolean {
  const first = dag.length
  const { ids, kinds, parents } = stretch
  reserve(dag, parents.length, kinds.length)
  const fits = ids.length === kinds.length * ID_BYTES && internAll(dag.ids, ids) === kinds.length && addOps(dag, stretch)
  for (let op = first; op < dag.length; op++) if (dag.lastEdge[op] === -1) addNumber(dag.heads, op)
  if (fits) return true
  while (dag.ids.length > dag.length) forgetLast(dag.ids)
  truncate(dag, first)
  return false
}

function addOps(dag: Dag, { kinds, parents, keys }: Stretch): boolean {
  let [edge, key] = [0, 0]
  for (const kind of kinds) {
    const op = dag.length
    const end = edge + (kind & ~HAS_PREV)
    const hasPrev = (kind & HAS_PREV) !== 0
    if (end > parents.length || (hasPrev ? end === edge : key + AUTHOR_BYTES > keys.length)) return false
    for (let i = edge; i < end; i++) if (parents[i]! < 0 || parents[i]! >= op) return false
    const prev = hasPrev ? parents[edge]! : -1
    addEdges(dag, op, parents, edge, end)
    dag.author[op] = hasPrev ? dag.author[prev]! : authorNumber(dag, asAuthor(keys.slice(key, key + AUTHOR_BYTES)))
    dag.seq[op] = hasPrev ? dag.seq[prev]! + 1 : 0
    dag.prev[op] = prev
    dag.length = op + 1
    link(dag, op)
    if (!hasPrev) key += AUTHOR_BYTES
    edge = end
  }
  return edge === parents.length && key === keys.length
}

// — as bytes ———————————————————————————————————————————————————————————————————————————————————————————————

/** The version of this layout. Bytes of another version are not read. Then the ops themselves are read. */
const VERSION = 1
/** version, number of the first op, ops, edges: 32-bit words. All numbers are in this machine's byte order. */
const HEADER = 4

/** A stretch that begins with op `first` as bytes, for this machine only: header, parents, ids, keys, kinds. */
export function encodeStretch(first: number, { ids, kinds, parents, keys }: Stretch): Uint8Array<ArrayBuffer> {
  const words = HEADER + parents.length
  const out = new Uint8Array(4 * words + ids.length + keys.length + kinds.length)
  const numbers = new Int32Array(out.buffer, 0, words)
  numbers.set([VERSION, first, kinds.length, parents.length])
  numbers.set(parents, HEADER)
  out.set(ids, 4 * words)
  out.set(keys, 4 * words + ids.length)
  out.set(kinds, out.length - kinds.length)
  return out
}

/** The stretch in these bytes, as views of them, if it begins with op `first`; null when `encodeStretch` did not give these bytes. */
export function decodeStretch(first: number, bytes: Uint8Array): Stretch | null {
  // A view of 32-bit words begins at a multiple of 4.
  const whole = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  if (whole.length < 4 * HEADER) return null
  const [version, begins, ops, edges] = new Int32Array(whole.buffer, whole.byteOffset, HEADER) as unknown as [
    number,
    number,
    number,
    number,
  ]
  const ids = 4 * (HEADER + edges)
  const keys = ids + ID_BYTES * ops
  const kinds = whole.length - ops
  if (version !== VERSION || begins !== first || ops < 1 || edges < 0 || keys > kinds) return null
  return {
    parents: new Int32Array(whole.buffer, whole.byteOffset + 4 * HEADER, edges),
    ids: whole.subarray(ids, keys),
    keys: whole.subarray(keys, kinds),
    kinds: whole.subarray(kinds),
  }
}
