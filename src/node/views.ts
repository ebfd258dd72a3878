/** The data that a node gives its page about itself, its room and its peers: plain data, made for showing. */
import type { Refusal } from '../core/result.ts'
import type { ByHandRefusal } from '../net/direct/by-hand.ts'
import type { Hindrance } from '../net/hindered.ts'
import type { Path, TransportState } from '../net/transport.ts'
import type { Fetching } from '../sync/taking-in.ts'

/** 64 hex digits of an op id, an author, or a sender value. */
export type Hex = string

export interface NodeStatus {
  /** Admitted ops, and those durable on this disk. */
  readonly ops: number
  readonly stored: number
  readonly pending: number
  readonly rejected: number
  /** How many heads the stored ops have, and the digest of these. */
  readonly heads: number
  readonly digest: Hex
  readonly authors: number
  readonly equivocations: number
  readonly offline: boolean
  /** "full": the disk refuses; this node only reads. */
  readonly storage: 'ok' | 'full'
  readonly paths: readonly PathStatus[]
  readonly peers: readonly PeerStatus[]
  /** Authors other than this node's that say something of themselves, each once; the author who wrote here first is first. */
  readonly present: readonly PresenceStatus[]
  /**
   * Non-null while this node fetches ops that a peer has. It says how many ops of how many have come since it began to catch up (the peer
   * says how many; null until it does), their bytes as they came, and from which peer.
   */
  readonly fetching: Fetching | null
  /** Why this node signs nothing yet; null when it may sign. */
  readonly waits: WaitStatus | null
  /** A person has stopped this node from asking for missing ops. */
  readonly paused: boolean
}

/** A disk that may be older than what the node has sent. */
export interface WaitStatus {
  /**
   * "behind": the last op that was sent is not on the disk. "unmarked": no mark that counts says which op was the last. "lost": others
   * have sent an op that this node has signed and does not hold.
   */
  readonly why: 'behind' | 'unmarked' | 'lost'
  /** A peer has told what it holds; the node listens to others for a few seconds. */
  readonly answered: boolean
}

/** What a participant says of itself while it is here. */
export interface PresenceStatus {
  readonly author: Hex
  /** Any text, or "": anyone may take any name. */
  readonly name: string
  readonly typing: boolean
}

export interface PathStatus {
  readonly path: Path
  readonly state: TransportState
  readonly detail: string
  /** Cut by a person; and what hinders it. */
  readonly cut: boolean
  readonly hindrance: Hindrance
  /** Bytes of frames. */
  readonly sent: number
  readonly received: number
}

export interface PeerStatus {
  /** The peer's sender value of this session (hex). */
  readonly peer: Hex
  /** Its author, once the peer has proven it. */
  readonly author: Hex | null
  readonly path: Path
  /** The last round trip to it that was measured (ms); null before that. */
  readonly roundTrip: number | null
  /** ms since it was last heard; the page adds its own clock to it. */
  readonly silentFor: number
  /** The first 8 of its heads as last told; how many it has (−1: not told yet), and how many of the heads that it named are unknown here. */
  readonly heads: readonly Hex[]
  readonly headCount: number
  readonly unknownHeads: number
  /** Ops admitted here that are outside its frontier (null: not known). */
  readonly lacks: number | null
  /** True when its heads equal ours. */
  readonly equal: boolean
  /** Why its protocol messages were refused, latest first, at most a few. */
  readonly refusals: readonly Refusal[]
  /** Whether it speaks our version of the protocol. If not, it reads nothing of us, and we read nothing of it. */
  readonly version: 'ours' | 'earlier' | 'later'
}

export interface HistoryEntry {
  readonly id: Hex
  readonly author: Hex
  readonly seq: number
  /** Seconds since 1970, as the author says. */
  readonly time: number
  readonly depth: number
  readonly kind: 'genesis' | 'message' | 'merge' | 'patch'
  /** The text to show: the message, the room's name, the edit in short. Any text: isolate it. */
  readonly text: string
  /** How many of the room's other authors have an op with this one in their causal past, and how many others there are. */
  readonly seenBy: number
  readonly others: number
  readonly own: boolean
  /** Of an own op: which authors have it, as they say; null for any other op. */
  readonly held: Held | null
  /** False while it is not yet on this disk. */
  readonly saved: boolean
  /** True when its author signed another op with the same seq. */
  readonly equivocates: boolean
}

/** An entry as a screen lists it. */
export interface ShownEntry extends HistoryEntry {
  /** False: `text` is the beginning of a longer one, which is asked for by itself. */
  readonly isWhole: boolean
}

/** An entry that a search found, and the part of it that has the words. */
export interface Match extends Pick<HistoryEntry, 'id' | 'author' | 'kind' | 'time'> {
  readonly excerpt: Excerpt
  readonly byId: boolean
  readonly byAuthor: boolean
}

/** The part of an entry's text around the words of a search, "…" where the text continues. Any text: isolate it. */
export interface Excerpt {
  readonly before: string
  /** The words as they stand in it; "" if they are not in it, and then the excerpt is its beginning. */
  readonly words: string
  readonly after: string
}

/** The newest entries that a search found. */
export interface Matches {
  readonly matches: readonly Match[]
  /** True if there are older ones. */
  readonly more: boolean
}

/** Among the other authors who are connected: how many have an own op, as they say, and how many there are. */
export interface Held {
  readonly by: number
  readonly here: number
}

export interface OpDetails extends HistoryEntry {
  readonly prev: Hex | null
  readonly parents: readonly Hex[]
  /** The newest 64 of its children, and how many it has. */
  readonly children: readonly Hex[]
  readonly childCount: number
  /** Authors who have seen it. */
  readonly seenByAuthors: readonly Hex[]
  /** Connected peers known to hold it. */
  readonly heldBy: readonly Hex[]
  readonly signed: boolean
  /** The first few other ops that its author signed with the same seq, and how many there are. */
  readonly rivals: readonly Hex[]
  readonly rivalCount: number
  /** Place in the history, for "jump to the console". */
  readonly position: number
  /** Bytes of its canonical encoding. */
  readonly bytes: number
}

/** The outcome of one file. */
export interface ImportOutcome {
  readonly admitted: number
  readonly duplicate: number
  /** The first 200 refusals of this import, and how many there were in all. */
  readonly refused: readonly RefusedEntry[]
  readonly refusals: number
  /** The end of the file, if it could not be read: how many bytes, and why. It is one of the refusals. */
  readonly unread: { readonly bytes: number; readonly reason: Refusal } | null
}

/** A room as a file, as far as the disk could be read. */
export interface ExportedRoom {
  readonly file: Uint8Array
  /** Ops in it. */
  readonly ops: number
  /** Ops that are damaged on the disk, and not in the file. */
  readonly lost: number
}

/** What tells a kept room apart from others, read from a disk without its node. */
export interface StoredFacts {
  /** Ops on the disk. */
  readonly ops: number
  /** Seconds since 1970, as the room's founder says; null while the room has not arrived. */
  readonly createdAt: number | null
  /** The beginning of the message that was stored last, in one line; null if there is none among the latest ops. */
  readonly lastText: string | null
}

/** Two different ops that one author signed with one seq. */
export interface EquivocationEntry {
  readonly author: Hex
  readonly seq: number
  readonly ops: readonly [Hex, Hex]
}

/** The two least of the ops that an author signed with one seq, in the order of the history. */
export interface LatestEquivocation extends EquivocationEntry {
  /** How many such ops there are. */
  readonly count: number
}

export interface EvidenceEntry extends EquivocationEntry {
  /** The evidence as a file (`core/evidence-file.ts`); null beyond the first 64 or 16 MiB of one answer, or if the disk cannot give the ops. */
  readonly file: Uint8Array | null
}

export interface RefusedEntry {
  readonly reason: Refusal
  /** The op, when the refusal is about one. */
  readonly id: Hex | null
  /** The peer's sender value, the path of a frame that could not be opened, "file" or "disk". */
  readonly from: string
  /** ms since 1970, this node's clock. */
  readonly at: number
}

/** An op that waits, and what it waits for. */
export interface PendingEntry {
  readonly id: Hex
  readonly author: Hex
  readonly seq: number
  /** The origin that brought it: a peer's sender value, "file" or "disk". */
  readonly from: string
  /** The first few of its parents that are not here, and how many there are. */
  readonly missing: readonly Hex[]
  readonly missingCount: number
  /** How many of its parents wait themselves. */
  readonly waitingParents: number
}

/** A few of the ops that wait, and how many there are. */
export interface PendingList {
  readonly count: number
  readonly ops: readonly PendingEntry[]
}

/** The op's id once it is stored here, or why there is none; the page keeps the text in that case. */
export type SubmitReply = { readonly id: Hex } | { readonly refused: Refusal | 'disk-full' }

export type { ByHandRefusal }

/** An invitation as text, or why there is none. */
export type InviteReply = { readonly invitation: string } | { readonly refused: ByHandRefusal }

/** The answer to bring back, or null where the pasted text is enough; or the reason why it does not connect. */
export type MeetReply = { readonly answer: string | null; readonly peer: Hex } | { readonly refused: ByHandRefusal }

export type NodeFailure =
  | 'bad-link' // the fragment is not a room link
  | 'no-storage' // IndexedDB is refused (private mode, blocked)
  | 'storage-gone' // the node's database was deleted while it ran
  | 'internal' // a bug of ours
