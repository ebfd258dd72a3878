/**
 * Where each op stands: the DAG's shape with a lane and a row for every op. Pure and incremental. It depends on the ops alone:
 * two nodes with equal sets have the same layout, in whatever order the ops came (after `settleColumns`).
 *
 * Definitions
 *   row(op)   = 1 + max row of its parents; 0 without parents: the op's depth. Rows grow downward, and an op never changes its row.
 *   order     = (row, id), the order of the history.
 *   column    = one for each author. Columns stand in the order of their author's least op: `columns.ts`.
 *   lane      = a chain of ops of one author. An author who never equivocates has one lane. Of several ops with one prev the least
 *               goes on in the lane, and each of the others begins a lane in the same column, as each op with seq 0 does: the column
 *               visibly splits. Lanes of a column stand in the order of their first ops.
 *
 * A lesser op that comes late takes the lane over from its rival, and the rival's ops become a lane of their own. The shorter part of
 * the lane that is cut gets a new number, so that an op changes its number O(log ops) times, whatever an author does.
 *
 * In one lane rows strictly grow, so two ops share a place only if their author forked into more lanes than
 * `LANE_OFFSETS` has; columns stay bounded whatever a liar does.
 *
 * Ops come in any order in which parents precede children: a late concurrent op simply joins an old row. Edges and rows
 * are linked lists in typed arrays, because both get members out of order. Less than 1 µs and about 75 bytes an op.
 */
import { ID_BYTES } from '../core/limits.ts'

/** The end of a list: nothing here. */
export const NONE = -1

/** Edges longer than this many rows are also kept in a list of their own, so that culling need only look this far back. */
export const LONG_EDGE_ROWS = 64

/** Of each column so many lanes have a rank and are compared with what peers hold: an author who forks can have any number. */
export const RANKED_LANES = 16

/** Where the first, second, … lane of a column stands, in columns from its middle. Later ones share the last places. */
const LANE_OFFSETS = [0, 0.3, -0.3, 0.15, -0.15] as const

export interface Layout {
  /** Ops, edges, columns, lanes and rows so far. The arrays are longer; the rest of them means nothing. */
  ops: number
  edges: number
  columns: number
  lanes: number
  rows: number
  /** 32 bytes an op, in op order. */
  ids: Uint8Array
  /** Of each op. `author` is the feed's author number. */
  author: Int32Array
  lane: Int32Array
  row: Int32Array
  seq: Int32Array
  /** Edges of op i to its parents, prev first: edgeParent[parentStart[i]] … edgeParent[parentStart[i + 1] − 1]. */
  parentStart: Int32Array
  edgeParent: Int32Array
  edgeChild: Int32Array
  /** Edges to an op's children: firstChildEdge[op], then nextChildEdge[edge], until NONE. */
  firstChildEdge: Int32Array
  nextChildEdge: Int32Array
  /** Members of a row: rowFirst[row], then rowNext[op], until NONE. */
  rowFirst: Int32Array
  rowNext: Int32Array
  /** Neighbours in the same lane; NONE at the ends. */
  laneNext: Int32Array
  lanePrev: Int32Array
  /** Of each lane: its column, first and last op; its rank among the lanes of its column (RANKED_LANES for all that come later), and the lane of the next rank below RANKED_LANES, or NONE. */
  laneColumn: Int32Array
  laneFirst: Int32Array
  laneLast: Int32Array
  laneRank: Int32Array
  laneAfter: Int32Array
  /** Of each column: its author, how many lanes and how many ops it has, its first lane. Of each author: its column, or NONE. */
  columnAuthor: Int32Array
  columnOps: Int32Array
  columnLanes: Int32Array
  columnFirst: Int32Array
  authorColumn: Int32Array
  /** The author's latest op by (row, id), of each column; and of all columns, or NONE. */
  columnLatest: Int32Array
  latest: number
  /** The columns in their order, and the rank of each in it. */
  order: Int32Array
  position: Int32Array
  /** The columns that have a place of their own, from left to right; the others are folded into one place at their right. */
  open: number[]
  /** Of each column: its place, 0 at the left. */
  place: Int32Array
  /** Columns that may stand in the wrong place until `settleColumns`. */
  readonly unsettled: Set<number>
  /** Edges longer than LONG_EDGE_ROWS. */
  longEdges: number[]
}

/** A layout of nothing. */
export function createLayout(): Layout {
  const none = (): Int32Array => new Int32Array(0)
  return {
    ops: 0,
    edges: 0,
    columns: 0,
    lanes: 0,
    rows: 0,
    ids: new Uint8Array(0),
    author: none(),
    lane: none(),
    row: none(),
    seq: none(),
    parentStart: new Int32Array(1),
    edgeParent: none(),
    edgeChild: none(),
    firstChildEdge: none(),
    nextChildEdge: none(),
    rowFirst: none(),
    rowNext: none(),
    laneNext: none(),
    lanePrev: none(),
    laneColumn: none(),
    laneFirst: none(),
    laneLast: none(),
    laneRank: none(),
    laneAfter: none(),
    columnAuthor: none(),
    columnOps: none(),
    columnLanes: none(),
    columnFirst: none(),
    authorColumn: none(),
    columnLatest: none(),
    latest: NONE,
    order: none(),
    position: none(),
    open: [],
    place: none(),
    unsettled: new Set(),
    longEdges: [],
  }
}

/** How far a lane stands from the middle of its column, in columns. */
export function laneOffset(layout: Layout, lane: number): number {
  return LANE_OFFSETS[Math.min(layout.laneRank[lane]!, LANE_OFFSETS.length - 1)]!
}

/** Horizontal place of a lane, in columns: where its column stands plus the offset of a split. */
export function laneX(layout: Layout, lane: number): number {
  return layout.place[layout.laneColumn[lane]!]! + laneOffset(layout, lane)
}

/** Horizontal place of an op, in columns. */
export function opX(layout: Layout, op: number): number {
  return laneX(layout, layout.lane[op]!)
}

/** How many columns are folded into one place. */
export const foldedColumns = ({ columns, open }: Layout): number => columns - open.length

/** How many places for columns there are: one for each that is open, and one for all that are folded. */
export const placesOf = (layout: Layout): number => layout.open.length + (foldedColumns(layout) > 0 ? 1 : 0)

/** Order of the history: (row, id). Below 0 when `a` comes first. */
export function compareOps({ row, ids }: Layout, a: number, b: number): number {
  if (row[a] !== row[b]) return row[a]! - row[b]!
  let byte = 0
  while (byte < ID_BYTES - 1 && ids[a * ID_BYTES + byte] === ids[b * ID_BYTES + byte]) byte++
  return ids[a * ID_BYTES + byte]! - ids[b * ID_BYTES + byte]!
}

/** The least op of a column's author. */
export function leastOp(layout: Layout, column: number): number {
  return layout.laneFirst[layout.columnFirst[column]!]!
}

/** Whether an op has no children here. */
export function isHead(layout: Layout, op: number): boolean {
  return layout.firstChildEdge[op] === NONE
}
