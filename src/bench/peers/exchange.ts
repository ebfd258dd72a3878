/** What every peer is measured by: the same history and the same differences as ours, in its own terms. */
import type { Shared } from '../sync-first-contact.ts'
import type { HashedOp } from '../sync-room.ts'

export interface Exchange {
  /** Bytes beyond what is missing, both ways. */
  readonly overhead: number
  readonly roundTrips: number
}

/** Lets two replicas that share a history, and have these ops beyond it, meet. @throws with a sentence when they do not come to agree */
export type ExchangeAll = (differences: readonly (readonly HashedOp[])[]) => Exchange

export interface PeerProtocol {
  readonly name: string
  /** Takes in the history, once. */
  prepare(shared: Shared): ExchangeAll
}
