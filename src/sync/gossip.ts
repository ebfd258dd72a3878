/**
 * Telling without being asked: an own op goes to everybody as soon as it is stored; what was learned from others is
 * announced by heads after a short, random pause, so that many nodes on one path do not all repeat the same ops.
 */
import { equalBytes } from '../core/bytes.ts'
import { digestOfHeads } from '../core/hash.ts'
import type { Unit } from '../core/unit.ts'
import { encodeBundle } from './bundle.ts'
import { wrapBundle } from './wrap.ts'
import type { PeerId } from './effects.ts'
import { listHeads, storedHeads } from './holdings.ts'
import { encodeMessage, type Message } from './messages.ts'
import type { Peer } from './peers.ts'
import { type Engine, send } from './state.ts'

/** Heads are announced this long after a change learned from others, plus up to as much again by chance (ms). */
const ANNOUNCE_PAUSE = 60
/** Heads are repeated to everybody when nothing else was said for this long (ms): heals what was lost on the way. */
const HEARTBEAT = 5_000
/** A peer that told other heads than ours is told ours at once, but not more often than this (ms). */
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
  engine.announceAt = Infinity
  engine.heartbeatAt = engine.now + HEARTBEAT
  return engine.heartbeatAt
}

/** Sends this node's stored heads to a peer, or to everybody (null). */
export function tellHeads(engine: Engine, to: PeerId | null): void {
  const { dag } = engine.replica
  send(engine, to, encodeMessage({ type: 'heads', digest: storedDigest(engine), ...listHeads(dag, engine.stored), ops: engine.stored }))
}

/** The digest of what is stored, and may be told; worked out once for each number of stored ops. */
function storedDigest(engine: Engine): Uint8Array {
  if (engine.digest?.stored !== engine.stored) {
    engine.digest = { stored: engine.stored, bytes: digestOfHeads(storedHeads(engine.replica.dag, engine.stored)) }
  }
  return engine.digest.bytes
}

/** A peer told its heads. If it lacks something of ours and may not know, it is told ours. */
export function receiveHeads(engine: Engine, peer: Peer, { digest, heads, headCount, ops }: Extract<Message, { type: 'heads' }>): void {
  peer.digest = digest
  peer.heads = heads
  peer.headsKnown = false
  peer.headCount = headCount
  peer.ops = ops
  if (agrees(engine, peer)) return
  if (engine.now - peer.toldAt < TELL_PAUSE) {
    engine.announceAt = Math.min(engine.announceAt, peer.toldAt + TELL_PAUSE)
    return
  }
  peer.toldAt = engine.now
  tellHeads(engine, peer.id)
}

/** Equal digests of all heads ⇔ equal heads ⇔ equal sets. */
export function agrees(engine: Engine, { digest }: Peer): boolean {
  return digest !== null && equalBytes(digest, storedDigest(engine))
}

/** Gives an own op, just stored, to everybody; the heads that follow say that nothing else is new. */
export function pushOwn(engine: Engine, unit: Unit): void {
  send(engine, null, encodeMessage({ type: 'units', ref: 0, bundle: wrapBundle('raw', encodeBundle([unit])), last: true, left: 0 }))
  announceSoon(engine)
}
