/**
 * How much a node says at a time. Only costs depend on these numbers: nodes come to agree with any of them. The simulator tries numbers
 * so small that everything has to be said in pieces. Limits on what others may say to a node are in `core/limits.ts`.
 */
import { MAX_HEADS_LISTED, MAX_TIPS_PAGE } from '../core/limits.ts'
import { MAX_PARTS } from './parts.ts'

export interface Limits {
  /** Ids in a list: heads that are told, and ops that are asked for; 2 … MAX_HEADS_LISTED, half of them for what a peer named. */
  readonly heads: number
  /** If there are more heads than a list or a page of tips holds, so many are told: the newest, which others most likely lack. */
  readonly newestHeads: number
  /** Tips told in a question, heads among them; at most MAX_TIPS_PAGE. */
  readonly tips: number
  /** Tips told besides heads: of so many authors all, and of more the newest. So a room costs nothing more for authors who wrote long ago. */
  readonly newestTips: number
  /** Further tips, fewer and fewer of the older ones. So one of them is below the op at which two nodes parted, and not far from it. */
  readonly sparseTips: number
  /** Parts that describe heads if there are too many to be listed; at most MAX_PARTS. */
  readonly parts: number
  /** Bytes sent for one want: SERVE_BYTES. */
  readonly serveBytes: number
  /** Ops of one bundle that is put together from small segments. */
  readonly bundleOps: number
  /** A unit of so many ops or more is stored as it came, and sent as it is stored. */
  readonly wholeFrom: number
}

/**
 * Bytes sent for one want (before sealing), at most one bundle more. So one protocol message makes a node send no more, and a path has to
 * hold no more.
 */
const SERVE_BYTES = 4 * 1024 * 1024

export const LIMITS: Limits = {
  heads: MAX_HEADS_LISTED,
  newestHeads: 64,
  tips: MAX_TIPS_PAGE,
  newestTips: 48,
  sparseTips: 16,
  parts: MAX_PARTS,
  serveBytes: SERVE_BYTES,
  bundleOps: 1_024,
  wholeFrom: 256,
}
