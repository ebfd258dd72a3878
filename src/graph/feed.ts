/**
 * The messages that the graph gets: from the node (over a MessagePort, plain data, in order) and from the page. The graph keeps its own
 * copy of the DAG's shape (no bodies) and never asks back.
 */

/** From the node's worker to the render worker. Op numbers are places in the node's order of admission: 0, 1, 2, … */
export type GraphFeed =
  /** Forget everything: the next messages are a room from its beginning. `self` is this node's author, 32 bytes. */
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
  /** What at most MAX_FRONTIERS connected peers are known to hold. */
  | { readonly type: 'peers'; readonly peers: readonly PeerFrontier[] }
  /** Authors (32 bytes each) with ops, of at most MAX_PRESENT connected peers: their lanes are not folded. */
  | { readonly type: 'present'; readonly authors: readonly Uint8Array[] }
  /** The chosen names of authors (hex): all of them, each time. Any text. */
  | { readonly type: 'names'; readonly names: ReadonlyMap<string, string> }
  /** Pairs of op numbers that are equivocations: same author, same seq. Those that are new. */
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
  /** It holds the ops with numbers below `first`, and the ops `heads` with all that are in their past. */
  readonly first: number
  readonly heads: readonly number[]
  /** False if it may hold other ops, too. */
  readonly isAll: boolean
}

/** From the page to the render worker. */
export type GraphInput =
  /** The first message, once: the canvas and, as `feed`, the MessagePort on which the node's worker delivers GraphFeed. */
  | {
      readonly type: 'open'
      readonly canvas: OffscreenCanvasLike
      readonly feed: unknown
      readonly view: GraphView
      readonly words: GraphWords
    }
  | { readonly type: 'view'; readonly view: GraphView }
  /** Pointer and wheel, in CSS pixels from the canvas's top left. */
  | { readonly type: 'pan'; readonly dx: number; readonly dy: number }
  | { readonly type: 'zoom'; readonly factor: number; readonly x: number; readonly y: number }
  | { readonly type: 'tap'; readonly x: number; readonly y: number }
  | { readonly type: 'hover'; readonly x: number; readonly y: number }
  | { readonly type: 'leave' }
  /** Select this op (hex id; null for none) and bring it into view. */
  | { readonly type: 'select'; readonly id: string | null; readonly reveal: boolean }
  /** Move the selection: to a parent, a child, or the nearest op to the left or the right. */
  | { readonly type: 'step'; readonly to: 'parent' | 'child' | 'previous' | 'next' }
  | { readonly type: 'follow'; readonly what: Followed }

/** What stays in sight while the graph grows: its newest row, or all of it. Null: a person moved the picture elsewhere. */
export type Followed = 'newest' | 'all' | null

export interface GraphView {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  /** The size of what the page shows over the picture, CSS pixels from the right and from the bottom: ops are kept out of it. */
  readonly coveredRight: number
  readonly coveredBottom: number
  readonly pixelRatio: number
  readonly theme: 'light' | 'dark'
  readonly reducedMotion: boolean
  readonly visible: boolean
}

/** The few words on the canvas itself; the page's catalogue gives them. */
export interface GraphWords {
  readonly you: string
  readonly equivocation: string
  /** After the number of lanes that are out of sight. */
  readonly more: string
}

/** From the render worker to the page. */
export type GraphOutput =
  /** The selection: an op of the DAG, a ghost, or nothing. */
  | { readonly type: 'selected'; readonly id: string | null; readonly ghost: GhostNote | null }
  /** Under the pointer: an op, or the head of a lane. */
  | { readonly type: 'hovered'; readonly op: SeenOp | null; readonly head: LaneHead | null; readonly x: number; readonly y: number }
  | { readonly type: 'following'; readonly what: Followed }
  /** Sent at most a few times a second: a description of the picture, for the text that screen readers use. */
  | {
      readonly type: 'drawn'
      readonly ops: number
      readonly lanes: number
      /** The first MAX_SEEN authors from left to right, hex. */
      readonly authors: readonly string[]
      /** How many authors share one place at the right, and the first MAX_FOLDED_NAMED of them from left to right, hex. */
      readonly folded: number
      readonly foldedAuthors: readonly string[]
      /** Ops in sight, newest row first, at most MAX_SEEN; `hidden` more are in sight. */
      readonly seen: readonly SeenOp[]
      readonly hidden: number
      /** How many ops are earlier than the selected op (in its causal past), later, and concurrent with it. */
      readonly reach: { readonly past: number; readonly future: number; readonly concurrent: number } | null
    }

/** An op as the text for screen readers names it. `id` and `author` in hex. */
export interface SeenOp {
  readonly id: string
  readonly author: string
  readonly seq: number
  readonly row: number
  readonly state: 'admitted' | 'forked' | Ghost['state']
}

/**
 * Which authors a lane belongs to. Over the place that folded lanes share: the first MAX_FOLDED_NAMED of their authors from left to
 * right, and how many more there are. In hex.
 */
export interface LaneHead {
  readonly folded: boolean
  readonly authors: readonly string[]
  readonly more: number
}

/** Why an op is a ghost. `author` in hex. */
export interface GhostNote {
  readonly author: string
  readonly seq: number
  readonly state: Ghost['state']
  readonly reason: string
}

/** Peers whose frontier is drawn: more would hide the graph. Each takes 5 bytes an op and 20 a column. */
export const MAX_FRONTIERS = 8

/** Peers whose lanes are not folded: more would not fit beside each other. */
export const MAX_PRESENT = 64

/** Ops and authors named in one "drawn": more than a person listens to. */
export const MAX_SEEN = 60

/** Authors of folded lanes that are named: as many as can be read at a glance. */
export const MAX_FOLDED_NAMED = 12

/** The canvas as this layer knows it; the page's OffscreenCanvas fits. */
export interface OffscreenCanvasLike {
  width: number
  height: number
}
