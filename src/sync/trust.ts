/**
 * Whether this node may sign its next op. Its disk can be older than what it has sent: restored from a backup, rolled back, cut. Then
 * the next op would take a seq that was used before, and the node would be shown to have equivocated.
 *
 * **The mark decides** (`core/mark.ts`). Nothing is sent before the disk holds it and the mark names it, or a later own op. So a disk
 * that holds the op that the mark names holds every own op that was ever sent, and the node writes at once, with nobody there too.
 * Disk and mark are written at the same time, so a process that is killed may leave one without the other:
 *
 * - the op without its mark: the disk is ahead of the mark. The op was sent to nobody; it is held, and the node goes on from it.
 * - the mark without its op: the mark names an op that nobody has. The node waits for answers, which costs time and does no harm.
 *
 * Where the op is not held, or there is no mark that counts, the node waits until peers have told what they hold and it has fetched
 * that. What they say cannot be proven complete, so a person may also say "write now". No clock ends the wait while nobody answers.
 *
 * **An own op that comes from others decides too**: it carries this node's signature, so it was signed before (`remind.ts`). Until it is held, the
 * first op of this run waits, whatever the mark says: disk and mark may have been rolled back together. It does not wait for ever: what
 * lies between may be lost everywhere. While something waits here for this node's own budgets, the wait is longer. Later ops of this run do
 * not wait: what comes back by then is another branch already.
 *
 * The mark is written only while the disk is trusted. Own ops come back in pieces: a mark written meanwhile would name one of the first
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

/** After the first answer others are listened to for so long (ms): each peer tells its heads every 5 s, and a slow path takes a second. */
const LISTEN = 6_000
/** A peer that has more to tell is waited for until so long (ms) after it was met: time for a question and its answer on a slow path. */
const ANSWER_WITHIN = 10_000
/** From the first answer on, the wait takes so long at most (ms): there are always new names. If an own op is known to be missing, from the first one of a known peer on. */
const LISTEN_AT_MOST = 30_000
/** Answers are looked at so often (ms), since that takes up to 10 ms: each peer may name 256 heads. */
const LOOK_EVERY = 250
/** Lost own ops are waited for until nothing has come for so long (ms): what lies below them may be lost everywhere. */
export const LOST_AT_MOST = 60_000
/** And so many times as long while something that came waits for this node's own budgets. */
const LONGER_WHILE_HELD_BACK = 3
/** And so long altogether (ms), whatever others bring meanwhile, or if only names answer of whom nothing is known. */
export const LOST_ALTOGETHER = 600_000
/** Lost own ops remembered: one is enough to wait, and an author that has forked has one for each branch. */
export const MAX_LOST = 16

export interface Trust {
  /** The disk holds all that this node has sent, as far as can be known: it may sign. */
  isGiven: boolean
  /** Own ops that come from others are waited for: no op was signed in this run, and neither a person nor LOST_AT_MOST ended the wait. */
  waitsForLost: boolean
  /** Own ops that others have sent and that were not held then, by `keyOf`. */
  readonly lost: Map<string, OpId>
  /** When the number of ops last changed while an own op was lost, or one that brought it was asked (ms), and what it was. */
  readonly grew: { at: number; ops: number }
  /** When an own op was first found to be lost (ms). */
  lostSince: number
  /** What was found at the start; null where there was no mark, or none that counts. */
  mark: Mark | null
  /** False when a wait has ended and no mark says so yet: the next start would wait again. */
  isMarked: boolean
  /** When answers are looked at again (ms). */
  lookAt: number
  /** When the first peer had told all that it holds (ms), and the first known one; Infinity before that. */
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
  answeredAt: Infinity,
  knownAnsweredAt: Infinity,
})

/** Tells the mark, after the disk was read and before the first input. */
export function recall(engine: Engine, mark: Mark | null): void {
  engine.trust.mark = mark
  engine.trust.isGiven ||= holdsMarked(engine)
}

/** Whether the op that the mark names is held, and so all that was ever sent. */
function holdsMarked({ trust: { mark }, replica: { dag } }: Engine): boolean {
  return mark !== null && (mark.id === null || numberOf(dag, mark.id) >= 0)
}

/** A person does not want to wait: what was lost is not asked for any longer. */
export function writeNow(engine: Engine): void {
  engine.trust.waitsForLost = false
  if (!engine.trust.isGiven) give(engine)
}

/** A link brought an op that this node has signed, as its signature shows. If it is not held, it was lost here. */
export function hearOwn(engine: Engine, from: Link, id: OpId): void {
  const { lost, waitsForLost } = engine.trust
  if (!waitsForLost || isDecided(engine.replica, id)) return
  const peer = engine.peers.get(from)
  if (peer !== undefined) peer.broughtLost = true
  if (lost.size >= MAX_LOST) return
  lost.set(keyOf(id), id)
  engine.trust.lostSince = Math.min(engine.trust.lostSince, engine.now)
  notify(engine, { type: 'changed' })
}

/** A peer is asked. If it brought a lost op and was not asked since, the time until now was not its silence. Bounded by LOST_ALTOGETHER. */
export function noteAsked(engine: Engine, peer: Peer): void {
  if (!peer.broughtLost || peer.askedForLost) return
  peer.askedForLost = true
  engine.trust.grew.at = engine.now
}

/** Ops came that wait, and lead down from a lost op to what is held: from one that brought a lost op, that is no silence. */
export function noteProgress(engine: Engine, peer: Peer): void {
  if (peer.broughtLost) engine.trust.grew.at = engine.now
}

/** This node slept, or was held up, for so long (ms): that was nobody's silence. What came meanwhile is not judged yet. */
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
  for (const [key, id] of lost) if (isDecided(engine.replica, id)) lost.delete(key)
  // What is lost later is waited for anew.
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

/** Why nothing is signed, and whether anybody has answered; null when ops are signed. */
export function waitsFor(engine: Engine): { why: 'behind' | 'unmarked' | 'lost'; answered: boolean } | null {
  if (maySign(engine)) return null
  const { mark, answeredAt, lost } = engine.trust
  if (lost.size > 0) return { why: 'lost', answered: true }
  return { why: mark === null ? 'unmarked' : 'behind', answered: answeredAt < Infinity }
}

/** Ends the wait when there is no reason for it any more. Gives the time at which it wants to be called again. */
export function trustDue(engine: Engine): number {
  const { trust, now } = engine
  const until = lacksOwn(engine) ? lostUntil(engine) : now
  if (now < until) return until
  if (trust.lost.size > 0) trust.waitsForLost = false
  if (trust.isGiven) return Infinity
  if (holdsMarked(engine)) {
    give(engine)
    return Infinity
  }
  if (now < trust.lookAt) return trust.lookAt
  const answered = answeredUntil(engine)
  trust.lookAt = now + LOOK_EVERY
  if (now < answered) return Math.min(answered, trust.lookAt)
  give(engine)
  return Infinity
}

/**
 * While something that came, or a question to one that brought a lost op, waits for this node's own budgets, it waits longer: that may be the op that is
 * missing, and is nobody's silence. Not for ever, since names that cost nothing can keep the budgets empty.
 */
const patience = (engine: Engine): number => (countHeldBack(engine.heldBack) > 0 || isAskingHeldBack(engine) ? LONGER_WHILE_HELD_BACK : 1)

/** Whether one that brought a lost op was not asked yet for what lies below it, and no person has stopped asking. O(peers). */
function isAskingHeldBack({ bringers, peers, paused }: Engine): boolean {
  if (paused) return false
  for (const id of bringers) {
    const peer = peers.get(id)
    if (peer?.broughtLost === true && !peer.askedForLost) return true
  }
  return false
}

/** Until when (ms) lost own ops are waited for. Called in each step while there are any. */
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
 * From when on (ms) enough was answered, as far as can be told now; Infinity while nobody has answered. A known peer has more to give while something of it waits
 * here to be judged, or while it holds more than is here. O(peers × heads that they name).
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
    // One of more heads than it lists need not name the op that is lost.
    hasMore ||= isKnown && peer.headCount >= 0
    if (now < peer.metAt + ANSWER_WITHIN) waiting = Math.max(waiting, peer.metAt + ANSWER_WITHIN)
  }
  const { mark, answeredAt, knownAnsweredAt } = trust
  const most = LISTEN_AT_MOST * patience(engine)
  if (mark === null) return Math.min(answeredAt + most, waitsHere ? Infinity : Math.max(answeredAt + LISTEN, waiting))
  // It is known that an op is missing. A peer that has it may be slow to come, and a name that costs nothing can say that there is no more. A known
  // one that has more to give may have it.
  return Math.min(answeredAt + LOST_ALTOGETHER, waitsHere || hasMore ? Infinity : knownAnsweredAt + most)
}

/** Whether a peer has told in this run what it holds, and nothing of that is lacking here: a relay may replay what it told before. */
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
