/**
 * Messages that a node sends without being asked. It sends an own op to everybody as soon as the op is stored. When it has stored ops of
 * others, it announces its heads after a short, random pause. So many nodes on one path do not all repeat the same ops.
 */
import { backAt, leftAt, takeOne } from '../core/budget.ts'
import { compareBytes, concatBytes, equalBytes } from '../core/bytes.ts'
import { digestOfHeads } from '../core/heads-digest.ts'
import { MAX_ECHOES } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { encodeBundle } from './bundle.ts'
import { wrapBundle } from './wrap.ts'
import { mergeUnits } from './merge.ts'
import { takeBelow } from './lately.ts'
import { describeHoldings, type Holdings, listHeads } from './holdings.ts'
import { encodeMessage, encodeUnasked, type Message, type Want } from './messages.ts'
import type { Peer } from './peer.ts'
import { greetAgain, hearEchoes, hearToken } from './peers.ts'
import { type Engine, headsOf, send } from './state.ts'
import { digestOfStored } from './stored-heads.ts'
import { present, renew } from './tokens.ts'

/** Heads are announced this long after ops of others were stored, plus a random time of up to as much again (ms). */
const ANNOUNCE_PAUSE = 60
/**
 * Bytes of heads that all peers together tell everybody in a second, as each of them estimates it. A room may have hundreds of heads, and
 * hundreds of peers that all learn of each op. The pause is never longer than a heartbeat.
 */
export const HEADS_PER_SECOND = 64 * 1024
/**
 * Heads are repeated to everybody when this node has said nothing else for this long (ms). So peers learn of ops that were lost on the
 * way.
 */
const HEARTBEAT = 5_000
/** A peer that holds other ops is told our heads at once, but not more often than this (ms). */
const TELL_PAUSE = 1_000
/** A token is given out for this long (ms), a little less than a heartbeat: each heartbeat asks anew who is there. */
const TOKEN_LASTS = 4_000
/** If no more peers than this wait for an echo, each is told alone. */
const ECHOED_ALONE = 2
/**
 * Bytes of heads for peers that are told alone, at once and in a second: two peers can ask for an echo again and again, and a room may
 * have hundreds of heads.
 */
export const MAX_ECHOED_ALONE = 128 * 1024
export const ECHOED_ALONE_PER_SECOND = 16 * 1024
/**
 * How often more peers are told all at once. Sender values cost nothing and can ask for echoes too, and everybody reads what everybody is
 * told.
 */
export const MAX_ECHOES_TO_ALL = 8
export const ECHOES_TO_ALL_PER_SECOND = 1
const NONE = new Uint8Array()

/** Ops of others were stored: announces them soon. */
export function announceSoon(engine: Engine): void {
  announceFrom(engine, engine.now + ANNOUNCE_PAUSE * (1 + engine.random()))
}

function announceFrom(engine: Engine, at: number): void {
  engine.announceAt = Math.min(engine.announceAt, Math.max(at, engine.toldAllAt + pauseOf(engine)))
}

/** How long heads are not told again (ms). The pause is longer if more bytes of heads were told to everybody, and if there are more peers. */
const pauseOf = ({ toldAllBytes, peers }: Engine): number =>
  Math.min(HEARTBEAT, (1_000 * toldAllBytes * (1 + peers.size)) / HEADS_PER_SECOND)

/** A peer gave out a token: it soon gets an echo. */
export function echoSoon(engine: Engine): void {
  engine.echoAt = Math.min(engine.echoAt, engine.now + ANNOUNCE_PAUSE * (1 + engine.random()))
}

/** Announces and echoes when it is due. Gives the time at which it wants to be called again. */
export function announceDue(engine: Engine): number {
  if (engine.now >= Math.min(engine.announceAt, engine.heartbeatAt)) {
    greetAgain(engine)
    tellHeads(engine, null)
  } else if (engine.now >= engine.echoAt) echo(engine)
  return Math.min(engine.announceAt, engine.heartbeatAt, engine.echoAt)
}

/** Sends echoes to the peers that wait for one: to a few peers one by one, to many all at once. */
function echo(engine: Engine): void {
  const owed = [...engine.peers.values()].filter(({ token, isEchoed }) => token !== null && !isEchoed)
  engine.echoAt = Infinity
  if (owed.length <= ECHOED_ALONE) echoAlone(engine, owed)
  else if (takeOne(engine.echoes, engine.now)) tellHeads(engine, null)
  else engine.echoAt = engine.now + 1_000 / ECHOES_TO_ALL_PER_SECOND
}

function echoAlone(engine: Engine, owed: readonly Peer[]): void {
  const { echoedAlone, now } = engine
  for (const peer of owed) {
    if (leftAt(echoedAlone, now) <= 0) {
      engine.echoAt = backAt(echoedAlone, now)
      return
    }
    echoedAlone.left -= tellHeads(engine, peer)
  }
}

/** Sends this node's stored heads to a peer, or to everybody (null). Gives their bytes. */
export function tellHeads(engine: Engine, to: Peer | null): number {
  const heads = encodeMessage({
    type: 'heads',
    digest: storedDigest(engine),
    ...listHeads(headsOf(engine)),
    ops: engine.stored,
    ...tokensFor(engine, to),
  })
  send(engine, to === null ? null : to.id, heads)
  if (to === null) engine.toldAllBytes = heads.length
  told(engine, to)
  return heads.length
}

/** Tokens of a message. To everybody: our token, and the tokens of all peers. To one peer: its own token. */
function tokensFor({ tokens, peers, now }: Engine, to: Peer | null): { readonly token: Uint8Array; readonly echoes: Uint8Array } {
  if (to === null && now >= tokens.recent[0]!.at + TOKEN_LASTS) renew(tokens, now)
  const heard: Uint8Array[] = []
  for (const peer of to === null ? peers.values() : [to]) {
    if (peer.token === null) continue
    heard.push(peer.token)
    peer.isEchoed = true
  }
  return { token: to === null ? present(tokens) : NONE, echoes: concatBytes(heard.slice(0, MAX_ECHOES)) }
}

/** This node has said what it holds, to a peer or to everybody (null). */
export function told(engine: Engine, to: Peer | null): void {
  if (to !== null) {
    to.toldAt = engine.now
    return
  }
  engine.toldAllAt = engine.now
  engine.announceAt = Infinity
  engine.echoAt = Infinity
  engine.heartbeatAt = engine.now + HEARTBEAT
}

/**
 * This node has asked everybody, which says what it holds but echoes nobody's token. So announcements, echoes and heartbeats that are due
 * stay due: without an echo, nobody counts this node as one that holds the same.
 */
export function askedAll(engine: Engine): void {
  engine.toldAllAt = engine.now
  if (engine.peers.size === 0) engine.heartbeatAt = engine.now + HEARTBEAT
}

/** The digest of the stored ops, which may be told. Hashes what changed since the last time. */
export const storedDigest = (engine: Engine): Uint8Array => digestOfStored(headsOf(engine))

/** What is stored, as a question says it. It is computed once for each number of stored ops. */
export function holdingsOf(engine: Engine): Holdings {
  const { stored } = engine
  if (engine.holdings?.stored !== stored) engine.holdings = { stored, said: describeHoldings(headsOf(engine)) }
  return engine.holdings.said
}

/** A peer told its heads. Echoes count for the heads in the same message. */
export function receiveHeads(engine: Engine, peer: Peer, said: Extract<Message, { type: 'heads' }>): void {
  const { digest, heads, headCount, ops, token, echoes } = said
  learn(peer, digest, heads, headCount, ops)
  hearEchoes(engine, peer, echoes)
  hearToken(peer, token)
  tellIfOther(engine, peer)
}

/** A peer asked a question, which says what the peer holds. */
export function receiveHoldings(engine: Engine, peer: Peer, { tips, headCount, ops, ofAll }: Want): void {
  const heads = tips.filter(({ isHead }) => isHead).map(({ id }) => id)
  const digest = heads.length === headCount ? digestOfHeads(heads.sort(compareBytes)) : null
  // The peer holds other ops now. Its earlier echo does not count for them.
  if (digest === null || peer.digest === null || !equalBytes(digest, peer.digest)) peer.echoedAt = -Infinity
  learn(peer, digest, heads, headCount, ops)
  // A peer that asks one peer alone knows what that one holds.
  if (ofAll) tellIfOther(engine, peer)
}

function learn(peer: Peer, digest: Uint8Array | null, heads: readonly OpId[], headCount: number, ops: number): void {
  peer.digest = digest
  peer.heads = heads
  peer.unknown = heads
  peer.lookedUpAt = -1
  peer.firstLookedUpAt = -1
  peer.headCount = headCount
  peer.ops = ops
}

/** If a peer holds other ops, and may not know what we hold, tells it our heads. A newcomer is told also if it holds the same. */
function tellIfOther(engine: Engine, peer: Peer): void {
  // A stranger is told only after it has answered the greeting: it may be a recording.
  if (!peer.isMet) return
  const toldAt = Math.max(peer.toldAt, engine.toldAllAt)
  if (agrees(engine, peer) && toldAt >= peer.metAt) return
  const again = toldAt + Math.max(TELL_PAUSE, pauseOf(engine))
  if (engine.now < again) announceFrom(engine, again)
  else tellHeads(engine, peer)
}

/** Equal digests of all heads ⇔ equal heads ⇔ equal sets. */
export function agrees(engine: Engine, { digest }: Peer): boolean {
  return digest !== null && equalBytes(digest, storedDigest(engine))
}

/**
 * Sends own ops that were just stored to everybody, with parents that others may lack (`lately.ts`). The heads that follow say that
 * nothing else is new. Ops that were stored together are sent together, with one signature: under load these are many ops in a message.
 */
export function pushOwn(engine: Engine, units: readonly Unit[]): void {
  for (const unit of mergeUnits(units)) {
    giveToAll(engine, [unit])
    const below = takeBelow(engine, unit)
    if (below.length > 0) giveToAll(engine, mergeUnits(below.map((each) => [each])))
  }
  announceSoon(engine)
}

function giveToAll(engine: Engine, units: readonly Unit[]): void {
  send(engine, null, encodeUnasked(wrapBundle('raw', encodeBundle(units))))
}
