/**
 * Answers a question: the stored ops that the peer lacks, in order of admission, as units, up to and including those for which it asked.
 * The ops that a peer lacks are closed under children. So a stored unit without the ops that the peer holds is a unit again.
 *
 * A long answer is cut after some bytes (`limits.ts`). Then the peer says what it holds by now and asks again. So every transfer can be
 * resumed at any point. A peer that cannot say all that it holds says which answer it has taken in, and the next answer continues where
 * that one ended.
 *
 * Read an answer from top to bottom in `answer` below: a generator that yields when it has to wait. `pace.ts` decides when it may send
 * the next bundle.
 */
import { idOf } from '../core/dag.ts'
import { keyOf, type Unit } from '../core/unit.ts'
import { BUNDLE_BUDGET, encodeBundle, isWellMerged, MAX_BUNDLE_BYTES, reopenBundle, shapeOfBundle, unitCost } from './bundle.ts'
import { unwrapBundle, wrapBundle } from './wrap.ts'
import type { Input, StoredUnits } from './effects.ts'
import { mergeUnits } from './merge.ts'
import { type AnyWant, encodeMessage } from './messages.ts'
import {
  answersDue,
  asksWith,
  askDue,
  charge,
  fits,
  handOver,
  isBehind,
  landed,
  MAX_UNJUDGED_BYTES,
  mayAsk,
  mayWalk,
  mostOf,
  mustWait,
  release,
  reserve,
  type Shared,
  spend,
  wait,
  waitToAsk,
} from './pace.ts'
import type { Peer } from './peer.ts'
import { beginServing, isLacking, isWhole, isWithheld, mayBring, nextLacking, passDamaged, type Serving, stretchAt } from './serving.ts'
import { ask, type Engine, newJob, type Question, refuseFrom } from './state.ts'

/** Segments read at a time, at most; and their bytes, about: as many as can be sent before the asker must judge some. */
const READ_SEGMENTS = 64
const READ_BYTES = MAX_UNJUDGED_BYTES
/** The cost of work on a segment, in bytes sent: reading 8 bytes costs 1; rebuilding an op costs 64, and so does rebuilding 8 parents. */
const READ_AS_SENT = 8
const REBUILT_AS_BYTES = 64
const PARENTS_AS_OP = 8
/** For each byte that is sent, so many bytes are read without cost: a segment may be read again for the next bundle. */
const READ_FREE = 4
/** Bundles with fewer bytes are not worth deflating: they consist mostly of ids and signatures, which do not compress. */
const DEFLATE_FROM = 160

type Answer = Extract<Input, { job: number }>
type Loaded = Extract<Input, { type: 'loaded' }>
/** The generator waits for the platform's reply, or for permission to send again. */
type Steps<Result = void> = Generator<Question | 'pace', Result, Answer | undefined>

/**
 * Begins to answer, now or when it is the peer's turn. An answer to the same peer that is not finished ends for this one. False when the
 * question is dropped: the peer has asked for too much since its last pardon, or it has no seat and the budget is used up. It can ask
 * again.
 */
export function serve(engine: Engine, peer: Peer, want: AnyWant): boolean {
  if (!mayAsk(engine, peer)) return false
  const shared = asksWith(engine, peer)
  if (!mayWalk(engine, shared)) return waitToAsk(engine, peer, want, shared)
  serveNow(engine, peer, want, shared)
  return true
}

/** Goes on with answers, and with questions that waited, as far as the budgets go. Gives the time at which it wants to be called again. */
export function serveDue(engine: Engine): number {
  return Math.min(
    askDue(engine, (peer, want, shared) => serveNow(engine, peer, want, shared)),
    answersDue(engine),
  )
}

/** @param shared the group whose budget pays for finding what is lacking */
function serveNow(engine: Engine, peer: Peer, want: AnyWant, shared: Shared): void {
  const serving = beginServing(engine, peer, want, shared)
  // A question to everybody needs no empty answer.
  if (want.type === 'want' && want.ofAll && serving.left === 0) return
  peer.serving = serving
  drive(engine, peer, serving, answer(engine, peer, serving))
}

/** Runs an answer until it waits. It is given up when another answer to the same peer has begun, or the peer has left. */
function drive(engine: Engine, peer: Peer, serving: Serving, steps: Steps, answered?: Answer): void {
  if (peer.serving !== serving) return release(engine, serving)
  const { value, done } = steps.next(answered)
  if (done === true) return release(engine, serving)
  if (value === 'pace') wait(engine, peer, serving, () => drive(engine, peer, serving, steps))
  else
    ask(engine, value, (given) => {
      if (given.type === 'sent') landed(engine, peer.id)
      drive(engine, peer, serving, steps, given)
    })
}

/** The whole answer. While it waits for the asker, no bundle is held in memory for it. */
function* answer(engine: Engine, peer: Peer, serving: Serving): Steps {
  while (goesOn(engine, serving)) {
    if (mustWait(engine, peer, serving) > engine.now && serving.ops > 0) yield* flush(engine, peer, serving)
    while (mustWait(engine, peer, serving) > engine.now) yield 'pace'
    reserve(engine, peer, serving)
    const { segments, damaged } = yield* read(engine, serving)
    const [first] = segments
    if (damaged) {
      passDamaged(serving, damaged)
      continue
    }
    if (first === undefined || first.first > serving.at) break
    for (const segment of segments) {
      if (!(yield* answerFrom(engine, peer, serving, segment))) return yield* endDamaged(engine, peer, serving)
      if (peer.serving === null) return
      if (mustWait(engine, peer, serving) > engine.now) break
    }
    // The bytes that were read are paid for before more are read.
    release(engine, serving)
  }
  if (nextLacking(serving) < serving.until && serving.sent < engine.limits.serveBytes) return yield* endDamaged(engine, peer, serving)
  yield* end(engine, peer, serving)
}

/** Whether there is more to send, and it may still be sent for this want. Moves on to the next op that is lacking. */
function goesOn(engine: Engine, serving: Serving): boolean {
  const { dag } = engine.replica
  for (
    serving.at = nextLacking(serving);
    serving.at < serving.until && isWithheld(serving, dag, serving.at);
    serving.at = nextLacking(serving)
  )
    serving.withheld!.add(serving.at++)
  return serving.at < serving.until && serving.sent < engine.limits.serveBytes
}

/** The disk cannot give the next ops. The ops that were sent stay valid, and the peer can ask others for the rest. */
function* endDamaged(engine: Engine, peer: Peer, serving: Serving): Steps {
  refuseFrom(engine, 'disk', 'bad-checksum', null, 0)
  serving.at = serving.until
  yield* end(engine, peer, serving)
}

/** Sends the rest of the last bundle, or an empty bundle that says that the answer is over. */
function* end(engine: Engine, peer: Peer, serving: Serving): Steps {
  if (serving.ops > 0) yield* flush(engine, peer, serving)
  if (peer.serving === null) return
  while (isBehind(engine, peer)) yield 'pace'
  close(peer, serving)
  const message = { type: 'units', ref: serving.ref, bundle: new Uint8Array(), last: true, left: serving.left } as const
  yield handOver(engine, peer, encodeMessage(message))
}

/**
 * Adds the lacking ops of one segment to the next bundle, and sends bundles that are full, until the segment is done or the asker must
 * wait. False if the segment is damaged.
 */
function* answerFrom(engine: Engine, peer: Peer, serving: Serving, segment: StoredUnits): Steps<boolean> {
  while (goesOn(engine, serving) && serving.at < segment.first + segment.count) {
    if (!(yield* answerOnce(engine, peer, serving, segment))) return false
    if (peer.serving === null || mustWait(engine, peer, serving) > engine.now) return true
  }
  return true
}

/**
 * One step of `answerFrom`: at most one bundle. If a segment is well merged and lacking whole, it is sent as it is stored. That needs no
 * merging, and no time to deflate it.
 */
function* answerOnce(engine: Engine, peer: Peer, serving: Serving, segment: StoredUnits): Steps<boolean> {
  if (serving.ops > 0 && serving.ops + segment.count > engine.limits.bundleOps) {
    yield* flush(engine, peer, serving)
    return true
  }
  const unwrapped = unwrapBundle(segment.bytes)
  if (!unwrapped.ok) return false
  const { codec, payload } = unwrapped.value
  const columns = codec === 'raw' ? payload : yield* inflate(engine, payload)
  if (columns === null) return false
  const isSentWhole =
    serving.withheld === null && isWhole(serving, segment) && segment.count <= mayBring(serving) && isLarge(engine, columns)
  if (!isSentWhole || !fits(peer, serving, columns.length)) {
    return yield* takeFrom(engine, peer, serving, segment, columns)
  }
  if (serving.ops > 0) {
    yield* flush(engine, peer, serving)
    return true
  }
  serving.at = segment.first + segment.count
  const bundle = codec === 'raw' ? yield* wrapped(engine, columns) : segment.bytes
  yield* sendBundle(engine, peer, serving, bundle, segment.count)
  return true
}

/**
 * Adds the lacking ops of a segment, a unit at a time, until the bundle is full. Then the bundle is sent, and `answer` comes back to this
 * segment. False if the segment is damaged.
 */
function* takeFrom(engine: Engine, peer: Peer, serving: Serving, { first, count }: StoredUnits, columns: Uint8Array): Steps<boolean> {
  const stored = reopenBundle(columns, (n) => idOf(engine.replica.dag, first + n))
  if (stored === null) return false
  let op = first
  // Reading is paid for by its bytes, except for about as many as are sent: a question can ask for one op of each segment.
  let free = 0
  const { parentStart } = engine.replica.dag
  const rebuilt = count + (parentStart[first + count]! - parentStart[first]!) / PARENTS_AS_OP
  const pay = (): void => charge(engine, peer, Math.max(0, columns.length / READ_AS_SENT + REBUILT_AS_BYTES * rebuilt - free))
  for (const unit of stored) {
    // Ops that were sent before may be in the same segment. They are not sent again.
    const { range, at } = serving
    const picked = unit.map((_each, i) => op + i >= at && isLacking(serving, op + i))
    if (serving.isNear) pickVouching(unit, picked)
    withholdUnit(engine, serving, op, picked)
    const lacking = unit.filter((_each, i) => picked[i])
    op += unit.length
    if (lacking.length === 0) continue
    const cost = unitCost(lacking)
    const isTooLarge =
      serving.cost + cost > Math.min(BUNDLE_BUDGET, mostOf(peer, serving)) || serving.ops + lacking.length > mayBring(serving)
    if (serving.ops > 0 && isTooLarge) {
      // These ops are looked at again, because they are not in this bundle.
      serving.at = Math.max(at, op - unit.length)
      serving.range = range
      pay()
      yield* flush(engine, peer, serving)
      return true
    }
    if (!fits(peer, serving, serving.cost + cost)) {
      serving.at = Math.max(at, op - unit.length)
      serving.range = range
      serving.isHeld = true
      pay()
      return true
    }
    serving.units.push(lacking)
    serving.ops += lacking.length
    serving.cost += cost
    free += READ_FREE * cost
    serving.at = op
  }
  pay()
  serving.at = first + count
  if (serving.cost > mostOf(peer, serving)) yield* flush(engine, peer, serving)
  return true
}

/** Picks nothing of a unit that holds something to be withheld: its other ops may need a signature on that. `first`: its first op. */
function withholdUnit({ replica: { dag } }: Engine, serving: Serving, first: number, picked: boolean[]): void {
  if (serving.withheld === null || !picked.some((isPicked, i) => isPicked && isWithheld(serving, dag, first + i))) return
  for (const [i, isPicked] of picked.entries()) if (isPicked) serving.withheld.add(first + i)
  picked.fill(false)
}

/**
 * Also picks the op that follows a picked op in its author's chain, because it may vouch for it. (If a peer says what it holds, that op
 * is lacking anyway.) O(unit).
 */
function pickVouching(unit: Unit, picked: boolean[]): void {
  const chains = new Set<string>()
  for (const [i, { op, id }] of unit.entries()) {
    picked[i] ||= op.prev !== null && chains.has(keyOf(op.prev))
    if (picked[i]) chains.add(keyOf(id))
  }
}

/** Sends the ops that were collected. */
function* flush(engine: Engine, peer: Peer, serving: Serving): Steps {
  const columns = encodeBundle(mergeUnits(serving.units))
  const { ops } = serving
  serving.units = []
  serving.ops = 0
  serving.cost = 0
  yield* sendBundle(engine, peer, serving, yield* wrapped(engine, columns), ops)
}

/** Sends a bundle of so many ops. It is the last one of the answer when nothing is left to send. */
function* sendBundle(engine: Engine, peer: Peer, serving: Serving, bundle: Uint8Array, ops: number): Steps {
  serving.left = Math.max(0, serving.left - ops)
  serving.sent += bundle.length
  serving.bundles++
  serving.unjudged.push({ ops, bytes: bundle.length })
  spend(engine, peer, serving, bundle.length, ops)
  const last = nextLacking(serving) >= serving.until
  const message = encodeMessage({ type: 'units', ref: serving.ref, bundle, last, left: serving.left })
  if (last) close(peer, serving)
  yield handOver(engine, peer, message)
}

/** The answer is over. */
function close(peer: Peer, serving: Serving): void {
  peer.serving = null
  if (serving.isNear) return
  peer.given = { ref: serving.ref, to: Math.max(serving.from, Math.min(nextLacking(serving), serving.until)) }
}

// — what the platform does ————————————————————————————————————————————————————————————————————————————————

/** Reads the next segments. Each has an op at least, so it reads no more segments than there are ops to be sent without a gap. */
function* read(engine: Engine, serving: Serving): Generator<Question, Pick<Loaded, 'segments' | 'damaged'>, Answer | undefined> {
  const limit = Math.min(serving.readAhead, stretchAt(serving))
  const loaded = yield { type: 'read', job: newJob(engine), from: serving.at, limit }
  if (loaded?.type !== 'loaded') return { segments: [] }
  const bytes = loaded.segments.reduce((sum, segment) => sum + segment.bytes.length, 1)
  // The next segments may be much larger. So at most twice as many are read.
  serving.readAhead = Math.max(1, Math.min(READ_SEGMENTS, 2 * serving.readAhead, Math.ceil((READ_BYTES * loaded.segments.length) / bytes)))
  return loaded
}

function* inflate(engine: Engine, bytes: Uint8Array): Generator<Question, Uint8Array | null, Answer | undefined> {
  const inflated = yield { type: 'inflate', job: newJob(engine), bytes, limit: MAX_BUNDLE_BYTES }
  return inflated?.type === 'inflated' ? inflated.bytes : null
}

/** These columns as they are sent: deflated if that is shorter. */
function* wrapped(engine: Engine, columns: Uint8Array): Generator<Question, Uint8Array, Answer | undefined> {
  if (columns.length < DEFLATE_FROM) return wrapBundle('raw', columns)
  const deflated = yield { type: 'deflate', job: newJob(engine), bytes: columns }
  if (deflated?.type !== 'deflated' || deflated.bytes.length >= columns.length) return wrapBundle('raw', columns)
  return wrapBundle('deflate', deflated.bytes)
}

function isLarge({ limits }: Engine, columns: Uint8Array): boolean {
  const shape = shapeOfBundle(columns)
  return shape !== null && isWellMerged(shape, limits.wholeFrom)
}
