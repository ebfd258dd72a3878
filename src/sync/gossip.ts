/**
 * Telling without being asked: an own op goes to everybody as soon as it is stored; what was learned from others is
 * announced by heads after a short, random pause, so that many nodes on one path do not all repeat the same ops.
 */
import { compareBytes, equalBytes } from '../core/bytes.ts'
import { digestOfHeads } from '../core/heads-digest.ts'
import type { OpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { encodeBundle } from './bundle.ts'
import { wrapBundle } from './wrap.ts'
import { mergeUnits } from './merge.ts'
import { describeHoldings, type Holdings, listHeads } from './holdings.ts'
import { encodeMessage, type Message, type Want } from './messages.ts'
import type { Peer } from './peers.ts'
import { type Engine, headsOf, send } from './state.ts'
import { digestOfStored } from './stored-heads.ts'

/** Heads are announced this long after a change learned from others, plus up to as much again by chance (ms). */
const ANNOUNCE_PAUSE = 60
/** Heads are repeated to everybody when nothing else was said for this long (ms): heals what was lost on the way. */
const HEARTBEAT = 5_000
/** A peer that holds something else is told our heads at once, but not more often than this (ms). */
const TELL_PAUSE = 1_000

/** Others' ops were stored: announces them before long. */
export function announceSoon(engine: Engine): void {
  engine.announceAt = Math.min(engine.announceAt, engine.now + ANNOUNCE_PAUSE * (1 + engine.random()))
}

/** Announces when it is due. Gives the time at which it wants to be called again. */
export function announceDue(engine: Engine): number {
  const due = Math.min(engine.announceAt, engine.heartbeatAt)
  if (engine.now < due) return due
  tellHeads(engine, null)
  return engine.heartbeatAt
}

/** Sends this node's stored heads to a peer, or to everybody (null). */
export function tellHeads(engine: Engine, to: Peer | null): void {
  const heads = encodeMessage({
    type: 'heads',
    digest: storedDigest(engine),
    ...listHeads(headsOf(engine)),
    ops: engine.stored,
  })
  send(engine, to === null ? null : to.id, heads)
  told(engine, to)
}

/** This node has said what it holds, to a peer or to everybody (null). */
export function told(engine: Engine, to: Peer | null): void {
  if (to !== null) {
    to.toldAt = engine.now
    return
  }
  engine.toldAllAt = engine.now
  engine.announceAt = Infinity
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

/** A peer told its heads. */
export function receiveHeads(engine: Engine, peer: Peer, { digest, heads, headCount, ops }: Extract<Message, { type: 'heads' }>): void {
  learn(peer, digest, heads, headCount, ops)
  tellIfOther(engine, peer)
}

/** A peer said what it holds in order to be told what it lacks. */
export function receiveHoldings(engine: Engine, peer: Peer, { tips, headCount, ops, ofAll }: Want): void {
  const heads = tips.filter(({ isHead }) => isHead).map(({ id }) => id)
  const digest = heads.length === headCount ? digestOfHeads(heads.sort(compareBytes)) : null
  learn(peer, digest, heads, headCount, ops)
  // Whoever asks one peer alone knows what that holds.
  if (ofAll) tellIfOther(engine, peer)
}

function learn(peer: Peer, digest: Uint8Array | null, heads: readonly OpId[], headCount: number, ops: number): void {
  peer.digest = digest
  peer.heads = heads
  peer.headsKnown = false
  peer.headCount = headCount
  peer.ops = ops
}

/** If it holds something else, and may not know what we hold, it is told that; a newcomer also when it holds the same. */
function tellIfOther(engine: Engine, peer: Peer): void {
  const toldAt = Math.max(peer.toldAt, engine.toldAllAt)
  if (agrees(engine, peer) && toldAt >= peer.metAt) return
  const again = toldAt + TELL_PAUSE
  if (engine.now < again) engine.announceAt = Math.min(engine.announceAt, again)
  else tellHeads(engine, peer)
}

/** Equal digests of all heads ⇔ equal heads ⇔ equal sets. */
export function agrees(engine: Engine, { digest }: Peer): boolean {
  return digest !== null && equalBytes(digest, storedDigest(engine))
}

/**
 * Gives own ops, just stored, to everybody; the heads that follow say that nothing else is new. What was stored together goes
 * together, by one signature: under load that is many ops in a message.
 */
export function pushOwn(engine: Engine, units: readonly Unit[]): void {
  for (const unit of mergeUnits(units)) {
    send(engine, null, encodeMessage({ type: 'units', ref: 0, bundle: wrapBundle('raw', encodeBundle([unit])), last: true, left: 0 }))
  }
  announceSoon(engine)
}
