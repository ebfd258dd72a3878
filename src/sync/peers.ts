/**
 * The peers that are here, and what this node believes of each.
 *
 * - A **stranger** was heard in frames for everybody, which may be recordings of a run that is over. It is greeted now and then, its
 *   signed ops are judged, and it gets a first share of an answer. It has no seat.
 * - A peer is **met** when it has said something to this run's sender value. That value is new, so only a node that lived in this run can
 *   do this. The peer has a seat, and gets answers of any size.
 * - It is **here**, and counts as connected, while it echoes tokens that this node gives out. It need not have echoed one in its first half
 *   minute. A relay can hold back frames, and pass them on when their node is gone: without new echoes the node is here no longer.
 * - It is **proven** when its `hello` proves an author.
 * - It is **current** while its latest words echo a token that this node gave out a few seconds ago. Only then does what it says that it
 *   holds count as agreement. A relay that holds back frames of living nodes makes no peer current.
 */
import { equalBytes, fromHex } from '../core/bytes.ts'
import { numberOfAuthor } from '../core/dag.ts'
import { MAX_UNIT_OPS, MESSAGE_VERSION } from '../core/limits.ts'
import { peerProofBytes } from '../core/keys.ts'
import type { Author } from '../core/op.ts'
import { type Budget, createBudget, drawOne } from '../core/budget.ts'
import type { PeerId, Way } from './effects.ts'
import { ownStored } from './own.ts'
import { encodeMessage, kindOf, type Message } from './messages.ts'
import { createPeer, type Peer } from './peer.ts'
import { remind } from './remind.ts'
import { giveWay, MAX_SEATS, type Seated } from './roster.ts'
import { ask, type Engine, leave, newJob, notify, peerOf, refuseFrom, send } from './state.ts'
import { newestEcho, present } from './tokens.ts'
import { maySign } from './trust.ts'

/** Silence after which a peer counts as gone (ms): three missed heartbeats. */
export const PEER_SILENT = 15_000
/** How long after a token was given out its echo makes a peer current (ms): three heartbeats, and a second for the path. */
export const CURRENT_FOR = 16_000
/** A peer that is heard and echoes no newer token for so long is not here (ms): the time in which an echo counts, and three heartbeats more. */
export const UNECHOED_FOR = CURRENT_FOR + PEER_SILENT
/** Strangers remembered, so that each is greeted once and seldom again. A stranger that is replaced may be greeted again. */
export const MAX_STRANGERS = 64
/** How long a stranger is safe from being replaced (ms): time to answer a greeting. */
const STRANGER_SAFE = 3_000
/**
 * Greetings and proofs at once, and in a second: each costs a node some 0.4 ms. If there are more, the node draws by lot which senders it
 * hears. A sender that was not heard tries again.
 */
export const MAX_NEWCOMERS = 256
export const NEWCOMERS_PER_SECOND = 128
/**
 * A node without the platform's cryptography does at least this much for senders of one standing at once: it greets so many, opens so many
 * frames, and judges so many messages. So 64 peers can come in one moment.
 */
export const LEAST_AT_ONCE = 64
/** Protocol messages of strangers that are read, at once and in a second: reading a question takes as long as a greeting. */
export const MAX_STRANGERS_TALK = 256
export const STRANGERS_TALK_PER_SECOND = 128
/** Runs of one author that have a seat: one that lives, and a few that ended by a reload and have not been silent for PEER_SILENT yet. */
export const MAX_RUNS = 4
/**
 * How often the node looks for a seat when all are taken, for peers that are worth nothing yet, at once and in a second: some 0.1 ms
 * each.
 */
export const MAX_SEAT_DRAWS = 64
export const SEAT_DRAWS_PER_SECOND = 64
/**
 * A peer that does not echo, or has not proven its author, is greeted again after this time (ms), since a greeting may be lost. For a stranger,
 * which may be a recording, and for a peer that echoes and proves nothing, the pause doubles each time, MOST_DOUBLINGS times.
 */
const GREET_AGAIN = 5_000
const MOST_DOUBLINGS = 4
/**
 * Heads, wants and proofs read between two pardons. Each counts as one, and one more for each TALK_BYTES of it: some 3 % of a processor.
 * The known peers that are here share one half, the others share the other half. If there are a hundred known peers, each may say ten
 * things a second.
 */
const TALK_AT_ONCE = 20_000
const TALK_LEAST = 40
const TALK_BYTES = 1_024
/** Credit that a peer has at most, and credit that it earns with each op that is admitted. As many of its ops may then come in vain. */
export const MAX_CREDIT = 8_192
const CREDIT_PER_OP = 4
/** Units of signed ops for which the credit of a peer suffices, also where signatures are dear: one is judged while the next one comes. */
const MAX_CREDIT_UNITS = 2
/** Strikes are forgiven at this pace (ms a strike). With each, the counts of what was served are reset. */
const FORGIVEN_EVERY = 10_000

/** What strangers may make a node do, all together, and the strangers that are remembered. */
export interface Strangers {
  readonly known: Map<PeerId, Peer>
  readonly greetings: Budget
  readonly talk: Budget
  readonly seats: Budget
}

export const createStrangers = (now: number, signatureCost: number): Strangers => ({
  known: new Map(),
  greetings: createBudget(Math.max(LEAST_AT_ONCE, MAX_NEWCOMERS / signatureCost), NEWCOMERS_PER_SECOND / signatureCost, now),
  talk: createBudget(MAX_STRANGERS_TALK, STRANGERS_TALK_PER_SECOND, now),
  seats: createBudget(MAX_SEAT_DRAWS, SEAT_DRAWS_PER_SECOND, now),
})

/**
 * The peer that says something; it is new if need be. A peer without a seat is forgotten when its words were handled. Null while it is
 * cut.
 * @param addressed its words were sealed for this run's sender value
 */
export function meet(engine: Engine, id: PeerId, addressed: boolean, way: Way): Peer | null {
  if (isCut(engine, id)) return null
  const peer = peerOf(engine, id) ?? createPeer(engine, id)
  peer.heardAt = engine.now
  peer.way = way
  pardon(engine, peer)
  if (addressed && !peer.isMet) {
    peer.isMet = true
    engine.strangers.known.delete(id)
    peer.askedAt = engine.now
  }
  if (peer.isMet) takeSeat(engine, peer)
  else remember(engine, peer)
  greetIfDue(engine, peer)
  return peer
}

function pardon(engine: Engine, peer: Peer): void {
  const forgiven = Math.floor((engine.now - peer.forgivenAt) / FORGIVEN_EVERY)
  if (forgiven <= 0) return
  peer.strikes = Math.max(0, peer.strikes - forgiven)
  peer.forgivenAt = engine.now
  peer.talk = 0
  peer.wants = 0
  peer.bytesServed = 0
}

// — seats ——————————————————————————————————————————————————————————————————————————————————————————————————

const RANK: Readonly<Record<Way, number>> = { open: 0, channel: 1, browser: 2 }

/** A peer's worth, the most important number first: the way, how early its author's first op came here, ops of others that it brought. */
function seatOf(engine: Engine, peer: Peer): Seated {
  const { id, way, broughtOthers, metAt } = peer
  return { id, worth: [RANK[way], -seniorityOf(engine, peer), broughtOthers], since: metAt }
}

/**
 * The number of a peer's author among the authors with admitted ops, in the order of their first ops here; Infinity without a proven
 * author.
 */
export function seniorityOf({ replica: { dag } }: Engine, { author }: Peer): number {
  const number = author === null ? -1 : numberOfAuthor(dag, author)
  return number < 0 ? Infinity : number
}

/** Whether a peer has proven to be an author whose ops are here. */
export const isSenior = (engine: Engine, peer: Peer): boolean => seniorityOf(engine, peer) < Infinity

/**
 * Whether a peer is known (`trusted` in the code): it is a tab of this browser, the far end of a proven channel, or an author with ops
 * here.
 */
export const isTrusted = (engine: Engine, peer: Peer): boolean => peer.way !== 'open' || isSenior(engine, peer)

/**
 * What a node knows of a sender. 'trusted': it is an author with ops here, a tab of this browser, or a proven channel. 'met': it lives.
 * 'unknown': nothing.
 */
export type Standing = 'trusted' | 'met' | 'unknown'

/** What is known of a peer. */
export function standingOfPeer(engine: Engine, peer: Peer): Standing {
  if (!peer.isMet) return 'unknown'
  return isTrusted(engine, peer) ? 'trusted' : 'met'
}

/** What is known of a sender, to decide whether its frames are opened. A sender without a seat is unknown. */
export function standingOf(engine: Engine, id: PeerId): Standing {
  const peer = engine.peers.get(id)
  return peer === undefined ? 'unknown' : standingOfPeer(engine, peer)
}

function takeSeat(engine: Engine, peer: Peer): void {
  const { peers, now } = engine
  if (peers.has(peer.id)) return
  if (peers.size >= MAX_SEATS) {
    const isWorthless = !isTrusted(engine, peer) && peer.broughtOthers === 0
    if (isWorthless && !drawOne(engine.strangers.seats, now, engine.random())) return
    const seated = [...peers.values()].map((each) => seatOf(engine, each))
    const gone = giveWay(seated, seatOf(engine, peer), now, engine.random())
    if (gone === null) return
    leave(engine, gone)
  }
  peers.set(peer.id, peer)
  // When it was a stranger, it may have brought ops whose parents are missing.
  if (engine.replica.pending.byLink.has(peer.id)) engine.bringers.add(peer.id)
}

/**
 * If an author has more than MAX_RUNS runs, the run that has been silent for longest loses its seat. It has ended, or is one of many
 * sender values.
 */
function leaveOldest(engine: Engine, author: Author): void {
  const runs = [...engine.peers.values()].filter((peer) => peer.author !== null && equalBytes(peer.author, author))
  if (runs.length <= MAX_RUNS) return
  leave(engine, runs.reduce((oldest, run) => (run.heardAt < oldest.heardAt ? run : oldest)).id)
}

function remember(engine: Engine, peer: Peer): void {
  const { known } = engine.strangers
  if (known.has(peer.id)) return
  if (known.size >= MAX_STRANGERS) {
    const replaceable = [...known.values()].filter(({ metAt }) => engine.now >= metAt + STRANGER_SAFE)
    if (replaceable.length === 0) return
    known.delete(replaceable[Math.floor(engine.random() * replaceable.length)]!.id)
  }
  known.set(peer.id, peer)
}

// — what peers may say —————————————————————————————————————————————————————————————————————————————————————

/** Whether the node does not hear it now, because it has brought too much that was malformed or false. */
export const isCut = ({ cut, now }: Engine, id: PeerId): boolean => (cut.get(id) ?? 0) > now

/**
 * The part of something shared that one peer may use. Half is for known peers, half for the others. So sender values, which cost nothing,
 * take nothing from known peers. O(peers).
 */
export function shareOf(engine: Engine, peer: Peer, all: number): number {
  const isOne = isTrusted(engine, peer)
  let sharers = 0
  for (const each of engine.peers.values()) if (isTrusted(engine, each) === isOne) sharers++
  return all / 2 / Math.max(1, sharers)
}

/**
 * False when this peer has talked so much that this message is not read. This concerns heads and proofs, which can be said again later,
 * and questions of peers without a seat.
 */
export function mayTalk(engine: Engine, peer: Peer, bytes: Uint8Array): boolean {
  // Bundles are paid for when they are judged. The other messages that cost nothing here belong to answers, or are farewells.
  const kind = kindOf(bytes)
  if (kind === 'units' || kind === 'more' || kind === 'bye') return true
  const hasSeat = engine.peers.has(peer.id)
  // `pace.ts` bounds how many questions are answered. A peer that tells its heads too often must still be able to ask.
  if ((kind === 'want' || kind === 'near') && hasSeat) return true
  if (!hasSeat && !drawOne(engine.strangers.talk, engine.now, engine.random())) return false
  peer.talk += 1 + Math.floor(bytes.length / TALK_BYTES)
  return peer.talk <= TALK_LEAST || peer.talk <= shareOf(engine, peer, TALK_AT_ONCE)
}

/** The most credit that a peer has. */
export const mostCredit = ({ signatureCost }: Pick<Engine, 'signatureCost'>): number =>
  Math.max(MAX_CREDIT, MAX_CREDIT_UNITS * MAX_UNIT_OPS * signatureCost)

/** A peer brought ops that were admitted, and that cost so much; `others` of them are not by its own author. */
export function earn(engine: Pick<Engine, 'signatureCost'>, peer: Peer, cost: number, others: number): void {
  peer.credit = Math.min(mostCredit(engine), peer.credit + CREDIT_PER_OP * cost)
  peer.broughtOthers += others
}

// — proofs —————————————————————————————————————————————————————————————————————————————————————————————————

/** Proves to a peer which author this node is, for this session's two sender values only, and tells it the present token. */
function greet(engine: Engine, peer: Peer): void {
  if (!drawOne(engine.strangers.greetings, engine.now, engine.random())) return
  peer.greetedAt = engine.now
  peer.greetings++
  const message = peerProofBytes(engine.replica.room, engine.sender, fromHex(peer.id)!)
  ask(engine, { type: 'sign', job: newJob(engine), message }, (answer) => {
    if (answer.type !== 'signed') return
    const token = present(engine.tokens)
    const hello = { type: 'hello', author: engine.author as Author, proof: answer.signature, token, own: ownStored(engine) } as const
    send(engine, peer.id, encodeMessage(hello))
  })
}

/**
 * Greets a peer if it was not greeted lately, and does not echo or has not proven its author: either greeting may be lost, and the peer
 * answers ours. While this node may lack own ops, it greets any peer, since the peer could remind it of them.
 */
function greetIfDue(engine: Engine, peer: Peer): void {
  const isSilent = !isCurrent(engine, peer) || !maySign(engine)
  const mayNeverAnswer = !peer.isMet || !isSilent
  const pause = GREET_AGAIN * 2 ** (mayNeverAnswer ? Math.min(MOST_DOUBLINGS, Math.max(0, peer.greetings - 1)) : 0)
  if ((isSilent || peer.author === null) && engine.now >= peer.greetedAt + pause) greet(engine, peer)
}

/** Greets again the met peers that do not echo. Called with each heartbeat. */
export function greetAgain(engine: Engine): void {
  for (const peer of engine.peers.values()) greetIfDue(engine, peer)
}

/**
 * Takes a peer's token, checks which author it says it is, and reminds it of its own ops. One proof is verified at a time, and none once
 * one was good: a sender value has one author.
 */
export function receiveHello(engine: Engine, peer: Peer, { author, proof, token, own }: Extract<Message, { type: 'hello' }>): void {
  hearToken(peer, token)
  if (peer.author !== null) {
    // It greets again: it may not have heard our greeting.
    if (engine.now >= peer.greetedAt + GREET_AGAIN) greet(engine, peer)
    return remind(engine, peer, peer.author, own)
  }
  if (peer.proving) return
  peer.proving = true
  const message = peerProofBytes(engine.replica.room, fromHex(peer.id)!, engine.sender)
  ask(engine, { type: 'verify', job: newJob(engine), claims: [{ signature: proof, message, author }] }, (answer) => {
    if (answer.type !== 'verified') return
    peer.proving = false
    if (answer.valid[0] !== true) return refuseFrom(engine, peer.id, 'bad-signature', null, 5)
    peer.author = author
    engine.proven.push(peer.id)
    // It found no seat before, and may be worth one now.
    if (!isCut(engine, peer.id)) takeSeat(engine, peer)
    leaveOldest(engine, author)
    remind(engine, peer, author, own)
    notify(engine, { type: 'changed' })
  })
}

/** A peer said its present token: this node has to echo it. */
export function hearToken(peer: Peer, token: Uint8Array): void {
  if (token.length === 0) return
  peer.token = token
  peer.isEchoed = false
}

/** The peer's words echo these tokens: it said them after we gave out the newest of them. */
export function hearEchoes({ tokens }: Engine, peer: Peer, echoes: Uint8Array): void {
  peer.echoedAt = newestEcho(tokens, echoes)
  peer.aliveAt = Math.max(peer.aliveAt, peer.echoedAt)
}

/** Whether the peer last said what it holds at most a few seconds ago. */
export const isCurrent = ({ now }: Engine, { echoedAt }: Peer): boolean => now < echoedAt + CURRENT_FOR

/** Whether the peer lived a few seconds ago. Of a peer that is new here nobody can tell yet. */
export const isAlive = ({ now }: Engine, { aliveAt }: Peer): boolean => now < aliveAt + CURRENT_FOR

/** Whether the peer counts as connected. A peer of another version cannot echo; a person is told of it. */
const isHere = ({ now }: Engine, { aliveAt, version }: Peer): boolean => now < aliveAt + UNECHOED_FOR || version !== MESSAGE_VERSION

/** The peers that count as connected. O(peers). */
export const peersHere = (engine: Engine): Peer[] => [...engine.peers.values()].filter((peer) => isHere(engine, peer))

/**
 * Forgets peers that have been silent for too long, and cuts that are over. Tells the shell of peers that are not alive or here any more. Gives
 * the time of the next one.
 */
export function expirePeers(engine: Engine): number {
  const { peers, strangers, cut, now } = engine
  let next = Infinity
  for (const table of [peers, strangers.known]) {
    for (const peer of table.values()) {
      if (now >= peer.heardAt + PEER_SILENT) leave(engine, peer.id)
      else next = Math.min(next, peer.heardAt + PEER_SILENT)
    }
  }
  for (const { aliveAt } of peers.values()) {
    for (const end of [aliveAt + CURRENT_FOR, aliveAt + UNECHOED_FOR]) {
      if (now < end) next = Math.min(next, end)
      else if (engine.expiredAt < end) notify(engine, { type: 'changed' })
    }
  }
  engine.expiredAt = now
  // They are in order of time: after the first cut that is not over, none is over.
  for (const [id, until] of cut) {
    if (until > now) break
    cut.delete(id)
  }
  return next
}
