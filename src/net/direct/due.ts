/**
 * The work that is due on the direct path: connecting to devices, renewing connections or giving them up, and telling others that this
 * node is here.
 */
import { takeOne } from '../../core/budget.ts'
import { fromHex } from '../../core/bytes.ts'
import { close, connect, fail, makePlace, provenOf, withPeer } from './connections.ts'
import { mayTry } from './failures.ts'
import { type MemberId, otherDevices, settle } from './members.ts'
import { FULL_MESH, reachFor } from './mesh.ts'
import { askAgain, tryNext, waitsForAttempt } from './negotiation.ts'
import { HERE_EVERY, lookAgain } from './schedule.ts'
import { seniorityOf } from './seniority.ts'
import { encodeSignal, MAX_NAMED } from './signal.ts'
import type { Connection, DirectState } from './state.ts'

/** A connection that is not proven after this long is given up (ms). A connection that a person makes by hand may take as long as a walk. */
const CONNECT_WITHIN = 15_000
const BY_HAND_WITHIN = 10 * 60_000
/**
 * An interrupted connection (its browser says so after some 5 s) is replaced by a new one after RENEW_AFTER, which can find a path
 * through a network that has changed. The old one stays until the new one is proven, or for GIVE_UP_AFTER (ms): if no other path is left,
 * no new one can be made.
 */
export const RENEW_AFTER = 2_000
export const GIVE_UP_AFTER = 12_000
/** Peers that are told at once that this node is here, and how many in a second. Others hear it within HERE_EVERY. */
export const MAX_GREETINGS = 16
export const GREETINGS_PER_SECOND = 8

/** Does the work that is due, and plans the next look. */
export function look(direct: DirectState): void {
  direct.lookAt = Infinity
  if (direct.host === null) return
  const { connections, members, now, self } = direct
  const changed = settle(members, now())
  for (const connection of connections.values()) {
    askAgain(direct, connection)
    renewOrGiveUp(direct, connection)
  }
  if (members.device === self) reach(direct)
  else if (members.device !== null) for (const connection of connections.values()) if (!connection.byHand) close(direct, connection)
  if (changed || now() >= direct.hereDue) sayHere(direct, null)
  if (members.device !== null) for (const peer of direct.greetLater.splice(0)) sayHere(direct, peer)
  tryNext(direct)
  lookAgain(direct)
}

/** Tells everybody, or one peer, that this node is here. */
function sayHere(direct: DirectState, to: MemberId | null): void {
  if (to === null) direct.hereDue = direct.now() + HERE_EVERY
  if (direct.members.device === null) return
  if (to === null) direct.heres.left--
  const near = provenOf(direct)
    .slice(0, MAX_NAMED)
    .map(({ peer }) => fromHex(peer!)!)
  direct.host?.send(to, encodeSignal({ type: 'here', device: fromHex(direct.members.device)!, near }))
}

/** Tells a peer at once that this node is here, or as soon as it is clear which tab connects. */
export function greet(direct: DirectState, peer: MemberId): void {
  if (!takeOne(direct.greetings, direct.now())) return
  if (direct.members.device === null) direct.greetLater.push(peer)
  else sayHere(direct, peer)
}

/**
 * Connects to the devices that the mesh asks for, known authors first: no number of newcomers displaces them. The earliest authors connect
 * each to each besides: no number of later keys comes between them in the ring.
 */
function reach(direct: DirectState): void {
  const neighbours = provenOf(direct).map(({ peer }) => peer!)
  // A device that cannot be reached now is left out. So the mesh asks for another one in its place.
  const others = otherDevices(direct.members, neighbours).filter((peer) => mayTry(direct, peer))
  const known = others.filter((peer) => seniorityOf(direct, peer) !== null)
  for (const peer of [...earliest(direct, known), ...reachFor(direct.self, known), ...reachFor(direct.self, others)])
    if (withPeer(direct, peer) === undefined && makePlace(direct, peer)) connect(direct, peer, null, false)
}

/** If this node's author is one of the first FULL_MESH authors: one device of each other one of them, the connected one if there is one. */
function earliest(direct: DirectState, known: readonly MemberId[]): MemberId[] {
  const own = direct.host?.seniorityOf(direct.options.author) ?? Infinity
  const devices = new Map<number, MemberId>()
  if (own >= FULL_MESH) return []
  for (const peer of known) {
    const seniority = seniorityOf(direct, peer)!
    if (seniority >= FULL_MESH || seniority === own) continue
    if (!devices.has(seniority) || withPeer(direct, peer) !== undefined) devices.set(seniority, peer)
  }
  return [...devices.values()]
}

function renewOrGiveUp(direct: DirectState, connection: Connection): void {
  const { isProven, since, byHand, interruptedAt } = connection
  const now = direct.now()
  // Its candidates may still wait for an attempt here, because others use up the attempts: then its peer has not failed.
  if (!isProven && now > since + (byHand ? BY_HAND_WITHIN : CONNECT_WITHIN))
    return waitsForAttempt(connection) ? close(direct, connection) : fail(direct, connection)
  if (interruptedAt === null) return
  // The peer has not failed: it is tried again at once.
  if (now > interruptedAt + GIVE_UP_AFTER) close(direct, connection)
  else if (now > interruptedAt + RENEW_AFTER) renew(direct, connection)
}

/** Makes another connection with the same peer, if this side made the first one and there is only that. */
function renew(direct: DirectState, { isOurs, peer }: Connection): void {
  if (!isOurs || peer === null || !mayTry(direct, peer)) return
  if ([...direct.connections.values()].filter((one) => one.peer === peer).length > 1) return
  if (makePlace(direct, peer)) connect(direct, peer, null, false)
}
