/** A question that one peer was asked, and how well its answer goes. */
import type { OpId } from '../core/op.ts'
import type { PeerId } from './effects.ts'
import type { OpenQuestion } from './meeting.ts'
import type { Engine } from './state.ts'

/** While no answer goes well, more peers are asked after each of these pauses (ms). */
export const HEDGE = 400
/** An answer goes well while it brings so many bytes a second: less than any path that people use. */
const LEAST_PACE = 1_024
/** What came is forgotten at this pace (ms): pace is that of the last seconds. */
const MEMORY = 2_000
/** An answer that is so many times slower than another one makes way for it. */
const SLOWER_BY = 4

export interface Fetch {
  readonly from: PeerId
  readonly ref: number
  /** Ids that the peer must have: heads that it named, and parents of what it brought. */
  readonly named: readonly OpId[]
  /** True when parents of pending units were asked for. */
  readonly missing: boolean
  /** True when it was asked for parents of what it brought itself: it makes way for nobody. */
  readonly brought: boolean
  /** True when it had been given up, and its answer came after all: it does not count against MAX_QUESTIONS. */
  readonly isLate: boolean
  /** How many ops it was asked for by a short question; 0 when it was told what is held here. */
  readonly near: number
  /** True when everything was asked for; and how many ops the peer said it had. */
  readonly all: boolean
  readonly ops: number
  readonly startedAt: number
  /** Ops admitted so far by this fetch, and how many the peer says are to come. */
  got: number
  left: number | null
  /** Bundles of it that were judged. */
  bundles: number
  /** Bytes of those that brought ops, fading with time; and when that was worked out (ms). */
  recent: number
  recentAt: number
  /** Ops that it brought in vain: they wait, were refused, or were more than is judged at a time. */
  vain: number
  /** Ops that it brought and that were held already. */
  again: number
  heardAt: number
  /** The peer has said that this answer is complete; its last units may still be on their way to the disk. */
  ended: boolean
}

/** A question that was given up, and the bundles that had been judged of its answer by then. */
export type GivenUp = Pick<Fetch, 'ref' | 'bundles' | 'brought' | 'near'>

/** The question to everybody, while its answer is waited for before anybody else is asked; null when there is none. */
export const openQuestion = ({ question, now }: Engine): OpenQuestion | null =>
  question !== null && now < question.until ? question : null

/** Bytes that brought ops came now. */
export function noteBytes(fetch: Fetch, bytes: number, now: number): void {
  fetch.recent = recentOf(fetch, now) + bytes
  fetch.recentAt = now
}

const recentOf = ({ recent, recentAt }: Fetch, now: number): number => recent * Math.exp((recentAt - now) / MEMORY)

/** Bytes a second, over the last seconds. */
const paceOf = (fetch: Fetch, now: number): number => (recentOf(fetch, now) * 1_000) / MEMORY

/** Whether an answer brings ops quickly enough to be waited for. */
export const goesWell = ({ now }: Engine, fetch: Fetch): boolean => paceOf(fetch, now) >= LEAST_PACE

/** Whether an answer makes way for one that goes well. */
export const makesWay = (fetch: Fetch, better: Fetch, now: number): boolean =>
  fetch !== better && !fetch.ended && !fetch.brought && paceOf(fetch, now) * SLOWER_BY <= paceOf(better, now)
