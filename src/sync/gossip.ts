/**
 * Telling without being asked: an own op goes to everybody as soon as it is stored; what was learned from others is
 * announced by heads after a short, random pause, so that many nodes on one path do not all repeat the same ops.
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

/** Heads are announced this long after a change learned from others, plus up to as much again by chance (ms). */
const ANNOUNCE_PAUSE = 60
/**
 * What all peers together tell everybody of their heads, as far as each of them can tell (bytes a second): a room may have hundreds of heads, and
 * hundreds of peers who all learn of each op. Never longer apart than a heartbeat.
 */
export const HEADS_PER_SECOND = 64 * 1024
/** Heads are repeated to everybody when nothing else was said for this long (ms): heals what was lost on the way. */
const HEARTBEAT = 5_000
/** A peer that holds something else is told our heads at once, but not more often than this (ms). */
const TELL_PAUSE = 1_000
/** A token is given out for this long (ms), a little less than a heartbeat: each heartbeat asks anew who is there. */
const TOKEN_LASTS = 4_000
/** So many peers are owed an echo and no more: each is told alone. */
const ECHOED_ALONE = 2
/** Bytes told to them, at once and in a second: two peers can ask for an echo again and again, and a room may have hundreds of heads. */
export const MAX_ECHOED_ALONE = 128 * 1024
export const ECHOED_ALONE_PER_SECOND = 16 * 1024
/** How often more are told all at once: names that cost nothing ask for echoes too, and everybody reads what everybody is told. */
export const MAX_ECHOES_TO_ALL = 8
export const ECHOES_TO_ALL_PER_SECOND = 1
const NONE = new Uint8Array()

/** Others' ops were stored: announces them before long. */
export function announceSoon(engine: Engine): void {
  announceFrom(engine, engine.now + ANNOUNCE_PAUSE * (1 + engine.random()))
}

function announceFrom(engine: Engine, at: number): void {
  engine.announceAt = Math.min(engine.announceAt, Math.max(at, engine.toldAllAt + pauseOf(engine)))
}

/** How long heads are not told again (ms): the more of them were told to everybody, and the more peers there are, the longer. */
const pauseOf = ({ toldAllBytes, peers }: Engine): number =>
  Math.min(HEARTBEAT, (1_000 * toldAllBytes * (1 + peers.size)) / HEADS_PER_SECOND)

/** A peer gave out a token: it is owed an echo, before long. */
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

/** Echoes to those who wait for it: a few are told one by one, many all at once. */
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

/** Sends this node's stored heads to a peer, or to everybody (null). Gives the bytes of it. */
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

/** To everybody: our token, and the tokens of all. To a peer: its own token. */
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

/** The digest of what is stored, and may be told. Hashes what changed since it was last asked for. */
export const storedDigest = (engine: Engine): Uint8Array => digestOfStored(headsOf(engine))

/** What is stored, as a question says it; worked out once for each number of stored ops. */
export function holdingsOf(engine: Engine): Holdings {
  const { stored } = engine
  if (engine.holdings?.stored !== stored) engine.holdings = { stored, said: describeHoldings(headsOf(engine)) }
  return engine.holdings.said
}

/** A peer told its heads. Echoes count for what is said beside them. */
export function receiveHeads(engine: Engine, peer: Peer, said: Extract<Message, { type: 'heads' }>): void {
  const { digest, heads, headCount, ops, token, echoes } = said
  learn(peer, digest, heads, headCount, ops)
  hearEchoes(engine, peer, echoes)
  hearToken(peer, token)
  tellIfOther(engine, peer)
}

/** A peer said what it holds in order to be told what it lacks. */
export function receiveHoldings(engine: Engine, peer: Peer, { tips, headCount, ops, ofAll }: Want): void {
  const heads = tips.filter(({ isHead }) => isHead).map(({ id }) => id)
  const digest = heads.length === headCount ? digestOfHeads(heads.sort(compareBytes)) : null
  // What it echoed before says nothing of what it holds now.
  if (digest === null || peer.digest === null || !equalBytes(digest, peer.digest)) peer.echoedAt = -Infinity
  learn(peer, digest, heads, headCount, ops)
  // Whoever asks one peer alone knows what that holds.
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

/** If it holds something else, and may not know what we hold, it is told that; a newcomer also when it holds the same. */
function tellIfOther(engine: Engine, peer: Peer): void {
  // A stranger is told when it has answered the greeting: it may be a recording.
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
 * Gives own ops, just stored, to everybody, and what they stand on that others may lack (`lately.ts`); the heads that follow say that nothing else
 * is new. What was stored together goes together, by one signature: under load that is many ops in a message.
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
