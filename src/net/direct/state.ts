/** The state that the files of this folder work on: connections, other runs, and the functions of other parts that this path needs. */
import type { Budget } from '../../core/budget.ts'
import type { Author, OpId } from '../../core/op.ts'
import type { Refusal, Result } from '../../core/result.ts'
import type { FrameRefusal, Opened } from '../sealed.ts'
import type { TransportEvents, TransportState } from '../transport.ts'
import type { Attempts } from './attempts.ts'
import type { FrameChannel } from './channel.ts'
import type { Description } from './description.ts'
import type { MemberId, Members } from './members.ts'
import type { IceServer, PageCommand } from './page-port.ts'

export interface DirectOptions {
  readonly room: OpId
  readonly author: Author
  /** This run's sender value. */
  readonly self: Uint8Array
  readonly servers: readonly IceServer[]
  /** Reaches the page. */
  page(command: PageCommand): void
  sign(message: Uint8Array): Promise<Uint8Array>
  verify(claim: { readonly signature: Uint8Array; readonly message: Uint8Array; readonly author: Author }): Promise<boolean>
  /** Draws from [0, 1). */
  readonly lot?: () => number
}

/** Functions of other parts of the node that this path needs. */
export interface DirectHost {
  seal(to: MemberId | null, bytes: Uint8Array): Promise<Uint8Array>
  open(frame: Uint8Array): Promise<Result<Opened, FrameRefusal>>
  /** By whatever path there is. */
  send(to: MemberId | null, bytes: Uint8Array): void
  /** The author that a peer has proven to be, if it has. */
  authorOf(peer: MemberId): Uint8Array | null
  /** The place of this author among all authors with ops here, in the order of their first ops, 0 the first; null: it has no op here. */
  seniorityOf(author: Uint8Array): number | null
  /** The only channel to this peer ended. */
  onLost(peer: MemberId): void
  /** There is a channel to another peer. */
  onPeer(peer: MemberId): void
  onRefused(reason: Refusal): void
}

export interface Connection {
  readonly number: number
  /** Null before the answer to an offer that a person carries. */
  peer: MemberId | null
  /** True when this side offered; otherwise `offer` is the other side's number for the connection. */
  readonly isOurs: boolean
  readonly offer: number
  readonly byHand: boolean
  readonly since: number
  channel: FrameChannel | null
  isChannelOpen: boolean
  /** The fingerprints of both certificates, once DTLS is up: then an address has answered. */
  certificates: { readonly ours: Uint8Array; readonly theirs: Uint8Array } | null
  hasProven: boolean
  isProven: boolean
  held: Uint8Array[]
  /** Frames, and their bytes, that wait for it to be proven. */
  waiting: number
  waitingBytes: number
  /** Whether the other side has described itself, which it does once. */
  isDescribed: boolean
  /** The other side's candidates that the page has not got yet, and how many were taken in all, MAX_CANDIDATES at most. */
  candidates: { readonly ufrag: string; readonly candidate: string }[]
  candidatesTaken: number
  /** Since when nothing arrives (ms). */
  interruptedAt: number | null
  /**
   * This side's description with all candidates that the page has told so far, when it was said last (ms), and how often it was said again.
   */
  said: { description: Description; at: number; times: number } | null
  /** Takes this side's description for a person to carry, or null when there is none. Null: nobody waits for it. */
  described: ((frame: Uint8Array | null) => void) | null
}

/** How often a device could not be reached in a row, and until when (ms) this side does not try again. */
export interface Failures {
  readonly count: number
  readonly until: number
}

export interface DirectState {
  readonly options: DirectOptions
  /** This run's sender value. */
  readonly self: MemberId
  readonly members: Members
  /** By their numbers. */
  readonly connections: Map<number, Connection>
  lastNumber: number
  /** By author; for newcomers by sender value (hex). At most MAX_FAILURES. */
  readonly failures: Map<string, Failures>
  readonly attempts: Attempts
  /** Budgets of connections that newcomers, and known authors, may make this node begin. */
  readonly opens: { readonly strangers: Budget; readonly known: Budget }
  /** Until when (ms) none is begun, since the page could not make one. */
  readonly restsUntil: { strangers: number; known: number }
  /** Budgets of connections of both for which the person's servers may be asked. */
  readonly serverUses: { readonly strangers: Budget; readonly known: Budget }
  /** Peers that may be told at once that this node is here. */
  readonly greetings: Budget
  /** Peers that are told as soon as it is clear which tab connects. */
  readonly greetLater: MemberId[]
  /** How often everybody may be told that this node is here, and when that is due next (ms). */
  readonly heres: Budget
  hereDue: number
  /** When the node looks next for work that is due (ms), the timer for it, and the look itself. */
  lookAt: number
  timer: ReturnType<typeof setTimeout> | undefined
  readonly look: () => void
  /** Null before the path is opened, and when it is closed. */
  events: TransportEvents | null
  host: DirectHost | null
  state: TransportState
  /** ms. */
  now(): number
  /** Draws from [0, 1). */
  lot(): number
}
