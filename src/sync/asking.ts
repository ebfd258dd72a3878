/**
 * What questions cost. A question says what this node holds: in a room of hundreds of heads it has up to 17 kB. Sender values cost nothing, and any
 * of them can name heads that nobody has, or bring ops whose parents nobody has. So questions are paid for in bytes. A peer that brought ops that were
 * admitted has credit of its own. All others share budgets: known ones one, the others one, and one more each for parents of what they brought. So those
 * who bring ops do not wait for those who do not. When nothing is left for these parents, they are asked for by short questions, which say nothing of
 * what is held and have budgets of their own: a hundred of them cost as much as one of the longest. Those who brought an op that this node has signed and
 * lost have budgets of their own: nobody can forge that, and until the op is back this node does not write.
 */
import { backAt, type Budget, createBudget, leftAt } from '../core/budget.ts'
import type { Peer } from './peer.ts'
import { isTrusted } from './peers.ts'
import type { Engine } from './state.ts'

/** Bytes of questions at once and in a second, of each budget: seven of the longest, and one. */
export const MAX_ASKED = 128 * 1024
export const ASKED_PER_SECOND = 16 * 1024
/** Bytes of questions that each op earns its bringer: some ten times what it sends for that. And what it can have at most. */
export const ASKED_PER_OP = 4 * 1024
export const MAX_ASK_CREDIT = 1024 * 1024
/** Ids that a peer without credit is asked for: the first answer shows whether the others are worth asking for. */
export const MAX_FIRST_IDS = 32

/** Why a peer is asked: it is its turn, or it brought ops whose parents are missing; "near": the same, by a short question. */
export type Why = 'turn' | 'brought' | 'near'
type Standing = 'lost' | 'trusted' | 'met'
const STANDINGS: readonly Standing[] = ['lost', 'trusted', 'met']

/** What is left for questions, in bytes. */
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

/** Ids that it may be asked for. */
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

/** When (ms) peers may be asked that may not be asked now for want of bytes; Infinity: there are none. */
export function askableAt({ asking, now }: Engine, why: Why): number {
  let next = Infinity
  for (const standing of STANDINGS) {
    const budget = asking[why][standing]
    if (leftAt(budget, now) <= 0) next = Math.min(next, backAt(budget, now))
  }
  return next
}
