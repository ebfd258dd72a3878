/** The table of direct connections: how one gets a place, begins, fails and ends. */
import { toHex } from '../../core/bytes.ts'
import { type Budget, createBudget, takeOne } from '../../core/budget.ts'
import { endAttempt } from './attempts.ts'
import { noteFailure } from './failures.ts'
import { givesWay } from './gives-way.ts'
import type { MemberId } from './members.ts'
import { lookSoon, sayHereSoon } from './schedule.ts'
import { seniorityOf, worth } from './seniority.ts'
import type { IceServer } from './page-port.ts'
import type { Connection, DirectState } from './state.ts'

/** Connections at once, half of them for known authors, half for newcomers: more than any node makes and accepts. */
const HALF = 24
export const MAX_CONNECTIONS = 2 * HALF
/**
 * A newcomer's connection may give way to another newcomer's when it has had time for an attempt (ms). A proven connection gives way
 * later, and only if all are proven.
 */
const SETTLED_AFTER = 5_000
const PROVEN_SETTLED_AFTER = 60_000
/**
 * Connections that others may make this node begin, at once and in each later second: known authors, and newcomers. Each costs the page
 * some milliseconds. Chromium counts a closed one until it collects it, and makes none beyond 500. At the pace of newcomers
 * that takes eight minutes.
 */
export const MAX_OPENS = HALF
export const OPENS_PER_SECOND = 4
export const STRANGERS_PER_SECOND = 1
/**
 * After the page could not make a connection, none is begun for newcomers for the longer time. If it was a known author's, none is begun
 * for known authors for the shorter one (ms). Chromium may have to collect closed ones first. Where there is no WebRTC, that is how often it is asked for.
 */
export const RESTS_FOR_STRANGERS = 60_000
export const RESTS_FOR_KNOWN = 5_000
/**
 * Connections for which the browser asks the person's servers (STUN, TURN), at once, and how soon (ms) one more may ask. Each asks at
 * once, in the person's name, and sender values cost nothing. A device that comes to a room asks for as many as it gets places. Without
 * this side's servers, those of the other side may be enough.
 */
export const MAX_SERVER_USES = HALF
export const SERVER_USE_BACK_AFTER = 10_000

export const createServerUses = (now: number): Budget => createBudget(MAX_SERVER_USES, 1_000 / SERVER_USE_BACK_AFTER, now)

export const provenOf = ({ connections }: DirectState): Connection[] => [...connections.values()].filter(({ isProven }) => isProven)

/** The connection to this peer: the proven one, if there is one. */
export function withPeer({ connections }: DirectState, peer: MemberId): Connection | undefined {
  const all = [...connections.values()].filter((connection) => connection.peer === peer)
  return all.find(({ isProven }) => isProven) ?? all[0]
}

/**
 * Makes a place for one more connection with this peer; false when it gets none. Newcomers replace newcomers by lot, known authors
 * replace authors who came later. O(connections)
 */
export function makePlace(direct: DirectState, peer: MemberId): boolean {
  const { host, lot, now, opens } = direct
  const { known, strangers } = placesOf(direct, peer)
  const author = host?.authorOf(peer) ?? null
  const isKnown = author !== null && seniorityOf(direct, peer) !== null && !known.has(toHex(author))
  const [own, others] = isKnown ? [[...known.values()], strangers] : [strangers, [...known.values()]]
  if (now() < (isKnown ? direct.restsUntil.known : direct.restsUntil.strangers)) return false
  const isCrowded = own.length >= HALF
  let leaves: Connection | null = null
  if (isCrowded || own.length + others.length >= MAX_CONNECTIONS) {
    const areKnown = isCrowded === isKnown
    const held = isCrowded ? own : others
    const areProven = held.every(({ isProven }) => isProven)
    leaves = givesWay(held, isCrowded ? (areKnown ? worth(seniorityOf(direct, peer)) : 0) : Infinity, {
      // An offer costs nothing. So as long as a newcomer's connection is there that is not proven, no proven one gives way.
      worthOf: (one) => (areKnown ? worth(seniorityOf(direct, one.peer)) : one.isProven && !areProven ? 1 : 0),
      isSettled: (one) => now() >= one.since + (one.isProven ? PROVEN_SETTLED_AFTER : SETTLED_AFTER),
      lot,
    })
    if (leaves === null) return false
  }
  if (!takeOne(isKnown ? opens.known : opens.strangers, now())) return false
  if (leaves !== null) close(direct, leaves)
  return true
}

/**
 * Connections with others than `peer`: one of each known author, by its key (hex), and all others. One key can prove itself under any
 * number of sender values. So the second connection with an author counts as a newcomer's.
 */
function placesOf(direct: DirectState, peer: MemberId): { known: Map<string, Connection>; strangers: Connection[] } {
  const known = new Map<string, Connection>()
  const strangers: Connection[] = []
  for (const one of direct.connections.values()) {
    if (one.byHand || one.peer === null || one.peer === peer) continue
    const author = direct.host?.authorOf(one.peer) ?? null
    const isFirst = author !== null && seniorityOf(direct, one.peer) !== null && !known.has(toHex(author))
    if (isFirst) known.set(toHex(author), one)
    else strangers.push(one)
  }
  return { known, strangers }
}

/** Has the page make a connection. `offer`: the other side's number for it; null when this side offers. */
export function connect(direct: DirectState, peer: MemberId | null, offer: number | null, byHand: boolean): Connection {
  const number = ++direct.lastNumber
  const connection: Connection = {
    number,
    peer,
    isOurs: offer === null,
    offer: offer ?? number,
    byHand,
    since: direct.now(),
    channel: null,
    isChannelOpen: false,
    certificates: null,
    hasProven: false,
    isProven: false,
    held: [],
    waiting: 0,
    waitingBytes: 0,
    isDescribed: false,
    candidates: [],
    candidatesTaken: 0,
    interruptedAt: null,
    said: null,
    described: null,
  }
  direct.connections.set(number, connection)
  direct.options.page({
    type: 'open',
    connection: number,
    offers: offer === null,
    trickles: !byHand,
    servers: serversFor(direct, connection),
    isKnown: byHand || seniorityOf(direct, peer) !== null,
  })
  lookSoon(direct)
  return connection
}

/** The person's servers, if they may be asked for this connection. If a person makes it by hand, they may. */
function serversFor(direct: DirectState, { peer, byHand }: Connection): readonly IceServer[] {
  const { options, serverUses, now } = direct
  if (byHand) return options.servers
  return takeOne(seniorityOf(direct, peer) === null ? serverUses.strangers : serverUses.known, now()) ? options.servers : []
}

export function close(direct: DirectState, connection: Connection): void {
  if (!direct.connections.delete(connection.number)) return
  endAttempt(direct.attempts, connection.number, false, direct.now())
  connection.channel?.close()
  connection.described?.(null)
  direct.options.page({ type: 'close', connection: connection.number })
  lookSoon(direct)
  if (!connection.isProven) return
  if (withPeer(direct, connection.peer!)?.isProven !== true) direct.host?.onLost(connection.peer!)
  sayHereSoon(direct)
  report(direct)
}

/** The page could not make this connection. That is no fault of its peer. */
export function refuse(direct: DirectState, connection: Connection): void {
  const { restsUntil, now } = direct
  restsUntil.strangers = now() + RESTS_FOR_STRANGERS
  if (seniorityOf(direct, connection.peer) !== null) restsUntil.known = now() + RESTS_FOR_KNOWN
  close(direct, connection)
}

/** The device could not be reached: this side leaves it alone for a while. */
export function fail(direct: DirectState, connection: Connection): void {
  if (connection.peer !== null) noteFailure(direct, connection.peer)
  close(direct, connection)
}

/** Tells whether there is a channel to anybody, when that has changed. */
export function report(direct: DirectState): void {
  const next = provenOf(direct).length > 0 ? 'open' : 'connecting'
  if (direct.state === next || direct.events === null) return
  direct.state = next
  direct.events.onState(next, '')
}
