/** The bundles of one origin that wait to be judged (`intake.ts`), and how many may wait. */
import type { Unit } from '../core/unit.ts'
import type { Link } from './effects.ts'
import { dropQueue, type Engine } from './state.ts'
import type { JudgeBudget } from './strangers.ts'

/**
 * Bytes and bundles of one peer that may wait, and bytes in all. Further bundles of the peer are not taken. If too many bytes wait in
 * all, the peer with most of them loses its latest bundles. This node can ask its peer for them again. Bytes of a file do not count: the
 * whole file is in memory until its import ends, and a large one would leave no space for what peers say.
 */
const MAX_LINK_BYTES = 24 * 1024 * 1024
export const MAX_LINK_BUNDLES = 1_024
const MAX_INTAKE_BYTES = 96 * 1024 * 1024

/** Canonical bytes admitted and not stored. If there are more, the disk is too slow, or full, to take in ops of others. */
const MAX_UNSTORED_BYTES = 64 * 1024 * 1024

export interface IntakeItem {
  readonly wrapped: Uint8Array
  /** Its bytes that count as waiting. */
  readonly bytes: number
  /** It answers a question to this origin. */
  isAnswer: boolean
  /** It came in a frame that was addressed only to this node. */
  readonly isAlone: boolean
  begun: boolean
  /** Continues the work on it, if others had their turn meanwhile; null before the work has begun, and while it runs. */
  resume: (() => void) | null
  /** It has few wrapped bytes, but holds much. That was found when it was opened. */
  hasMany: boolean
  /** The price of judging it, once that is known: in ops (`costOf`). */
  cost: number | null
  /** Its origin had no credit when the work began: a shared budget pays for it. */
  isInTurn: boolean
  /** The budget that pays for it if its origin has no credit. */
  payer: JudgeBudget
  /** Set when all signatures are verified: ready to be admitted. */
  units: readonly Unit[] | null
  /** The columns of the bundle, if it holds only this unit and is well merged: then it is worth storing as it came. */
  columns: Uint8Array | null
  readonly result: IntakeResult
  readonly done: (result: IntakeResult) => void
}

export interface IntakeQueue {
  readonly items: IntakeItem[]
  bytes: number
  /** How many of the items are answers. */
  answers: number
}

export interface IntakeResult {
  admitted: number
  duplicate: number
  refused: number
  pending: number
  /** Ops that wait for a parent and were brought by this origin, also if other origins had brought them before. */
  waiting: number
}

export const noResult = (): IntakeResult => ({ admitted: 0, duplicate: 0, refused: 0, pending: 0, waiting: 0 })

/** Whether an answer of this origin is still to be judged. If so, the time that passes is not the peer's silence. */
export const hasAnswerToJudge = ({ intake }: Engine, link: Link): boolean => (intake.get(link)?.answers ?? 0) > 0

/** Puts a bundle behind the others. No bytes: nothing to judge. */
export function push(
  engine: Engine,
  queue: IntakeQueue,
  given: Pick<IntakeItem, 'wrapped' | 'bytes' | 'isAnswer' | 'isAlone' | 'result' | 'done'>,
): void {
  const { wrapped, bytes, isAnswer, isAlone, result, done } = given
  const isEmpty = wrapped.length === 0
  // Field by field: with a spread, V8 takes twenty times as long.
  queue.items.push({
    wrapped,
    bytes,
    isAnswer,
    isAlone,
    begun: isEmpty,
    resume: null,
    hasMany: false,
    cost: null,
    isInTurn: false,
    payer: 'large',
    units: isEmpty ? [] : null,
    columns: null,
    result,
    done,
  })
  queue.bytes += bytes
  if (isAnswer) queue.answers++
  engine.intakeBytes += bytes
}

/** A bundle was taken out of the queue. */
export function takenOut(engine: Engine, queue: IntakeQueue, { bytes, isAnswer }: IntakeItem): void {
  queue.bytes -= bytes
  if (isAnswer) queue.answers--
  engine.intakeBytes -= bytes
}

/** Whether an origin may not bring `more` bytes now: too many of its bytes wait, or the disk is behind. */
export function isFull(engine: Engine, { items, bytes }: IntakeQueue, more: number): boolean {
  if (items.length >= MAX_LINK_BUNDLES || bytes + more > MAX_LINK_BYTES) return true
  return engine.unstoredBytes > MAX_UNSTORED_BYTES
}

/** False when there is no space in all, and no origin that would have more left than this one if it lost its latest bundle. */
export function makeRoom(engine: Engine, { bytes }: IntakeQueue, more: number): boolean {
  while (engine.intakeBytes + more > MAX_INTAKE_BYTES) {
    let fullest: readonly [Link, IntakeQueue] | null = null
    for (const entry of engine.intake) {
      if (entry[1].bytes > (fullest?.[1].bytes ?? bytes + more)) fullest = entry
    }
    if (fullest === null) return false
    const [link, queue] = fullest
    const latest = queue.items.pop()!
    takenOut(engine, queue, latest)
    // The bundles of this queue that are being worked on are not wanted any more. So nothing else would end the queue.
    if (queue.items.length === 0) dropQueue(engine, link)
    latest.done(latest.result)
  }
  return true
}
