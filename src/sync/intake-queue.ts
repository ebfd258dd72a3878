/** The bundles of one link that wait to be judged (`intake.ts`), and how much may wait. */
import type { Unit } from '../core/unit.ts'
import { isFile, type Link } from './effects.ts'
import { dropQueue, type Engine } from './state.ts'
import type { JudgeBudget } from './strangers.ts'

/**
 * Bytes and bundles that one link may have waiting, and bytes in all: more are not taken, and of what is too much in all, the
 * latest of the link that has most. Its peer is asked for it again.
 */
const MAX_LINK_BYTES = 24 * 1024 * 1024
export const MAX_LINK_BUNDLES = 1_024
const MAX_INTAKE_BYTES = 96 * 1024 * 1024

/** Canonical bytes admitted and not stored: with more, the disk is too slow, or full, to take in what others wrote. */
const MAX_UNSTORED_BYTES = 64 * 1024 * 1024

export interface IntakeItem {
  readonly wrapped: Uint8Array
  /** Brings what its link was asked for. */
  isAnswer: boolean
  /** Was sent to this node and to no other. */
  readonly isAlone: boolean
  begun: boolean
  /** Goes on with it, if others had their turn meanwhile; null while it is not begun, or in work. */
  resume: (() => void) | null
  /** It is small in wrapped bytes and not in what it holds: it turned out so when it was opened. */
  hasMany: boolean
  /** What judging it costs, once that is known: in ops (`costOf`). */
  cost: number | null
  /** Its link had no credit when it was begun: what strangers share pays for it. */
  isInTurn: boolean
  /** What pays for it if its link has no credit. */
  payer: JudgeBudget
  /** Set once all is verified: ready to be admitted. */
  units: readonly Unit[] | null
  /** What holds the unit and no other, as it came and is well merged: worth storing as it is. */
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
  /** Ops that wait for a parent and were brought by this link, also when others had brought them before. */
  waiting: number
}

export const noResult = (): IntakeResult => ({ admitted: 0, duplicate: 0, refused: 0, pending: 0, waiting: 0 })

/** Whether an answer of this link is still to be judged: what takes time here is not the peer's silence. */
export const hasAnswerToJudge = ({ intake }: Engine, link: Link): boolean => (intake.get(link)?.answers ?? 0) > 0

/** Puts a bundle behind the others. No bytes: nothing to judge. */
export function push(
  engine: Engine,
  queue: IntakeQueue,
  given: Pick<IntakeItem, 'wrapped' | 'isAnswer' | 'isAlone' | 'result' | 'done'>,
): void {
  const { wrapped, isAnswer, isAlone, result, done } = given
  const isEmpty = wrapped.length === 0
  // Field by field: with a spread, V8 takes twenty times as long.
  queue.items.push({
    wrapped,
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
  queue.bytes += wrapped.length
  if (isAnswer) queue.answers++
  engine.intakeBytes += wrapped.length
}

/** A bundle was taken out of the queue. */
export function takenOut(engine: Engine, queue: IntakeQueue, { wrapped, isAnswer }: IntakeItem): void {
  queue.bytes -= wrapped.length
  if (isAnswer) queue.answers--
  engine.intakeBytes -= wrapped.length
}

/** Whether a link may not bring `more` bytes now: too much of it waits, or the disk is behind. */
export function isFull(engine: Engine, { items, bytes }: IntakeQueue, more: number): boolean {
  if (items.length >= MAX_LINK_BUNDLES || bytes + more > MAX_LINK_BYTES) return true
  return engine.unstoredBytes > MAX_UNSTORED_BYTES
}

/** False when there is no room in all, and no link from which to take it that would have more left than this one. */
export function makeRoom(engine: Engine, { bytes }: IntakeQueue, more: number): boolean {
  while (engine.intakeBytes + more > MAX_INTAKE_BYTES) {
    let fullest: readonly [Link, IntakeQueue] | null = null
    for (const entry of engine.intake) {
      if (!isFile(entry[0]) && entry[1].bytes > (fullest?.[1].bytes ?? bytes + more)) fullest = entry
    }
    if (fullest === null) return false
    const [link, queue] = fullest
    const latest = queue.items.pop()!
    takenOut(engine, queue, latest)
    // What is in work of it is not wanted any more, so nothing else would end the queue.
    if (queue.items.length === 0) dropQueue(engine, link)
    latest.done(latest.result)
  }
  return true
}
