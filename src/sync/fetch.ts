/**
 * Asking for what is missing: ids that peers name as heads, and parents that pending units wait for. One peer is asked at
 * a time, so that nothing is fetched twice. One that stalls or does not serve what it named rests for a while and then
 * comes after all that have not failed: a lie costs one pause, and a lossy link to the only peer is tried again soon.
 */
import { numberOf } from '../core/dag.ts'
import { MAX_HEADS_LISTED } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import { isPending, missingIds } from '../core/pending.ts'
import { keyOf } from '../core/unit.ts'
import type { PeerId } from './effects.ts'
import { describeHoldings } from './holdings.ts'
import { encodeMessage } from './messages.ts'
import { leave, type Peer, PEER_SILENT } from './peers.ts'
import { type Engine, notify, send } from './state.ts'

/** Without an answer for this long, another peer is asked (ms). */
const STALL = 2_000
/** A peer that failed is not asked for this long (ms). */
const BENCH = 1_000

export interface Fetch {
  readonly from: PeerId
  readonly ref: number
  readonly ids: readonly OpId[]
  /** Ops admitted so far by this fetch, and how many the peer says are to come. */
  got: number
  left: number | null
  heardAt: number
  /** The peer has said that this answer is complete; its last units may still be on their way to the disk. */
  ended: boolean
}

/** Ids that this peer named as heads and that are neither held, pending nor rejected here. */
export function unknownHeads(engine: Engine, peer: Peer): OpId[] {
  const { dag, pending, rejected } = engine.replica
  return peer.heads.filter((id) => numberOf(dag, id) < 0 && !isPending(pending, id) && !rejected.has(keyOf(id)))
}

/** Ends, gives up or starts a fetch as the state wants it. Gives the time at which it wants to be called again. */
export function fetchDue(engine: Engine): number {
  const busy = engine.intake.length > 0 || (engine.persisting && engine.storage === 'ok')
  const { fetch } = engine
  if (fetch !== null && !busy) {
    if (fetch.ended) end(engine, fetch)
    else if (engine.now - fetch.heardAt >= STALL) giveUp(engine, fetch)
  }
  if (engine.fetch === null && !busy) start(engine)
  if (busy) return Infinity
  return engine.fetch === null ? nextUnbenched(engine) : engine.fetch.heardAt + STALL
}

function start(engine: Engine): void {
  const missing = missingIds(engine.replica.pending)
  const peer = choose(engine, missing.length > 0)
  if (peer === null) return
  const ids = [...unknownHeads(engine, peer), ...missing].slice(0, MAX_HEADS_LISTED)
  const ref = engine.nextRef++
  engine.fetch = { from: peer.id, ref, ids, got: 0, left: null, heardAt: engine.now, ended: false }
  send(engine, peer.id, encodeMessage({ type: 'want', ref, ids, ...describeHoldings(engine.replica.dag, engine.stored) }))
  notify(engine, { type: 'changed' })
}

/** A peer that named what we lack; if only pending parents are missing, anyone will do. Who failed least first, then who says it has most. */
function choose(engine: Engine, missing: boolean): Peer | null {
  let best: Peer | null = null
  for (const peer of engine.peers.values()) {
    if (peer.benchedUntil > engine.now || peer.headCount < 0) continue
    const lacks = peer.headCount > peer.heads.length || unknownHeads(engine, peer).length > 0
    if ((lacks || missing) && (best === null || (peer.failures - best.failures || best.ops - peer.ops) < 0)) best = peer
  }
  return best
}

function nextUnbenched(engine: Engine): number {
  let next = Infinity
  for (const peer of engine.peers.values()) if (peer.benchedUntil > engine.now) next = Math.min(next, peer.benchedUntil)
  return next
}

/** Units that answer a fetch (or the first of many) were judged. */
export function fetched(engine: Engine, from: PeerId, ref: number, last: boolean, left: number, admitted: number): void {
  const { fetch } = engine
  if (fetch === null || fetch.from !== from || fetch.ref !== ref) return
  fetch.heardAt = engine.now
  fetch.got += admitted
  fetch.left = left
  fetch.ended ||= last
  notify(engine, { type: 'changed' })
}

function end(engine: Engine, fetch: Fetch): void {
  engine.fetch = null
  const peer = engine.peers.get(fetch.from)
  if (peer === undefined) return
  const { dag, rejected } = engine.replica
  const served = fetch.ids.every((id) => numberOf(dag, id) >= 0 || rejected.has(keyOf(id)))
  if (served || fetch.got > 0) peer.failures = 0
  else bench(engine, peer)
  notify(engine, { type: 'changed' })
}

function giveUp(engine: Engine, fetch: Fetch): void {
  engine.fetch = null
  const peer = engine.peers.get(fetch.from)
  if (peer === undefined) return
  if (engine.now - peer.heardAt >= PEER_SILENT) leave(engine, peer.id)
  else bench(engine, peer)
  notify(engine, { type: 'changed' })
}

function bench(engine: Engine, peer: Peer): void {
  peer.failures++
  peer.benchedUntil = engine.now + BENCH
}
