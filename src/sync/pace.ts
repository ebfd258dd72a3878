/**
 * How much a node sends to peers that ask, and when. Answers are bulk: they are budgeted in bytes, they wait until the path has sent the
 * bundle before (the effect "sendBulk"), and a bundle goes only when the asker has judged earlier ones (`more`). So a typed message is
 * behind the bundles that are on their way, and behind no others, on any path.
 *
 * Sender values cost nothing, and an author can have many. So all strangers share a budget, all met peers that are not known another, and
 * all known peers a third: of bytes, and of ops looked at to find what is lacking. In each budget peers take turns, a question or a
 * bundle each. A peer that asks is served more slowly beside many others, and is never shut out.
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
 * Ops and parents looked at for the questions of all peers of one standing, at once and in a second. To find what is lacking takes some 8
 * ns for each op that came since the oldest lacking one, and for each of its parents: some 8 % of a processor.
 */
export const MAX_WALK = 40_000_000
export const WALK_PER_SECOND = 10_000_000
/** Bytes served to one peer between two pardons: 3 MB a second. A tab needs two cores to judge so much. */
export const MAX_SERVED = 32 * 1024 * 1024
/**
 * Bytes served between two pardons to a peer that was served WHOLES times as many ops as this node has. A peer needs that only if answers
 * were lost. So a peer that asks for everything again and again takes a tenth of what a newcomer takes.
 */
export const MAX_SERVED_AGAIN = 2 * 1024 * 1024
const WHOLES = 2
/**
 * Bytes of the first share of a stranger's answer, and of all strangers together, at once and in a second: nobody knows whether they
 * live.
 */
export const FIRST_SHARE = 32 * 1024
export const MAX_FIRST_SHARES = 128 * 1024
export const FIRST_SHARES_PER_SECOND = 16 * 1024
/** Bytes for all met peers that are not known, at once and in a second: a newcomer gets a large room whole and at full speed. */
export const MAX_BULK = 32 * 1024 * 1024
export const BULK_PER_SECOND = 4 * 1024 * 1024
/** Bytes for all known peers, at once and in a second: two of them catch up at full speed. */
export const MAX_KNOWN_BULK = 32 * 1024 * 1024
export const KNOWN_BULK_PER_SECOND = 8 * 1024 * 1024
/**
 * Bundles that are made at a time for each of these three groups. They are in memory meanwhile, and the budget is spent when the next one
 * begins.
 */
export const MAX_MADE = 4
/**
 * Bundles of each of these three groups that were handed over and that no path has taken yet, one of each peer. A path takes a bundle
 * when it has sent the one before. This is more than there are direct connections, whose far ends may never read.
 */
export const MAX_UNSENT = 64
/**
 * Of these, bundles to peers without a channel of their own. On a path that all share, a bundle for a known peer waits behind no more
 * than these.
 */
export const MAX_UNSENT_SHARED = 8
/** Bundles on their way to one peer that it has not judged: one is judged while the next one comes. */
export const MAX_UNJUDGED = 2
/**
 * More bundles may be on their way while their bytes are fewer than what the peer has judged of this answer, and fewer than this. Few uplinks carry
 * 128 KiB in each round trip. A slow one (2 Mbit/s) needs half a second for them.
 */
export const MAX_UNJUDGED_BYTES = 128 * 1024
/**
 * The cost (`unitCost`) from which a bundle of small segments is sent. The first bundle of an answer is short, since there may be other
 * answers.
 */
const BUNDLE_COST = 512 * 1024
const FIRST_BUNDLE_COST = 64 * 1024
/** An answer that has waited this long, for its asker or for a budget, is given up (ms). The asker can ask again. */
const GIVEN_UP_AFTER = 15_000

/** Budgets and queues that all peers of one standing share. */
export interface Shared {
  readonly bytes: Budget
  /** Ops and parents looked at for questions; and questions that wait for this budget, the latest of each peer, in turn. */
  readonly walks: Budget
  readonly asked: Map<PeerId, AnyWant>
  /** Answers of which a bundle is being made. */
  readonly made: Set<Serving>
  /** Peers for which a bundle waits for its path, and the way that it takes. */
  readonly unsent: Map<PeerId, Way>
}

/** State that all served peers share. */
export interface Pace {
  readonly shared: Readonly<Record<Standing, Shared>>
  /** Peers whose answers wait. The first one is next. */
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

/** The group with which this peer asks. A peer without a seat is forgotten at once, so it asks with strangers. */
export const asksWith = (engine: Engine, peer: Peer): Shared =>
  engine.pace.shared[engine.peers.has(peer.id) ? standingOfPeer(engine, peer) : 'unknown']

/** Whether the node hears a question of this peer: the peer has not asked too much since its last pardon. */
export const mayAsk = ({ stored }: Engine, { wants, bytesServed, opsServed }: Peer): boolean =>
  wants < WANTS_AT_ONCE && bytesServed <= (opsServed > WHOLES * stored ? MAX_SERVED_AGAIN : MAX_SERVED)

/** Whether a question may be looked at now. */
export const mayWalk = ({ now }: Engine, { walks, asked }: Shared): boolean => asked.size === 0 && leftAt(walks, now) > 0

/**
 * The question of a peer waits for its turn, in the place of an earlier one. False for a peer without a seat: there may be any number of
 * those.
 * @param shared the group whose budget is to pay for it
 */
export function waitToAsk({ peers, pace }: Engine, peer: Peer, want: AnyWant, shared: Shared): boolean {
  if (!peers.has(peer.id)) return false
  // The peer may have waited with another group before.
  for (const each of Object.values(pace.shared)) if (each !== shared) each.asked.delete(peer.id)
  shared.asked.set(peer.id, want)
  return true
}

/** Has waiting questions answered, as far as the budgets go. Gives the time at which it wants to be called again. */
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
      // The group with which the question waited pays, even if the peer is known by now.
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

/** Whether so many bytes may be sent now. To a stranger only the first share may be sent. */
export const fits = ({ isMet }: Peer, { sent }: Serving, bytes: number): boolean => isMet || sent + bytes <= FIRST_SHARE

/** Until when (ms) the next bundle must wait; Infinity: until the asker says something, or another bundle is made. */
export function mustWait(engine: Engine, peer: Peer, serving: Serving): number {
  const { bytes, made, unsent } = sharedBy(engine, peer)
  // The peer may not have taken a bundle of an earlier answer.
  if (isBehind(engine, peer)) return Infinity
  if (!peer.isMet && (serving.isHeld || serving.bundles > 0)) return Infinity
  if (peer.isMet && isWindowFull(serving)) return Infinity
  if (made.has(serving)) return engine.now
  if (made.size >= MAX_MADE || areManyUnsent(peer, unsent)) return Infinity
  return leftAt(bytes, engine.now) > 0 ? engine.now : backAt(bytes, engine.now)
}

/** Whether too many bundles wait for paths: then no further bundle is made for this peer. O(MAX_UNSENT). */
function areManyUnsent({ way }: Peer, unsent: Shared['unsent']): boolean {
  if (way !== 'open') return unsent.size >= MAX_UNSENT
  let shared = 0
  for (const taken of unsent.values()) if (taken === 'open') shared++
  return shared >= MAX_UNSENT_SHARED
}

/** Whether a bundle for this peer waits for its path. A channel may take nothing, and bundles for its owner must not pile up. */
export const isBehind = ({ pace: { shared } }: Engine, { id }: Peer): boolean => Object.values(shared).some(({ unsent }) => unsent.has(id))

/**
 * Whether enough bytes are on their way to the asker. An answer that waits goes on when half of them were judged, since it reads the disk
 * each time.
 */
function isWindowFull({ unjudged, sent, takenBytes, resume }: Serving): boolean {
  const most = Math.min(MAX_UNJUDGED_BYTES, takenBytes) / (resume === null ? 1 : 2)
  return unjudged.length >= MAX_UNJUDGED && sent - takenBytes >= most
}

const sharedBy = (engine: Engine, peer: Peer): Shared => engine.pace.shared[standingOfPeer(engine, peer)]

/** A bundle of this answer is begun. `spend` ends that, and so does `release` if no bundle comes of it. */
export const reserve = (engine: Engine, peer: Peer, serving: Serving): void => void sharedBy(engine, peer).made.add(serving)

export function release({ pace: { shared } }: Engine, serving: Serving): void {
  // The asker may have become known since.
  for (const { made } of Object.values(shared)) made.delete(serving)
}

/** Accounts for a bundle that is sent to the peer. */
export function spend(engine: Engine, peer: Peer, serving: Serving, bytes: number, ops: number): void {
  release(engine, serving)
  charge(engine, peer, bytes)
  peer.opsServed += ops
}

/** Hands a bundle over for this peer, on the way to it. Call `landed` when its path has taken it. */
export function handOver(engine: Engine, peer: Peer, bytes: Uint8Array): Extract<Effect, { type: 'sendBulk' }> {
  const { id, way } = peer
  sharedBy(engine, peer).unsent.set(id, way)
  return { type: 'sendBulk', job: newJob(engine), to: id, way, bytes }
}

/** The path has taken the bundle that was handed over last for this peer. */
export function landed({ pace: { shared } }: Engine, id: PeerId): void {
  for (const { unsent } of Object.values(shared)) unsent.delete(id)
}

/** So many bytes were sent, or were read from the disk so that some of them can be sent. */
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

/** Goes on with answers that may go on, each in turn. Gives the time at which it wants to be called again. */
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
