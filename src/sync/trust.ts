/**
 * Whether this node may sign its next op. Its disk can be older than what it has sent: restored from a backup, rolled back, cut. Then the
 * next op would take a seq that was used before, and peers would see an equivocation.
 *
 * **The mark decides** (`core/mark.ts`). No op is sent before the disk holds it, and the mark names it or a later own op. So a disk that
 * holds the op that the mark names holds every own op that was ever sent, if the two were not rolled back together (below). Then the node
 * writes at once, even if no peer is there. Disk
 * and mark are written at the same time, so a process that is killed may leave one without the other:
 *
 * - the op without its mark: the disk is ahead of the mark. The op was sent to nobody. The node holds it, and continues from it.
 * - the mark without its op: the mark names an op that nobody has. The node waits for answers, which costs time and does no harm.
 *
 * If the node does not hold the op, or there is no mark that counts, it waits until peers have told what they hold and it has fetched
 * that. Peers cannot prove that they told everything, so a person may also say "write now". While no peer answers, the wait does not end
 * by time.
 *
 * **An own op that comes from others decides too**: it carries this node's signature, so this node has signed it before (`remind.ts`).
 * Until the node holds that op, the first op of this run waits, whatever the mark says: disk and mark may have been rolled back together.
 * The wait has an end, because the ops between may be lost everywhere. The wait is longer while received ops wait here for this node's
 * own budgets. Later ops of this run do not wait: an op that comes back by then is on another branch already.
 *
 * The mark is written only while the disk is trusted. Own ops come back in pieces. A mark written meanwhile would name one of the first
 * of them, and a restart would then trust a disk that lacks the others.
 */
import { idOf, numberOf } from '../core/dag.ts'
import { type Mark, NOTHING_WRITTEN } from '../core/mark.ts'
import type { OpId } from '../core/op.ts'
import { isDecided } from '../core/replica.ts'
import { keyOf } from '../core/unit.ts'
import { countHeldBack } from './held-back.ts'
import { namesUnknown } from './turns.ts'
import { agrees } from './gossip.ts'
import { ownTip } from './own.ts'
import type { Link } from './effects.ts'
import type { Peer } from './peer.ts'
import { isCurrent, isTrusted } from './peers.ts'
import { type Engine, notify } from './state.ts'

/**
 * After the first answer the node listens to other peers for so long (ms): each peer tells its heads every 5 s, and a slow path takes a
 * second.
 */
const LISTEN = 6_000
/** The node waits for a peer that has more to tell until so long (ms) after it was met: time for a question and its answer on a slow path. */
const ANSWER_WITHIN = 10_000
/**
 * The wait takes at most so long after the first peer has answered (ms), since there are always new sender values. If the mark names a
 * lost op: after the first known peer has answered.
 */
const LISTEN_AT_MOST = 30_000
/** The node looks at answers so often (ms), since that takes up to 10 ms: each peer may name 256 heads. */
const LOOK_EVERY = 250
/** The wait for lost own ops ends when no op has come for so long (ms): ops below them may be lost everywhere. */
export const LOST_AT_MOST = 60_000
/** The wait is so many times longer while received ops wait for this node's own budgets. */
const LONGER_WHILE_HELD_BACK = 3
/**
 * The wait ends after so long in any case (ms), even if others bring ops meanwhile, or if only peers answer that are not known. The time
 * is counted from the first lost op that the node does not hold again; if all come back and another is lost, it begins anew.
 */
export const LOST_ALTOGETHER = 600_000
/**
 * Lost own ops remembered: those with the highest seqs, since who holds such an op holds all of its branch. An author that has forked has
 * one for each branch.
 */
export const MAX_LOST = 16

export interface Trust {
  /** The disk holds all that this node has sent, as far as can be known: it may sign. */
  isGiven: boolean
  /**
   * The node waits for lost own ops that come from others: it has signed no op in this run, and neither a person nor the time ended the
   * wait.
   */
  waitsForLost: boolean
  /** Own ops that others have sent and that this node did not hold then, by `keyOf`; the latest of each branch among them. */
  readonly lost: Map<string, { readonly id: OpId; readonly seq: number }>
  /** When the number of ops last changed while an own op was lost, or a peer that brought a lost op was asked (ms); and that number. */
  readonly grew: { at: number; ops: number }
  /** When the first of the ops that are lost now was found to be lost (ms). */
  lostSince: number
  /** The mark that was found at the start; null where there was none, or none that counts. */
  mark: Mark | null
  /** False when a wait has ended and no mark says so yet: the next start would wait again. */
  isMarked: boolean
  /** When the node looks at answers again, and until when it listened to more when it looked last (ms). */
  lookAt: number
  listensUntil: number
  /** When the first peer had told all that it holds (ms), and when the first known peer had; Infinity before that. */
  answeredAt: number
  knownAnsweredAt: number
}

export const createTrust = (resumed: boolean): Trust => ({
  isGiven: !resumed,
  waitsForLost: true,
  lost: new Map(),
  grew: { at: -Infinity, ops: 0 },
  lostSince: Infinity,
  mark: null,
  isMarked: true,
  lookAt: -Infinity,
  listensUntil: Infinity,
  answeredAt: Infinity,
  knownAnsweredAt: Infinity,
})

/** Tells the mark, after the disk was read and before the first input. */
export function recall(engine: Engine, mark: Mark | null): void {
  engine.trust.mark = mark
  engine.trust.isGiven ||= holdsMarked(engine)
}

/** Whether this node holds the op that the mark names, and so all own ops that were ever sent. */
function holdsMarked({ trust: { mark }, replica: { dag } }: Engine): boolean {
  return mark !== null && (mark.id === null || numberOf(dag, mark.id) >= 0)
}

/** A person does not want to wait: the node asks no longer for lost ops. */
export function writeNow(engine: Engine): void {
  engine.trust.waitsForLost = false
  if (!engine.trust.isGiven) give(engine)
}

/** A peer brought an op that this node has signed, as its signature shows. If the node does not hold it, it was lost here. */
export function hearOwn(engine: Engine, from: Link, id: OpId, seq: number): void {
  const { lost, waitsForLost } = engine.trust
  if (!waitsForLost || isDecided(engine.replica, id)) return
  const peer = engine.peers.get(from)
  if (peer !== undefined) peer.broughtLost = true
  lost.set(keyOf(id), { id, seq })
  // Not the first that came, since liars choose which of them come first.
  if (lost.size > MAX_LOST) lost.delete(keyOf([...lost.values()].reduce((a, b) => (b.seq < a.seq ? b : a)).id))
  engine.trust.lostSince = Math.min(engine.trust.lostSince, engine.now)
  notify(engine, { type: 'changed' })
}

/** A peer is asked. If it brought a lost op and was not asked since, it was not silent until now. Bounded by LOST_ALTOGETHER. */
export function noteAsked(engine: Engine, peer: Peer): void {
  if (!peer.broughtLost || peer.askedForLost) return
  peer.askedForLost = true
  engine.trust.grew.at = engine.now
}

/** Ops came that wait, and lead down from a lost op to held ops. So the peer that brought the lost op was not silent. */
export function noteProgress(engine: Engine, peer: Peer): void {
  if (peer.broughtLost) engine.trust.grew.at = engine.now
}

/** This node slept, or was busy, for so long (ms). In that time no peer was silent. Ops that came meanwhile are not judged yet. */
export function noteSleep({ trust }: Engine, ms: number): void {
  trust.grew.at += ms
  trust.lostSince += ms
  trust.answeredAt += ms
  trust.knownAnsweredAt += ms
}

/** Whether own ops are known to be lost. Forgets those that came back. O(MAX_LOST). */
function lacksOwn(engine: Engine): boolean {
  const { lost, waitsForLost } = engine.trust
  if (!waitsForLost) return false
  for (const [key, { id }] of lost) if (isDecided(engine.replica, id)) lost.delete(key)
  // If another op turns out to be lost later, the wait for it begins anew.
  if (lost.size === 0) engine.trust.lostSince = Infinity
  return lost.size > 0
}

/** Whether the next op may be signed: the disk is trusted and, before the first op of this run, no own op is known to be lost. */
export const maySign = (engine: Engine): boolean => engine.trust.isGiven && !lacksOwn(engine)

function give(engine: Engine): void {
  engine.trust.isGiven = true
  engine.trust.isMarked = false
  notify(engine, { type: 'changed' })
}

/** Why the node signs nothing, and whether any peer has answered; null when it may sign. */
export function waitsFor(engine: Engine): { why: 'behind' | 'unmarked' | 'lost'; answered: boolean } | null {
  if (maySign(engine)) return null
  const { mark, answeredAt, lost } = engine.trust
  if (lost.size > 0) return { why: 'lost', answered: true }
  return { why: mark === null ? 'unmarked' : 'behind', answered: answeredAt < Infinity }
}

/** Ends the wait when there is no reason for it any more. Gives the time at which it wants to be called again. */
export function trustDue(engine: Engine): number {
  const { trust, now } = engine
  // Answers count from when they come, also while lost ops are waited for: the two waits must not follow each other.
  const listens = !trust.isGiven && !holdsMarked(engine)
  if (listens && now >= trust.lookAt) {
    trust.listensUntil = answeredUntil(engine)
    trust.lookAt = now + LOOK_EVERY
  }
  const lost = lacksOwn(engine) ? lostUntil(engine) : now
  if (now < lost) return listens ? Math.min(lost, trust.lookAt) : lost
  if (trust.lost.size > 0) trust.waitsForLost = false
  if (listens && now < trust.listensUntil) return Math.min(trust.listensUntil, trust.lookAt)
  if (!trust.isGiven) give(engine)
  return Infinity
}

/**
 * By how much the wait is longer. Received ops may wait for this node's own budgets, or a question to a peer that brought a lost op may.
 * They may bring the missing op, and no peer is silent meanwhile. It does not last for ever, since sender values that cost nothing can
 * keep the budgets empty.
 */
const patience = (engine: Engine): number => (countHeldBack(engine.heldBack) > 0 || isAskingHeldBack(engine) ? LONGER_WHILE_HELD_BACK : 1)

/** Whether a peer that brought a lost op was not asked yet for ops below it, and no person has stopped asking. O(peers). */
function isAskingHeldBack({ bringers, peers, paused }: Engine): boolean {
  if (paused) return false
  for (const id of bringers) {
    const peer = peers.get(id)
    if (peer?.broughtLost === true && !peer.askedForLost) return true
  }
  return false
}

/** Until when (ms) the node waits for lost own ops. Called in each step while there are any. */
function lostUntil(engine: Engine): number {
  const {
    trust: { grew, lostSince },
    replica: { dag },
    now,
  } = engine
  if (grew.ops !== dag.length) Object.assign(grew, { at: now, ops: dag.length })
  return Math.min(grew.at + LOST_AT_MOST * patience(engine), lostSince + LOST_ALTOGETHER)
}

/**
 * From when on (ms) peers have answered enough, as far as the node can tell now; Infinity while no peer has answered. A known peer has
 * more to give while a bundle of it waits here to be judged, or while it holds more than is here. O(peers × heads that they name).
 */
function answeredUntil(engine: Engine): number {
  const { peers, trust, now } = engine
  let waiting = -Infinity
  let waitsHere = false
  let hasMore = false
  for (const peer of peers.values()) {
    const isKnown = isTrusted(engine, peer)
    waitsHere ||= isKnown && engine.intake.has(peer.id)
    if (hasAnswered(engine, peer)) {
      trust.answeredAt = Math.min(trust.answeredAt, now)
      if (isKnown) trust.knownAnsweredAt = Math.min(trust.knownAnsweredAt, now)
      continue
    }
    // A peer with more heads than it lists need not name the op that is lost.
    hasMore ||= isKnown && peer.headCount >= 0
    if (now < peer.metAt + ANSWER_WITHIN) waiting = Math.max(waiting, peer.metAt + ANSWER_WITHIN)
  }
  const { mark, answeredAt, knownAnsweredAt } = trust
  const most = LISTEN_AT_MOST * patience(engine)
  if (mark === null) return Math.min(answeredAt + most, waitsHere ? Infinity : Math.max(answeredAt + LISTEN, waiting))
  // The node knows that an op is missing. A peer that has it may come late, and a sender value that costs nothing can say that there is
  // no more. A known peer that has more to give may have the op.
  return Math.min(answeredAt + LOST_ALTOGETHER, waitsHere || hasMore ? Infinity : knownAnsweredAt + most)
}

/** Whether a peer has told in this run what it holds, and this node lacks nothing of that. A relay may repeat what the peer told before. */
function hasAnswered(engine: Engine, peer: Peer): boolean {
  const { headCount, heads, exhaustedAt, ops } = peer
  if (headCount < 0 || !isCurrent(engine, peer) || namesUnknown(engine, peer)) return false
  return headCount <= heads.length || exhaustedAt === ops || agrees(engine, peer)
}

/** The mark that names the latest own op, to be written with it; null while the disk is not trusted. */
export function nextMark(engine: Engine): Mark | null {
  if (!engine.trust.isGiven) return null
  const { dag } = engine.replica
  const tip = ownTip(engine)
  return tip < 0 ? NOTHING_WRITTEN : { own: dag.seq[tip]! + 1, id: idOf(dag, tip) }
}
