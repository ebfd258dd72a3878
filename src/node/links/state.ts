/** The state of a node's paths: who listens to them, the paths, and on which path each peer was heard. */
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
  /** A frame without content that we can use; the path is at fault, no peer. */
  onRefused(path: Path, reason: Refusal): void
  /** A signal that is not about paths; true when it was taken. */
  onSignal(from: PeerId, bytes: Uint8Array): boolean
  /** The author that a peer has proven to be, if it has. */
  authorOf(peer: PeerId): Uint8Array | null
  /** The place of an author among all authors with ops on this disk, in the order of their first ops, from 0; null: it has no ops. */
  seniorityOf(author: Uint8Array): number | null
  /** A peer said something to this run of the node that is not for the engine. */
  onHeard(peer: PeerId, way: Way): void
  /** What this node knows of a sender. */
  standingOf(peer: PeerId): Standing
  /** Whether the node hears nothing of this peer now. */
  isCut(peer: PeerId): boolean
  onChange(): void
}

/** One path: whether it is open, what hinders it, and how many bytes it carried. */
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
  /** Tabs of this browser for whose end the node waits. */
  readonly watched: Set<PeerId>
  /** Bytes of frames that may be forwarded to others, by the far end of the channel that brings them. At most MAX_BRINGERS. */
  readonly bringers: Map<PeerId, Budget>
  isOpen: boolean
  /** Resolves when everything that was handed over for sending has been sent. */
  sending: Promise<unknown>
}
