/**
 * What questions cost. A question says what this node holds: in a room of hundreds of heads it has up to 17 kB. Sender values cost nothing, and any
 * of them can name heads that nobody has, or bring ops whose parents nobody has. So questions are paid for in bytes, and an answer gives back what it
 * brought well. Peers that have been of use, trusted ones and the others have budgets of their own, and so have the two reasons for a question:
 * those who answer well do not wait for those who do not.
 */
import { backAt, type Budget, createBudget, leftAt } from '../core/budget.ts'
import type { Peer } from './peer.ts'
import { isTrusted } from './peers.ts'
import type { Engine } from './state.ts'

/** Bytes of questions at once and in a second, to peers that have not been of use: seven of the longest, and one. */
export const MAX_ASKED = 128 * 1024
export const ASKED_PER_SECOND = 16 * 1024
/** The same to peers that have been of use. */
export const MAX_ASKED_OF_USEFUL = 256 * 1024
export const ASKED_OF_USEFUL_PER_SECOND = 64 * 1024
/** Bytes of questions that one byte of an answer gives back, if it brought ops. */
const GIVEN_BACK = 4
/** Ids that a peer is asked for while it has not been of use: the first answer shows whether the others are worth asking for. */
export const MAX_FIRST_IDS = 32

/** Why a peer is asked: it is its turn, or it brought ops whose parents are missing. */
export type Why = 'turn' | 'brought'
type Worth = 'useful' | 'trusted' | 'met'
const WORTHS: readonly Worth[] = ['useful', 'trusted', 'met']

/** What is left for questions, in bytes. */
export type Asking = Readonly<Record<Why, Readonly<Record<Worth, Budget>>>>

/** Full budgets. */
export function createAsking(now: number): Asking {
  const budgets = (): Record<Worth, Budget> => ({
    useful: createBudget(MAX_ASKED_OF_USEFUL, ASKED_OF_USEFUL_PER_SECOND, now),
    trusted: createBudget(MAX_ASKED, ASKED_PER_SECOND, now),
    met: createBudget(MAX_ASKED, ASKED_PER_SECOND, now),
  })
  return { turn: budgets(), brought: budgets() }
}

const budgetFor = (engine: Engine, peer: Peer, why: Why): Budget =>
  engine.asking[why][peer.isUseful ? 'useful' : isTrusted(engine, peer) ? 'trusted' : 'met']

/** Whether this peer may be asked now. */
export const mayBeAsked = (engine: Engine, peer: Peer, why: Why): boolean => leftAt(budgetFor(engine, peer, why), engine.now) > 0

/** A question of so many bytes goes to this peer. */
export function payQuestion(engine: Engine, peer: Peer, why: Why, bytes: number): void {
  budgetFor(engine, peer, why).left -= bytes
}

/** An answer of so many bytes brought ops that were admitted. */
export function giveBack(engine: Engine, peer: Peer, why: Why, bytes: number): void {
  budgetFor(engine, peer, why).left += GIVEN_BACK * bytes
}

/** When (ms) peers may be asked that may not be asked now for want of bytes; Infinity: there are none. */
export function askableAt({ asking, now }: Engine, why: Why): number {
  let next = Infinity
  for (const worth of WORTHS) if (leftAt(asking[why][worth], now) <= 0) next = Math.min(next, backAt(asking[why][worth], now))
  return next
}
