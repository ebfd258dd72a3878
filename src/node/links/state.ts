/** What a node's links know: who listens to them, their paths, and who was heard where. */
import type { Budget } from '../../core/budget.ts'
import type { Refusal } from '../../core/result.ts'
import type { Direct } from '../../net/direct/direct.ts'
import type { Hindrance } from '../../net/hindered.ts'
import type { Sealer } from '../../net/sealed.ts'
import type { OpenTransport, Path, Transport, TransportState } from '../../net/transport.ts'
import type { Input, PeerId, Way } from '../../sync/effects.ts'
import type { Standing } from '../../sync/peers.ts'
import type { Echo } from './echo.ts'
import type { Heard } from './heard.ts'
import type { Inbox } from './inbox.ts'

type HeardBytes = Extract<Input, { type: 'bytes' }>

export interface LinksEvents {
  onMessage(from: PeerId, bytes: Uint8Array, how: Pick<HeardBytes, 'addressed' | 'isLatest' | 'way'>): void
  /** A path opened. */
  onLinked(): void
  /** A peer's tab has ended, or the only path to it has. */
  onGone(peer: PeerId): void
  /** A frame that says nothing we can use; the link is at fault, no peer. */
  onRefused(path: Path, reason: Refusal): void
  /** A signal that is not about paths; true when it was taken. */
  onSignal(from: PeerId, bytes: Uint8Array): boolean
  /** Who a peer has proven to be, if it has. */
  authorOf(peer: PeerId): Uint8Array | null
  /** The place of an author among all whose ops are on this disk, in the order of their first ones, from 0; null: it has none. */
  seniorityOf(author: Uint8Array): number | null
  /** A peer said something to this run of the node that is not for the engine. */
  onHeard(peer: PeerId, way: Way): void
  /** What is known of a sender. */
  standingOf(peer: PeerId): Standing
  /** What it says is not heard now, whatever it is. */
  isCut(peer: PeerId): boolean
  onChange(): void
}

/** One path: whether it is open, what hinders it, and what went over it. */
export interface Route {
  readonly path: Path
  readonly open: OpenTransport
  /** Null while it is closed here. */
  transport: Transport | null
  state: TransportState
  detail: string
  /** Cut by a person. */
  isCut: boolean
  hindrance: Hindrance
  /** By receiver, or by '' where all share one way: resolves when the bulk that was handed over last has been taken. */
  readonly bulk: Map<PeerId | '', Promise<void>>
  /** Bytes of frames. */
  sent: number
  received: number
}

export interface LinksState {
  readonly self: PeerId
  readonly sealer: Sealer
  readonly events: LinksEvents
  readonly direct: Direct | null
  readonly routes: Map<Path, Route>
  readonly heard: Heard
  readonly inbox: Inbox
  readonly echo: Echo
  /** Tabs of this browser whose end is waited for. */
  readonly watched: Set<PeerId>
  /** Bytes of frames that may be brought on to others, by the far end of the channel that brings them. At most MAX_BRINGERS. */
  readonly bringers: Map<PeerId, Budget>
  isOpen: boolean
  /** Resolves when what was handed over for sending last has been. */
  sending: Promise<unknown>
}
