/**
 * What a node holds, said in a few bytes and read back as a set. A heads list is exact. Where heads have diverged, each
 * author's tips guide: a known tip says "this chain up to here"; an unknown one with a higher seq, of an author who has not
 * forked as far as both tell, says "all of that author's ops that you hold". A wrong guess costs a repetition, never a
 * loss: only heads decide when two nodes agree.
 */
import { compareEntries } from '../core/id-table.ts'
import { type Dag, idOf, markPast, numberOf, opAt, tipsOf } from '../core/dag.ts'
import { AUTHOR_BYTES, MAX_HEADS_LISTED, MAX_TIPS_PAGE } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import { HINT_BYTES, type Tip } from './messages.ts'

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

/** As many of them as a list may hold, sorted by id: of too many the newest, which others most likely lack; and how many there are. */
export function listHeads(dag: Dag, stored: number): { readonly heads: readonly OpId[]; readonly headCount: number } {
  const ops = storedHeadOps(dag, stored)
  const listed = ops.length <= MAX_HEADS_LISTED ? ops : ops.sort((a, b) => b - a).slice(0, MAX_HEADS_LISTED)
  return { heads: byId(dag, listed), headCount: ops.length }
}

const byId = (dag: Dag, ops: number[]): OpId[] => ops.sort((a, b) => compareEntries(dag.ids, a, b)).map((op) => idOf(dag, op))

/** The oldest child: edges are listed newest first. */
function firstChild(dag: Dag, op: number): number {
  let child = -1
  for (let edge = dag.lastEdge[op]!; edge >= 0; edge = dag.nextEdge[edge]!) child = dag.child[edge]!
  return child
}

export interface Holdings {
  readonly heads: readonly OpId[]
  readonly tips: readonly Tip[]
  /** True when every author's tips are listed, so that an author who is not mentioned is one whose ops are all lacking. */
  readonly tipsComplete: boolean
}

/** This node's holdings: heads if they fit, and the tips of as many authors as fit, latest first. */
export function describeHoldings(dag: Dag, stored: number): Holdings {
  const { heads } = listHeads(dag, stored)
  const tips: Tip[] = []
  let complete = true
  for (let author = dag.chains.length - 1; author >= 0; author--) {
    const own = tipsOf(dag, author).filter((op) => op < stored)
    // Skipped and not the end of the list: one author's thousand forks must not hide everybody else.
    if (tips.length + own.length > MAX_TIPS_PAGE) {
      complete = false
      continue
    }
    const hint = dag.authors.bytes.slice(author * 32, author * 32 + HINT_BYTES)
    for (const op of own) tips.push({ hint, seq: dag.seq[op]!, id: idOf(dag, op) })
  }
  return { heads, tips, tipsComplete: complete }
}

/**
 * Marks the ops that whoever said this, and asks for `ids`, holds, as far as it can be told: one byte an op, closed under
 * parents. What it names it holds, if it is honest. What is guessed from tips may be wrong when an author has forked; if the
 * guess says that it holds what it asks for, the guess is given up.
 */
export function readHoldings(dag: Dag, { heads, tips }: Holdings, ids: readonly OpId[]): Uint8Array {
  const known = knownOf(dag, heads)
  // All heads known, and all of them listed: there is nothing to add.
  if (known.length === heads.length && heads.length < MAX_HEADS_LISTED) return markPast(dag, known)
  known.push(
    ...knownOf(
      dag,
      tips.map(({ id }) => id),
    ),
  )
  const guessed = guessFromTips(dag, tips)
  const marks = markPast(dag, [...known, ...guessed])
  const isWrong = knownOf(dag, ids).some((op) => marks[op] === 1)
  return isWrong && guessed.length > 0 ? markPast(dag, known) : marks
}

const knownOf = (dag: Dag, ids: readonly OpId[]): number[] => ids.map((id) => numberOf(dag, id)).filter((op) => op >= 0)

/** A hint as a number, since every author is looked at for every want. A double keeps 53 of its 64 bits: it is a hint. */
function hintAt(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  const low = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!
  return (high >>> 0) * 2 ** 32 + (low >>> 0)
}

/** Tops of chains that a higher, unknown tip of the same author is taken to include. */
function guessFromTips(dag: Dag, tips: readonly Tip[]): number[] {
  const guessed: number[] = []
  const keys = dag.authors.bytes
  /** A second tip of an author makes it null. */
  const byHint = new Map<number, Tip | null>()
  for (const tip of tips) {
    const key = hintAt(tip.hint, 0)
    byHint.set(key, byHint.has(key) ? null : tip)
  }
  for (let author = 0; author < dag.chains.length; author++) {
    const tip = byHint.get(hintAt(keys, author * AUTHOR_BYTES))
    if (tip === undefined || tip === null || numberOf(dag, tip.id) >= 0) continue
    const [top, ...others] = tipsOf(dag, author)
    // A forked author's branches cannot be told apart by seq: no guess.
    if (top === undefined || others.length > 0) continue
    if (tip.seq > dag.seq[top]! && opAt(dag, author, dag.seq[top]!) === top) guessed.push(top)
  }
  return guessed
}
