/**
 * The DAG's shape: who follows whom. Ops are numbers 0, 1, 2, … in order of admission (a topological order), ids and
 * authors are interned, parents and children lie in typed arrays; bodies are elsewhere (the store) and read when needed.
 * About 110 bytes an op with one parent.
 *
 * Free functions over one plain structure; nothing here judges whether an op may be admitted (see `replica.ts`).
 */
import { createIdTable, compareEntries, entryBytes, forgetLast, type IdTable, intern, lookup } from './id-table.ts'
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
  readonly heads: Set<number>
  /** Per author number: the first admitted op of each seq, and the ops that are no own op's prev (one unless the author forked). */
  readonly chains: Chain[]
  /** Pairs (earlier, later admitted) with the same author and seq, in order of admission. */
  readonly equivocations: [number, number][]
}

interface Chain {
  readonly bySeq: number[]
  readonly tips: Set<number>
}

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
    parentStart: new Int32Array(START + 1),
    edges: 0,
    parent: new Int32Array(START),
    child: new Int32Array(START),
    nextEdge: new Int32Array(START),
    lastEdge: new Int32Array(START),
    heads: new Set(),
    chains: [],
    equivocations: [],
  }
}

/** Adds an op whose parents are all here, and gives its number. O(parents). */
export function append(dag: Dag, vertex: Vertex): number {
  const op = dag.length
  reserve(dag, vertex.parents.length)
  assert(intern(dag.ids, vertex.id) === op, 'an op is added once')
  const author = intern(dag.authors, vertex.author)
  let depth = 0
  for (const parent of vertex.parents) {
    assert(parent >= 0 && parent < op, 'parents come first')
    depth = Math.max(depth, dag.depth[parent]! + 1)
    const edge = dag.edges++
    dag.parent[edge] = parent
    dag.child[edge] = op
    dag.nextEdge[edge] = dag.lastEdge[parent]!
    dag.lastEdge[parent] = edge
    dag.heads.delete(parent)
  }
  dag.author[op] = author
  dag.seq[op] = vertex.seq
  dag.depth[op] = depth
  dag.prev[op] = vertex.prev
  dag.parentStart[op + 1] = dag.edges
  dag.lastEdge[op] = -1
  dag.heads.add(op)
  dag.length = op + 1
  link(dag, op)
  return op
}

/**
 * Takes back the newest ops until `length` are left, and authors who are left with none: a unit whose ops were tried and
 * not all accepted. O(their parents, and the children of their prevs).
 */
export function truncate(dag: Dag, length: number): void {
  while (dag.length > length) {
    const op = dag.length - 1
    unlink(dag, op)
    for (let edge = dag.edges - 1; edge >= dag.parentStart[op]!; edge--) {
      const parent = dag.parent[edge]!
      dag.lastEdge[parent] = dag.nextEdge[edge]!
      if (dag.lastEdge[parent] === -1) dag.heads.add(parent)
    }
    dag.edges = dag.parentStart[op]!
    dag.heads.delete(op)
    forgetLast(dag.ids)
    dag.length = op
    // Authors are numbered by their first ops, so one who has none any more is the newest.
    if (dag.chains.at(-1)!.tips.size === 0) {
      dag.chains.pop()
      forgetLast(dag.authors)
    }
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

/** children(op), newest first. */
export function childrenOf(dag: Dag, op: number): number[] {
  const out: number[] = []
  for (let edge = dag.lastEdge[op]!; edge >= 0; edge = dag.nextEdge[edge]!) out.push(dag.child[edge]!)
  return out
}

/** Heads sorted by id. O(h log h). */
export function sortedHeads(dag: Dag): OpId[] {
  return [...dag.heads].sort((a, b) => compareEntries(dag.ids, a, b)).map((op) => idOf(dag, op))
}

/** The ops of an author (number) that are no own op's prev: one, unless the author forked. */
export const tipsOf = (dag: Dag, author: number): readonly number[] => [...(dag.chains[author]?.tips ?? [])]

/** The first admitted op of this author (number) with this seq, or −1. */
export const opAt = (dag: Dag, author: number, seq: number): number => dag.chains[author]?.bySeq[seq] ?? -1

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

function link(dag: Dag, op: number): void {
  const author = dag.author[op]!
  const chain = (dag.chains[author] ??= { bySeq: [], tips: new Set() })
  const seq = dag.seq[op]!
  const twin = chain.bySeq[seq]
  if (twin === undefined) chain.bySeq[seq] = op
  else dag.equivocations.push([twin, op])
  chain.tips.delete(dag.prev[op]!)
  chain.tips.add(op)
}

function unlink(dag: Dag, op: number): void {
  const chain = dag.chains[dag.author[op]!]!
  const seq = dag.seq[op]!
  if (chain.bySeq[seq] === op) chain.bySeq.length = seq
  else dag.equivocations.pop()
  const prev = dag.prev[op]!
  chain.tips.delete(op)
  if (prev >= 0 && !isFollowed(dag, prev, op)) chain.tips.add(prev)
}

/** True when a child other than `but` has `op` as its prev. */
function isFollowed(dag: Dag, op: number, but: number): boolean {
  for (let edge = dag.lastEdge[op]!; edge >= 0; edge = dag.nextEdge[edge]!) {
    const child = dag.child[edge]!
    if (child !== but && dag.prev[child] === op) return true
  }
  return false
}

function reserve(dag: Dag, parents: number): void {
  if (dag.length + 1 >= dag.lastEdge.length) {
    dag.author = doubled(dag.author)
    dag.seq = doubled(dag.seq)
    dag.depth = doubled(dag.depth)
    dag.prev = doubled(dag.prev)
    dag.parentStart = doubled(dag.parentStart)
    dag.lastEdge = doubled(dag.lastEdge)
  }
  while (dag.edges + parents > dag.parent.length) {
    dag.parent = doubled(dag.parent)
    dag.child = doubled(dag.child)
    dag.nextEdge = doubled(dag.nextEdge)
  }
}

function doubled(array: Int32Array): Int32Array {
  const out = new Int32Array(array.length * 2)
  out.set(array)
  return out
}
