/**
 * The place where one node keeps its identity and its ops. A store belongs to one node. The key is deleted together with the ops. So a
 * wiped store is a new author, and never an old one that forgot what it signed.
 *
 * Guarantees of every adapter (checked by `store.contract.ts`):
 *  - `append` writes all of its segments or none. When it resolves under "strict", they survive the tab being killed, and so
 *    does the mark that it was given.
 *  - The mark is kept in another place than the ops, so that one of the two can be lost alone.
 *  - Segments come back byte for byte, or are reported as corrupt: never silently changed.
 *  - `pack` does all of its work or none, and the segments that it puts in the place of others survive like a strict `append`:
 *    whatever happens meanwhile, either the old ones or the new ones are there.
 *  - Calls take effect in the order in which they were made.
 *  - A full disk is refused by name (`StoreError('full')`), and the store stays readable.
 */
import type { Mark } from '../core/mark.ts'
import type { Refusal } from '../core/result.ts'

/** A range of ops: `count` of them, from the node's `first`-th admitted op on. */
export interface Place {
  readonly first: number
  readonly count: number
}

/** Whole units in order of admission: `count` ops, the first of which is the node's `first`-th admitted op. */
export interface Segment extends Place {
  /** A bundle (`sync/bundle`). */
  readonly bytes: Uint8Array
}

/**
 * A part of the index, about `count` ops from the `first`-th on (`core/stretch`): enough of their data to open the room without reading
 * their segments. The parts follow one another from op 0 and end where a segment does. If the index lacks something, the segments have
 * it: the index is never needed.
 */
export type IndexPart = Segment

/** A segment whose bytes are not those that were written. */
export interface CorruptSegment extends Place {
  readonly reason: Extract<Refusal, 'bad-checksum'>
}

/** The node's author and room. */
export interface Identity {
  /** Ed25519 public key, 32 bytes. */
  readonly author: Uint8Array
  /** A non-extractable CryptoKey where the platform has Ed25519, else the 32-byte seed. */
  readonly key: CryptoKey | Uint8Array
  /** The room's genesis id and secret, 32 bytes each. */
  readonly genesis: Uint8Array
  readonly secret: Uint8Array
  /** ms since 1970; shown, and used for sorting the list of nodes. */
  readonly createdAt: number
}

/** "strict": on disk before `append` resolves; "relaxed": may be lost with the machine, never torn. */
export type Durability = 'strict' | 'relaxed'

export interface Store {
  /** The identity, or null in a store that has none yet. */
  identity(): Promise<Identity | null>
  /** Written once. A store without an identity is no node: what a new node begins with may be stored before. */
  putIdentity(identity: Identity): Promise<void>
  /**
   * Adds segments; `first` must be where the last one ended. `mark`, if it is given, replaces the mark. Both are written at the same
   * time: a process that is killed meanwhile may leave either without the other. Nothing else may be appended before this has resolved.
   * When it fails, none of the segments stays, though the mark may. @throws StoreError
   */
  append(segments: readonly Segment[], durability: Durability, mark?: Mark | null): Promise<void>
  /** The mark, or null where there is none, it is damaged, or it is another node's or another copy's. */
  mark(): Promise<Mark | null>
  /** The names that were put last (`node/names.ts`); null if none were. They are not needed, so their reader checks them for damage. */
  names(): Promise<Uint8Array | null>
  /** Replaces the names that were put before. They may be lost with the machine. @throws StoreError */
  putNames(names: Uint8Array): Promise<void>
  /** The file of rescued ops that was put last (`node/rescue.ts`); null if there is none. Its reader checks it for damage. */
  rescued(): Promise<Uint8Array | null>
  /** Replaces the file of rescued ops, or removes it (null). It survives like a strict `append`. @throws StoreError */
  putRescued(file: Uint8Array | null): Promise<void>
  /** All segments in order of `first`, starting with the one that holds op `from`, at most `limit` of them. */
  read(from: number, limit: number): Promise<readonly (Segment | CorruptSegment)[]>
  /**
   * Puts these segments, in order, in the place of segments that hold the same ops (each run of neighbours begins and ends where a
   * segment does). Puts `part` in the place of all parts of the index that begin where it does or later; the parts before it must end
   * where it begins. If no segment is replaced, `part` may be lost with the machine: it is not needed. @throws StoreError
   */
  pack(segments: readonly Segment[], part: IndexPart): Promise<void>
  /** Parts of the index in order, starting with the one about op `from`, at most `limit` of them. */
  readIndex(from: number, limit: number): Promise<readonly (IndexPart | CorruptSegment)[]>
  /** Removes the parts of the index that reach beyond op `from`: at the next opening its segment is read. */
  cutIndex(from: number): Promise<void>
  /** Where the segments with op `from` and after it begin and how many ops they hold, at most `limit` of them; their bytes are not read. */
  layout(from: number, limit: number): Promise<readonly Place[]>
  /** Number of ops held: where the next segment begins. */
  length(): Promise<number>
  /**
   * Removes the segments that begin at or after `first` (unreadable ones and all that need them), and the parts of the index that reach
   * beyond it.
   */
  truncate(first: number): Promise<void>
  close(): void
  /** Deletes everything, the key included. */
  destroy(): Promise<void>
}

export type StoreFailure = 'full' | 'closed' | 'failed'

export class StoreError extends Error {
  readonly failure: StoreFailure
  constructor(failure: StoreFailure, cause?: unknown) {
    super(`store: ${failure}`, { cause })
    this.name = 'StoreError'
    this.failure = failure
  }
}

/** A node that this browser has kept. */
export interface KnownNode {
  /** Author, hex: also the name of the node's Web Lock (`node:<id>`) and database. */
  readonly id: string
  /** The room's genesis id, hex. */
  readonly room: string
  readonly roomName: string
  /** The link's fragment. */
  readonly link: string
  /** When it was opened last, or written as, ms since 1970. */
  readonly lastUsed: number
  /** When it was written as last, ms since 1970. Missing where that has not happened, or an earlier version did not note it. */
  readonly lastWritten?: number
  /** When a person typed as it as last (a draft or a name, sent or not), ms since 1970. */
  readonly lastTyped?: number
  /** It ran last beside a tab's own node: a person had added it to a page. */
  readonly added?: boolean
}

export interface Registry {
  list(): Promise<readonly KnownNode[]>
  put(node: KnownNode): Promise<void>
  forget(id: string): Promise<void>
}
