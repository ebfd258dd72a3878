/** What the direct path's parts (files beside this one) work on: its connections, who is there, and what it needs of others. */
import type { Author, OpId } from '../../core/op.ts'
import type { Refusal, Result } from '../../core/result.ts'
import type { FrameRefusal, Opened } from '../sealed.ts'
import type { TransportEvents, TransportState } from '../transport.ts'
import type { FrameChannel } from './channel.ts'
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
}

/** What this path needs of the others. */
export interface DirectHost {
  seal(to: MemberId | null, bytes: Uint8Array): Promise<Uint8Array>
  open(frame: Uint8Array): Promise<Result<Opened, FrameRefusal>>
  /** By whatever path there is. */
  send(to: MemberId | null, bytes: Uint8Array): void
  /** Who a peer has proven to be, if it has. */
  authorOf(peer: MemberId): Uint8Array | null
  /** The only channel to this peer ended. */
  onLost(peer: MemberId): void
  /** A channel to another peer is there. */
  onPeer(peer: MemberId): void
  onRefused(reason: Refusal): void
}

export interface Connection {
  readonly number: number
  /** Null before the answer to an offer that a person carries. */
  peer: MemberId | null
  /** True when this side offered; else `offer` is the other side's number for it. */
  readonly isOurs: boolean
  readonly offer: number
  readonly byHand: boolean
  readonly since: number
  channel: FrameChannel | null
  isChannelOpen: boolean
  /** Of both certificates, once DTLS is up. */
  certificates: { readonly ours: Uint8Array; readonly theirs: Uint8Array } | null
  hasProven: boolean
  isProven: boolean
  held: Uint8Array[]
  /** Frames, and their bytes, that wait for it to be proven. */
  waiting: number
  waitingBytes: number
  trickled: number
  /** Since when nothing comes through (ms), and whether a new way is looked for. */
  interruptedAt: number | null
  restarted: boolean
  /** Whoever waits for this side's description, to carry it; null when it cannot be had. */
  described: ((frame: Uint8Array | null) => void) | null
}

/** How often a device could not be reached in a row, and until when (ms) it is left alone. */
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
  readonly failures: Map<MemberId, Failures>
  /** Null before the path is opened, and when it is closed. */
  events: TransportEvents | null
  host: DirectHost | null
  state: TransportState
  /** ms. */
  now(): number
  /** Something happened that may be due sooner than what is planned. */
  plan(): void
  /** Everybody is told soon who is here, and who is connected to whom. */
  sayHereSoon(): void
}
