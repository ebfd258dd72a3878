/**
 * The price of questions. A question says what this node holds: in a room of hundreds of heads it has up to 17 kB. Sender values cost
 * nothing, and any sender can name heads that nobody has, or bring ops whose parents nobody has. So questions are paid for in bytes:
 *
 * - A peer that brought ops which were admitted has credit of its own.
 * - All other peers share budgets. Known peers share one, the others another. Each group has a second budget for parents of ops that its
 *   peers brought. So peers that bring ops do not wait for peers that do not.
 * - When nothing is left for these parents, the node asks short questions. A short question does not say what the node holds. A hundred
 *   short questions cost as much as one of the longest. They have budgets of their own.
 * - A peer that brought an op which this node has signed and lost is asked from budgets of their own: nobody can forge such an op, and
 *   until it is back this node does not write.
 */
import { backAt, type Budget, createBudget, leftAt } from '../core/budget.ts'
import type { Peer } from './peer.ts'
import { isTrusted } from './peers.ts'
import type { Engine } from './state.ts'

/** Bytes of questions of each budget: at once seven of the longest questions, and one in each second. */
export const MAX_ASKED = 128 * 1024
export const ASKED_PER_SECOND = 16 * 1024
/**
 * Bytes of questions that a peer earns with an op that is admitted: some ten times the bytes that it sends for that. And the most that it
 * can have earned.
 */
export const ASKED_PER_OP = 4 * 1024
export const MAX_ASK_CREDIT = 1024 * 1024
/** Ids that a peer without credit is asked for: the first answer shows whether the others are worth asking for. */
export const MAX_FIRST_IDS = 32

/**
 * Why a peer is asked: it is its turn, or it brought ops whose parents are missing. "near": it brought such ops, and is asked a short
 * question.
 */
export type Why = 'turn' | 'brought' | 'near'
type Standing = 'lost' | 'trusted' | 'met'
const STANDINGS: readonly Standing[] = ['lost', 'trusted', 'met']

/** Bytes that are left for questions. */
export type Asking = Readonly<Record<Why, Readonly<Record<Standing, Budget>>>>

/** Full budgets. */
export function createAsking(now: number): Asking {
  const budgets = (): Record<Standing, Budget> => ({
    lost: createBudget(MAX_ASKED, ASKED_PER_SECOND, now),
    trusted: createBudget(MAX_ASKED, ASKED_PER_SECOND, now),
    met: createBudget(MAX_ASKED, ASKED_PER_SECOND, now),
  })
  return { turn: budgets(), brought: budgets(), near: budgets() }
}

function budgetFor(engine: Engine, peer: Peer, why: Why): Budget {
  const budgets = engine.asking[why]
  if (peer.broughtLost && engine.trust.lost.size > 0) return budgets.lost
  return isTrusted(engine, peer) ? budgets.trusted : budgets.met
}

/** Whether this peer may be asked now. */
export const mayBeAsked = (engine: Engine, peer: Peer, why: Why): boolean =>
  peer.askCredit > 0 || leftAt(budgetFor(engine, peer, why), engine.now) > 0

/** How many ids this peer may be asked for. */
export const mostIds = ({ limits }: Engine, { askCredit }: Peer): number =>
  askCredit > 0 ? limits.heads : Math.min(limits.heads, MAX_FIRST_IDS)

/** Takes the bytes of a question to this peer from its credit, which may fall below 0, or else from the budget. */
export function payQuestion(engine: Engine, peer: Peer, why: Why, bytes: number): void {
  if (peer.askCredit > 0) peer.askCredit -= bytes
  else budgetFor(engine, peer, why).left -= bytes
}

/** Gives a peer credit for ops that it brought and that were admitted. */
export function earnQuestions(peer: Peer, ops: number): void {
  peer.askCredit = Math.min(MAX_ASK_CREDIT, peer.askCredit + ASKED_PER_OP * ops)
}

/** When (ms) a peer may be asked again for which no bytes are left now; Infinity if there is no such peer. */
export function askableAt({ asking, now }: Engine, why: Why): number {
  let next = Infinity
  for (const standing of STANDINGS) {
    const budget = asking[why][standing]
    if (leftAt(budget, now) <= 0) next = Math.min(next, backAt(budget, now))
  }
  return next
}
