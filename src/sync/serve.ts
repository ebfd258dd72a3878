/**
 * Answering: the stored ops that the peer lacks, in order of admission, as units, up to and including what it asked for. What a
 * peer lacks is closed under children, so a stored unit minus what it holds is a unit again. A long answer is cut after
 * so many bytes (`limits.ts`): the peer then says what it holds by now and asks on, which makes every transfer resumable at any point. One that
 * cannot say all that it holds says which answer it has taken in, and the next one goes on where that ended: whatever is asked
 * for, and however little one answer brings, answers come to the end of what is stored here.
 */
import { fromHex } from '../core/bytes.ts'
import { idOf, numberOf } from '../core/dag.ts'
import type { Unit } from '../core/unit.ts'
import { pushAll } from '../core/lists.ts'
import { BUNDLE_BUDGET, encodeBundle, isWellMerged, MAX_BUNDLE_BYTES, reopenBundle, shapeOfBundle, unitCost } from './bundle.ts'
import { unwrapBundle, wrapBundle } from './wrap.ts'
import type { StoredUnits } from './effects.ts'
import { lackingOf, type Ranges } from './holdings.ts'
import { mergeUnits } from './merge.ts'
import { encodeMessage, type Want } from './messages.ts'
import type { Peer } from './peers.ts'
import { ask, type Engine, headsOf, newJob, refuseFrom, send } from './state.ts'

/** Wants of one peer answered between two pardons (FORGIVEN_EVERY of `peers.ts`); further ones are not heard. */
const WANTS_AT_ONCE = 200
/**
 * Ops looked at for the wants of all peers between two pardons: finding what is lacking takes some 15 ns for each that came since the
 * oldest of it. What a second and a half of that allows is shared among the peers that are here, and each may ask at least once.
 */
const WALKED_AT_ONCE = 100_000_000
/** So many marks are cleared in the time in which one op is looked at. */
const MARKS_AS_OP = 128
/** Ops served to one peer between two pardons, besides the whole room twice: enough for a room that grows. */
const SERVED_BESIDES = 20_000
const servedAtMost = (ops: number): number => 2 * ops + SERVED_BESIDES
/** Segments read at a time. */
const READ_SEGMENTS = 64
/** The cost (`unitCost`) from which a bundle that is put together from small segments is sent. */
const BUNDLE_COST = 512 * 1024
/** Smaller bundles are not worth deflating: ids and signatures, which do not compress, dominate them. Bytes. */
const DEFLATE_FROM = 160

/** An answer that ended: whose question it was, and the op before which it ended. */
export interface Given {
  readonly ref: number
  readonly to: number
}

export interface Serving {
  readonly ref: number
  /** Where it begins. */
  readonly from: number
  /** What is to be sent. */
  readonly lacking: Ranges
  readonly until: number
  /** Ops that were stored when it was asked. What was stored since may lie in one unit with what is to be sent, and vouch for it. */
  readonly stored: number
  /** Next op to look at, and how many of `lacking` lie before it. */
  at: number
  range: number
  /** What the next bundle holds so far: units, their ops and cost (`unitCost`). */
  units: Unit[]
  ops: number
  cost: number
  sent: number
  left: number
}

/**
 * Begins to answer; an answer to the same peer that is still under way gives way to this one. Whoever asks too much is not
 * answered until its next pardon, which is said by false: its own question stalls, and nobody else's does.
 */
export function serve(engine: Engine, peer: Peer, want: Want): boolean {
  if (asksTooMuch(engine, peer)) return false
  const { dag } = engine.replica
  if (peer.given !== null && want.after === peer.given.ref) peer.taken = peer.given
  const before = peer.taken !== null && want.after === peer.taken.ref ? peer.taken : null
  // It has had all there is, as it seemed, and still holds something else.
  if (want.ids.length === 0 && !want.ofAll && peer.given !== null && before === null) peer.mayGuess = false
  const { ops, visited, isExact } = lackingOf(headsOf(engine), want, want.ids, fromHex(peer.id)!, peer.mayGuess)
  peer.wants++
  peer.walked += visited + leastWalk(engine)
  let until = want.ids.length === 0 ? engine.stored : 0
  let from = isExact ? 0 : (before?.to ?? 0)
  for (const id of want.ids) {
    const op = numberOf(dag, id)
    until = Math.max(until, Math.min(engine.stored, op + 1))
    // It should have had this: an answer was lost, or a guess was wrong.
    if (op >= 0 && op < from) from = 0
  }
  const left = countBetween(ops, from, until)
  // Nobody waits for an answer that only the nearest gives.
  if (want.ofAll && left === 0) return true
  const serving: Serving = {
    ref: want.ref,
    from,
    lacking: ops,
    until,
    stored: engine.stored,
    at: from,
    range: 0,
    units: [],
    ops: 0,
    cost: 0,
    sent: 0,
    left,
  }
  peer.serving = serving
  next(engine, peer, serving)
  return true
}

/** The answer is over. */
function close(peer: Peer, serving: Serving): void {
  peer.serving = null
  peer.given = { ref: serving.ref, to: Math.max(serving.from, Math.min(nextLacking(serving), serving.until)) }
}

/** How many ops of the ranges are in `from` … `to` − 1. */
function countBetween(ranges: Ranges, from: number, to: number): number {
  let count = 0
  for (let i = 0; i < ranges.length; i += 2) count += Math.max(0, Math.min(ranges[i + 1]!, to) - Math.max(ranges[i]!, from))
  return count
}

/** What any want takes, in ops looked at, however little is lacking. */
const leastWalk = ({ replica: { dag }, stored }: Engine): number => dag.length - stored + Math.ceil(dag.length / MARKS_AS_OP)

function asksTooMuch({ peers, stored }: Engine, { wants, walked, opsServed }: Peer): boolean {
  return wants >= WANTS_AT_ONCE || (wants > 0 && walked >= WALKED_AT_ONCE / peers.size) || opsServed > servedAtMost(stored)
}

/** True for an op that is to be sent. Asked in ascending order. */
function isLacking(serving: Serving, op: number): boolean {
  const { lacking, stored } = serving
  if (op >= stored) return true
  while (serving.range < lacking.length && lacking[serving.range + 1]! <= op) serving.range += 2
  return serving.range < lacking.length && lacking[serving.range]! <= op
}

/** The first op from `at` on that is to be sent; `until` or more when there is none. */
function nextLacking(serving: Serving): number {
  return isLacking(serving, serving.at) ? serving.at : (serving.lacking[serving.range] ?? serving.until)
}

function next(engine: Engine, peer: Peer, serving: Serving): void {
  if (peer.serving !== serving || engine.peers.get(peer.id) !== peer) return
  serving.at = nextLacking(serving)
  if (serving.at >= serving.until || serving.sent >= engine.limits.serveBytes) {
    if (serving.ops > 0) return flush(engine, peer, serving, () => next(engine, peer, serving))
    close(peer, serving)
    return sendUnits(engine, peer, serving, new Uint8Array(), true)
  }
  ask(engine, { type: 'read', job: newJob(engine), from: serving.at, limit: READ_SEGMENTS }, (answer) => {
    if (answer.type !== 'loaded') return
    const [first] = answer.segments
    if (first === undefined || first.first > serving.at) stop(engine, peer, serving)
    else fill(engine, peer, serving, answer.segments, 0)
  })
}

/** The disk cannot give what is next: what was sent stays valid, and the peer can ask others for the rest. */
function stop(engine: Engine, peer: Peer, serving: Serving): void {
  refuseFrom(engine, 'disk', 'bad-checksum', null, 0)
  serving.at = serving.until
  next(engine, peer, serving)
}

/**
 * Puts units of the loaded segments, from the `i`-th on, together until a bundle is full, sends it, and goes on. A segment that was
 * packed, or might have been, and is lacking whole, travels as it lies: it takes no merging and, deflated already, next to no time.
 */
function fill(engine: Engine, peer: Peer, serving: Serving, segments: readonly StoredUnits[], i: number): void {
  const segment = segments[i]
  if (peer.serving !== serving) return
  if (segment === undefined || segment.first >= serving.until || serving.sent >= engine.limits.serveBytes)
    return next(engine, peer, serving)
  serving.at = Math.max(serving.at, segment.first)
  const goOn = (): void => fill(engine, peer, serving, segments, i + 1)
  if (nextLacking(serving) >= segment.first + segment.count) return goOn()
  const again = (): void => fill(engine, peer, serving, segments, i)
  if (serving.ops + segment.count > engine.limits.bundleOps && serving.ops > 0) return flush(engine, peer, serving, again)
  const unwrapped = unwrapBundle(segment.bytes)
  if (!unwrapped.ok) return stop(engine, peer, serving)
  const { codec, payload } = unwrapped.value
  const takeFrom = (columns: Uint8Array): void => {
    if (!isWhole(serving, segment) || !isLarge(engine, columns)) return take(engine, peer, serving, segment, columns, again, goOn)
    if (serving.ops > 0) return flush(engine, peer, serving, again)
    serving.at = segment.first + segment.count
    if (codec === 'raw') sendColumns(engine, peer, serving, columns, segment.count, goOn)
    else sendBundle(engine, peer, serving, segment.bytes, segment.count, goOn)
  }
  if (codec === 'raw') return takeFrom(payload)
  ask(engine, { type: 'inflate', job: newJob(engine), bytes: payload, limit: MAX_BUNDLE_BYTES }, (answer) => {
    if (answer.type !== 'inflated' || peer.serving !== serving) return
    if (answer.bytes === null) stop(engine, peer, serving)
    else takeFrom(answer.bytes)
  })
}

/** True for a segment of which everything is to be sent. */
function isWhole(serving: Serving, { first, count }: StoredUnits): boolean {
  return serving.at === first && isLacking(serving, first) && (serving.lacking[serving.range + 1] ?? 0) >= first + count
}

function isLarge({ limits }: Engine, columns: Uint8Array): boolean {
  const shape = shapeOfBundle(columns)
  return shape !== null && isWellMerged(shape, limits.wholeFrom)
}

/** Adds what is lacking of a segment, and goes on: with the next one, or again where the bundle was full. */
function take(
  engine: Engine,
  peer: Peer,
  serving: Serving,
  { first, count }: StoredUnits,
  columns: Uint8Array,
  again: () => void,
  goOn: () => void,
): void {
  const stored = reopenBundle(columns, (n) => idOf(engine.replica.dag, first + n))
  if (stored === null) return stop(engine, peer, serving)
  const { range } = serving
  const units = onlyLacking(serving, stored, first)
  const cost = units.reduce((sum, unit) => sum + unitCost(unit), 0)
  if (serving.cost + cost > BUNDLE_BUDGET && serving.ops > 0) {
    serving.range = range
    return flush(engine, peer, serving, again)
  }
  pushAll(serving.units, units)
  serving.ops += units.reduce((sum, unit) => sum + unit.length, 0)
  serving.cost += cost
  serving.at = first + count
  if (serving.cost <= BUNDLE_COST) goOn()
  else flush(engine, peer, serving, again)
}

/** Of the units of a segment that begins with op `first`, what is to be sent; nothing again, if it was packed with what was sent before. */
function onlyLacking(serving: Serving, units: readonly Unit[], first: number): Unit[] {
  let op = first - 1
  const isWanted = (): boolean => ++op >= serving.at && isLacking(serving, op)
  return units.map((unit) => unit.filter(isWanted)).filter((unit) => unit.length > 0)
}

/** Sends what was put together. */
function flush(engine: Engine, peer: Peer, serving: Serving, then: () => void): void {
  const columns = encodeBundle(mergeUnits(serving.units))
  const { ops } = serving
  serving.units = []
  serving.ops = 0
  serving.cost = 0
  sendColumns(engine, peer, serving, columns, ops, then)
}

function sendColumns(engine: Engine, peer: Peer, serving: Serving, columns: Uint8Array, ops: number, then: () => void): void {
  const out = (bundle: Uint8Array): void => sendBundle(engine, peer, serving, bundle, ops, then)
  if (columns.length < DEFLATE_FROM) return out(wrapBundle('raw', columns))
  ask(engine, { type: 'deflate', job: newJob(engine), bytes: columns }, (answer) => {
    if (answer.type !== 'deflated' || peer.serving !== serving) return
    out(answer.bytes.length < columns.length ? wrapBundle('deflate', answer.bytes) : wrapBundle('raw', columns))
  })
}

/** Sends a bundle of so many ops, as the last one when nothing is left to be sent; else goes on. */
function sendBundle(engine: Engine, peer: Peer, serving: Serving, bundle: Uint8Array, ops: number, then: () => void): void {
  serving.left = Math.max(0, serving.left - ops)
  peer.opsServed += ops
  const isLast = nextLacking(serving) >= serving.until
  sendUnits(engine, peer, serving, bundle, isLast)
  if (isLast) close(peer, serving)
  else then()
}

function sendUnits(engine: Engine, peer: Peer, serving: Serving, bundle: Uint8Array, last: boolean): void {
  serving.sent += bundle.length
  send(engine, peer.id, encodeMessage({ type: 'units', ref: serving.ref, bundle, last, left: serving.left }))
}
