/**
 * The price of judging, and who pays it. A peer that has brought ops which were admitted has credit of its own. All other peers share
 * budgets: one for bundles as small as a typed message, one for larger bundles, and one for answers. Known peers share three such
 * budgets, all others share another three. So known peers need not wait for sender values that cost nothing.
 *
 * A price of 1 is that of a signature which the platform's cryptography verifies. Where that is missing, a signature costs
 * `signatureCost`. So judging takes the same part of a processor.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Unit } from '../core/unit.ts'
import { type Budget, createBudget, leftAt } from '../core/budget.ts'
import { MAX_UNIT_OPS, SIGNATURE_BYTES } from '../core/limits.ts'
import { opLength } from '../core/op.ts'
import { type BundleLimits, WIDEST } from './bundle.ts'
import { MAX_BUNDLE_OPS } from './columns.ts'
import { isFile, type Link } from './effects.ts'
import type { IntakeItem, IntakeQueue } from './intake-queue.ts'
import { earnQuestions } from './asking.ts'
import { earn, isTrusted, LEAST_AT_ONCE, mostCredit } from './peers.ts'
import type { Engine } from './state.ts'

/**
 * Ops judged for peers without credit, at once (a unit) and in a second (some 3 % of a processor): a first op of as many newcomers.
 * Further bundles wait in their origin's queue, and origins take turns. Answers that are not small have budgets of their own, below.
 */
export const MAX_JUDGED_FOR_STRANGERS = 1_024
export const JUDGED_PER_SECOND = 100
/**
 * Ops of small bundles judged for peers without credit, at once and in a second (some 8 % of a processor), asked for or not. They have a
 * budget of their own. So a typed message, or a reminder to an author, does not wait behind a flood of large bundles. Each costs ten at
 * most, so a turn of 256 origins takes ten seconds.
 */
export const MAX_SMALL_JUDGED = 512
export const SMALL_JUDGED_PER_SECOND = 256
/** Wrapped bytes of a small bundle: two pages of text, or a few dozen lines. */
const SMALL_BYTES = 8_192
/** Ops of a small bundle, and signatures of it: more than one person types in a moment. A bundle with more is judged as a large one. */
export const SMALL_OPS = 32
export const SMALL_SIGNATURES = 2
/** Bytes of a small bundle inflated, and canonical bytes of its ops: a few wrapped bytes can stand for megabytes. */
export const SMALL_BUILT = 2 * SMALL_BYTES
/** So many ops without a signature to verify cost as much as one with: they are hashed and looked up. */
const HASHED_AS_OP = 8
/** So many canonical bytes of ops cost as much as one op: they are built and hashed. Bytes of a bundle that is refused cost as much. */
const BUILT_AS_OP = 8_192
/**
 * Inflating a bundle costs as much as so many ops, whatever its content: a few bytes can take MAX_BUNDLE_BYTES of work (some 2 ms). A
 * small bundle can take SMALL_BUILT.
 */
const INFLATING_AS_OPS = 16
const INFLATING_SMALL_AS_OPS = 2

/**
 * Ops that any origin may bring in one bundle; and how many more for each op that it brought well before (`broughtWell`). So an answer
 * begins small.
 */
export const FIRST_OPS = MAX_UNIT_OPS
export const MORE_BY_BROUGHT = 4

/** Ops in answers judged for peers without credit, at once and in a second: some 10 % of a processor. */
export const MAX_ANSWERS_JUDGED = 2_048
export const ANSWERS_JUDGED_PER_SECOND = 1_024

type Kind = 'small' | 'large' | 'answers'
const OF_TRUSTED = { small: 'trustedSmall', large: 'trustedLarge', answers: 'trustedAnswers' } as const
export type JudgeBudget = Kind | (typeof OF_TRUSTED)[Kind]
export const JUDGE_BUDGETS: readonly JudgeBudget[] = ['trustedSmall', 'trustedLarge', 'trustedAnswers', 'small', 'large', 'answers']
export type Judging = Readonly<Record<JudgeBudget, Budget>>

/** Full budgets. Where signatures are dear, LEAST_AT_ONCE messages and an answer of a unit are judged at once all the same. */
export function createJudging(now: number, signatureCost: number): Judging {
  const mostSmall = Math.max(MAX_SMALL_JUDGED, LEAST_AT_ONCE * (signatureCost + INFLATING_SMALL_AS_OPS))
  const mostOfAnswers = Math.max(MAX_ANSWERS_JUDGED, MAX_UNIT_OPS * signatureCost)
  const small = (): Budget => createBudget(mostSmall, SMALL_JUDGED_PER_SECOND, now)
  const large = (): Budget => createBudget(MAX_JUDGED_FOR_STRANGERS, JUDGED_PER_SECOND, now)
  const answers = (): Budget => createBudget(mostOfAnswers, ANSWERS_JUDGED_PER_SECOND, now)
  return {
    small: small(),
    large: large(),
    answers: answers(),
    trustedSmall: small(),
    trustedLarge: large(),
    trustedAnswers: answers(),
  }
}

/**
 * The budget that pays for an item if its origin has no credit. A bundle that stands before an answer in a queue is as urgent as the
 * answer.
 */
export function budgetOf(engine: Engine, from: Link, { answers }: IntakeQueue, item: IntakeItem): JudgeBudget {
  const kind = isSmall(item) ? 'small' : answers > 0 ? 'answers' : 'large'
  const peer = engine.peers.get(from)
  return peer !== undefined && isTrusted(engine, peer) ? OF_TRUSTED[kind] : kind
}

/** Whether a bundle is as small as a typed message and, as far as it was opened, holds as little. */
export const isSmall = ({ wrapped, hasMany }: IntakeItem): boolean => !hasMany && wrapped.length <= SMALL_BYTES

/** How many ops a bundle may hold after so many were brought well. Both sides use this rule. */
export const opsAfter = (broughtWell: number): number => Math.min(MAX_BUNDLE_OPS, FIRST_OPS + MORE_BY_BROUGHT * broughtWell)

/** What a bundle of this origin may hold. */
export function mayHold({ peers }: Engine, from: Link, item: IntakeItem): BundleLimits {
  if (isFile(from)) return WIDEST
  if (isSmall(item)) return { ops: SMALL_OPS, built: SMALL_BUILT, bytes: SMALL_BUILT }
  return { ...WIDEST, ops: opsAfter(peers.get(from)?.broughtWell ?? 0) }
}

/** The cost of inflating this bundle, whatever its content. */
export const inflatingCost = (item: IntakeItem): number => (isSmall(item) ? INFLATING_SMALL_AS_OPS : INFLATING_AS_OPS)

/**
 * The price of judging a bundle: exact as far as it was opened, and before that the least that it can be. A signature takes 64 bytes of a
 * bundle. A large bundle may begin with half of the most credit.
 */
function costOfItem(engine: Engine, item: IntakeItem): number {
  if (item.cost !== null) return item.cost
  const inflating = inflatingCost(item)
  if (isSmall(item)) return costOf(engine, 1, 1, 0) + inflating
  const signatures = item.wrapped.length / SIGNATURE_BYTES
  return Math.max(
    costOf(engine, SMALL_OPS, SMALL_SIGNATURES, 0) + inflating,
    Math.min(mostCredit(engine) / 2, costOf(engine, signatures, signatures, 0)),
  )
}

/**
 * Whether work on a bundle may begin. If its origin has earned the price, as far as that is known, it may begin at once. So may files.
 * Others wait for their turn, and for the budget. Sets `isInTurn`: only then a shared budget may pay.
 */
export function mayBegin(engine: Engine, from: Link, item: IntakeItem, turn: JudgeBudget | null): boolean {
  const { payer } = item
  item.isInTurn = !hasCredit(engine, from, costOfItem(engine, item))
  if (!item.isInTurn) return true
  return (turn === payer || engine.heldBack[payer].size === 0) && leftAt(engine.judging[payer], engine.now) > 0
}

/** Whether an origin has earned so much; a file needs no credit. */
export const hasCredit = ({ peers }: Engine, from: Link, cost: number): boolean => isFile(from) || (peers.get(from)?.credit ?? 0) >= cost

/**
 * Takes the price of judging from the peer's credit. If it is the origin's turn, a shared budget pays the rest; otherwise the peer owes
 * it. False when the budget would owe more than all of it: the bundle, begun beside others, turned out to cost more than it seemed.
 */
export function pay(engine: Engine, from: Link, item: IntakeItem, cost: number): boolean {
  if (isFile(from)) return true
  const peer = engine.peers.get(from)
  if (!item.isInTurn) {
    if (peer !== undefined) peer.credit = Math.max(-mostCredit(engine), peer.credit - cost)
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
 * Keeps back the most that decoding a bundle may cost, until that is known: many bundles that are begun in one moment must not each cost
 * more than is left. Gives the function that ends this.
 */
export function reserve(engine: Engine, { isInTurn, payer }: IntakeItem, { ops }: BundleLimits): () => void {
  const { judging, now } = engine
  const budget = judging[payer]
  const kept = isInTurn ? costOf(engine, ops, 0, 0) : 0
  budget.left = leftAt(budget, now) - kept
  return () => (budget.left += kept)
}

/** What is paid for judging: ops, signatures of them that are to be verified, and canonical bytes. */
export const costOf = ({ signatureCost }: Pick<Engine, 'signatureCost'>, ops: number, signatures: number, bytes: number): number =>
  signatures * signatureCost + (ops - signatures) / HASHED_AS_OP + bytes / BUILT_AS_OP

/** Canonical bytes of these ops. */
export const bytesOf = (unit: Unit): number => unit.reduce((sum, { op }) => sum + opLength(op), 0)

/** A peer that brought ops which were admitted earns by what they cost. To ask costs the same on any platform. */
export function reward(engine: Engine, from: Link, unit: Unit): void {
  const peer = engine.peers.get(from)
  if (peer === undefined) return
  const { author } = peer
  const others = author === null ? 0 : unit.filter(({ op }) => !equalBytes(op.author, author)).length
  const signatures = unit.filter(({ signature }) => signature !== null).length
  earn(engine, peer, costOf(engine, unit.length, signatures, bytesOf(unit)), others)
  earnQuestions(peer, costOf({ signatureCost: 1 }, unit.length, signatures, bytesOf(unit)))
}
