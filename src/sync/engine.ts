/**
 * The sync engine: one replica, its peers, its disk, as a state machine without I/O.
 *
 * ┌─ The driver's contract ──────────────────────────────────────────────────────────────────────────────────────────┐
 * │ Give one input to `step`, carry out every effect it returns in order, then give the next input. Answer every       │
 * │ effect that has a `job` with exactly one input that carries it, in any order. A "persist" is answered only when    │
 * │ the segments are as durable as asked, and the mark is kept. Sends that mention an op are never returned before     │
 * │ its "persist" was answered, so the driver needs no rule of its own for that.                                       │
 * └────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */
import type { Judge } from '../core/replica.ts'
import { createReplica, receive } from '../core/replica.ts'
import type { Author, OpId } from '../core/op.ts'
import { assert } from '../core/result.ts'
import { equalBytes, toHex } from '../core/bytes.ts'
import { makeRoom } from '../core/dag.ts'
import { catchUp } from '../core/history.ts'
import { appendStretch, decodeStretch } from '../core/stretch.ts'
import type { Unit } from '../core/unit.ts'
import { createBudget } from '../core/budget.ts'
import { createAsking } from './asking.ts'
import { type Effect, fileLink, type Input } from './effects.ts'
import { fetchDue, fetched, pause } from './fetch.ts'
import {
  announceDue,
  ECHOED_ALONE_PER_SECOND,
  ECHOES_TO_ALL_PER_SECOND,
  echoSoon,
  MAX_ECHOED_ALONE,
  MAX_ECHOES_TO_ALL,
  receiveHeads,
  receiveHoldings,
} from './gossip.ts'
import { createHeldBack } from './held-back.ts'
import { intakeDue, lookAgain, takeIn } from './intake.ts'
import { MAX_LINK_BUNDLES } from './intake-queue.ts'
import { type Limits, LIMITS } from './limits.ts'
import { answerAll, askAll, takeAnswer } from './meeting.ts'
import { decodeMessage, encodeMessage } from './messages.ts'
import { createPace, receiveMore } from './pace.ts'
import { createStrangers, expirePeers, mayTalk, meet, receiveHello } from './peers.ts'
import { persistDue } from './persist.ts'
import { createReminders } from './remind.ts'
import { serve, serveDue } from './serve.ts'
import { answer, type Engine, leave, notify, refuseFrom, send } from './state.ts'
import { createStoredHeads } from './stored-heads.ts'
import { createJudging } from './strangers.ts'
import { submit, submitDue } from './submit.ts'
import { createTokens } from './tokens.ts'
import { noteSleep, createTrust, trustDue, writeNow } from './trust.ts'

export interface EngineOptions {
  /** The room's genesis id. */
  readonly room: OpId
  readonly author: Author
  /** This run's sender value: a fresh public key, 32 bytes. */
  readonly sender: Uint8Array
  readonly judge: Judge
  /** Keys hash tables: any 32-bit number that others cannot guess. */
  readonly seed: number
  /** In [0, 1). */
  readonly random: () => number
  readonly now: number
  /** True when this identity has run before. Then its disk may lack ops that it sent, until `recall` says otherwise. */
  readonly resumed: boolean
  /** How much a node says at a time. The simulator tries other limits than the product's. */
  readonly limits?: Limits
  /** What it costs to sign or to verify here, compared with the platform's cryptography. 1 if it is not given. */
  readonly signatureCost?: number
}

export function createEngine(options: EngineOptions): Engine {
  const { room, author, sender, judge, seed, random, now, resumed, limits = LIMITS, signatureCost = 1 } = options
  const replica = createReplica(room, judge, seed)
  return {
    replica,
    author,
    sender,
    senderId: toHex(sender),
    random,
    limits,
    signatureCost,
    now,
    trust: createTrust(resumed),
    peers: new Map(),
    cut: new Map(),
    left: new Map(),
    strangers: createStrangers(now, signatureCost),
    pace: createPace(now),
    tokens: createTokens(sender, now),
    echoes: createBudget(MAX_ECHOES_TO_ALL, ECHOES_TO_ALL_PER_SECOND, now),
    echoedAlone: createBudget(MAX_ECHOED_ALONE, ECHOED_ALONE_PER_SECOND, now),
    asking: createAsking(now),
    reminders: createReminders(now),
    judging: createJudging(now, signatureCost),
    intake: new Map(),
    proven: [],
    heldBack: createHeldBack(),
    intakeBytes: 0,
    judgedInStep: 0,
    unfinished: new Set(),
    lookAgainAt: now,
    lately: new Map(),
    busySince: null,
    stored: 0,
    unstored: [],
    unstoredBytes: 0,
    persisting: false,
    storage: 'ok',
    retryPersistAt: 0,
    submissions: [],
    submitting: false,
    fetches: new Map(),
    hedge: { nextAt: now, doublings: 0, comparedAt: now },
    bringers: new Set(),
    question: null,
    paused: false,
    caughtUp: { ops: 0, bytes: 0, at: -Infinity },
    tookInAt: -Infinity,
    askedStranger: false,
    strangerAskedAt: -Infinity,
    nextRef: 1,
    turns: 0,
    bringersAsked: 0,
    announceAt: Infinity,
    echoAt: Infinity,
    toldAllAt: -Infinity,
    toldAllBytes: 0,
    heartbeatAt: now,
    heads: createStoredHeads(replica.dag, sender, limits),
    holdings: null,
    jobs: new Map(),
    nextJob: 1,
    out: [],
    wakeAt: Infinity,
    expiredAt: now,
  }
}

/**
 * Gives back the units of the disk, before the first input. They come in order of admission; their signatures were checked before they
 * were stored. Returns how many ops were admitted: fewer than given if the disk lies.
 */
export function restore(engine: Engine, units: readonly Unit[]): number {
  assert(engine.jobs.size === 0 && engine.unstored.length === 0, 'a disk is read before anything else happens')
  let admitted = 0
  for (const unit of units) {
    for (const outcome of receive(engine.replica, unit, 'disk')) if (outcome.type === 'admitted') admitted += outcome.unit.length
  }
  engine.stored = engine.replica.dag.length
  return admitted
}

/**
 * Gives back the next ops of the disk's index (`encodeStretch` of the DAG that it was), before any unit and before the first input. Ops
 * of an index were verified and judged before they were stored, so neither is done again. If the rules of a room need more than the DAG,
 * they must keep that beside the index. `expected`: how many ops are to come in all, or fewer. False, and nothing is added, if the bytes
 * do not continue where the DAG ends, or begin another room.
 */
export function restoreIndex(engine: Engine, bytes: Uint8Array, expected: number): boolean {
  assert(engine.jobs.size === 0 && engine.unstored.length === 0, 'a disk is read before anything else happens')
  const { dag, history, room } = engine.replica
  const stretch = decodeStretch(dag.length, bytes)
  if (stretch === null || (dag.length === 0 && !equalBytes(stretch.ids.subarray(0, room.length), room))) return false
  makeRoom(dag, expected)
  if (!appendStretch(dag, stretch)) return false
  catchUp(history)
  engine.stored = dag.length
  return true
}

/** If a step comes so long (ms) after the time for which it was asked, then the node was asleep, or the machine was busy. */
const OVERSLEPT = 1_000

/** One input in, effects out, in the order in which they are to be carried out. `now` in ms, never going back. */
export function step(engine: Engine, input: Input, now: number): Effect[] {
  if (now > engine.wakeAt + OVERSLEPT) noteSleep(engine, now - engine.wakeAt)
  engine.now = Math.max(engine.now, now)
  engine.judgedInStep = 0
  take(engine, input)
  const due = Math.min(intakeDue(engine), lookAgain(engine), trustDue(engine), persistDue(engine), fetchDue(engine))
  submitDue(engine)
  const wakeAt = Math.min(due, announceDue(engine), serveDue(engine), expirePeers(engine))
  if (wakeAt !== engine.wakeAt && wakeAt !== Infinity) engine.out.push({ type: 'wakeAt', at: wakeAt })
  engine.wakeAt = wakeAt
  const { out } = engine
  engine.out = []
  return out
}

function take(engine: Engine, input: Input): void {
  switch (input.type) {
    case 'tick':
      // The alarm is used up, and clocks differ: if it came early, the node must ask for the same time again.
      engine.wakeAt = Infinity
      return
    case 'linked':
      return askAll(engine)
    case 'heard':
      meet(engine, input.from, true, input.way)
      return notify(engine, { type: 'changed' })
    case 'gone':
      leave(engine, input.peer)
      return notify(engine, { type: 'changed' })
    case 'leaving':
      send(engine, null, encodeMessage({ type: 'bye' }))
      for (const id of [...engine.peers.keys()]) leave(engine, id)
      return notify(engine, { type: 'changed' })
    case 'pause':
      return pause(engine, input.on)
    case 'bytes':
      return receiveBytes(engine, input)
    case 'submit':
      return submit(engine, input)
    case 'writeNow':
      return writeNow(engine)
    case 'import':
      return importBundles(engine, input)
    default:
      return answer(engine, input)
  }
}

function receiveBytes(engine: Engine, { from, bytes, addressed, isLatest, way }: Extract<Input, { type: 'bytes' }>): void {
  const peer = meet(engine, from, addressed, way)
  if (peer === null || !mayTalk(engine, peer, bytes)) return
  const decoded = decodeMessage(bytes)
  peer.version = bytes[0] ?? peer.version
  if (!decoded.ok) return refuseFrom(engine, from, decoded.reason, null, decoded.reason === 'unknown-version' ? 0 : 5)
  const message = decoded.value
  switch (message.type) {
    case 'hello':
      receiveHello(engine, peer, message)
      echoSoon(engine)
      break
    case 'heads':
      // If later words were heard before, these heads are out of date.
      if (isLatest) receiveHeads(engine, peer, message)
      break
    case 'want':
      if (isLatest) receiveHoldings(engine, peer, message)
      if (message.ofAll) answerAll(engine, peer, message)
      else serve(engine, peer, message)
      break
    case 'near':
      serve(engine, peer, message)
      break
    case 'units':
      // It answers a question that is not open any more.
      if (engine.paused && message.ref !== 0) break
      takeIn(engine, from, message.bundle, { isAnswer: takeAnswer(engine, peer, message), isAlone: addressed }, (result) =>
        fetched(engine, from, message, result),
      )
      break
    case 'more':
      receiveMore(peer, message)
      break
    case 'bye':
      // If later words were heard before, this farewell is an old one, sent again.
      if (isLatest) leave(engine, from)
  }
  notify(engine, { type: 'changed' })
}

/**
 * Takes in a file's bundles, a part at a time: a queue of a million would be slow at its front. When the last bundle of a part is judged,
 * the next part is taken in, within the same step. So parts are nested, but no deeper than the ops that a step judges.
 */
function importBundles(engine: Engine, { ref, bundles }: Extract<Input, { type: 'import' }>): void {
  const sum = { admitted: 0, duplicate: 0, refused: 0 }
  const importFrom = (at: number): void => {
    const part = bundles.slice(at, at + MAX_LINK_BUNDLES)
    if (part.length === 0) return notify(engine, { type: 'imported', ref, ...sum })
    let left = part.length
    for (const bundle of part) {
      takeIn(engine, fileLink(ref), bundle, { isAnswer: true, isAlone: false }, ({ admitted, duplicate, refused }) => {
        sum.admitted += admitted
        sum.duplicate += duplicate
        sum.refused += refused
        if (--left === 0) importFrom(at + MAX_LINK_BUNDLES)
      })
    }
  }
  importFrom(0)
}
