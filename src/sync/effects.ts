/**
 * The inputs and the outputs of the engine. The engine does no I/O. If it needs an answer of the platform (crypto, compression, disk), it
 * asks by an effect with a job number, and an input with that number brings the answer.
 */
import type { Mark } from '../core/mark.ts'
import type { Author, Op, OpId } from '../core/op.ts'
import type { BundleLimits } from './bundle.ts'
import type { Refusal } from '../core/result.ts'
import type { Unit } from '../core/unit.ts'
import type { Rebuilt } from './rebuild.ts'

/** The other side of a session: its sender value, hex. */
export type PeerId = string

/**
 * The way to a peer: this browser's own channel; a channel of the peer's own, whose far end it has proven to be; or a path that all peers
 * share.
 */
export type Way = 'browser' | 'channel' | 'open'

/** One import of a file, by its ref. Two imports are two origins, so that each is told only its own refusals. */
export type FileLink = `file/${number}`

/** Where something came from (an *origin*): a peer, an import, the disk, or this node itself. */
export type Link = PeerId | FileLink | 'disk' | 'self'

export const fileLink = (ref: number): FileLink => `file/${ref}`

/** Whether it is an import: no other origin has a name that begins so. */
export const isFile = (link: Link): link is FileLink => link.startsWith('file/')

/** Where a segment is: its first op, and how many it holds. */
export interface StoredPlace {
  readonly first: number
  readonly count: number
}

/** Units in order of admission, as one bundle (wrapped, `bundle.ts`). */
export interface StoredUnits extends StoredPlace {
  readonly bytes: Uint8Array
}

export interface SignatureClaim {
  readonly signature: Uint8Array
  readonly message: Uint8Array
  readonly author: Author
}

export type Input =
  /** Time has passed; see "wakeAt". */
  | { readonly type: 'tick' }
  /** A peer sent something to this run of the node that is no protocol message: the peer lives. */
  | { readonly type: 'heard'; readonly from: PeerId; readonly way: Way }
  /** A path to other nodes opened: greet the nodes that are there. */
  | { readonly type: 'linked' }
  /** A run of a peer is known to have ended: the node need not wait for its silence. */
  | { readonly type: 'gone'; readonly peer: PeerId }
  /** This node is about to close its paths. */
  | { readonly type: 'leaving' }
  /** Stop asking for ops that are lacking (true), or ask for them again (false). Ops that others send unasked are still taken in. */
  | { readonly type: 'pause'; readonly on: boolean }
  /**
   * A protocol message from a peer, opened and known to be from a holder of the room's secret. `addressed`: its frame was for this run's
   * sender value, so its sender is alive. `isLatest`: no later frame of this sender was opened before.
   */
  | {
      readonly type: 'bytes'
      readonly from: PeerId
      readonly bytes: Uint8Array
      readonly addressed: boolean
      readonly isLatest: boolean
      readonly way: Way
    }
  /** Write an op with this body (canonical bytes); `time` in seconds. Answered by the notice "accepted" or "notAccepted". */
  | { readonly type: 'submit'; readonly ref: number; readonly body: Uint8Array; readonly time: number }
  /** A person does not want to wait for own ops that this disk may have lost (`trust.ts`). */
  | { readonly type: 'writeNow' }
  /** Take in these bundles (wrapped), of a file. Answered by the notice "imported". */
  | { readonly type: 'import'; readonly ref: number; readonly bundles: readonly Uint8Array[] }
  /** Answers. A null value: the platform could not do it (corrupt input, or an output beyond the limit). */
  | { readonly type: 'stored'; readonly job: number; readonly failure: 'full' | 'failed' | null }
  | { readonly type: 'sent'; readonly job: number }
  | { readonly type: 'verified'; readonly job: number; readonly valid: readonly boolean[] }
  | { readonly type: 'signed'; readonly job: number; readonly signature: Uint8Array }
  /** `damaged`: the place of the segment with the first op that was asked for, if the disk cannot give it. */
  | { readonly type: 'loaded'; readonly job: number; readonly segments: readonly StoredUnits[]; readonly damaged?: StoredPlace | null }
  | { readonly type: 'decoded'; readonly job: number; readonly rebuilt: Rebuilt }
  | { readonly type: 'inflated'; readonly job: number; readonly bytes: Uint8Array | null }
  | { readonly type: 'deflated'; readonly job: number; readonly bytes: Uint8Array }

export type Effect =
  /** To one peer, or to everybody on every open path (null). */
  | { readonly type: 'send'; readonly to: PeerId | null; readonly bytes: Uint8Array }
  /**
   * To one peer on this way only (`pace.ts` counts the bytes there), after everything else that is to be sent. Answered by "sent" when
   * the way has space for more, or is gone.
   */
  | { readonly type: 'sendBulk'; readonly job: number; readonly to: PeerId; readonly way: Way; readonly bytes: Uint8Array }
  /** Stores segments and, if it is not null, the mark, in another place. Answered when both are kept. When it fails, no segment stays. */
  | {
      readonly type: 'persist'
      readonly job: number
      readonly segments: readonly StoredUnits[]
      readonly durability: 'strict' | 'relaxed'
      readonly mark: Mark | null
    }
  | { readonly type: 'verify'; readonly job: number; readonly claims: readonly SignatureClaim[] }
  | { readonly type: 'sign'; readonly job: number; readonly message: Uint8Array }
  /** Stored segments from the one that holds op `from`, at most `limit`. */
  | { readonly type: 'read'; readonly job: number; readonly from: number; readonly limit: number }
  /**
   * The result of `rebuild` for these bytes, inflated up to `most.bytes`. The shell decides where this runs, since it is most of the
   * work.
   */
  | { readonly type: 'decode'; readonly job: number; readonly bytes: Uint8Array; readonly most: BundleLimits }
  | { readonly type: 'inflate'; readonly job: number; readonly bytes: Uint8Array; readonly limit: number }
  | { readonly type: 'deflate'; readonly job: number; readonly bytes: Uint8Array }
  /** Give a "tick" at this time (ms, the engine's clock); replaces the one asked for before. */
  | { readonly type: 'wakeAt'; readonly at: number }
  /** Hear no more of this peer until then. */
  | { readonly type: 'disconnect'; readonly peer: PeerId; readonly reason: Refusal; readonly until: number }
  | { readonly type: 'notify'; readonly notice: Notice }

/** What the shell may want to show. */
export type Notice =
  | { readonly type: 'admitted'; readonly first: number; readonly unit: Unit; readonly brought: ReadonlyMap<Link, Unit> }
  | { readonly type: 'refused'; readonly reason: Refusal; readonly id: OpId | null; readonly from: Link }
  | { readonly type: 'accepted'; readonly ref: number; readonly id: OpId; readonly op: Op }
  | { readonly type: 'notAccepted'; readonly ref: number; readonly reason: Refusal }
  | { readonly type: 'imported'; readonly ref: number; readonly admitted: number; readonly duplicate: number; readonly refused: number }
  /** Anything that a status shows may have changed. */
  | { readonly type: 'changed' }
