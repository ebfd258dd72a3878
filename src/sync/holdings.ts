/**
 * What a node holds, said in a few bytes, and what another lacks, worked out from that. A node lists the tips of its authors,
 * its heads among them. Where the reader knows all of the heads, they say it exactly. Where both sides have ops that the other
 * lacks, tips guide: a known tip says "this chain up to here"; an unknown one with a higher seq, of an author who has not forked
 * as far as both tell, says "all of that author's ops that you hold". A wrong guess costs a repetition, never a loss: only heads
 * decide when two nodes agree.
 */
import { compareEntries } from '../core/id-table.ts'
import { type Dag, idOf, numberOf, tipsOf } from '../core/dag.ts'
import { AUTHOR_BYTES } from '../core/limits.ts'
import { pushAll } from '../core/lists.ts'
import type { OpId } from '../core/op.ts'
import { type Limits, LIMITS } from './limits.ts'
import { hintBytes, type Tip } from './messages.ts'
import { describeParts, sameParts } from './parts.ts'

/** Heads of the first `stored` ops: what may be told to others. O(unstored + heads). */
function storedHeadOps(dag: Dag, stored: number): number[] {
  const heads: number[] = []
  for (const op of dag.heads) if (op < stored) heads.push(op)
  const tried = new Set<number>()
  for (let op = stored; op < dag.length; op++) {
    for (let edge = dag.parentStart[op]!; edge < dag.parentStart[op + 1]!; edge++) tried.add(dag.parent[edge]!)
  }
  for (const op of tried) if (op < stored && firstChild(dag, op) >= stored) heads.push(op)
  return heads
}

/** Heads of the first `stored` ops, sorted by id. O(unstored + heads log heads). */
export const storedHeads = (dag: Dag, stored: number): OpId[] => byId(dag, storedHeadOps(dag, stored))

/** These heads, sorted by id, or of too many the newest; and how many there are. */
export function listHeads(dag: Dag, stored: number, limits: Limits): { readonly heads: readonly OpId[]; readonly headCount: number } {
  const ops = storedHeadOps(dag, stored)
  const listed = ops.length <= limits.heads ? ops : newest(ops, limits.newestHeads)
  return { heads: byId(dag, listed), headCount: ops.length }
}

const byId = (dag: Dag, ops: number[]): OpId[] => ops.sort((a, b) => compareEntries(dag.ids, a, b)).map((op) => idOf(dag, op))

const newest = (ops: number[], count: number): number[] => ops.sort((a, b) => b - a).slice(0, count)

/** The oldest child: edges are listed newest first. */
function firstChild(dag: Dag, op: number): number {
  let child = -1
  for (let edge = dag.lastEdge[op]!; edge >= 0; edge = dag.nextEdge[edge]!) child = dag.child[edge]!
  return child
}

const NO_PARTS = new Uint8Array()
/** Whose parts are the same at both ends, where nobody else is there. */
const NO_SENDER = new Uint8Array(32)

export interface Holdings {
  readonly tips: readonly Tip[]
  /** Of all heads, if they are more than could be told (`parts.ts`); else empty. */
  readonly parts: Uint8Array
  /** Of all heads; those among `tips` may be fewer. */
  readonly headCount: number
}

/** Of ops in descending order, all of the first ones and ever fewer of the others. */
function thinned(ops: readonly number[], { newestTips, sparseTips }: Limits): number[] {
  const out = ops.slice(0, newestTips)
  for (let i = newestTips, step = 1; i < ops.length && out.length < newestTips + sparseTips; i += step, step *= 2) out.push(ops[i]!)
  return out
}

/**
 * This node's holdings as far as they are stored: all heads, if a page holds them, else the newest, and of the other tips mostly the newest, since
 * below a recent op lies nearly everything. `sender` is this node's sender value. O(unstored + authors log authors).
 */
export function describeHoldings(dag: Dag, stored: number, limits: Limits = LIMITS, sender: Uint8Array = NO_SENDER): Holdings {
  const heads = storedHeadOps(dag, stored)
  const isHead = new Set(heads)
  const others: number[] = []
  for (let author = 0; author < dag.authors.length; author++) {
    for (const tip of tipsOf(dag, author)) {
      let op = tip
      while (op >= stored) op = dag.prev[op]!
      if (op >= 0 && !isHead.has(op)) others.push(op)
    }
  }
  // In the order of their numbers, whatever became of this DAG before: the same ops are told in the same words.
  const listed = newest(heads, heads.length > limits.tips ? limits.newestHeads : heads.length)
  const thin = thinned(
    others.sort((a, b) => b - a),
    limits,
  )
  pushAll(listed, thin.slice(0, limits.tips - listed.length))
  const hint = hintBytes(dag.authors.length)
  const tips = listed.map((op): Tip => {
    const at = dag.author[op]! * AUTHOR_BYTES
    return { hint: dag.authors.bytes.slice(at, at + hint), seq: dag.seq[op]!, id: idOf(dag, op), isHead: isHead.has(op) }
  })
  const parts = heads.length > limits.tips ? describeParts(dag, heads, sender, limits.parts) : NO_PARTS
  return { tips, parts, headCount: heads.length }
}

/** Ops as numbers, ascending: from … to − 1, from … to − 1, and so on. */
export type Ranges = readonly number[]

export interface Lacking {
  readonly ops: Ranges
  readonly count: number
  /** Ops looked at to find this. */
  readonly visited: number
  /** Nothing that it holds is missing in what it says, as far as that can matter here. */
  readonly isExact: boolean
}

/**
 * Of the first `stored` ops, those that whoever says this, and asks for `ids`, lacks as far as it can be told: closed under
 * children. What it names it holds, if it is honest. What is guessed from tips may be wrong when an author has forked; if the guess
 * says that it holds what it asks for, the guess is given up; none is made unless `mayGuess`. `sender` is its sender value. O(authors + ops that came since the oldest that is lacking, or that is a
 * parent of one and not told by a tip to be held).
 */
export function lackingOf(
  dag: Dag,
  stored: number,
  { tips, parts, headCount }: Holdings,
  ids: readonly OpId[],
  sender: Uint8Array = NO_SENDER,
  mayGuess = true,
): Lacking {
  const heads = tips.filter(({ isHead }) => isHead)
  const knownHeads = knownOf(dag, heads)
  // All heads listed, and all of them known: there is nothing to add.
  const known = knownOf(dag, tips)
  if (knownHeads.length === headCount) return { ...outside(dag, stored, known), isExact: true }
  const inParts = mayGuess && parts.length > 0 ? sameParts(dag, storedHeadOps(dag, stored), sender, parts) : []
  const guessed = mayGuess ? [...guessFromTips(dag, tips), ...inParts] : []
  const lacking = { ...outside(dag, stored, [...known, ...guessed]), isExact: false }
  if (guessed.length === 0 || ids.every((id) => isIn(lacking.ops, numberOf(dag, id)))) return lacking
  const again = outside(dag, stored, known)
  return { ...again, visited: again.visited + lacking.visited, isExact: false }
}

/** True when it is −1, or one of them. */
function isIn(ranges: Ranges, op: number): boolean {
  if (op < 0) return true
  for (let i = 0; i < ranges.length; i += 2) if (op >= ranges[i]! && op < ranges[i + 1]!) return true
  return false
}

const HELD = 1
/** A head, or a parent of an op that is lacking. */
const REACHED = 2

/**
 * Of the first `stored` ops, those neither in the frontier nor below it. From the newest on: what is lacking is reached from
 * the heads by ops that are lacking, so that once none that was reached is left, no older one can be.
 */
function outside(dag: Dag, stored: number, frontier: readonly number[]): Omit<Lacking, 'isExact'> {
  const marks = new Uint8Array(dag.length)
  /** By author who has not forked: the seq of the last op in the frontier, or −1. What is below it needs no walk to be known as held. */
  const upTo = new Int32Array(dag.authors.length).fill(-1)
  for (const op of frontier) {
    const author = dag.author[op]!
    if (!dag.forks.has(author)) upTo[author] = Math.max(upTo[author]!, dag.seq[op]!)
  }
  let open = 0
  const mark = (op: number, how: number): void => {
    const as = dag.seq[op]! <= upTo[dag.author[op]!]! ? HELD : how
    const before = marks[op]!
    if (before === REACHED && as === HELD) open--
    if (before === 0 && as === REACHED) open++
    marks[op] = before | as
  }
  for (const op of frontier) mark(op, HELD)
  for (const op of storedHeadOps(dag, stored)) mark(op, REACHED)
  const ranges: number[] = []
  let count = 0
  let op = dag.length
  while (open > 0) {
    op--
    const isHeld = (marks[op]! & HELD) !== 0
    // The peer may hold what is not stored here yet.
    if (!isHeld && op >= stored) continue
    if (!isHeld) {
      count++
      open--
      if (ranges.at(-1) === op + 1) ranges[ranges.length - 1] = op
      else ranges.push(op + 1, op)
    }
    for (let edge = dag.parentStart[op]!; edge < dag.parentStart[op + 1]!; edge++) mark(dag.parent[edge]!, isHeld ? HELD : REACHED)
  }
  return { ops: ranges.reverse(), count, visited: dag.length - op }
}

const knownOf = (dag: Dag, tips: readonly Tip[]): number[] => tips.map(({ id }) => numberOf(dag, id)).filter((op) => op >= 0)

/** A hint as a number: whole, since it has at most six bytes. */
function hintAt(bytes: Uint8Array, at: number, length: number): number {
  let hint = 0
  for (let i = at; i < at + length; i++) hint = hint * 256 + bytes[i]!
  return hint
}

/** Tops of chains that a higher, unknown tip of the same author is taken to include. O(authors). */
function guessFromTips(dag: Dag, tips: readonly Tip[]): number[] {
  /** A second tip of an author, and a second author with this hint, make it null. */
  const byHint = new Map<number, Tip | null>()
  for (const tip of tips) {
    const hint = hintAt(tip.hint, 0, tip.hint.length)
    byHint.set(hint, byHint.has(hint) || numberOf(dag, tip.id) >= 0 ? null : tip)
  }
  const length = tips[0]?.hint.length ?? 0
  const authors = new Map<number, number>()
  for (let author = 0; author < dag.authors.length; author++) {
    const hint = hintAt(dag.authors.bytes, author * AUTHOR_BYTES, length)
    if ((byHint.get(hint) ?? null) !== null) authors.set(hint, authors.has(hint) ? -1 : author)
  }
  const guessed: number[] = []
  for (const [hint, author] of authors) {
    // A forked author's branches cannot be told apart by seq: no guess.
    if (author < 0 || dag.forks.has(author)) continue
    const [top] = tipsOf(dag, author)
    if (byHint.get(hint)!.seq > dag.seq[top!]!) guessed.push(top!)
  }
  return guessed
}
