/**
 * Answering: walk the stored segments in order of admission, skip what the peer holds, and send the rest as units, up to
 * and including what it asked for. What a peer lacks is closed under children, so a stored unit minus what it holds is a
 * unit again. A long answer is cut after SERVE_BYTES: the peer then says what it holds by now and asks on, which makes
 * every transfer resumable at any point.
 */
import { idOf, numberOf } from '../core/dag.ts'
import { BUNDLE_BUDGET, type BundleOp, encodeBundle, MAX_BUNDLE_BYTES, reopenBundle, unitCost } from './bundle.ts'
import { unwrapBundle, wrapBundle } from './wrap.ts'
import type { StoredUnits } from './effects.ts'
import { readHoldings } from './holdings.ts'
import { encodeMessage, type Message } from './messages.ts'
import type { Peer } from './peers.ts'
import { ask, type Engine, newJob, refuseFrom, send } from './state.ts'

/** Bytes sent for one want (before sealing), at most one bundle more: what one message can make a node send, and a path can hold. */
const SERVE_BYTES = 4 * 1024 * 1024
/** Wants of one peer answered between two pardons (FORGIVEN_EVERY of `peers.ts`); further ones are not heard. */
const WANTS_AT_ONCE = 200
/**
 * Ops looked at for the wants of all peers between two pardons: each want makes a node look at every op, which takes some 15 ns.
 * What a second and a half of that allows is shared among the peers that are here, and each may ask at least once.
 */
const WALKED_AT_ONCE = 100_000_000
const wantsAtMost = ({ peers, stored }: Engine): number =>
  Math.min(WANTS_AT_ONCE, Math.max(1, Math.floor(WALKED_AT_ONCE / (peers.size * Math.max(1, stored)))))
/** Ops served to one peer between two pardons, besides the whole room twice: enough for a room that grows. */
const SERVED_BESIDES = 20_000
const servedAtMost = (ops: number): number => 2 * ops + SERVED_BESIDES
/** Segments read at a time. */
const READ_SEGMENTS = 64
/** Ops of one bundle that is put together from small segments, and the cost (`unitCost`) from which it is sent. */
const BUNDLE_OPS = 1_024
const BUNDLE_COST = 512 * 1024
/** Smaller bundles are not worth deflating: ids and signatures, which do not compress, dominate them. */
const DEFLATE_FROM = 512

/** A unit as it is stored. */
type Served = readonly BundleOp[]

export interface Serving {
  readonly ref: number
  /** One byte an op: what the peer holds, as far as it said. */
  readonly holds: Uint8Array
  readonly until: number
  /** Next op to look at. */
  at: number
  sent: number
  left: number
}

/**
 * Begins to answer; an answer to the same peer that is still under way gives way to this one. Whoever asks too much is not
 * answered until its next pardon: its own question stalls, and nobody else's does.
 */
export function serve(engine: Engine, peer: Peer, want: Extract<Message, { type: 'want' }>): void {
  const { dag } = engine.replica
  if (peer.wants >= wantsAtMost(engine) || peer.opsServed > servedAtMost(engine.stored)) return
  peer.wants++
  const holds = readHoldings(dag, want, want.ids)
  let until = want.ids.length === 0 ? engine.stored : 0
  for (const id of want.ids) until = Math.max(until, Math.min(engine.stored, numberOf(dag, id) + 1))
  let left = 0
  let at = -1
  for (let op = 0; op < until; op++) {
    if (holds[op] !== 0) continue
    left++
    if (at < 0) at = op
  }
  const serving: Serving = { ref: want.ref, holds, until, at: at < 0 ? until : at, sent: 0, left }
  peer.serving = serving
  next(engine, peer, serving)
}

function next(engine: Engine, peer: Peer, serving: Serving): void {
  if (peer.serving !== serving || engine.peers.get(peer.id) !== peer) return
  while (serving.at < serving.until && serving.holds[serving.at] !== 0) serving.at++
  if (serving.at >= serving.until || serving.sent >= SERVE_BYTES) {
    peer.serving = null
    return sendUnits(engine, peer, serving, new Uint8Array(), true)
  }
  ask(engine, { type: 'read', job: newJob(engine), from: serving.at, limit: READ_SEGMENTS }, (answer) => {
    if (answer.type !== 'loaded') return
    const [first] = answer.segments
    if (first === undefined || first.first > serving.at) stop(engine, peer, serving)
    else fill(engine, peer, serving, answer.segments, [], 0)
  })
}

/** The disk cannot give what is next: what was sent stays valid, and the peer can ask others for the rest. */
function stop(engine: Engine, peer: Peer, serving: Serving): void {
  refuseFrom(engine, 'disk', 'bad-checksum', null, 0)
  serving.at = serving.until
  next(engine, peer, serving)
}

/** Puts units of the loaded segments together until a bundle is full, sends it, and goes on. */
function fill(engine: Engine, peer: Peer, serving: Serving, segments: readonly StoredUnits[], units: Served[], cost: number): void {
  if (peer.serving !== serving) return
  const [segment, ...rest] = segments
  const ops = units.reduce((sum, unit) => sum + unit.length, 0)
  const full = ops + (segment?.count ?? 0) > BUNDLE_OPS || cost > BUNDLE_COST
  if (units.length > 0 && (segment === undefined || segment.first >= serving.until || full)) {
    return flush(engine, peer, serving, units, () => fill(engine, peer, serving, segments, [], 0))
  }
  if (segment === undefined || segment.first >= serving.until || serving.sent >= SERVE_BYTES) return next(engine, peer, serving)
  if (holdsAll(serving, segment)) return fill(engine, peer, serving, rest, units, cost)
  const unwrapped = unwrapBundle(segment.bytes)
  if (!unwrapped.ok) return stop(engine, peer, serving)
  const take = (raw: Uint8Array | null): void => {
    const stored = raw === null ? null : reopenBundle(raw, (n) => idOf(engine.replica.dag, segment.first + n))
    if (stored === null) return stop(engine, peer, serving)
    const lacking = withoutHeld(stored, segment.first, serving.holds)
    serving.at = Math.max(serving.at, segment.first + segment.count)
    const more = lacking.reduce((sum, unit) => sum + unitCost(unit), 0)
    if (cost + more > BUNDLE_BUDGET && units.length > 0) {
      flush(engine, peer, serving, units, () => fill(engine, peer, serving, rest, lacking, more))
    } else fill(engine, peer, serving, rest, [...units, ...lacking], cost + more)
  }
  if (unwrapped.value.codec === 'raw') return take(unwrapped.value.payload)
  ask(engine, { type: 'inflate', job: newJob(engine), bytes: unwrapped.value.payload, limit: MAX_BUNDLE_BYTES }, (answer) => {
    if (answer.type === 'inflated') take(answer.bytes)
  })
}

function holdsAll({ holds }: Serving, { first, count }: StoredUnits): boolean {
  for (let op = first; op < first + count; op++) if (holds[op] !== 1) return false
  return true
}

function withoutHeld(units: readonly Served[], first: number, holds: Uint8Array): Served[] {
  let op = first
  return units.map((unit) => unit.filter(() => holds[op++] !== 1)).filter((unit) => unit.length > 0)
}

function flush(engine: Engine, peer: Peer, serving: Serving, units: readonly Served[], then: () => void): void {
  const raw = encodeBundle(units)
  const ops = units.reduce((sum, unit) => sum + unit.length, 0)
  const out = (bundle: Uint8Array): void => {
    serving.left = Math.max(0, serving.left - ops)
    peer.opsServed += ops
    sendUnits(engine, peer, serving, bundle, false)
    then()
  }
  if (raw.length < DEFLATE_FROM) return out(wrapBundle('raw', raw))
  ask(engine, { type: 'deflate', job: newJob(engine), bytes: raw }, (answer) => {
    if (answer.type === 'deflated' && peer.serving === serving) out(wrapBundle('deflate', answer.bytes))
  })
}

function sendUnits(engine: Engine, peer: Peer, serving: Serving, bundle: Uint8Array, last: boolean): void {
  serving.sent += bundle.length
  send(engine, peer.id, encodeMessage({ type: 'units', ref: serving.ref, bundle, last, left: serving.left }))
}
