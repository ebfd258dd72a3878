/**
 * The shape of the DAG: which op follows which. Ops are numbers 0, 1, 2, … in order of admission (a topological order). Ids and authors
 * are interned; parents and children are in typed arrays. Bodies are elsewhere (in the store), and are read when needed. About 76 bytes
 * for an op with one parent and 12 for each further parent, a third more after growing. No JavaScript object is kept for an op; only an
 * author who has forked has one.
 *
 * This file is a little longer than most here: the functions that add, take back and mark ops work on one structure, and are read side by
 * side.
 *
 * Free functions over one plain structure. None of them decides whether an op may be admitted (see `replica.ts`).
 */
import { withRoom } from './grow.ts'
import { createIdTable, compareEntries, entryBytes, forgetLast, type IdTable, intern, lookup, reserve as reserveIds } from './id-table.ts'
import { addNumber, createNumberSet, deleteNumber, type NumberSet, numbersIn } from './number-set.ts'
import type { Author, OpId } from './op.ts'
import { assert } from './result.ts'

const START = 64

export interface Dag {
  length: number
  readonly ids: IdTable
  readonly authors: IdTable
  /** Per op: author number, seq, depth (1 + the parents' greatest; the genesis has 0), prev (−1: none), where its parents begin. */
  author: Int32Array
  seq: Int32Array
  depth: Int32Array
  prev: Int32Array
  parentStart: Int32Array
  /** Per edge, in order of the child: the parent, and the next edge that has the same parent (−1: none). */
  edges: number
  parent: Int32Array
  child: Int32Array
  nextEdge: Int32Array
  /** Per op: the newest edge that has it as parent (−1: it is a head). */
  lastEdge: Int32Array
  /** Ops without children. */
  readonly heads: NumberSet
  /**
   * Per author number: the author's tip, that is the op that no other op of the author follows as prev. −1 before the author's first op;
   * FORKED when there are several tips.
   */
  tip: Int32Array
  /** By author number: the authors who have forked. */
  readonly forks: Map<number, Forked>
  /** By author number: `bySeq` of authors whose fork was taken back, as far as it was known then. */
  readonly unforked: Map<number, number[]>
  /** Pairs (earlier, later admitted) with the same author and seq, in order of admission. */
  readonly equivocations: [number, number][]
}

/** An author with more than one chain. */
interface Forked {
  /** The first admitted op of each seq. */
  readonly bySeq: number[]
  /** The author's tips: ops that no other op of the author follows as prev. */
  readonly tips: Set<number>
  /** By op that several own ops have as prev: how many have it besides the first. */
  readonly branches: Map<number, number>
}

const FORKED = -2

/** An op as the DAG sees it. `parents` are op numbers, prev first when there is one. */
export interface Vertex {
  readonly id: OpId
  readonly author: Author
  readonly seq: number
  readonly prev: number
  readonly parents: readonly number[]
}

/** An empty DAG; `seed` keys its hash tables (any number that others cannot guess). */
export function createDag(seed: number): Dag {
  return {
    length: 0,
    ids: createIdTable(seed),
    authors: createIdTable(seed),
    author: new Int32Array(START),
    seq: new Int32Array(START),
    depth: new Int32Array(START),
    prev: new Int32Array(START),
    parentStart: new Int32Array(START),
    edges: 0,
    parent: new Int32Array(START),
    child: new Int32Array(START),
    nextEdge: new Int32Array(START),
    lastEdge: new Int32Array(START),
    heads: createNumberSet(),
    tip: new Int32Array(START),
    forks: new Map(),
    unforked: new Map(),
    equivocations: [],
  }
}

/** Adds an op whose parents are all here, and gives its number. O(parents). */
export function append(dag: Dag, vertex: Vertex): number {
  const op = dag.length
  reserve(dag, vertex.parents.length)
  assert(intern(dag.ids, vertex.id) === op, 'an op is added once')
  const author = authorNumber(dag, vertex.author)
  for (const parent of vertex.parents) assert(parent >= 0 && parent < op, 'parents come first')
  addEdges(dag, op, vertex.parents, 0, vertex.parents.length)
  dag.author[op] = author
  dag.seq[op] = vertex.seq
  dag.prev[op] = vertex.prev
  addNumber(dag.heads, op)
  dag.length = op + 1
  link(dag, op)
  return op
}

/**
 * Takes back the newest ops until `length` are left, and authors who then have no op: a unit was tried, and not all of its ops were
 * accepted. O(their parents).
 */
export function truncate(dag: Dag, length: number): void {
  while (dag.length > length) {
    const op = dag.length - 1
    unlink(dag, op)
    for (let edge = dag.edges - 1; edge >= dag.parentStart[op]!; edge--) {
      const parent = dag.parent[edge]!
      dag.lastEdge[parent] = dag.nextEdge[edge]!
      if (dag.lastEdge[parent] === -1) addNumber(dag.heads, parent)
    }
    dag.edges = dag.parentStart[op]!
    deleteNumber(dag.heads, op)
    forgetLast(dag.ids)
    dag.length = op
    // Authors are numbered by their first ops, so an author who has no op any more is the newest.
    if (dag.tip[dag.authors.length - 1] === -1) forgetLast(dag.authors)
  }
}

/** Number of the op with this id, or −1. */
export const numberOf = (dag: Dag, id: Uint8Array): number => lookup(dag.ids, id)

/** Number of this author, or −1. */
export const numberOfAuthor = (dag: Dag, author: Uint8Array): number => lookup(dag.authors, author)

export const idOf = (dag: Dag, op: number): OpId => entryBytes(dag.ids, op) as OpId

export const authorOf = (dag: Dag, op: number): Author => entryBytes(dag.authors, dag.author[op]!) as Author

/** parents(op): prev first. */
export function parentsOf(dag: Dag, op: number): Int32Array {
  return dag.parent.subarray(dag.parentStart[op], dag.parentStart[op + 1])
}

/** children(op), the latest admitted first. O(children). */
export function childrenOf(dag: Dag, op: number): number[] {
  const out: number[] = []
  for (let edge = dag.lastEdge[op]!; edge >= 0; edge = dag.nextEdge[edge]!) out.push(dag.child[edge]!)
  return out
}

/** Heads sorted by id. O(ops / 32 + h log h): too slow for something that a node does at each change. */
export function sortedHeads(dag: Dag): OpId[] {
  return [...numbersIn(dag.heads)].sort((a, b) => compareEntries(dag.ids, a, b)).map((op) => idOf(dag, op))
}

/** The tips of an author (number): ops that no other op of the author follows as prev. There is one, unless the author has forked. */
export function tipsOf(dag: Dag, author: number): readonly number[] {
  if (author < 0 || author >= dag.authors.length) return []
  const forked = dag.forks.get(author)
  return forked === undefined ? [dag.tip[author]!] : [...forked.tips]
}

/** The first admitted op of this author (number) with this seq, or −1. O(1), or, for an author who has not forked, O(ops above it). */
export function opAt(dag: Dag, author: number, seq: number): number {
  if (author < 0 || author >= dag.authors.length) return -1
  const forked = dag.forks.get(author)
  if (forked !== undefined) return forked.bySeq[seq] ?? -1
  let op = dag.tip[author]!
  if (seq > dag.seq[op]!) return -1
  while (op >= 0 && dag.seq[op]! > seq) op = dag.prev[op]!
  return op
}

/** Order of the history: (depth, id). */
export const compareOps = (dag: Dag, a: number, b: number): number => dag.depth[a]! - dag.depth[b]! || compareEntries(dag.ids, a, b)

/**
 * Marks past(frontier) ∪ frontier: one byte an op, 1 where it belongs. Iterative; O(ops) bytes and O(edges) time at worst.
 * `marks` may be given to extend an earlier answer.
 */
export function markPast(dag: Dag, frontier: Iterable<number>, marks: Uint8Array = new Uint8Array(dag.length)): Uint8Array {
  const stack: number[] = []
  for (const op of frontier) {
    if (marks[op] === 0) {
      marks[op] = 1
      stack.push(op)
    }
  }
  for (let op = stack.pop(); op !== undefined; op = stack.pop()) {
    for (let edge = dag.parentStart[op]!; edge < dag.parentStart[op + 1]!; edge++) {
      const parent = dag.parent[edge]!
      if (marks[parent] === 0) {
        marks[parent] = 1
        stack.push(parent)
      }
    }
  }
  return marks
}

/** Makes space for so many ops in all, and an eighth more, so that adding them copies nothing. */
export function makeRoom(dag: Dag, ops: number): void {
  const more = Math.ceil(ops * 1.125) - dag.length
  if (more <= 0) return
  reserve(dag, 2 * more, more)
  reserveIds(dag.ids, dag.length + more)
}

/** Marks the future of an op, itself included: one byte an op, 1 where it belongs. Iterative; O(ops after it, and their parents). */
export function markFuture(dag: Dag, op: number): Uint8Array {
  const marks = new Uint8Array(dag.length)
  marks[op] = 1
  for (let later = op + 1; later < dag.length; later++) {
    for (let edge = dag.parentStart[later]!; edge < dag.parentStart[later + 1]! && marks[later] === 0; edge++) {
      marks[later] = marks[dag.parent[edge]!]!
    }
  }
  return marks
}

// — for code that adds ops: `append`, and `stretch.ts` for many at once ———————————————————————————————————

/** Sets the edges and the depth of a new op, whose parents are `parents[from]` … `parents[to − 1]`. The parents are no heads any more. */
export function addEdges(dag: Dag, op: number, parents: ArrayLike<number>, from: number, to: number): void {
  const { parent, child, nextEdge, lastEdge, depth } = dag
  let [deepest, edge] = [-1, dag.edges]
  for (let i = from; i < to; i++, edge++) {
    const before = parents[i]!
    deepest = Math.max(deepest, depth[before]!)
    parent[edge] = before
    child[edge] = op
    if (lastEdge[before] === -1) deleteNumber(dag.heads, before)
    nextEdge[edge] = lastEdge[before]!
    lastEdge[before] = edge
  }
  depth[op] = deepest + 1
  lastEdge[op] = -1
  dag.parentStart[op + 1] = edge
  dag.edges = edge
}

/** The number of an author, who may be new. */
export function authorNumber(dag: Dag, author: Author): number {
  const known = dag.authors.length
  const number = intern(dag.authors, author)
  if (number < known) return number
  dag.tip = withRoom(dag.tip, number + 1)
  dag.tip[number] = -1
  return number
}

/** Puts a new op into its author's chains. */
export function link(dag: Dag, op: number): void {
  const author = dag.author[op]!
  const prev = dag.prev[op]!
  // It is the author's first op, or the next one of a single chain: no other op can have its seq.
  if (dag.tip[author] === prev) {
    dag.tip[author] = op
    return
  }
  const chain = dag.forks.get(author) ?? fork(dag, author)
  const seq = dag.seq[op]!
  const twin = chain.bySeq[seq]
  if (twin === undefined) chain.bySeq[seq] = op
  else dag.equivocations.push([twin, op])
  if (prev >= 0 && !chain.tips.delete(prev)) chain.branches.set(prev, 1 + (chain.branches.get(prev) ?? 0))
  chain.tips.add(op)
}

/**
 * Makes an author's single chain the first of several. This takes O(its ops) the first time. A fork may be taken back and made again,
 * since others can cause that; then it takes only O(ops that came since).
 */
function fork(dag: Dag, author: number): Forked {
  const tip = dag.tip[author]!
  const bySeq = dag.unforked.get(author) ?? []
  dag.unforked.delete(author)
  const known = bySeq.length
  bySeq.length = dag.seq[tip]! + 1
  for (let op = tip; op >= 0 && dag.seq[op]! >= known; op = dag.prev[op]!) bySeq[dag.seq[op]!] = op
  const forked = { bySeq, tips: new Set([tip]), branches: new Map<number, number>() }
  dag.forks.set(author, forked)
  dag.tip[author] = FORKED
  return forked
}

function unlink(dag: Dag, op: number): void {
  const author = dag.author[op]!
  const prev = dag.prev[op]!
  const chain = dag.forks.get(author)
  if (chain === undefined) {
    dag.tip[author] = prev
    const bySeq = dag.unforked.get(author)
    if (bySeq !== undefined) bySeq.length = Math.min(bySeq.length, dag.seq[op]!)
    return
  }
  const seq = dag.seq[op]!
  if (chain.bySeq[seq] === op) chain.bySeq.length = seq
  else dag.equivocations.pop()
  chain.tips.delete(op)
  if (prev >= 0) unbranch(chain, prev)
  if (chain.tips.size > 1 || chain.branches.size > 0) return
  // There is one chain again, or none.
  const [tip = -1] = chain.tips
  dag.forks.delete(author)
  if (tip >= 0) dag.unforked.set(author, chain.bySeq)
  dag.tip[author] = tip
}

/** One own op less follows `prev`: if that was the only one, `prev` is a tip again. */
function unbranch({ tips, branches }: Forked, prev: number): void {
  const others = branches.get(prev)
  if (others === undefined) tips.add(prev)
  else if (others === 1) branches.delete(prev)
  else branches.set(prev, others - 1)
}

/** Makes space for so many more edges, of so many more ops. */
export function reserve(dag: Dag, parents: number, more = 1): void {
  const ops = dag.length + 1 + more
  if (ops > dag.lastEdge.length) {
    dag.author = withRoom(dag.author, ops)
    dag.seq = withRoom(dag.seq, ops)
    dag.depth = withRoom(dag.depth, ops)
    dag.prev = withRoom(dag.prev, ops)
    dag.parentStart = withRoom(dag.parentStart, ops)
    dag.lastEdge = withRoom(dag.lastEdge, ops)
  }
  const edges = dag.edges + parents
  if (edges > dag.parent.length) {
    dag.parent = withRoom(dag.parent, edges)
    dag.child = withRoom(dag.child, edges)
    dag.nextEdge = withRoom(dag.nextEdge, edges)
  }
}
