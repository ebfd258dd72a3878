/**
 * What judging costs, and who pays. A peer that has brought ops that were admitted has credit of its own. All others share budgets: for
 * bundles as small as what a person types, for larger ones, and for answers. Trusted peers share three such budgets, all others another three,
 * so that members need not wait for names that cost nothing.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Unit } from '../core/unit.ts'
import { type Budget, createBudget, leftAt } from '../core/budget.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import { opLength } from '../core/op.ts'
import { type BundleLimits, WIDEST } from './bundle.ts'
import { MAX_BUNDLE_OPS } from './columns.ts'
import { isFile, type Link } from './effects.ts'
import type { IntakeItem, IntakeQueue } from './intake-queue.ts'
import { earn, isTrusted, MAX_CREDIT } from './peers.ts'
import type { Engine } from './state.ts'

/**
 * Ops judged for peers without credit, at once (a unit) and in a second (some 3 % of a processor): a first op of as many newcomers.
 * More than that waits in its link's queue, and links take turns. What was asked for and is not small has budgets of its own, below.
 */
export const MAX_JUDGED_FOR_STRANGERS = 1_024
export const JUDGED_PER_SECOND = 100
/**
 * The same of small bundles (some 8 % of a processor), asked for or not. They have a budget of their own, so that what people type, and what an author is
 * reminded of, does not wait behind what others pour out: each costs ten at most, so a turn of 256 links takes ten seconds.
 */
export const MAX_SMALL_JUDGED = 512
export const SMALL_JUDGED_PER_SECOND = 256
/** Wrapped bytes of a small bundle: two pages of text, or a few dozen lines. */
const SMALL_BYTES = 8_192
/** Ops of a small bundle, and signatures of it: more than what one person types in a moment. One with more is judged as a large one. */
export const SMALL_OPS = 32
export const SMALL_SIGNATURES = 2
/** Bytes of a small bundle inflated, and canonical bytes of its ops: a few wrapped bytes can stand for megabytes. */
export const SMALL_BUILT = 2 * SMALL_BYTES
/** Ops of which nothing is verified that count as one: they are hashed and looked up. */
const HASHED_AS_OP = 8
/** Canonical bytes of ops that count as one op: they are built and hashed. Bytes of a bundle that is refused count as much. */
const BUILT_AS_OP = 8_192
/** Inflating a bundle counts as so many ops, whatever comes of it: a few bytes can take MAX_BUNDLE_BYTES of work (some 2 ms), or of a small one SMALL_BUILT. */
const INFLATING_AS_OPS = 16
const INFLATING_SMALL_AS_OPS = 2

/** Ops that any link may bring in one bundle; and how many more for each op that it brought well before (`broughtWell`). So an answer begins small. */
export const FIRST_OPS = MAX_UNIT_OPS
export const MORE_BY_BROUGHT = 4

/** What answers cost for peers that have no credit yet, at once and in a second: some 10 % of a processor. */
export const MAX_ANSWERS_JUDGED = 2_048
export const ANSWERS_JUDGED_PER_SECOND = 1_024

type Kind = 'small' | 'large' | 'answers'
const OF_TRUSTED = { small: 'trustedSmall', large: 'trustedLarge', answers: 'trustedAnswers' } as const
export type JudgeBudget = Kind | (typeof OF_TRUSTED)[Kind]
export const JUDGE_BUDGETS: readonly JudgeBudget[] = ['trustedSmall', 'trustedLarge', 'trustedAnswers', 'small', 'large', 'answers']
export type Judging = Readonly<Record<JudgeBudget, Budget>>

/** Full budgets. */
export function createJudging(now: number): Judging {
  const small = (): Budget => createBudget(MAX_SMALL_JUDGED, SMALL_JUDGED_PER_SECOND, now)
  const large = (): Budget => createBudget(MAX_JUDGED_FOR_STRANGERS, JUDGED_PER_SECOND, now)
  const answers = (): Budget => createBudget(MAX_ANSWERS_JUDGED, ANSWERS_JUDGED_PER_SECOND, now)
  return {
    small: small(),
    large: large(),
    answers: answers(),
    trustedSmall: small(),
    trustedLarge: large(),
    trustedAnswers: answers(),
  }
}

/** The budget that an item is paid from if its link has no credit. What an answer waits behind is as urgent as the answer. */
export function budgetOf(engine: Engine, from: Link, { answers }: IntakeQueue, item: IntakeItem): JudgeBudget {
  const kind = isSmall(item) ? 'small' : answers > 0 ? 'answers' : 'large'
  const peer = engine.peers.get(from)
  return peer !== undefined && isTrusted(engine, peer) ? OF_TRUSTED[kind] : kind
}

/** As small as what a person types, and, as far as it was opened, with as little in it. */
export const isSmall = ({ wrapped, hasMany }: IntakeItem): boolean => !hasMany && wrapped.length <= SMALL_BYTES

/** The ops that a bundle may hold after so many were brought well: the rule of both sides. */
export const opsAfter = (broughtWell: number): number => Math.min(MAX_BUNDLE_OPS, FIRST_OPS + MORE_BY_BROUGHT * broughtWell)

/** What a bundle of this link may hold. */
export function mayHold({ peers }: Engine, from: Link, item: IntakeItem): BundleLimits {
  if (isFile(from)) return WIDEST
  if (isSmall(item)) return { ops: SMALL_OPS, built: SMALL_BUILT, bytes: SMALL_BUILT }
  return { ...WIDEST, ops: opsAfter(peers.get(from)?.broughtWell ?? 0) }
}

/** What inflating this bundle costs, whatever comes of it. */
export const inflatingCost = (item: IntakeItem): number => (isSmall(item) ? INFLATING_SMALL_AS_OPS : INFLATING_AS_OPS)

/**
 * What judging costs: as far as it was opened exactly, and before that at least. A signature takes 64 bytes of a bundle. A large bundle may begin with half of
 * the most credit.
 */
function costOfItem(item: IntakeItem): number {
  if (item.cost !== null) return item.cost
  if (isSmall(item)) return 1 + inflatingCost(item)
  return Math.max(costOf(SMALL_OPS, SMALL_SIGNATURES, 0) + inflatingCost(item), Math.min(MAX_CREDIT / 2, item.wrapped.length / 64))
}

/**
 * A link that has earned what the bundle costs, as far as that is known, is judged at once, and so are files; others in turn, as far as the budget goes.
 * Sets `isInTurn`: only then what strangers share may pay.
 */
export function mayBegin(engine: Engine, from: Link, item: IntakeItem, turn: JudgeBudget | null): boolean {
  const { payer } = item
  item.isInTurn = !hasCredit(engine, from, costOfItem(item))
  if (!item.isInTurn) return true
  return (turn === payer || engine.heldBack[payer].size === 0) && leftAt(engine.judging[payer], engine.now) > 0
}

/** Whether a link has earned so much; a file needs nothing. */
export const hasCredit = ({ peers }: Engine, from: Link, cost: number): boolean => isFile(from) || (peers.get(from)?.credit ?? 0) >= cost

/**
 * Takes what judging costs from the peer's credit, and the rest from what strangers share if it is the link's turn; otherwise the peer owes it. False when what
 * is shared would owe more than the whole budget: what was begun beside others that were inflated too is more than it looked.
 */
export function pay(engine: Engine, from: Link, item: IntakeItem, cost: number): boolean {
  if (isFile(from)) return true
  const peer = engine.peers.get(from)
  if (!item.isInTurn) {
    if (peer !== undefined) peer.credit = Math.max(-MAX_CREDIT, peer.credit - cost)
    return true
  }
  const own = Math.min(Math.max(0, peer?.credit ?? 0), cost)
  if (peer !== undefined) peer.credit -= own
  const budget = engine.judging[item.payer]
  const left = leftAt(budget, engine.now) - (cost - own)
  budget.left = Math.max(-budget.most, left)
  return own === cost || left >= -budget.most
}

/**
 * Keeps back the most that decoding a bundle may cost, until it is known: many bundles that are begun in one moment must not each cost more than is left. Gives what
 * ends that.
 */
export function reserve({ judging, now }: Engine, { isInTurn, payer }: IntakeItem, { ops }: BundleLimits): () => void {
  const budget = judging[payer]
  const kept = isInTurn ? costOf(ops, 0, 0) : 0
  budget.left = leftAt(budget, now) - kept
  return () => (budget.left += kept)
}

/** What judging ops costs: one for each signature to be verified, and little for all others, and for so many canonical bytes. */
export const costOf = (ops: number, signatures: number, bytes: number): number =>
  signatures + (ops - signatures) / HASHED_AS_OP + bytes / BUILT_AS_OP

/** Canonical bytes of these ops. */
export const bytesOf = (unit: Unit): number => unit.reduce((sum, { op }) => sum + opLength(op), 0)

/** Whoever brings what is admitted earns by what it cost. */
export function reward(engine: Engine, from: Link, unit: Unit): void {
  const peer = engine.peers.get(from)
  if (peer === undefined) return
  const { author } = peer
  const others = author === null ? 0 : unit.filter(({ op }) => !equalBytes(op.author, author)).length
  earn(peer, costOf(unit.length, unit.filter(({ signature }) => signature !== null).length, bytesOf(unit)), others)
}
