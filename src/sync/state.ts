/**
 * The engine's state, and a few functions that its parts share: to ask for an effect, to tell the shell, to count strikes against a peer.
 * The parts are files beside this one; none of them keeps state of its own.
 */
import { setLatest } from '../core/latest.ts'
import type { OpId } from '../core/op.ts'
import type { Refusal } from '../core/result.ts'
import type { Replica } from '../core/replica.ts'
import { assert } from '../core/result.ts'
import type { Budget } from '../core/budget.ts'
import type { Asking } from './asking.ts'
import type { Effect, Input, Link, Notice, PeerId } from './effects.ts'
import { type HeldBack, letGo } from './held-back.ts'
import type { Fetch } from './open-fetch.ts'
import type { IntakeQueue } from './intake-queue.ts'
import type { Holdings } from './holdings.ts'
import type { Limits } from './limits.ts'
import type { OpenQuestion } from './meeting.ts'
import type { Pace } from './pace.ts'
import type { Lately } from './lately.ts'
import type { Account, Peer } from './peer.ts'
import type { Reminders } from './remind.ts'
import type { Strangers } from './peers.ts'
import type { Unstored } from './persist.ts'
import { type StoredHeads, takeInStored } from './stored-heads.ts'
import type { Tokens } from './tokens.ts'
import type { Judging } from './strangers.ts'
import type { Trust } from './trust.ts'

/** Malformed or false protocol messages that a peer may bring before it is cut; forgiven over time. */
const STRIKES_BEFORE_CUT = 10
/** How long a cut peer is not heard (ms). */
const CUT_FOR = 60_000
/** Cut peers remembered. Sender values cost nothing, so with many of them the first are forgotten early and judged anew. */
const MAX_CUT = 1_024

type Answer = Extract<Input, { job: number }>
export type Question = Extract<Effect, { job: number }>

/** The state that `step` of `engine.ts` works on. */
export interface Engine {
  readonly replica: Replica
  /** This node: its key, and the fresh sender value of this run. */
  readonly author: Uint8Array
  readonly sender: Uint8Array
  readonly senderId: PeerId
  /** A number in [0, 1): spreads announcements of many nodes. Not used for anything that must be secret. */
  readonly random: () => number
  readonly limits: Limits
  /** What it costs to verify a signature here, compared with the platform's cryptography. */
  readonly signatureCost: number
  /** ms; the time of the current input. */
  now: number
  /** Whether the disk holds all that this node has sent. */
  readonly trust: Trust

  readonly peers: Map<PeerId, Peer>
  readonly cut: Map<PeerId, number>
  /** What is counted against peers that left. So a peer does not get rid of its strikes when it leaves, and is here again only with an echo. */
  readonly left: Map<PeerId, Account>
  readonly strangers: Strangers
  readonly pace: Pace
  readonly tokens: Tokens
  /** How often everybody is told echoes because many peers wait for one. */
  readonly echoes: Budget
  /** Bytes told to peers one by one because they wait for an echo. */
  readonly echoedAlone: Budget
  /** Budgets of bytes of questions. */
  readonly asking: Asking
  /** Budgets of reminders to authors of their own ops. */
  readonly reminders: Reminders
  /** Budgets of ops judged that came from peers without credit. */
  readonly judging: Judging

  /** Peers that have proven an author since `intakeDue` was called: their bundles may wait for another budget now. */
  readonly proven: PeerId[]

  /** Bundles that wait to be judged, a queue for each origin that brought some. */
  readonly intake: Map<Link, IntakeQueue>
  /** Origins whose next bundle waits until its budget is not empty. The first one is next. */
  readonly heldBack: HeldBack
  /** Their bytes, without those of files. */
  intakeBytes: number
  /** Ops rebuilt and admitted in this step, and origins whose queues continue in the next step because those were enough (`intake.ts`). */
  judgedInStep: number
  readonly unfinished: Set<Link>
  /** When the node may look at waiting ops again (ms). */
  lookAgainAt: number
  readonly lately: Lately
  /** Since when (ms) there have always been ops to judge or to store; null when there are none. */
  busySince: number | null

  /** Ops durable on disk: the first `stored` of the DAG. */
  stored: number
  readonly unstored: Unstored[]
  /** Canonical bytes of the unstored ops. */
  unstoredBytes: number
  persisting: boolean
  storage: 'ok' | 'full'
  retryPersistAt: number

  readonly submissions: Extract<Input, { type: 'submit' }>[]
  submitting: boolean

  /** Open questions, by the peer that was asked. */
  readonly fetches: Map<PeerId, Fetch>
  /**
   * When more peers are asked if no answer goes well until then (ms), and how often their number was doubled. And when there was last
   * nothing to ask for, or the last comparison of answers ended.
   */
  readonly hedge: { nextAt: number; doublings: number; comparedAt: number }
  /** Peers that may have brought ops whose parents are missing, and have no open question for them: they will be asked for the parents. */
  readonly bringers: Set<PeerId>
  /** The question to everybody that no peer has answered yet. */
  question: OpenQuestion | null
  /** A person does not want missing ops now. */
  paused: boolean
  /** What a series of fetches brought, and when the last one of them ended (ms). */
  readonly caughtUp: { ops: number; bytes: number; at: number }
  /** When an answer, or a file, last brought new ops (ms). */
  tookInAt: number
  /** The last question went to a peer that has not been of use yet. */
  askedStranger: boolean
  /** When such a peer was asked last (ms). */
  strangerAskedAt: number
  nextRef: number
  /** How many questions were asked in turn, and how many for parents of ops that a peer brought. */
  turns: number
  bringersAsked: number

  announceAt: number
  /** When peers that wait for an echo get it (ms). */
  echoAt: number
  /** When everybody was last told what this node holds (ms). */
  toldAllAt: number
  /** Bytes of the heads last told to everybody. */
  toldAllBytes: number
  heartbeatAt: number
  /** Heads and tips of the first `stored` ops. Read it by `headsOf`, which brings it up to date. */
  readonly heads: StoredHeads
  /** The description of the first `stored` ops in questions; null before it was needed. */
  holdings: { readonly stored: number; readonly said: Holdings } | null

  readonly jobs: Map<number, (answer: Answer) => void>
  nextJob: number
  out: Effect[]
  wakeAt: number
  /** ms; when it was last looked which peers are not here any more. */
  expiredAt: number
}

/** Heads and tips of the stored ops, which may be told. O(ops stored since the last time). */
export function headsOf({ heads, stored }: Engine): StoredHeads {
  takeInStored(heads, stored)
  return heads
}

/** The number of the next question. */
export const newJob = (engine: Engine): number => engine.nextJob++

/** Asks for an effect that has a new job; `then` runs on its answer, in a later step. */
export function ask(engine: Engine, question: Question, then: (answer: Answer) => void): void {
  engine.jobs.set(question.job, then)
  engine.out.push(question)
}

/** Hands an answer to the code that asked. An answer without a question is a driver's error. */
export function answer(engine: Engine, input: Answer): void {
  const then = engine.jobs.get(input.job)
  assert(then !== undefined, 'an answer to a question that was asked')
  engine.jobs.delete(input.job)
  then(input)
}

export function send(engine: Engine, to: PeerId | null, bytes: Uint8Array): void {
  engine.out.push({ type: 'send', to, bytes })
}

export function notify(engine: Engine, notice: Notice): void {
  engine.out.push({ type: 'notify', notice })
}

/** The peer or stranger with this sender value, if it is remembered. */
export const peerOf = (engine: Engine, id: PeerId): Peer | undefined => engine.peers.get(id) ?? engine.strangers.known.get(id)

/** Tells the shell of a refusal, and counts `weight` strikes against the peer that brought it. Authors get no strikes. */
export function refuseFrom(engine: Engine, from: Link, reason: Refusal, id: OpId | null, weight: number): void {
  notify(engine, { type: 'refused', reason, id, from })
  const peer = peerOf(engine, from)
  if (peer === undefined) return
  peer.refusals = [reason, ...peer.refusals].slice(0, 3)
  peer.strikes += weight
  if (peer.strikes < STRIKES_BEFORE_CUT) return
  const until = engine.now + CUT_FOR
  engine.cut.set(from, until)
  const [first] = engine.cut.keys()
  if (engine.cut.size > MAX_CUT) engine.cut.delete(first!)
  leave(engine, from)
  dropQueue(engine, from)
  engine.out.push({ type: 'disconnect', peer: from, reason, until })
}

/**
 * Forgets a peer or stranger, and all that was under way with it, but not what is counted against it. The shell is told: people see who
 * is here.
 */
export function leave(engine: Engine, id: PeerId): void {
  const peer = peerOf(engine, id)
  if (peer === undefined) return
  const { strikes, forgivenAt, talk, wants, bytesServed, opsServed } = peer
  if (peer.isMet || strikes + wants + opsServed > 0)
    setLatest(engine.left, id, { strikes, forgivenAt, talk, wants, bytesServed, opsServed }, MAX_CUT)
  peer.serving = null
  for (const { asked } of Object.values(engine.pace.shared)) asked.delete(id)
  engine.peers.delete(id)
  engine.strangers.known.delete(id)
  engine.fetches.delete(id)
  engine.bringers.delete(id)
  notify(engine, { type: 'changed' })
  // Bundles of a peer that has left must not pile up. If it comes back, it says them again.
  if (letGo(engine.heldBack, id)) dropQueue(engine, id)
}

/** The waiting bundles of an origin are not worth the work: drops them. */
export function dropQueue(engine: Engine, from: Link): void {
  engine.intakeBytes -= engine.intake.get(from)?.bytes ?? 0
  engine.intake.delete(from)
}
