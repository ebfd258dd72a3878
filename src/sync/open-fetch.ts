/** A question that one peer was asked, and how well its answer goes. */
import type { OpId } from '../core/op.ts'
import type { PeerId } from './effects.ts'
import type { OpenQuestion } from './meeting.ts'
import type { Engine } from './state.ts'

/** While no answer goes well, more peers are asked after each of these pauses (ms). */
export const HEDGE = 400
/** An answer goes well while it brings so many bytes a second. Any path that people use carries more. */
const LEAST_PACE = 1_024
/** Bytes that came are forgotten at this pace (ms): the pace of an answer is that of the last seconds. */
const MEMORY = 2_000
/** If an answer is so many times slower than another one, it is given up for that one. */
const SLOWER_BY = 4

export interface Fetch {
  readonly from: PeerId
  readonly ref: number
  /** Ids that the peer must have: heads that it named, and parents of ops that it brought. */
  readonly named: readonly OpId[]
  /** True when the question is for parents of pending units. */
  readonly missing: boolean
  /** True when the question is for parents of ops that this peer brought. It is not given up for another answer. */
  readonly brought: boolean
  /** True when the question had been given up, and its answer came after all. It does not count against MAX_QUESTIONS. */
  readonly isLate: boolean
  /** How many ops a short question asked for; 0 for a question that says what is held here. */
  readonly near: number
  /** True when everything was asked for; and how many ops the peer said it had. */
  readonly all: boolean
  readonly ops: number
  readonly startedAt: number
  /** Ops of this fetch that were admitted so far, and how many the peer says are to come. */
  got: number
  left: number | null
  /** Bundles of it that were judged. */
  bundles: number
  /** Bytes of bundles that brought ops, fading with time; and when that was computed (ms). */
  recent: number
  recentAt: number
  /** Ops that it brought in vain: they wait, were refused, or were more than a node judges at a time. */
  vain: number
  /** Ops that it brought and that were held already. */
  again: number
  heardAt: number
  /** The peer has said that this answer is complete. Its last units may still be on their way to the disk. */
  ended: boolean
}

/** A question that was given up, and how many bundles of its answer had been judged by then. */
export type GivenUp = Pick<Fetch, 'ref' | 'bundles' | 'brought' | 'near'>

/** The question to everybody, while the node waits for its answer before it asks another peer; null when there is none. */
export const openQuestion = ({ question, now }: Engine): OpenQuestion | null =>
  question !== null && now < question.until ? question : null

/** Bytes of a bundle that brought ops came now. */
export function noteBytes(fetch: Fetch, bytes: number, now: number): void {
  fetch.recent = recentOf(fetch, now) + bytes
  fetch.recentAt = now
}

const recentOf = ({ recent, recentAt }: Fetch, now: number): number => recent * Math.exp((recentAt - now) / MEMORY)

/** Bytes a second, over the last seconds. */
const paceOf = (fetch: Fetch, now: number): number => (recentOf(fetch, now) * 1_000) / MEMORY

/** Whether an answer brings ops quickly enough to be waited for. */
export const goesWell = ({ now }: Engine, fetch: Fetch): boolean => paceOf(fetch, now) >= LEAST_PACE

/** Whether an answer is given up for one that goes well. */
export const makesWay = (fetch: Fetch, better: Fetch, now: number): boolean =>
  fetch !== better && !fetch.ended && !fetch.brought && paceOf(fetch, now) * SLOWER_BY <= paceOf(better, now)
