/**
 * How much a node sends to those who ask, and when. Answers are bulk: they are budgeted in bytes, they wait for the path to drain
 * (the effect "sendBulk"), and a bundle goes only when the asker has judged what was sent before (`more`). So what people type
 * is never behind more than a few bundles, on any path.
 *
 * Fresh names cost nothing, and an author can have many. So all strangers share a budget, all who are met another, and all known peers a
 * third: of bytes, and of ops looked at to find what is lacking. In each they take turns, a question or a bundle each; one who asks is
 * slower beside many others, and never shut out.
 */
import { type Budget, backAt, createBudget, leftAt } from '../core/budget.ts'
import type { AnyWant, Message } from './messages.ts'
import type { Effect, PeerId, Way } from './effects.ts'
import type { Peer } from './peer.ts'
import { type Standing, standingOfPeer } from './peers.ts'
import { judged, type Serving } from './serving.ts'
import { type Engine, newJob } from './state.ts'

/** Wants of one peer answered between two pardons (FORGIVEN_EVERY of `peers.ts`); further ones are not heard. */
const WANTS_AT_ONCE = 200
/**
 * Ops and parents looked at for the questions of all peers of one standing, at once and in a second. Finding what is lacking takes some 8 ns for
 * each op that came since the oldest of it, and for each of its parents: some 8 % of a processor.
 */
export const MAX_WALK = 40_000_000
export const WALK_PER_SECOND = 10_000_000
/** Bytes served to one peer between two pardons: 3 MB a second, which a tab takes two cores to judge. */
export const MAX_SERVED = 32 * 1024 * 1024
/**
 * The same of a peer that was served WHOLES times as many ops as this node has: nobody needs that, but where answers were lost. So one that asks for all
 * again and again takes a tenth of what a newcomer takes.
 */
export const MAX_SERVED_AGAIN = 2 * 1024 * 1024
const WHOLES = 2
/** The first share of a stranger's answer, and of all strangers together, at once and in a second (bytes): nobody knows whether they live. */
export const FIRST_SHARE = 32 * 1024
export const MAX_FIRST_SHARES = 128 * 1024
export const FIRST_SHARES_PER_SECOND = 16 * 1024
/** Bytes for all who are met and not known, at once and in a second: a newcomer gets a large room whole and at full speed. */
export const MAX_BULK = 32 * 1024 * 1024
export const BULK_PER_SECOND = 4 * 1024 * 1024
/** The same for all known peers: two of them catch up at full speed. */
export const MAX_KNOWN_BULK = 32 * 1024 * 1024
export const KNOWN_BULK_PER_SECOND = 8 * 1024 * 1024
/** Bundles that are made at a time for each of these three: they are in memory meanwhile, and the budget is spent when the next one begins. */
export const MAX_MADE = 4
/**
 * Bundles handed over for each of these three that no path has taken yet, one of each peer: a path takes one when it has drained. More than there are
 * direct connections, whose far ends may never read.
 */
export const MAX_UNSENT = 64
/** Of these, to peers without a channel of their own: on a path that all share, what goes to a known peer is behind no more bundles than these. */
export const MAX_UNSENT_SHARED = 8
/** Bundles on their way to one peer that it has not judged: one is judged while the next one comes. */
export const MAX_UNJUDGED = 2
/**
 * More bundles may be on their way while their bytes are fewer than what the peer has judged of this answer, and fewer than this. Few uplinks carry
 * 128 KiB in each round trip. A slow one (2 Mbit/s) needs half a second for them.
 */
export const MAX_UNJUDGED_BYTES = 128 * 1024
/** The cost (`unitCost`) from which a bundle of small segments is sent: the first one of an answer is short, since it may not be the only answer. */
const BUNDLE_COST = 512 * 1024
const FIRST_BUNDLE_COST = 64 * 1024
/** An answer that has waited this long, for its asker or for a budget, is given up (ms). The asker can ask again. */
const GIVEN_UP_AFTER = 15_000

/** What all peers of one standing share. */
export interface Shared {
  readonly bytes: Budget
  /** Ops and parents looked at for questions; and questions that wait until some may be, the latest of each peer, in turn. */
  readonly walks: Budget
  readonly asked: Map<PeerId, AnyWant>
  /** Answers of which a bundle is being made. */
  readonly made: Set<Serving>
  /** Peers for whom something waits for its path, and the way that it takes. */
  readonly unsent: Map<PeerId, Way>
}

/** What is shared by those who are served. */
export interface Pace {
  readonly shared: Readonly<Record<Standing, Shared>>
  /** Peers whose answers wait, whose turn it is first. */
  readonly waiting: Set<Peer>
}

export const createPace = (now: number): Pace => ({
  shared: {
    unknown: createShared(MAX_FIRST_SHARES, FIRST_SHARES_PER_SECOND, now),
    met: createShared(MAX_BULK, BULK_PER_SECOND, now),
    trusted: createShared(MAX_KNOWN_BULK, KNOWN_BULK_PER_SECOND, now),
  },
  waiting: new Set(),
})

const createShared = (most: number, perSecond: number, now: number): Shared => ({
  bytes: createBudget(most, perSecond, now),
  walks: createBudget(MAX_WALK, WALK_PER_SECOND, now),
  asked: new Map(),
  made: new Set(),
  unsent: new Map(),
})

/** With whom this peer asks: one without a seat, which is forgotten at once, with strangers. */
export const asksWith = (engine: Engine, peer: Peer): Shared =>
  engine.pace.shared[engine.peers.has(peer.id) ? standingOfPeer(engine, peer) : 'unknown']

/** Whether a question of this peer is heard: it has not asked too much since its last pardon. */
export const mayAsk = ({ stored }: Engine, { wants, bytesServed, opsServed }: Peer): boolean =>
  wants < WANTS_AT_ONCE && bytesServed <= (opsServed > WHOLES * stored ? MAX_SERVED_AGAIN : MAX_SERVED)

/** Whether a question may be looked at now. */
export const mayWalk = ({ now }: Engine, { walks, asked }: Shared): boolean => asked.size === 0 && leftAt(walks, now) > 0

/**
 * The question of a peer waits for its turn, in the place of an earlier one. False for one without a seat: there may be any number of those.
 * @param shared what is to pay for it
 */
export function waitToAsk({ peers, pace }: Engine, peer: Peer, want: AnyWant, shared: Shared): boolean {
  if (!peers.has(peer.id)) return false
  // It may have waited with others before.
  for (const each of Object.values(pace.shared)) if (each !== shared) each.asked.delete(peer.id)
  shared.asked.set(peer.id, want)
  return true
}

/** Has questions answered that waited, as far as the budgets go. Gives the time at which it wants to be called again. */
export function askDue({ pace, peers, now }: Engine, answer: (peer: Peer, want: AnyWant, shared: Shared) => void): number {
  let next = Infinity
  for (const shared of Object.values(pace.shared)) {
    const { walks, asked } = shared
    for (const [id, want] of asked) {
      if (leftAt(walks, now) <= 0) {
        next = Math.min(next, backAt(walks, now))
        break
      }
      asked.delete(id)
      // Those with whom it waited pay, whatever is known of it by now.
      answer(peers.get(id)!, want, shared)
    }
  }
  return next
}

/** The cost of the next bundle. */
export function mostOf({ isMet }: Peer, { bundles, isAgain }: Serving): number {
  if (!isMet) return FIRST_SHARE
  return bundles === 0 && !isAgain ? FIRST_BUNDLE_COST : BUNDLE_COST
}

/** Whether this many bytes may be sent at once, being the first share if they go to a stranger. */
export const fits = ({ isMet }: Peer, { sent }: Serving, bytes: number): boolean => isMet || sent + bytes <= FIRST_SHARE

/** Until when (ms) the next bundle must wait; Infinity: until the asker says something, or another bundle is made. */
export function mustWait(engine: Engine, peer: Peer, serving: Serving): number {
  const { bytes, made, unsent } = sharedBy(engine, peer)
  // An earlier answer may have left one that the peer does not take.
  if (isBehind(engine, peer)) return Infinity
  if (!peer.isMet && (serving.isHeld || serving.bundles > 0)) return Infinity
  if (peer.isMet && isWindowFull(serving)) return Infinity
  if (made.has(serving)) return engine.now
  if (made.size >= MAX_MADE || areManyUnsent(peer, unsent)) return Infinity
  return leftAt(bytes, engine.now) > 0 ? engine.now : backAt(bytes, engine.now)
}

/** Whether too many bundles wait for paths: then no further one is made for this peer. O(MAX_UNSENT). */
function areManyUnsent({ way }: Peer, unsent: Shared['unsent']): boolean {
  if (way !== 'open') return unsent.size >= MAX_UNSENT
  let shared = 0
  for (const taken of unsent.values()) if (taken === 'open') shared++
  return shared >= MAX_UNSENT_SHARED
}

/** Whether something for this peer waits for its path: a channel may take nothing, and what is for its owner must not pile up. */
export const isBehind = ({ pace: { shared } }: Engine, { id }: Peer): boolean => Object.values(shared).some(({ unsent }) => unsent.has(id))

/** Whether enough is on its way to the asker. An answer that waits goes on when half of that was judged, since it reads the disk each time. */
function isWindowFull({ unjudged, sent, takenBytes, resume }: Serving): boolean {
  const most = Math.min(MAX_UNJUDGED_BYTES, takenBytes) / (resume === null ? 1 : 2)
  return unjudged.length >= MAX_UNJUDGED && sent - takenBytes >= most
}

const sharedBy = (engine: Engine, peer: Peer): Shared => engine.pace.shared[standingOfPeer(engine, peer)]

/** A bundle of this answer is begun; `spend` ends it, and so does `release` if it comes to nothing. */
export const reserve = (engine: Engine, peer: Peer, serving: Serving): void => void sharedBy(engine, peer).made.add(serving)

export function release({ pace: { shared } }: Engine, serving: Serving): void {
  // The asker may have become better known since.
  for (const { made } of Object.values(shared)) made.delete(serving)
}

/** Accounts for a bundle that is sent to the peer. */
export function spend(engine: Engine, peer: Peer, serving: Serving, bytes: number, ops: number): void {
  release(engine, serving)
  charge(engine, peer, bytes)
  peer.opsServed += ops
}

/** Hands bulk over for this peer, on the way to it. Call `landed` when its path has taken it. */
export function handOver(engine: Engine, peer: Peer, bytes: Uint8Array): Extract<Effect, { type: 'sendBulk' }> {
  const { id, way } = peer
  sharedBy(engine, peer).unsent.set(id, way)
  return { type: 'sendBulk', job: newJob(engine), to: id, way, bytes }
}

/** The path has taken what was handed over last for this peer. */
export function landed({ pace: { shared } }: Engine, id: PeerId): void {
  for (const { unsent } of Object.values(shared)) unsent.delete(id)
}

/** So many bytes were sent, or read from the disk in order to send some of them. */
export function charge(engine: Engine, peer: Peer, bytes: number): void {
  peer.bytesServed += bytes
  sharedBy(engine, peer).bytes.left -= bytes
}

/** An answer waits until its asker may get more. */
export function wait(engine: Engine, peer: Peer, serving: Serving, resume: () => void): void {
  release(engine, serving)
  serving.resume = resume
  serving.waitsSince = engine.now
  engine.pace.waiting.add(peer)
}

/** The asker has judged some bundles of its answer. */
export function receiveMore({ serving }: Peer, { ref, taken }: Extract<Message, { type: 'more' }>): void {
  if (serving?.ref === ref) judged(serving, taken)
}

/** Goes on with the answers that may, each in turn. Gives the time at which it wants to be called again. */
export function answersDue(engine: Engine): number {
  const { pace, now } = engine
  let next = Infinity
  for (const peer of [...pace.waiting]) {
    const { serving } = peer
    if (serving === null || serving.resume === null) {
      pace.waiting.delete(peer)
      continue
    }
    const at = mustWait(engine, peer, serving)
    if (at <= now) {
      pace.waiting.delete(peer)
      const { resume } = serving
      serving.resume = null
      serving.isHeld = false
      resume()
    } else if (now >= serving.waitsSince + GIVEN_UP_AFTER) peer.serving = null
    else next = Math.min(next, at, serving.waitsSince + GIVEN_UP_AFTER)
  }
  return next
}
