/**
 * Telling without being asked: an own op goes to everybody as soon as it is stored; what was learned from others is
 * announced by heads after a short, random pause, so that many nodes on one path do not all repeat the same ops.
 */
import { equalBytes } from '../core/bytes.ts'
import type { OpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { encodeBundle, wrapBundle } from './bundle.ts'
import type { PeerId } from './effects.ts'
import { listHeads } from './holdings.ts'
import { encodeMessage } from './messages.ts'
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
  send(engine, to, encodeMessage({ type: 'heads', ...listHeads(engine.replica.dag, engine.stored), ops: engine.stored }))
}

/** A peer told its heads. If it lacks something of ours and may not know, it is told ours. */
export function receiveHeads(engine: Engine, peer: Peer, heads: readonly OpId[], headCount: number, ops: number): void {
  peer.heads = heads
  peer.headsKnown = false
  peer.headCount = headCount
  peer.ops = ops
  if (isAlike(engine, peer)) return
  if (engine.now - peer.toldAt < TELL_PAUSE) {
    engine.announceAt = Math.min(engine.announceAt, peer.toldAt + TELL_PAUSE)
    return
  }
  peer.toldAt = engine.now
  tellHeads(engine, peer.id)
}

/** Equal heads ⇔ equal sets. With more heads than fit a list it cannot be told. */
export function agrees(engine: Engine, peer: Peer): boolean {
  return peer.headCount === peer.heads.length && isAlike(engine, peer)
}

/** True when the peer said what this node would say, as far as it can be told: no need to tell it. The numbers tell most differences. */
function isAlike({ replica: { dag }, stored }: Engine, peer: Peer): boolean {
  if (peer.ops !== stored) return false
  const { heads, headCount } = listHeads(dag, stored)
  if (peer.headCount !== headCount) return false
  // Of too many heads each lists those that are newest to itself.
  return headCount > heads.length || peer.heads.every((id, i) => heads[i] !== undefined && equalBytes(id, heads[i]))
}

/** Gives an own op, just stored, to everybody; the heads that follow say that nothing else is new. */
export function pushOwn(engine: Engine, unit: Unit): void {
  send(engine, null, encodeMessage({ type: 'units', ref: 0, bundle: wrapBundle('raw', encodeBundle([unit])), last: true, left: 0 }))
  announceSoon(engine)
}
