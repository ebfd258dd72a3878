/**
 * Says in a few bytes what a node holds, and works out what another node lacks. A node lists the tips of its authors, its heads among
 * them. If the reader knows all of the heads, they say exactly what the node holds. If both sides have ops that the other lacks, tips
 * help: a known tip says "I hold this chain up to here". An unknown tip with a higher seq, of an author who has not forked as far as both
 * know, says "I hold all of that author's ops that you hold". A wrong guess costs a repetition, never a loss: only heads decide whether
 * two nodes agree.
 */
import { type Dag, idOf, numberOf, tipsOf } from '../core/dag.ts'
import { compareEntries } from '../core/id-table.ts'
import { AUTHOR_BYTES } from '../core/limits.ts'
import { pushAll } from '../core/lists.ts'
import { greatest, hasNumber, nthGreatest, numbersIn } from '../core/number-set.ts'
import type { OpId } from '../core/op.ts'
import { hintBytes, type Tip } from './messages.ts'
import { describeParts, sameParts } from './parts.ts'
import { NO_SENDER, type StoredHeads } from './stored-heads.ts'

/** The stored heads sorted by id, or, if there are too many, the newest ones; and how many heads there are. O(heads listed). */
export function listHeads({ dag, heads, limits }: StoredHeads): { readonly heads: readonly OpId[]; readonly headCount: number } {
  const listed = greatest(heads, heads.size <= limits.heads ? limits.heads : limits.newestHeads)
  return { heads: listed.sort((a, b) => compareEntries(dag.ids, a, b)).map((op) => idOf(dag, op)), headCount: heads.size }
}

const NO_PARTS = new Uint8Array()

export interface Holdings {
  readonly tips: readonly Tip[]
  /** Parts of all heads, if the message cannot list all of them (`parts.ts`); otherwise empty. */
  readonly parts: Uint8Array
  /** How many heads there are; `tips` may hold fewer of them. */
  readonly headCount: number
}

/**
 * What is stored, as a question says it: all heads, if a page holds them, otherwise the newest heads and parts. Of the other tips mostly
 * the newest are listed, since nearly everything lies below a recent op. Tips are in the order of their numbers. So the same ops are
 * always described by the same bytes, whatever happened to this DAG before. O(tips listed), and the hashes of the parts that changed.
 */
export function describeHoldings({ dag, heads, otherTips, parts, limits, work }: StoredHeads): Holdings {
  const listed = greatest(heads, parts === null ? limits.tips : limits.newestHeads)
  const others = greatest(otherTips, limits.newestTips)
  // Of older tips, fewer and fewer are listed.
  for (let rank = limits.newestTips, step = 1; rank < otherTips.size && others.length < limits.newestTips + limits.sparseTips; step *= 2) {
    others.push(nthGreatest(otherTips, rank))
    rank += step
  }
  pushAll(listed, others.slice(0, limits.tips - listed.length))
  const hint = hintBytes(dag.authors.length)
  const tips = listed.map((op): Tip => {
    const at = dag.author[op]! * AUTHOR_BYTES
    return { hint: dag.authors.bytes.slice(at, at + hint), seq: dag.seq[op]!, id: idOf(dag, op), isHead: hasNumber(heads, op) }
  })
  return { tips, parts: parts === null ? NO_PARTS : describeParts(parts, work), headCount: heads.size }
}

/** Ops as numbers, ascending: from … to − 1, from … to − 1, and so on. */
export type Ranges = readonly number[]

export interface Lacking {
  readonly ops: Ranges
  readonly count: number
  /** Ops and parents looked at to find this. */
  readonly visited: number
  /** True if the peer's description leaves out no op that matters here. */
  readonly isExact: boolean
}

/**
 * The stored ops that a peer lacks, as far as its description and its question for `ids` tell. They are closed under children. An honest
 * peer holds the ops that it names. A guess from tips and parts may be wrong when an author has forked. If the guess says that the peer
 * holds an op for which it asks, the guess is given up. No guess is made unless `mayGuess`. `sender` is the peer's sender value.
 * `visited` is the cost: ops that came since the oldest op that is lacking or is a parent of one without being below a known tip, and the
 * parents of these ops; authors whose keys are compared; bytes that are hashed.
 */
export function lackingOf(
  held: StoredHeads,
  { tips, parts, headCount }: Holdings,
  ids: readonly OpId[],
  sender: Uint8Array = NO_SENDER,
  mayGuess = true,
): Lacking {
  const { dag } = held
  const knownHeads = knownOf(
    dag,
    tips.filter(({ isHead }) => isHead),
  )
  // All heads are listed, and all of them are known: no guess is needed.
  const known = knownOf(dag, tips)
  if (knownHeads.length === headCount) return { ...outside(held, known), isExact: true }
  const guess = mayGuess ? guessFrom(held, tips, parts, sender) : { ops: [], cost: 0 }
  const first = outside(held, [...known, ...guess.ops])
  const lacking = { ...first, visited: first.visited + guess.cost, isExact: false }
  if (guess.ops.length === 0 || ids.every((id) => isIn(lacking.ops, numberOf(dag, id)))) return lacking
  const again = outside(held, known)
  return { ...again, visited: again.visited + lacking.visited, isExact: false }
}

/** True when the op is −1, or in the ranges. */
function isIn(ranges: Ranges, op: number): boolean {
  if (op < 0) return true
  for (let i = 0; i < ranges.length; i += 2) if (op >= ranges[i]! && op < ranges[i + 1]!) return true
  return false
}

const HELD = 1
/** The mark of a parent of a lacking op. A head counts as marked with it, although the mark is not written down. */
const REACHED = 2

/**
 * The stored ops that are neither in the frontier nor below it. The walk begins at the newest op. Each lacking op can be reached from the
 * heads through lacking ops. So if no op that was reached is left, no older op is lacking.
 */
function outside({ dag, stored, heads }: StoredHeads, frontier: readonly number[]): Omit<Lacking, 'isExact'> {
  const marks = new Uint8Array(dag.length)
  /**
   * For each author who has not forked: 1 + the seq of the last op in the frontier. All earlier ops of the author are held, without a
   * walk.
   */
  const upTo = new Int32Array(dag.authors.length)
  for (const op of frontier) {
    const author = dag.author[op]!
    if (!dag.forks.has(author)) upTo[author] = Math.max(upTo[author]!, dag.seq[op]! + 1)
  }
  // All heads count as reached until they are found to be held.
  let open = heads.size
  const mark = (op: number, how: number): void => {
    const as = dag.seq[op]! < upTo[dag.author[op]!]! ? HELD : how
    const before = marks[op]! | (hasNumber(heads, op) ? REACHED : 0)
    if (before === REACHED && as === HELD) open--
    if (before === 0 && as === REACHED) open++
    marks[op] = before | as
  }
  for (const op of frontier) mark(op, HELD)
  const ranges: number[] = []
  let count = 0
  let op = dag.length
  while (open > 0) {
    op--
    const isHeld = (marks[op]! & HELD) !== 0
    // The peer may hold an op that is not stored here yet.
    if (!isHeld && op >= stored) continue
    if (!isHeld) {
      count++
      open--
      if (ranges.at(-1) === op + 1) ranges[ranges.length - 1] = op
      else ranges.push(op + 1, op)
    }
    for (let edge = dag.parentStart[op]!; edge < dag.parentStart[op + 1]!; edge++) mark(dag.parent[edge]!, isHeld ? HELD : REACHED)
  }
  return { ops: ranges.reverse(), count, visited: dag.length - op + dag.edges - dag.parentStart[op]! }
}

const knownOf = (dag: Dag, tips: readonly Tip[]): number[] => tips.map(({ id }) => numberOf(dag, id)).filter((op) => op >= 0)

/** A hint as a number: whole, since it has at most six bytes. */
function hintAt(bytes: Uint8Array, at: number, length: number): number {
  let hint = 0
  for (let i = at; i < at + length; i++) hint = hint * 256 + bytes[i]!
  return hint
}

/** To compare an author's key with hints, or to hash a head's id, takes as long as to look at so many ops. */
const AUTHOR_AS_OPS = 16
const HEAD_AS_OPS = 64

/** Ops that a peer may hold besides those that it names, and the cost of finding them, in ops looked at. */
function guessFrom(held: StoredHeads, tips: readonly Tip[], parts: Uint8Array, sender: Uint8Array): { ops: number[]; cost: number } {
  const { dag, heads, work } = held
  const ops = guessFromTips(dag, tips)
  if (parts.length === 0) return { ops, cost: AUTHOR_AS_OPS * dag.authors.length }
  pushAll(ops, sameParts(dag, numbersIn(heads), sender, parts, work))
  return { ops, cost: AUTHOR_AS_OPS * dag.authors.length + HEAD_AS_OPS * heads.size }
}

/** The last ops of chains that a higher, unknown tip of the same author is taken to include. O(authors). */
function guessFromTips(dag: Dag, tips: readonly Tip[]): number[] {
  /** Null if an author has a second tip, or if a second author has the same hint. */
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
    // The branches of an author who has forked cannot be told apart by seq: no guess.
    if (author < 0 || dag.forks.has(author)) continue
    const [top] = tipsOf(dag, author)
    if (byHint.get(hint)!.seq > dag.seq[top!]!) guessed.push(top!)
  }
  return guessed
}
