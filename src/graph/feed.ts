/**
 * What the graph is told: by the node (over a MessagePort, plain data, in order) and by the page. The graph keeps its
 * own copy of the DAG's shape (no bodies) and never asks back.
 */

/** From the node's worker to the render worker. Op numbers are places in the node's order of admission: 0, 1, 2, … */
export type GraphFeed =
  /** Forget everything: what follows is a room from its beginning. `self` is this node's author, 32 bytes. */
  | { readonly type: 'reset'; readonly self: Uint8Array }
  /** Ops `first` … `first + authors.length − 1` were admitted. */
  | {
      readonly type: 'ops'
      readonly first: number
      /** 32 bytes an op. */
      readonly ids: Uint8Array
      /** Author number of each op; see "authors". */
      readonly authors: Int32Array
      /** parents of op i (of this batch): parents[parentStart[i]] … parents[parentStart[i + 1] − 1], as op numbers, prev first. */
      readonly parentStart: Int32Array
      readonly parents: Int32Array
      /** seq of each op. */
      readonly seqs: Int32Array
    }
  /** Authors number `first`, `first + 1`, … are these keys, 32 bytes each. Sent before the first op that names them. */
  | { readonly type: 'authors'; readonly first: number; readonly keys: Uint8Array }
  /** The ops that are not in the DAG: all of them, each time. */
  | { readonly type: 'ghosts'; readonly ghosts: readonly Ghost[] }
  /** Each connected peer's last known heads, as op numbers (heads unknown here are left out). */
  | { readonly type: 'peers'; readonly peers: readonly PeerFrontier[] }
  /** Pairs of op numbers that are equivocations: same author, same seq. All of them, each time. */
  | { readonly type: 'equivocations'; readonly pairs: Int32Array }

export interface Ghost {
  /** Op id, 32 bytes. */
  readonly id: Uint8Array
  readonly author: Uint8Array
  readonly seq: number
  readonly state: 'pending' | 'rejected'
  /** A Refusal, or "missing-parent". */
  readonly reason: string
  /** Known parents as op numbers. */
  readonly parents: readonly number[]
}

export interface PeerFrontier {
  /** The peer's author when it has proven it (32 bytes), else null. */
  readonly author: Uint8Array | null
  readonly heads: readonly number[]
}

/** From the page to the render worker. */
export type GraphInput =
  | { readonly type: 'open'; readonly canvas: OffscreenCanvasLike; readonly feed: unknown; readonly view: GraphView }
  | { readonly type: 'view'; readonly view: GraphView }
  /** Pointer and wheel, in CSS pixels from the canvas's top left. */
  | { readonly type: 'pan'; readonly dx: number; readonly dy: number }
  | { readonly type: 'zoom'; readonly factor: number; readonly x: number; readonly y: number }
  | { readonly type: 'tap'; readonly x: number; readonly y: number }
  | { readonly type: 'hover'; readonly x: number; readonly y: number }
  | { readonly type: 'leave' }
  /** Select this op (hex id; null for none) and bring it into view. */
  | { readonly type: 'select'; readonly id: string | null; readonly reveal: boolean }
  /** Move the selection: to a parent, a child, or the op before or after in the same lane. */
  | { readonly type: 'step'; readonly to: 'parent' | 'child' | 'previous' | 'next' }
  | { readonly type: 'follow'; readonly on: boolean }
  | { readonly type: 'fit' }

export interface GraphView {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly pixelRatio: number
  readonly theme: 'light' | 'dark'
  readonly reducedMotion: boolean
  readonly visible: boolean
}

/** From the render worker to the page. */
export type GraphOutput =
  | { readonly type: 'selected'; readonly id: string | null; readonly ghost: boolean }
  | { readonly type: 'hovered'; readonly id: string | null; readonly x: number; readonly y: number }
  | { readonly type: 'following'; readonly on: boolean }
  /** Sent at most a few times a second: what is drawn, for the mirror that screen readers use. */
  | { readonly type: 'drawn'; readonly ops: number; readonly lanes: number; readonly visible: readonly string[] }

/** The canvas as this layer knows it; the page's OffscreenCanvas fits. */
export interface OffscreenCanvasLike {
  width: number
  height: number
}
