/** Drives one engine as its contract says, with a platform that answers when it is told to, and watches what the engine says. */
import { rebuild } from '../../sync/rebuild.ts'
import { numberOf } from '../../core/dag.ts'
import type { OpId } from '../../core/op.ts'
import { assert, valueOf } from '../../core/result.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { pushAll } from '../../core/lists.ts'
import { judgeOpen } from '../../rules/open.ts'
import { decodeBundle, encodeBundle, MAX_BUNDLE_BYTES } from '../../sync/bundle.ts'
import { unwrapBundle, wrapBundle } from '../../sync/wrap.ts'
import type { Effect, Input, StoredUnits } from '../../sync/effects.ts'
import { createEngine, restore, step } from '../../sync/engine.ts'
import { decodeMessage } from '../../sync/messages.ts'
import type { Engine } from '../../sync/state.ts'
import { identityNumber, STAND_IN } from '../identity.ts'
import { squeeze, unsqueeze } from '../squeeze.ts'

type Question = Extract<Effect, { job: number }>

export interface Driven {
  readonly engine: Engine
  readonly disk: StoredUnits[]
  /** Ops that were admitted since the start, in order. */
  readonly admitted: UnitOp[]
  readonly refused: Set<string>
  /** Questions that the platform has not answered yet. */
  readonly questions: Question[]
  diskFailure: 'full' | 'failed' | null
  now: number
  alarm: number
  effects: number
}

/** The engine's own identity and sender value, and those of its peers. */
const OWN = identityNumber(9)
export const SENDER = new Uint8Array(32).fill(0xee)
export const PEERS: readonly Uint8Array[] = [1, 2, 3, 4].map((n) => new Uint8Array(32).fill(n))

/** An engine that was started with these units, and what its disk holds besides. */
export function drive(room: OpId, known: readonly Unit[], disk: readonly StoredUnits[] = []): Driven {
  const engine = createEngine({
    room,
    author: OWN.author,
    sender: SENDER,
    judge: judgeOpen,
    seed: 7,
    random: () => 0.5,
    now: 0,
    resumed: false,
  })
  const count = known.reduce((sum, unit) => sum + unit.length, 0)
  const kept = disk.length > 0 ? [...disk] : [{ first: 0, count, bytes: wrapBundle('raw', encodeBundle(known)) }]
  for (const { bytes, count: ops } of kept) assert(restore(engine, unitsOf(bytes)) === ops, 'a disk gives back what was stored')
  const driven: Driven = {
    engine,
    disk: kept,
    admitted: [],
    refused: new Set(),
    questions: [],
    diskFailure: null,
    now: 0,
    alarm: Infinity,
    effects: 0,
  }
  give(driven, { type: 'linked' })
  return driven
}

/** The units of a bundle that the engine itself has made. */
function unitsOf(wrapped: Uint8Array): readonly Unit[] {
  const unwrapped = unwrapBundle(wrapped)
  assert(unwrapped.ok, 'what the engine wraps is wrapped')
  const { codec, payload } = unwrapped.value
  const units = decodeBundle(codec === 'raw' ? payload : valueOf(unsqueeze(payload, MAX_BUNDLE_BYTES))!)
  assert(units.ok, 'what the engine writes can be read')
  return units.value
}

/** One input, then every effect in order. */
export function give(driven: Driven, input: Input): void {
  if (input.type === 'tick') driven.alarm = Infinity
  for (const effect of step(driven.engine, input, driven.now)) {
    driven.effects++
    switch (effect.type) {
      case 'sendBulk':
        driven.questions.push(effect)
        assertSent(driven, effect.bytes)
        break
      case 'send':
        assertSent(driven, effect.bytes)
        break
      case 'notify':
        if (effect.notice.type === 'admitted') pushAll(driven.admitted, effect.notice.unit)
        if (effect.notice.type === 'refused') driven.refused.add(effect.notice.reason)
        break
      case 'wakeAt':
        assert(effect.at > driven.engine.now, 'an engine asks for a later time')
        driven.alarm = effect.at
        break
      case 'disconnect':
        break
      default:
        driven.questions.push(effect)
    }
  }
}

/** Answers every question, and those that follow, the oldest or the newest first. */
export function answerAll(driven: Driven, oldestFirst: boolean): void {
  const next = (): Question | undefined => (oldestFirst ? driven.questions.shift() : driven.questions.pop())
  for (let question = next(); question !== undefined; question = next()) give(driven, answerTo(driven, question))
}

function answerTo({ disk, diskFailure }: Driven, question: Question): Input {
  const { job } = question
  switch (question.type) {
    case 'persist':
      if (diskFailure === null) pushAll(disk, question.segments)
      return { type: 'stored', job, failure: diskFailure }
    case 'verify':
      return {
        type: 'verified',
        job,
        valid: question.claims.map(({ signature, message, author }) => STAND_IN.verify(signature, message, author)),
      }
    case 'sendBulk':
      return { type: 'sent', job }
    case 'sign':
      return { type: 'signed', job, signature: STAND_IN.sign(OWN, question.message) }
    case 'read': {
      const at = disk.findIndex(({ first, count }) => first + count > question.from)
      return { type: 'loaded', job, segments: at < 0 ? [] : disk.slice(at, at + question.limit) }
    }
    case 'decode':
      return { type: 'decoded', job, rebuilt: rebuild(unsqueeze(question.bytes, question.most.bytes), question.most) }
    case 'inflate':
      return { type: 'inflated', job, bytes: valueOf(unsqueeze(question.bytes, question.limit)) }
    case 'deflate':
      return { type: 'deflated', job, bytes: squeeze(question.bytes) }
  }
}

/** What the engine says is well-formed, and speaks of nothing that is not on its disk. */
function assertSent({ engine: { replica, stored } }: Driven, bytes: Uint8Array): void {
  const said = decodeMessage(bytes)
  assert(said.ok, 'what the engine says is well-formed')
  const isStored = (id: OpId): boolean => {
    const op = numberOf(replica.dag, id)
    return op >= 0 && op < stored
  }
  if (said.value.type === 'heads') assert(said.value.heads.every(isStored), `what is told is stored`)
  if (said.value.type === 'units' && said.value.bundle.length > 0) {
    assert(
      unitsOf(said.value.bundle)
        .flat()
        .every(({ id }) => isStored(id)),
      'what is sent is stored',
    )
  }
}
