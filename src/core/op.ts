/**
 * An op: one vertex of the DAG. Its shape, its canonical bytes, its id, and everything that can be told of it from its
 * bytes alone.
 */
import type { FormRefusal, Result } from './result.ts'

declare const brand: unique symbol

/** SHA-256 of an op's canonical bytes under its domain: 32 bytes. Minted by `opId` and `decodeOp`, or read off the wire by `asOpId`. */
export type OpId = Uint8Array & { readonly [brand]: 'OpId' }

/** An Ed25519 public key: 32 bytes. */
export type Author = Uint8Array & { readonly [brand]: 'Author' }

export interface Op {
  /** The room's genesis op; null only in the genesis itself. */
  readonly room: OpId | null
  readonly author: Author
  /** 0 for the author's first op in the room, else seq(prev) + 1. */
  readonly seq: number
  /** The author's previous op; null iff seq is 0. */
  readonly prev: OpId | null
  /** Other heads the author had seen: strictly ascending, unique, at most MAX_DEPS, prev not among them. */
  readonly deps: readonly OpId[]
  /** The author's clock, whole seconds since 1970. Shown to people; never used for validity, order or merging. */
  readonly time: number
  /** The canonical encoding of the body; what it means is for `crdt/` and `rules/` to say. At most MAX_BODY_BYTES. */
  readonly body: Uint8Array
}

export type DecodedOp = Result<Op, FormRefusal>
