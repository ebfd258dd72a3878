/**
 * How much a node says at a time. Nothing depends on it but cost: whatever these are, nodes come to agree, and the simulator tries
 * it with values so small that everything has to be said in pieces. What may be said to a node is bounded elsewhere (`core/limits.ts`).
 */
import { MAX_HEADS_LISTED, MAX_TIPS_PAGE } from '../core/limits.ts'
import { MAX_PARTS } from './parts.ts'

export interface Limits {
  /** Ids in a list: heads that are told, and ops that are asked for; 2 … MAX_HEADS_LISTED, half of them for what a peer named. */
  readonly heads: number
  /** Of more heads than a list or a page of tips holds, so many are told: the newest, which others most likely lack. */
  readonly newestHeads: number
  /** Tips told in a question, heads among them; at most MAX_TIPS_PAGE. */
  readonly tips: number
  /** Tips told besides heads: of so many authors all, and of more the newest, so that a room does not pay for who was here long ago. */
  readonly newestTips: number
  /** Then ever fewer of the older ones, so that one is below the place where two nodes parted, and not far from it. */
  readonly sparseTips: number
  /** Parts by which heads are told that are too many to be listed; at most MAX_PARTS. */
  readonly parts: number
  /** Bytes sent for one want: SERVE_BYTES. */
  readonly serveBytes: number
  /** Ops of one bundle that is put together from small segments. */
  readonly bundleOps: number
  /** Ops from which on a unit is stored as it came, and sent as it lies. */
  readonly wholeFrom: number
}

/** Bytes sent for one want (before sealing), at most one bundle more: what one message can make a node send, and a path can hold. */
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
