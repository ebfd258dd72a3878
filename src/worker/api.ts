/**
 * The border between the page and its node's worker: one closed union each way, types only. The page holds no protocol
 * state and no protocol timer; everything it shows arrives as a `FromNode`, and everything it wants leaves as a `ToNode`.
 * Messages from the page are checked in `worker/node.worker.ts`, since any script of the origin could send them.
 */
import type { Refusal } from '../core/result.ts'
import type { Path, TransportState } from '../net/transport.ts'
import type { KnownNode } from '../store/store.ts'

export type { KnownNode } from '../store/store.ts'

/** 64 hex digits of an op id or an author. */
export type Hex = string

export type ToNode =
  /** The nodes that this browser has kept, latest used first: reply `KnownNode[]`. Allowed before "start". */
  | { readonly type: 'rooms'; readonly ref: number }
  /**
   * The first message (but for "rooms"), once. `link` is the room's fragment without "#" (null: make a fresh open room called `roomName`).
   * `claim` is the node this tab was before a reload: honoured if its lock is free and its room is the link's.
   * `patience` is how long to wait for that lock (ms): long for a reload, short for what may be a duplicated tab.
   * `relay` is the websocket origin, or null for none ("ws://localhost:5173").
   */
  | {
      readonly type: 'start'
      readonly link: string | null
      readonly roomName: string
      readonly claim: Hex | null
      readonly patience: number
      readonly relay: string | null
    }
  /** Something typed. Answered by a reply `{ id }` when it is stored here, or `{ refused }`. */
  | { readonly type: 'submit'; readonly ref: number; readonly text: string }
  /** Cuts (true) or restores (false) this node's own links. */
  | { readonly type: 'offline'; readonly on: boolean }
  /** The browser says that the network came back, or the page became visible: retry links now. */
  | { readonly type: 'wake' }
  /** Which part of the history the page shows: entries `from` … `from + count − 1`, or the last `count` when `from` is null. */
  | { readonly type: 'window'; readonly from: number | null; readonly count: number }
  /** Everything about one op: reply `OpDetails | null`. */
  | { readonly type: 'inspect'; readonly ref: number; readonly id: Hex }
  /** Entries whose text contains `text` (case-insensitive), newest first, at most `limit`: reply `HistoryEntry[]`. */
  | { readonly type: 'search'; readonly ref: number; readonly text: string; readonly limit: number }
  /** The whole history: reply `HistoryEntry[]`. */
  | { readonly type: 'history'; readonly ref: number }
  /** The room as one file: reply `Uint8Array` (a bundle). */
  | { readonly type: 'export'; readonly ref: number }
  /** Reads a bundle into this room: reply `ImportOutcome`. */
  | { readonly type: 'import'; readonly ref: number; readonly bytes: Uint8Array }
  /** Equivocations known here: reply `EvidenceEntry[]`. */
  | { readonly type: 'evidence'; readonly ref: number }
  /** Where the graph's feed goes (`graph/feed`). */
  | { readonly type: 'graph'; readonly port: MessagePort }

/** What a message with a `ref` is answered with. */
export interface Replies {
  readonly rooms: readonly KnownNode[]
  readonly submit: SubmitReply
  readonly inspect: OpDetails | null
  readonly search: readonly HistoryEntry[]
  readonly history: readonly HistoryEntry[]
  readonly export: Uint8Array
  readonly import: ImportOutcome
  readonly evidence: readonly EvidenceEntry[]
}

/** The op's id once it is stored here, or why there is none; the page keeps the text in that case. */
export type SubmitReply = { readonly id: Hex } | { readonly refused: Refusal | 'disk-full' }

export type FromNode =
  /** The node runs. `claim` is what the tab should keep in its sessionStorage, `link` what the address bar should hold. */
  | { readonly type: 'opened'; readonly node: Hex; readonly room: Hex; readonly roomName: string; readonly link: string; readonly resumed: boolean }
  /** Sent after every change, at most once in 16 ms. */
  | { readonly type: 'status'; readonly status: NodeStatus }
  /** The part of the history that was asked for, sent again when it changes. */
  | { readonly type: 'history'; readonly total: number; readonly from: number; readonly entries: readonly HistoryEntry[] }
  /** A refused op, message or frame, newest last; `count` is how many there were in all. */
  | { readonly type: 'refused'; readonly entries: readonly RefusedEntry[]; readonly count: number }
  | { readonly type: 'reply'; readonly ref: number; readonly value: unknown }
  /** The node cannot start or go on; nothing typed is lost by the page. */
  | { readonly type: 'failed'; readonly failure: NodeFailure }

export type NodeFailure =
  | 'bad-link' // the fragment is not a room link
  | 'no-storage' // IndexedDB is refused (private mode, blocked)
  | 'bad-verifier' // the platform's Ed25519 fails the self-test and so does ours
  | 'internal' // a bug of ours

export interface NodeStatus {
  /** Admitted ops, and those durable on this disk. */
  readonly ops: number
  readonly stored: number
  readonly pending: number
  readonly rejected: number
  readonly heads: number
  /** Hash of the sorted heads. */
  readonly digest: Hex
  readonly authors: number
  readonly equivocations: number
  readonly offline: boolean
  /** "full": the disk refuses; this node reads only. */
  readonly storage: 'ok' | 'full'
  readonly paths: readonly PathStatus[]
  readonly peers: readonly PeerStatus[]
  /** Non-null while this node fetches ops that a peer has: how many of how many (an estimate until the peer told). */
  readonly fetching: { readonly got: number; readonly of: number | null; readonly from: Hex } | null
}

export interface PathStatus {
  readonly path: Path
  readonly state: TransportState
  readonly detail: string
}

export interface PeerStatus {
  /** The peer's sender value of this session (hex). */
  readonly peer: Hex
  /** Its author, once it has proven it. */
  readonly author: Hex | null
  readonly path: Path
  /** ms since it was last heard; the page adds its own clock to it. */
  readonly silentFor: number
  /** Its heads as last told, and how many of them are unknown here. */
  readonly heads: readonly Hex[]
  readonly unknownHeads: number
  /** Ops admitted here that are outside its frontier (null: not known). */
  readonly lacks: number | null
  /** True when its heads equal ours. */
  readonly equal: boolean
  /** Why its messages were refused, latest first, at most a few. */
  readonly refusals: readonly Refusal[]
}

export interface HistoryEntry {
  readonly id: Hex
  readonly author: Hex
  readonly seq: number
  /** Seconds since 1970, as the author says. */
  readonly time: number
  readonly depth: number
  readonly kind: 'genesis' | 'message' | 'merge' | 'patch'
  /** What to show: the message, the room's name, the edit in short. Any text: isolate it. */
  readonly text: string
  /** How many of the room's other authors have an op with this one in their causal past, and how many others there are. */
  readonly seenBy: number
  readonly others: number
  readonly own: boolean
  /** False while it is not yet on this disk. */
  readonly saved: boolean
  /** True when its author signed another op with the same seq. */
  readonly equivocates: boolean
}

export interface OpDetails extends HistoryEntry {
  readonly prev: Hex | null
  readonly parents: readonly Hex[]
  readonly children: readonly Hex[]
  /** Authors who have seen it. */
  readonly seenByAuthors: readonly Hex[]
  /** Connected peers known to hold it. */
  readonly heldBy: readonly Hex[]
  readonly signed: boolean
  /** Place in the history, for "jump to the console". */
  readonly position: number
  /** Bytes of its canonical encoding. */
  readonly bytes: number
}

export interface ImportOutcome {
  readonly admitted: number
  readonly duplicate: number
  readonly refused: readonly RefusedEntry[]
}

export interface EvidenceEntry {
  readonly author: Hex
  readonly seq: number
  readonly ops: readonly Hex[]
}

export interface RefusedEntry {
  readonly reason: Refusal
  /** The op, when the refusal is about one. */
  readonly id: Hex | null
  /** The peer's sender value, "file" or "disk". */
  readonly from: string
  /** ms since 1970, this node's clock. */
  readonly at: number
}
