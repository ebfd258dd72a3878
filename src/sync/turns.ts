/**
 * Whose turn it is to be asked. First those who have been of use (every other time), then trusted peers, then the one that was asked longest
 * ago. One question in four goes to the peer that was asked longest ago, whatever it is worth: a preferred peer may bring only its own ops, for
 * ever. A peer that stalls or does not serve what it named rests for a while, and then counts as asked later than it was: a lie costs one
 * pause, and a lossy path to the only peer is tried again soon.
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
 * A peer that fails again and again rests up to this long (ms): a question may have 17 kB, and hundreds of sender values can name heads that nobody
 * has. It rests no longer, since it may be the only peer, on a lossy path.
 */
const LONGEST_BENCH = 16_000
/** While strangers' budget is empty, one of them is asked in so long (ms): as long as one that is silent takes. */
const STRANGER_EVERY = 2_000
/** Failures in a row after which a peer that was of use counts as a stranger. */
const FAILURES_OF_THE_USEFUL = 2
/** The longest handicap of one that fails again and again, and the longest pause of one that has no missing parents (ms). */
export const HANDICAP = 60_000
/** Named heads that are looked up again each time that their numbers are shown: 1 or 2 ms. Of 256 peers all are within two seconds. */
export const MAX_LOOKED_UP = 4_096
/** Everything that a peer with too many heads may have more is asked at most this often (ms): much of the answer is known. */
const ASK_ALL_EVERY = 10_000
/** And this often (ms) where it had nothing more, and holds something else all the same: an answer may have been lost, or been a wrong guess. */
const ASK_ALL_AGAIN = 60_000

/**
 * Ids that this peer named as heads and that are neither held nor rejected here. O(those that were not when it was asked last), if anything
 * came since.
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
 * Whether there are such ids. One is looked up if anything came since it was asked last, and those before it that are decided, which are
 * not looked up again: it is asked of every peer, and what they named must not cost anything for each op that comes.
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
 * Looks up named heads, so that the number of unknown ones can be shown again and again: those of peers that have just named them, and of others
 * MAX_LOOKED_UP, where most ops came since they were looked up. What is not looked up now is in one of the next times.
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

/** Differs when an unknown head may have become known. (Where one rejected id is forgotten for another, it does with the next op that is admitted.) */
const decidedOf = ({ dag, rejected }: Replica): number => dag.length + rejected.size

/**
 * A peer that named what we lack, or, if parents are missing, any that may have them; the one whose turn it is.
 * @param before who was asked since then is not asked again (ms)
 */
export function choose(engine: Engine, before: number): Peer | null {
  const { now } = engine
  const isMissing = engine.replica.pending.ops > 0
  let best: Peer | null = null
  const onlyFriends = now < strangersFrom(engine) && [...engine.peers.values()].some((peer) => isFriend(engine, peer))
  for (const peer of engine.peers.values()) {
    if (peer.benchedUntil > now || (onlyFriends && !isFriend(engine, peer)) || engine.fetches.has(peer.id)) continue
    if (peer.askedAt >= before || !mayBeAsked(engine, peer, 'turn')) continue
    if (best !== null && !isBefore(engine, peer, best)) continue
    if ((isMissing && peer.emptyUntil <= now) || hasMore(engine, peer) || namesUnknown(engine, peer)) best = peer
  }
  return best
}

/** Whether a peer has been of use, or is trusted. */
const isFriend = (engine: Engine, peer: Peer): boolean => peer.isUseful || isTrusted(engine, peer)

/**
 * From when on (ms) strangers are asked although a friend is here: at once, or, while what they brought in vain is not made
 * good, one in STRANGER_EVERY, since among them may be one who has what nobody else has.
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
  for (const { benchedUntil, emptyUntil } of engine.peers.values()) {
    if (benchedUntil > engine.now) next = Math.min(next, benchedUntil)
    if (emptyUntil > engine.now) next = Math.min(next, emptyUntil)
  }
  return next
}

/** A peer failed: it is not asked for a while. */
export function bench(engine: Engine, peer: Peer): void {
  peer.failures++
  // One stall may be this node's own: whoever has been of use stays so for a while.
  if (peer.failures > FAILURES_OF_THE_USEFUL) peer.isUseful = false
  const doublings = Math.max(0, peer.failures - FAILURES_OF_THE_USEFUL)
  peer.benchedUntil = engine.now + Math.min(LONGEST_BENCH, BENCH * 2 ** doublings)
}
