/**
 * What judging costs, and who pays: whoever has brought ops that were admitted has credit of its own, and all others share two
 * budgets, one for bundles as small as what a person types and one for larger ones.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Unit } from '../core/unit.ts'
import { leftAt } from '../core/budget.ts'
import { isFile, type Link } from './effects.ts'
import type { IntakeItem, IntakeQueue } from './intake.ts'
import { earn } from './peers.ts'
import type { Engine } from './state.ts'

/**
 * Ops judged for peers without credit, at once (a unit) and in a second (some 3 % of a processor): a first op of as many newcomers.
 * More than that waits in its link's queue; links take turns, and what was asked for waits for nobody.
 */
export const MAX_JUDGED_FOR_STRANGERS = 1_024
export const JUDGED_PER_SECOND = 100
/** The same of small bundles, which have a budget of their own, so that what strangers type does not wait behind what they pour out. */
export const MAX_SMALL_JUDGED = 256
/** Wrapped bytes of a small bundle: a page of text. */
const SMALL_BYTES = 2_048
/** Ops of which nothing is verified that count as one: they are hashed and looked up. */
const HASHED_AS_OP = 8
/** Bytes of a bundle that count as one op: a bundle that is refused is paid for by them, and by the ops that were hashed before it was. */
export const BYTES_AS_OP = 128
/** Inflating a bundle counts as so many ops, whatever comes of it: a few bytes can take MAX_BUNDLE_BYTES of work (some 2 ms). */
export const INFLATING_AS_OPS = 16

/** The budget that an item is paid from if its link has no credit. */
export const budgetOf = ({ wrapped, isAnswer }: IntakeItem): 'small' | 'large' =>
  !isAnswer && wrapped.length <= SMALL_BYTES ? 'small' : 'large'

/**
 * Whoever has brought ops that were admitted, and whoever was asked, is judged at once; others as far as the budget goes.
 * What an answer waits behind is as urgent as the answer.
 */
export function mayBegin(engine: Engine, from: Link, { items }: IntakeQueue, item: IntakeItem): boolean {
  if (items.some(({ isAnswer }) => isAnswer)) return true
  return (engine.peers.get(from)?.credit ?? 0) > 0 || leftAt(engine[budgetOf(item)], engine.now) > 0
}

/**
 * Takes what judging costs from the peer's credit, and the rest from what strangers share. False when that would owe more than
 * the whole budget: what was begun by a little credit, or beside others that were inflated too, is more than it looked.
 */
export function pay(engine: Engine, from: Link, item: IntakeItem, cost: number): boolean {
  if (isFile(from)) return true
  const peer = engine.peers.get(from)
  const own = Math.min(peer?.credit ?? 0, cost)
  if (peer !== undefined) peer.credit -= own
  const budget = engine[budgetOf(item)]
  const left = leftAt(budget, engine.now) - (cost - own)
  budget.left = Math.max(-budget.most, left)
  return own === cost || left >= -budget.most
}

/** What judging ops costs: one for each signature to be verified, and little for all others. */
export const costOf = (ops: number, signatures: number): number => signatures + (ops - signatures) / HASHED_AS_OP

/** Whoever brings what is admitted earns by what it cost. */
export function reward(engine: Engine, from: Link, unit: Unit): void {
  const peer = engine.peers.get(from)
  if (peer === undefined) return
  const { author } = peer
  const others = author === null ? 0 : unit.filter(({ op }) => !equalBytes(op.author, author)).length
  earn(peer, costOf(unit.length, unit.filter(({ signature }) => signature !== null).length), others)
}
