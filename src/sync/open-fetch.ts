/** A question that one peer was asked, and how well its answer goes. */
import type { OpId } from '../core/op.ts'
import type { PeerId } from './effects.ts'
import type { Engine } from './state.ts'

/** While no answer goes well, more peers are asked after each of these pauses (ms). */
export const HEDGE = 400
/** An answer goes well while it brought ops in the last so many ms, */
const FRESH = 1_500
/** and, from this time on (ms), at a quarter of the pace of the quickest one and at this pace at least (bytes a second). */
const MEASURED_FROM = 2_000
const SLOWER_BY = 4
const LEAST_PACE = 1_024

export interface Fetch {
  readonly from: PeerId
  readonly ref: number
  /** Heads that the peer named and was asked for. */
  readonly named: readonly OpId[]
  /** True when parents of pending units were asked for. */
  readonly missing: boolean
  /** True when everything was asked for; and how many ops the peer said it had. */
  readonly all: boolean
  readonly ops: number
  readonly startedAt: number
  /** Ops admitted so far by this fetch, and how many the peer says are to come. */
  got: number
  left: number | null
  /** Bytes that it brought, and bundles of it that were judged. */
  bytes: number
  bundles: number
  /** Ops that it brought in vain: they wait, were refused, or were more than is judged at a time. */
  vain: number
  /** Ops that it brought and that were held already. */
  again: number
  heardAt: number
  /** When something of it came (ms), which may still wait to be judged here: that is not the peer's silence. */
  arrivedAt: number
  /** The peer has said that this answer is complete; its last units may still be on their way to the disk. */
  ended: boolean
}

/** Whether an answer brings ops, and not much slower than others do. */
export function goesWell(engine: Engine, fetch: Fetch): boolean {
  const { now, fetches } = engine
  if (fetch.got === 0 || now >= fetch.heardAt + FRESH) return false
  if (now < fetch.startedAt + MEASURED_FROM) return true
  let quickest = LEAST_PACE * SLOWER_BY
  for (const other of fetches.values()) if (other !== fetch) quickest = Math.max(quickest, paceOf(engine, other))
  return paceOf(engine, fetch) * SLOWER_BY >= quickest
}

/** Bytes a second. */
const paceOf = ({ now }: Engine, { bytes, startedAt }: Fetch): number => (bytes * 1_000) / Math.max(HEDGE, now - startedAt)
