/**
 * Decides when packets may go to addresses that others name. If a browser is given a candidate, it sends connectivity checks (STUN, RFC
 * 8445) there at once and continues for 15 s, whether or not anything answers. So anyone with a room's link could make a tab send packets
 * to any address. A new sender value or key costs nothing, so these bounds hold for all senders together:
 *
 *   - One attempt at a time. An attempt begins when a connection's candidates are given to the browser. It ends when the connection is
 *     connected, or after ATTEMPT_WITHIN, when the connection is closed. Chromium sends 16 checks a second for one connection, to all
 *     its candidates together.
 *   - At most MAX_FAILED attempts fail in a minute, and at most MAX_FAILED_STRANGERS of them with newcomers (authors without ops here).
 *   - Checks are counted, also those of attempts that succeed: at most 20 packets a second on average over any minute.
 *
 * Waiting costs a peer little: the other side of its connection makes an attempt too, and one answered check connects both.
 *
 * Nobody is shut out for good: known authors (those with ops on this disk) and newcomers take turns. A known author does not wait for a
 * newcomer's whole attempt. One failure a minute and half of the checks are kept for known authors. Of known authors, the one whose first
 * op came here earliest goes first every second time, so that no number of later keys displaces it. The other times the one whose
 * attempts have failed least goes first, so that a few early keys that never connect do not keep out the others. Of newcomers, those whose
 * attempts have failed least are drawn by lot.
 *
 * Pure: time and chance are arguments. (In names of the code, a newcomer is a `stranger`.)
 */
import { type Budget, createBudget, leftAt } from '../../core/budget.ts'

/** An attempt that has not connected after this long has failed (ms). If a connection is possible, it takes some 0.1 s, a few round trips. */
export const ATTEMPT_WITHIN = 4_000
/** A newcomer's attempt ends after this if a known author's peer waits (ms). */
export const YIELDS_AFTER = 2_000

/** Attempts that may fail in a minute: 4 × 4 s × 16 checks a second are 256 packets. And how many of them with newcomers. */
export const MAX_FAILED = 4
export const MAX_FAILED_STRANGERS = 3
const MINUTE = 60_000

/** Checks that a browser sends in a second of an attempt: Chromium 16 (measured), and at most one each 50 ms (RFC 8445, 14.2). */
const CHECKS_OF_A_SECOND = 20
/** Checks that still go to candidates that did not answer, after another one has: 41 in 15 s (measured in Chromium). */
const CHECKS_AFTERWARDS = 41
const CHECKS_OF_AN_ATTEMPT = (ATTEMPT_WITHIN / 1_000) * CHECKS_OF_A_SECOND + CHECKS_AFTERWARDS
/** Checks at once, and checks that come back in a second: 420 + 60 × 13 = 1,200 in any minute. */
export const MAX_CHECKS = 420
export const CHECKS_PER_SECOND = 13
/** Checks that newcomers leave to known authors. */
const KEPT_FOR_KNOWN = MAX_CHECKS / 2

/** A connection whose candidates wait to be tried. */
export interface Waiting {
  readonly connection: number
  /** The place of its author among all authors with ops here, 0 the first; null: a newcomer. */
  readonly seniority: number | null
  /** How many attempts with it failed since one succeeded. */
  readonly failures: number
}

export interface Attempts {
  running: { readonly connection: number; readonly since: number; readonly isKnown: boolean } | null
  /** Attempts that failed in the last minute, in the order of time (ms). At most MAX_FAILED. */
  readonly failed: { readonly at: number; readonly isKnown: boolean }[]
  readonly checks: Budget
  /** Whose turn it is if both wait. */
  isStrangersTurn: boolean
  /** Whether the next attempt with a known author is with the earliest one. Otherwise it is with the one that failed least. */
  isEarliestsTurn: boolean
}

export const createAttempts = (now: number): Attempts => ({
  running: null,
  failed: [],
  checks: createBudget(MAX_CHECKS, CHECKS_PER_SECOND, now),
  isStrangersTurn: false,
  isEarliestsTurn: true,
})

/** Starts the next attempt, if one may start, and gives its connection. `lot` draws from [0, 1). O(waiting) */
export function startNext(attempts: Attempts, waiting: readonly Waiting[], now: number, lot: () => number): number | null {
  if (attempts.running !== null) return null
  const checks = leftAt(attempts.checks, now)
  const known = mayFail(attempts, true, now) && checks >= CHECKS_OF_AN_ATTEMPT ? first(waiting, attempts.isEarliestsTurn) : null
  const mayStrangers = mayFail(attempts, false, now) && checks >= CHECKS_OF_AN_ATTEMPT + KEPT_FOR_KNOWN
  const stranger = mayStrangers ? drawn(waiting, lot) : null
  const chosen = attempts.isStrangersTurn ? (stranger ?? known) : (known ?? stranger)
  if (chosen === null) return null
  const isKnown = chosen.seniority !== null
  attempts.running = { connection: chosen.connection, since: now, isKnown }
  attempts.checks.left -= CHECKS_OF_AN_ATTEMPT
  attempts.isStrangersTurn = isKnown
  if (isKnown) attempts.isEarliestsTurn = !attempts.isEarliestsTurn
  return chosen.connection
}

/** Whether the running attempt has had its time. */
export function isTimeOver(attempts: Attempts, waiting: readonly Waiting[], now: number): boolean {
  const { running } = attempts
  if (running === null) return false
  const yields = !running.isKnown && mayFail(attempts, true, now) && waiting.some(({ seniority }) => seniority !== null)
  return now - running.since >= (yields ? YIELDS_AFTER : ATTEMPT_WITHIN)
}

/** The connection is connected (`answered`), or closed. Does nothing if its attempt is not the running one. */
export function endAttempt(attempts: Attempts, connection: number, answered: boolean, now: number): void {
  const { running, failed, checks } = attempts
  if (running?.connection !== connection) return
  attempts.running = null
  // Checks that were not sent are given back.
  const sent = Math.ceil(((now - running.since) / 1_000) * CHECKS_OF_A_SECOND) + (answered ? CHECKS_AFTERWARDS : 0)
  checks.left = Math.min(MAX_CHECKS, leftAt(checks, now) + Math.max(0, CHECKS_OF_AN_ATTEMPT - sent))
  if (!answered) failed.push({ at: now, isKnown: running.isKnown })
}

/** Whether one more attempt may fail; forgets failures of more than a minute ago. */
function mayFail({ failed }: Attempts, isKnown: boolean, now: number): boolean {
  while (failed.length > 0 && now - failed[0]!.at >= MINUTE) failed.shift()
  if (failed.length >= MAX_FAILED) return false
  return isKnown || failed.filter((one) => !one.isKnown).length < MAX_FAILED_STRANGERS
}

/** The known author that goes first: the earliest one, or the earliest one of those that failed least. */
function first(waiting: readonly Waiting[], isEarliestsTurn: boolean): Waiting | null {
  let best: Waiting | null = null
  for (const one of waiting) if (one.seniority !== null && (best === null || isBefore(one, best, isEarliestsTurn))) best = one
  return best
}

const isBefore = (a: Waiting, b: Waiting, isEarliestsTurn: boolean): boolean =>
  isEarliestsTurn || a.failures === b.failures ? a.seniority! < b.seniority! : a.failures < b.failures

function drawn(waiting: readonly Waiting[], lot: () => number): Waiting | null {
  const strangers = waiting.filter(({ seniority }) => seniority === null)
  const fewest = strangers.reduce((least, { failures }) => Math.min(least, failures), Infinity)
  const equals = strangers.filter(({ failures }) => failures === fewest)
  return equals[Math.floor(lot() * equals.length)] ?? null
}
