/**
 * Whose turn it is to be asked. First come peers that have been of use (every other time), then known peers, then the peer that was asked
 * longest ago. One question in four goes to the peer that was asked longest ago, whatever its worth: a preferred peer may bring only its
 * own ops for ever. A peer that stalls, or does not serve ops that it named, rests for a while. Then it counts as asked later than it
 * was. So a lie costs one pause, and a lossy path to the only peer is tried again soon.
 */
import { backAt, leftAt } from '../core/budget.ts'
import type { OpId } from '../core/op.ts'
import { isDecided, type Replica } from '../core/replica.ts'
import { askableAt, mayBeAsked } from './asking.ts'
import { agrees } from './gossip.ts'
import type { Peer } from './peer.ts'
import { isTrusted } from './peers.ts'
import type { Engine } from './state.ts'

/** One question in so many goes to the peer that was asked longest ago. */
const LONGEST_AGO_EVERY = 4
/** A peer that failed is not asked for this long (ms). */
export const BENCH = 1_000
/**
 * A peer that fails again and again rests up to this long (ms): a question may have 17 kB, and hundreds of sender values can name heads
 * that nobody has. But it rests only BENCH while no question is open and all others rest too: it may be the only peer, on a lossy path.
 */
const LONGEST_BENCH = 16_000
/**
 * While the budget for answers of peers that are not known is empty, one of them is asked in so long (ms): the time that a silent peer
 * takes.
 */
const STRANGER_EVERY = 2_000
/** Failures in a row after which a peer that was of use counts as one that was not. */
const FAILURES_OF_THE_USEFUL = 2
/** The longest handicap of a peer that fails again and again, and the longest pause of a peer that has no missing parents (ms). */
export const HANDICAP = 60_000
/**
 * Named heads that are looked up again each time that their number is shown: 1 or 2 ms. If 256 peers name heads, all are looked up within
 * two seconds.
 */
export const MAX_LOOKED_UP = 4_096
/** If a peer has more heads than it can list, it is asked for everything at most this often (ms): much of the answer is known. */
const ASK_ALL_EVERY = 10_000
/** It is asked this often (ms) if it had nothing more, and still holds other ops: an answer may have been lost, or a guess was wrong. */
const ASK_ALL_AGAIN = 60_000

/**
 * Ids that this peer named as heads and that are neither held nor rejected here. If ops came since the peer was asked last: O(ids that
 * were unknown then).
 */
export function unknownHeads({ replica }: Engine, peer: Peer): readonly OpId[] {
  const decided = decidedOf(replica)
  if (peer.unknown.length > 0 && peer.lookedUpAt !== decided) {
    peer.unknown = peer.unknown.filter((id) => !isDecided(replica, id))
    peer.lookedUpAt = decided
    peer.firstLookedUpAt = decided
  }
  return peer.unknown
}

/**
 * Whether there are such ids. If ops came since the last time, this looks up one id that is unknown, and the ids before it that are
 * decided, which are not looked up again. It is called for each peer, and the heads that peers name must not cost anything for each op
 * that comes.
 */
export function namesUnknown({ replica }: Engine, peer: Peer): boolean {
  const decided = decidedOf(replica)
  if (peer.unknown.length > 0 && peer.firstLookedUpAt !== decided) {
    const first = peer.unknown.findIndex((id) => !isDecided(replica, id))
    if (first !== 0) peer.unknown = first < 0 ? [] : peer.unknown.slice(first)
    peer.firstLookedUpAt = decided
  }
  return peer.unknown.length > 0
}

/**
 * Looks up named heads, so that the number of unknown ones can be shown again and again: heads of peers that have just named them, and
 * MAX_LOOKED_UP heads of others, first those for which most ops came since they were looked up. The rest is looked up in one of the next
 * times.
 */
export function lookUpSome(engine: Engine): void {
  const decided = decidedOf(engine.replica)
  const stale = [...engine.peers.values()].filter((peer) => peer.unknown.length > 0 && peer.lookedUpAt !== decided)
  stale.sort((a, b) => a.lookedUpAt - b.lookedUpAt)
  let left = MAX_LOOKED_UP
  for (const peer of stale) {
    if (peer.lookedUpAt >= 0) left -= peer.unknown.length
    if (left < 0) return
    unknownHeads(engine, peer)
  }
}

/**
 * A number that changes when an unknown head may have become known. (If one rejected id is forgotten for another, the number changes with
 * the next op that is admitted.)
 */
const decidedOf = ({ dag, rejected }: Replica): number => dag.length + rejected.size

/**
 * The peer whose turn it is, among the peers that named ops which we lack, or, if parents are missing, among all that may have them.
 * @param before a peer that was asked since then is not asked again (ms)
 */
export function choose(engine: Engine, before: number): Peer | null {
  const { fetches, now } = engine
  const best = bestOf(engine, before, ({ benchedUntil }) => benchedUntil <= now)
  if (best !== null || fetches.size > 0) return best
  return bestOf(engine, before, ({ benchedUntil, pausedUntil }) => benchedUntil > now && pausedUntil <= now)
}

function bestOf(engine: Engine, before: number, isOfThose: (peer: Peer) => boolean): Peer | null {
  const { now } = engine
  const isMissing = engine.replica.pending.ops > 0
  let best: Peer | null = null
  const onlyFriends = now < strangersFrom(engine) && [...engine.peers.values()].some((peer) => isFriend(engine, peer))
  for (const peer of engine.peers.values()) {
    if (!isOfThose(peer) || (onlyFriends && !isFriend(engine, peer)) || engine.fetches.has(peer.id)) continue
    if (peer.askedAt >= before || !mayBeAsked(engine, peer, 'turn')) continue
    if (best !== null && !isBefore(engine, peer, best)) continue
    if ((isMissing && peer.emptyUntil <= now) || hasMore(engine, peer) || namesUnknown(engine, peer)) best = peer
  }
  return best
}

/** Whether a peer has been of use, or is known. */
const isFriend = (engine: Engine, peer: Peer): boolean => peer.isUseful || isTrusted(engine, peer)

/**
 * From when on (ms) peers that are not known are asked although a friend is here. Usually at once. While ops that they brought in vain
 * have used up their budget, one of them in STRANGER_EVERY, since one of them may have ops that no other peer has.
 */
const strangersFrom = ({ judging: { answers }, now, strangerAskedAt }: Engine): number =>
  leftAt(answers, now) > 0 ? now : Math.min(backAt(answers, now), strangerAskedAt + STRANGER_EVERY)

/** Whether `a` is asked before `b`. */
function isBefore(engine: Engine, a: Peer, b: Peer): boolean {
  if (engine.turns % LONGEST_AGO_EVERY !== 0) {
    if (engine.askedStranger && a.isUseful !== b.isUseful) return a.isUseful
    const [trusted, other] = [isTrusted(engine, a), isTrusted(engine, b)]
    if (trusted !== other) return trusted
  }
  return turnOf(a) === turnOf(b) ? a.ops > b.ops : turnOf(a) < turnOf(b)
}

const turnOf = ({ askedAt, failures }: Peer): number => askedAt + (failures === 0 ? 0 : Math.min(HANDICAP, BENCH * 2 ** failures))

/** True for a peer that has more heads than it lists, and may have ops that we lack below the others. */
export function hasMore(engine: Engine, peer: Peer): boolean {
  const { headCount, heads, exhaustedAt, ops, allAskedAt } = peer
  if (headCount <= heads.length) return false
  if (exhaustedAt !== ops) return engine.now >= allAskedAt + ASK_ALL_EVERY
  return engine.now >= allAskedAt + ASK_ALL_AGAIN && !agrees(engine, peer)
}

/** When (ms) a peer that may not be asked now may be asked again; Infinity: there is none. */
export function nextUnbenched(engine: Engine): number {
  const strangers = strangersFrom(engine)
  let next = Math.min(strangers > engine.now ? strangers : Infinity, askableAt(engine, 'turn'))
  const isAsking = engine.fetches.size > 0
  for (const { benchedUntil, pausedUntil, emptyUntil } of engine.peers.values()) {
    if (benchedUntil > engine.now) next = Math.min(next, benchedUntil)
    if (pausedUntil > engine.now && !isAsking) next = Math.min(next, pausedUntil)
    if (emptyUntil > engine.now) next = Math.min(next, emptyUntil)
  }
  return next
}

/** A peer failed: it is not asked for a while. */
export function bench(engine: Engine, peer: Peer): void {
  peer.failures++
  // One stall may be this node's fault. So a peer that has been of use keeps that for a while.
  if (peer.failures > FAILURES_OF_THE_USEFUL) peer.isUseful = false
  const doublings = Math.max(0, peer.failures - FAILURES_OF_THE_USEFUL)
  peer.benchedUntil = engine.now + Math.min(LONGEST_BENCH, BENCH * 2 ** doublings)
  peer.pausedUntil = engine.now + BENCH
}
