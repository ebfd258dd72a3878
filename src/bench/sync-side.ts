/**
 * One of two nodes that meet: the product's engine, unchanged, driven as its contract says, with a disk in memory and answers
 * that come at once. What it sends waits in `sent` until somebody carries it.
 */
import { ok } from '../core/result.ts'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { rebuild } from '../sync/rebuild.ts'
import type { Author, OpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { judgeOpen } from '../rules/open.ts'
import { identityNumber } from '../sim/identity.ts'
import { createRandom } from '../sim/random.ts'
import { encodeBundle, MAX_BUNDLE_BYTES } from '../sync/bundle.ts'
import type { Effect, Input, StoredUnits } from '../sync/effects.ts'
import { createEngine, restore, step } from '../sync/engine.ts'
import { kindOf } from '../sync/messages.ts'
import type { Engine } from '../sync/state.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { cpuMs } from './machine.ts'
import type { Party } from './sync-meet.ts'
import { isStandIn, standIn } from './sync-room.ts'

/** Authors of the nodes themselves, who write nothing: far from those who do. */
const NODE_AUTHOR = 1_000

export interface Side {
  readonly engine: Engine
  readonly disk: StoredUnits[]
  /** Sent and not carried yet; a message to everybody is to the one other. */
  sent: Uint8Array[]
  /** Of what it sent, what was for the other side alone. */
  readonly addressed: WeakSet<Uint8Array>
  /** When it wants a tick (ms). */
  alarm: number
  /** CPU time in `step` since the first message came (ms), and what it was when the engine first knew what to send; null: not yet. */
  ms: number
  foundMs: number | null
  /** Answers of a slow disk, for `settle` to give; null: the disk answers at once. */
  late: Input[] | null
}

const authorOfSide = (number: number): Author => identityNumber(NODE_AUTHOR + number).author

/** A new node in this room, by its number, with nothing. */
export function createSide(room: OpId, number: number, seed: number): Side {
  const random = createRandom(seed, `side ${number}`)
  const engine = createEngine({
    room,
    author: authorOfSide(number),
    sender: random.bytes(32),
    judge: judgeOpen,
    seed: random.below(2 ** 32),
    random: random.next,
    now: 0,
    resumed: false,
  })
  return { engine, disk: [], sent: [], addressed: new WeakSet(), alarm: Infinity, ms: 0, foundMs: null, late: null }
}

/** Units as they lie on a disk, one segment each. */
export function segmentsOf(units: readonly Unit[], first = 0): StoredUnits[] {
  let at = first
  return units.map((unit) => {
    const segment = { first: at, count: unit.length, bytes: wrapBundle('raw', encodeBundle([unit])) }
    at += unit.length
    return segment
  })
}

/** Gives a new node what its disk holds. */
export function fillSide({ engine, disk }: Side, units: readonly Unit[], segments: readonly StoredUnits[]): void {
  for (const segment of segments) disk.push(segment)
  const admitted = restore(engine, units)
  const expected = segments.reduce((sum, { count }) => sum + count, 0)
  if (admitted !== expected) throw new Error(`The engine took ${admitted} of ${expected} ops.`)
}

/** Inputs in order; then what the platform answers, until nothing is left to answer. */
export function give(side: Side, inputs: readonly Input[], now: number): void {
  const queue = [...inputs]
  for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
    const start = cpuMs()
    const effects = step(side.engine, input, now)
    if (side.ms > 0 || input.type === 'bytes') side.ms += cpuMs() - start
    for (const effect of effects) {
      const answer = carryOut(side, effect)
      if (answer !== null) queue.push(answer)
    }
  }
}

/** What the other side sent, as this side's engine is told of it. */
export const heardFrom = (other: Side, bytes: Uint8Array): Input => ({
  type: 'bytes',
  from: other.engine.senderId,
  bytes,
  addressed: other.addressed.has(bytes),
  isLatest: true,
  way: 'open',
})

/** This side in a meeting with another. */
export function partyOf(side: Side, other: Side): Party {
  return {
    take: (messages, now) =>
      give(
        side,
        messages.map((bytes) => heardFrom(other, bytes)),
        now,
      ),
    sent() {
      const { sent } = side
      side.sent = []
      return sent
    },
    alarm: () => side.alarm,
    tick(now) {
      side.alarm = Infinity
      give(side, [{ type: 'tick' }], now)
    },
  }
}

function carryOut(side: Side, effect: Effect): Input | null {
  switch (effect.type) {
    case 'send':
    case 'sendBulk':
      if (kindOf(effect.bytes) === 'units') side.foundMs ??= side.ms
      side.sent.push(effect.bytes)
      if (effect.to !== null) side.addressed.add(effect.bytes)
      return effect.type === 'send' ? null : { type: 'sent', job: effect.job }
    case 'wakeAt':
      side.alarm = effect.at
      return null
    case 'notify':
      return null
    case 'disconnect':
      throw new Error(`An honest peer was cut: ${effect.reason}.`)
    case 'read':
      side.foundMs ??= side.ms
      return { type: 'loaded', job: effect.job, segments: read(side.disk, effect.from, effect.limit) }
    case 'persist':
      for (const segment of effect.segments) side.disk.push(segment)
      return soonOrLate(side, { type: 'stored', job: effect.job, failure: null })
    case 'verify':
      return {
        type: 'verified',
        job: effect.job,
        valid: effect.claims.map(({ signature, message, author }) => isStandIn(signature, author, message)),
      }
    case 'sign':
      return { type: 'signed', job: effect.job, signature: standIn(side.engine.author as Author, effect.message) }
    case 'deflate':
      return { type: 'deflated', job: effect.job, bytes: deflateRawSync(effect.bytes) }
    case 'decode':
      return { type: 'decoded', job: effect.job, rebuilt: rebuild(ok(inflateRawSync(effect.bytes, { maxOutputLength: MAX_BUNDLE_BYTES }))) }
    case 'inflate':
      return { type: 'inflated', job: effect.job, bytes: inflateRawSync(effect.bytes, { maxOutputLength: effect.limit }) }
  }
}

function soonOrLate(side: Side, answer: Input): Input | null {
  if (side.late === null) return answer
  side.late.push(answer)
  return null
}

/** Segments from the one that holds op `from`. */
function read(disk: readonly StoredUnits[], from: number, limit: number): StoredUnits[] {
  let low = 0
  let high = disk.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (disk[middle]!.first + disk[middle]!.count <= from) low = middle + 1
    else high = middle
  }
  return disk.slice(low, low + limit)
}
