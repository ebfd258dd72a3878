/**
 * Offers, answers and candidates: from the other side, by any path, to the page, and back. If both sides offer, the offer of the lower
 * sender value counts and the other one is taken back.
 *
 * Signals get lost: a path that opens later, a frame that is dropped. So an offer without an answer is said again, and so is an answer to an
 * offer that is heard again. Whoever has heard a description ignores it the second time.
 *
 * A description goes to the page at once, without its candidates: with it alone a browser sends nothing, but answers a peer that knows
 * the connection's password. Candidates wait for an attempt (`attempts.ts`).
 */
import { isTimeOver, startNext, type Waiting } from './attempts.ts'
import { MAX_CANDIDATES } from './candidate.ts'
import { close, connect, fail, makePlace } from './connections.ts'
import type { Description } from './description.ts'
import { failuresOf, mayTry } from './failures.ts'
import type { MemberId } from './members.ts'
import { lookSoon } from './schedule.ts'
import { seniorityOf } from './seniority.ts'
import { encodeSignal, type Signal } from './signal.ts'
import type { Connection, DirectState } from './state.ts'

/** A new offer of a peer replaces its earlier one, if that is not proven and at least this old (ms). */
const OFFER_AGAIN_AFTER = 2_000

/** An offer without an answer is said again after this long (ms). An answer takes a few round trips. */
export const SAY_AGAIN_AFTER = 2_000
/** How often one description is said again: then most of CONNECT_WITHIN (`due.ts`) is over, and an attempt needs the rest. */
export const MAX_SAID_AGAIN = 4

export type Described = Extract<Signal, { type: 'description' }>
type Candidate = Extract<Signal, { type: 'candidate' }>

function tell(direct: DirectState, connection: Connection, { description }: Described): void {
  if (connection.isDescribed) return
  connection.isDescribed = true
  direct.options.page({ type: 'description', connection: connection.number, description: { ...description, candidates: [] } })
  for (const candidate of description.candidates) hold(direct, connection, { ufrag: description.ufrag, candidate })
  tryNext(direct)
}

/** The other side offers, or answers. */
export function hearDescription(direct: DirectState, from: MemberId, signal: Described): void {
  const { connections, self, now } = direct
  const { connection: offer, description } = signal
  if (description.type === 'answer') {
    const connection = connections.get(offer)
    if (connection?.isOurs === true && connection.peer === from && !connection.byHand) tell(direct, connection, signal)
    return
  }
  const all = [...connections.values()].filter(({ peer }) => peer === from)
  const heard = all.find((each) => !each.isOurs && each.offer === offer)
  if (heard !== undefined) return sayAgain(direct, heard)
  // Both sides offered: the lower sender value's offer counts. The other side may not have heard it.
  const ours = all.find((each) => each.isOurs && !each.isProven)
  if (ours !== undefined && self < from) return sayAgain(direct, ours)
  if (all.some((each) => !each.isOurs && !each.isProven && now() < each.since + OFFER_AGAIN_AFTER)) return
  // A proven connection stays until another one with this peer is proven: the new one may fail. If a peer ends its own attempt by a new
  // offer, the attempt has failed: a peer that offers again and again must not stay before the others.
  for (const each of all) {
    if (direct.attempts.running?.connection === each.number) fail(direct, each)
    else if (!each.isProven) close(direct, each)
  }
  if (makePlace(direct, from)) tell(direct, connect(direct, from, offer, false), signal)
}

export function hearCandidate(direct: DirectState, from: MemberId, signal: Candidate): void {
  for (const each of direct.connections.values()) {
    if (each.peer !== from || each.offer !== signal.connection || each.byHand) continue
    hold(direct, each, signal)
    tryNext(direct)
  }
}

/** Keeps a candidate until the connection's attempt, or gives it to the page if the attempt has begun. */
function hold(
  direct: DirectState,
  connection: Connection,
  { ufrag, candidate }: { readonly ufrag: string; readonly candidate: string },
): void {
  if (connection.candidatesTaken >= MAX_CANDIDATES) return
  connection.candidatesTaken++
  connection.candidates.push({ ufrag, candidate })
  if (direct.attempts.running?.connection === connection.number) give(direct, connection)
}

function give({ options }: DirectState, connection: Connection): void {
  for (const { ufrag, candidate } of connection.candidates.splice(0))
    options.page({ type: 'candidate', connection: connection.number, ufrag, candidate })
}

/** Ends the attempt whose time is over, and starts the next. */
export function tryNext(direct: DirectState): void {
  const { attempts, connections, lot, now } = direct
  const { running } = attempts
  const over = running !== null && isTimeOver(attempts, waitingOf(direct), now()) ? connections.get(running.connection) : undefined
  if (over !== undefined) fail(direct, over)
  const next = startNext(attempts, waitingOf(direct), now(), lot)
  if (next === null) return
  give(direct, connections.get(next)!)
  lookSoon(direct)
}

/** Whether it has candidates that wait to be tried: it is described, and not connected. */
export const waitsForAttempt = ({ isDescribed, candidates, certificates }: Connection): boolean =>
  isDescribed && candidates.length > 0 && certificates === null

/** Connections that wait for an attempt and may be tried. */
function waitingOf(direct: DirectState): Waiting[] {
  const waiting: Waiting[] = []
  for (const connection of direct.connections.values()) {
    const { number, peer } = connection
    if (peer === null || !waitsForAttempt(connection) || !mayTry(direct, peer)) continue
    waiting.push({ connection: number, seniority: seniorityOf(direct, peer), failures: failuresOf(direct, peer) })
  }
  return waiting
}

/** The page has described its side of the connection. */
export function hearOwnDescription(direct: DirectState, connection: Connection, description: Description): void {
  connection.said = { description, at: direct.now(), times: 0 }
  void say(direct, connection, { type: 'description', connection: connection.offer, description })
}

/** The page has found one more of its addresses. */
export function hearOwnCandidate(direct: DirectState, connection: Connection, ufrag: string, candidate: string): void {
  const { said } = connection
  const candidates = said?.description.candidates ?? []
  if (said !== null && candidates.length < MAX_CANDIDATES)
    said.description = { ...said.description, candidates: [...candidates, candidate] }
  void say(direct, connection, { type: 'candidate', connection: connection.offer, ufrag, candidate })
}

/** Says this side's description again, if the other side may not have heard it. */
function sayAgain(direct: DirectState, connection: Connection): void {
  const { said, isOurs, isDescribed, byHand, certificates } = connection
  const isHeard = certificates !== null || (isOurs && isDescribed)
  if (said === null || byHand || isHeard || said.times >= MAX_SAID_AGAIN) return
  said.times++
  said.at = direct.now()
  void say(direct, connection, { type: 'description', connection: connection.offer, description: said.description })
}

/** Says this side's offer again, if it has waited long enough for its answer. */
export function askAgain(direct: DirectState, connection: Connection): void {
  if (connection.isOurs && connection.said !== null && direct.now() >= connection.said.at + SAY_AGAIN_AFTER) sayAgain(direct, connection)
}

/** Sends this side's description or candidate to the other side; or hands the description, sealed, to `described`, for a person to carry. */
async function say({ host }: DirectState, connection: Connection, signal: Described | Candidate): Promise<void> {
  const { described, peer } = connection
  const bytes = encodeSignal(signal)
  if (described === null || signal.type === 'candidate') {
    if (peer !== null) host?.send(peer, bytes)
    return
  }
  connection.described = null
  described((await host?.seal(peer, bytes)) ?? null)
}
