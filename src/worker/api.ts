/**
 * The messages between the page and its node's worker: one closed union each way, types only. The page holds no protocol state and no
 * protocol timer. Everything that it shows arrives as a `FromNode`, and everything that it wants leaves as a `ToNode`. Messages from the
 * page are checked (`worker/check.ts`, called by `worker/serve-page.ts`), since any script of the origin could send them.
 */
import type {
  EquivocationEntry,
  EvidenceEntry,
  ExportedRoom,
  Hex,
  HistoryEntry,
  ImportOutcome,
  InviteReply,
  Matches,
  MeetReply,
  NodeFailure,
  NodeStatus,
  OpDetails,
  PendingList,
  RefusedEntry,
  ShownEntry,
  StoredFacts,
  SubmitReply,
} from '../node/views.ts'
import type { IceServer, PageCommand, PageEvent } from '../net/direct/page-port.ts'
import type { Path } from '../net/transport.ts'
import type { KnownNode } from '../store/store.ts'

export type * from '../node/views.ts'
export type { IceServer, PageCommand, PageEvent } from '../net/direct/page-port.ts'

export type ToNode =
  /** The nodes that this browser has kept, in the order of `kept-order.ts`: reply `KeptNode[]`. Allowed before "start". */
  | { readonly type: 'rooms'; readonly ref: number }
  /** Deletes a node (its id), key and all, if it does not run: reply `Forgotten`. Allowed before "start". */
  | { readonly type: 'forget'; readonly ref: number; readonly node: Hex }
  /** What the disks of nodes (their ids) hold, which need not run: reply `(StoredFacts | null)[]`, null for what cannot be read. Allowed before "start". */
  | { readonly type: 'describeStored'; readonly ref: number; readonly nodes: readonly Hex[] }
  /**
   * The ops on the disks of nodes (their ids) of one room, as one file; the nodes need not run: reply `ExportedRoom | null`. Allowed before
   * "start".
   */
  | { readonly type: 'exportStored'; readonly ref: number; readonly nodes: readonly Hex[] }
  /**
   * The first message (except for those above), once. `link` is the room's fragment without "#" (null: make a fresh open room called
   * `roomName`). `claim` is the node that this tab was in this room before: honoured if its lock is free and its room is the link's.
   * Otherwise the tab is a node of the room that is kept here and does not run; if there is none, a new one. `added`: it is not the tab's own node, but runs beside it. `patience` is how long to
   * wait for that lock (ms): long for a reload, short for what may be a duplicated tab. `offline`: nodes that a person has left offline;
   * if the tab becomes one of them, it begins with all paths closed. `relay` is the relay's address, or null for none ("ws://localhost:8229"); `servers` may help direct
   * connections.
   */
  | {
      readonly type: 'start'
      readonly link: string | null
      readonly roomName: string
      readonly claim: Hex | null
      readonly added: boolean
      readonly patience: number
      readonly offline: readonly Hex[]
      readonly relay: string | null
      readonly servers: readonly IceServer[]
    }
  /** A typed text. Answered by a reply `{ id }` when it is stored here, or `{ refused }`. */
  | { readonly type: 'submit'; readonly ref: number; readonly text: string }
  /** Cuts (true) or restores (false) this node's own paths. */
  | { readonly type: 'offline'; readonly on: boolean }
  /** Stops (true) or goes on (false) catching up with others. Writing goes on either way, here and there. */
  | { readonly type: 'pause'; readonly on: boolean }
  /** Servers that may help direct connections from now on, in place of those before. */
  | { readonly type: 'servers'; readonly servers: readonly IceServer[] }
  /** Writes although own ops may be lost here and held by others. */
  | { readonly type: 'writeNow' }
  /** Tells connected peers this node's name, and whether its person types. */
  | { readonly type: 'present'; readonly name: string; readonly typing: boolean }
  /** A person typed as this node, a draft or a name: the tab that comes back is the node as which they typed or wrote last. */
  | { readonly type: 'typed' }
  /** Cuts a path (true) or heals it, and sets what hinders its frames. */
  | { readonly type: 'path'; readonly path: Path; readonly cut: boolean; readonly delay: number; readonly loss: number }
  /** A person looks at the peers: measure round trips. */
  | { readonly type: 'measure' }
  /** The browser says that the network came back, or the page became visible: try paths again now. */
  | { readonly type: 'wake' }
  /** The page is closed, or left for another one: others are told. A page that is shown again goes on. */
  | { readonly type: 'leave' }
  /** Which part of the history the page shows: entries `from` … `from + count − 1`, or the last `count` when `from` is null. */
  | { readonly type: 'window'; readonly from: number | null; readonly count: number }
  /** Everything about one op, with the beginning of its text: reply `OpDetails | null`. */
  | { readonly type: 'inspect'; readonly ref: number; readonly id: Hex }
  /** A few of the ops that wait, and what they wait for: reply `PendingList`. */
  | { readonly type: 'pending'; readonly ref: number }
  /** All of an entry's text: reply `string | null`. */
  | { readonly type: 'text'; readonly ref: number; readonly id: Hex }
  /** Entries that a search for `text` finds (`node/search.ts`), newest first, at most `limit`: reply `Matches`. */
  | { readonly type: 'search'; readonly ref: number; readonly text: string; readonly limit: number }
  /** The whole history, with whole texts: reply `HistoryEntry[]`. */
  | { readonly type: 'history'; readonly ref: number }
  /** The room as one file: reply `Uint8Array` (a bundle). */
  | { readonly type: 'export'; readonly ref: number }
  /** Reads a bundle into this room: reply `ImportOutcome`. */
  | { readonly type: 'import'; readonly ref: number; readonly bytes: Uint8Array }
  /** Equivocations known here from the `from`-th on, in an order that nodes with equal ops share: reply `EquivocationEntry[]`. */
  | { readonly type: 'equivocations'; readonly ref: number; readonly from: number; readonly count: number }
  /** Equivocations with evidence as files, all of them (null) or those that an op is in: reply `EvidenceEntry[]`. */
  | { readonly type: 'evidence'; readonly ref: number; readonly id: Hex | null }
  /** Makes an invitation to connect without any relay: reply `InviteReply`. */
  | { readonly type: 'invite'; readonly ref: number }
  /** Takes such an invitation, or the answer to one, as a person pasted it: reply `MeetReply`. */
  | { readonly type: 'meet'; readonly ref: number; readonly text: string }
  /** An event of a direct connection (`net/direct`), which only the page can make. */
  | { readonly type: 'direct'; readonly event: PageEvent }
  /** The page has drawn the picture of this number (see "picture"). */
  | { readonly type: 'drawn'; readonly nth: number }
  /** Where the graph's feed goes (`graph/feed`). */
  | { readonly type: 'graph'; readonly port: MessagePort }

/** A node that is kept here, and whether it runs now in some tab of this browser. */
export interface KeptNode extends KnownNode {
  readonly linkId: Hex
  readonly runs: boolean
}

/** "runs": it runs in some tab, or nobody can tell, since there are no locks on this address. "failed": the browser refused. */
export type Forgotten = 'forgotten' | 'runs' | 'failed'

/** The reply to each message with a `ref`. */
export interface Replies {
  readonly rooms: readonly KeptNode[]
  readonly forget: Forgotten
  readonly submit: SubmitReply
  readonly inspect: OpDetails | null
  readonly pending: PendingList
  readonly text: string | null
  readonly search: Matches
  readonly history: readonly HistoryEntry[]
  readonly export: ExportedRoom
  readonly describeStored: readonly (StoredFacts | null)[]
  readonly exportStored: ExportedRoom | null
  readonly import: ImportOutcome
  readonly equivocations: readonly EquivocationEntry[]
  readonly evidence: readonly EvidenceEntry[]
  readonly invite: InviteReply
  readonly meet: MeetReply
}

export interface LateEntry {
  readonly id: Hex
  /** The number of its author: authors who wrote here first have the least. */
  readonly author: number
}

export type FromNode =
  /** The tab is about to be this node, which was here before: its disk can be exported although it may not open. */
  | { readonly type: 'opening'; readonly node: Hex }
  /** The node runs. `node` is what the tab should keep in its sessionStorage, `link` what the address bar should hold. */
  | {
      readonly type: 'opened'
      readonly node: Hex
      readonly room: Hex
      readonly roomName: string
      readonly link: string
      /** The page keeps data of this room under this id. Another room may have the same genesis. */
      readonly linkId: Hex
      /** The node was here before. */
      readonly resumed: boolean
      /** This browser had kept no node of the room. */
      readonly isFirstHere: boolean
      /** The node that the tab was to be, if it cannot run again. This one takes its place. */
      readonly replaces: Hex | null
    }
  /**
   * Sent after every change: of the ops at once, but once in 16 ms at most; of anything else within 16 ms. The page must have drawn what
   * was told before.
   */
  | { readonly type: 'status'; readonly status: NodeStatus }
  /** The part of the history that was asked for, sent again when it changes. */
  | { readonly type: 'history'; readonly total: number; readonly from: number; readonly entries: readonly ShownEntry[] }
  /** Entries that arrived late: they stand before one that was here. `entries`: the first of them, in the order of the history. */
  | { readonly type: 'late'; readonly count: number; readonly entries: readonly LateEntry[] }
  /** The chosen names of authors, as far as known: all of them, when any of them changes. */
  | { readonly type: 'names'; readonly names: readonly (readonly [author: Hex, name: string])[] }
  /** A refused op, message or frame, newest last; `count` is how many there were in all. */
  | { readonly type: 'refused'; readonly entries: readonly RefusedEntry[]; readonly count: number }
  /** All that was told since the last picture is one picture, with this number. The page answers `drawn` once it has drawn it. */
  | { readonly type: 'picture'; readonly nth: number }
  /** A command for a direct connection. */
  | { readonly type: 'direct'; readonly command: PageCommand }
  | { readonly type: 'reply'; readonly ref: number; readonly value: unknown }
  /** The node cannot start or go on. The page still has all typed text. */
  | { readonly type: 'failed'; readonly failure: NodeFailure }
