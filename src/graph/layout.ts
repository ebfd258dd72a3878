/**
 * Where each op stands: the DAG's shape with a lane and a row for every op. Pure and incremental; an op's place is set
 * when it arrives and never moves.
 *
 * Definitions
 *   row(op)   = 1 + max row of its parents; 0 without parents. Rows grow downward, so time flows down.
 *   column    = its author's place in the order of first appearance.
 *   lane      = a chain of ops of one author. An author who never equivocates has one lane. An op whose prev already has
 *               a successor, or a second op with seq 0, begins a new lane in the same column: the column visibly splits.
 *
 * In one lane rows strictly grow, so two ops share a place only if their author forked into more lanes than
 * `LANE_OFFSETS` has; columns stay bounded whatever a liar does.
 *
 * Ops come in any order in which parents precede children: a late concurrent op simply joins an old row. Edges and rows
 * are linked lists in typed arrays, because both get members out of order. About 0.2 µs and 40 bytes an op.
 */
import { assert } from '../core/result.ts'
import { grown } from './grow.ts'

/** Nothing here: the end of a list. */
export const NONE = -1

/** Edges longer than this many rows are also kept in a list of their own, so that culling need only look this far back. */
export const LONG_EDGE_ROWS = 64

/** Of each column so many lanes are compared with what peers hold: an author who forks can have any number. */
const COMPARED_LANES = 16

/** Where the first, second, … lane of a column stands, in columns from its middle. Later ones share the last places. */
const LANE_OFFSETS = [0, 0.3, -0.3, 0.15, -0.15] as const

export interface Layout {
  /** Ops, edges, columns, lanes and rows so far: what is beyond in the arrays means nothing. */
  ops: number
  edges: number
  columns: number
  lanes: number
  rows: number
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
  /** Of each lane: its column, first and last op, and how many lanes its column had before it. */
  laneColumn: Int32Array
  laneFirst: Int32Array
  laneLast: Int32Array
  laneRank: Int32Array
  /** The first COMPARED_LANES lanes of each column. */
  readonly comparedLanes: number[]
  /** Of each column: its author, how many lanes and how many ops it has. Of each author: its column, or NONE. */
  columnAuthor: Int32Array
  columnOps: Int32Array
  columnLanes: Int32Array
  authorColumn: Int32Array
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
    comparedLanes: [],
    columnAuthor: none(),
    columnOps: none(),
    columnLanes: none(),
    authorColumn: none(),
    longEdges: [],
  }
}

/**
 * Appends op number `layout.ops`. Its parents are ops that are already here: parents[from] … parents[to − 1], its prev
 * first when seq > 0. O(parents).
 */
export function place(layout: Layout, author: number, seq: number, parents: Int32Array, from = 0, to = parents.length): void {
  const op = layout.ops
  assert(to > from || seq === 0, 'an op with a seq names its prev')
  growOps(layout, op)

  let row = 0
  for (let i = from; i < to; i++) {
    const parent = parents[i]!
    assert(parent >= 0 && parent < op, 'parents come first')
    row = Math.max(row, layout.row[parent]! + 1)
  }
  layout.author[op] = author
  layout.seq[op] = seq
  layout.row[op] = row
  linkRow(layout, op, row)
  for (let i = from; i < to; i++) linkEdge(layout, parents[i]!, op, row)
  layout.parentStart[op + 1] = layout.edges
  linkLane(layout, op, author, seq > 0 ? parents[from]! : NONE)
  layout.ops = op + 1
}

/** Horizontal place of a lane, in columns: column number plus the offset of a split. */
export function laneX(layout: Layout, lane: number): number {
  const rank = Math.min(layout.laneRank[lane]!, LANE_OFFSETS.length - 1)
  return layout.laneColumn[lane]! + LANE_OFFSETS[rank]!
}

/** Horizontal place of an op, in columns. */
export function opX(layout: Layout, op: number): number {
  return laneX(layout, layout.lane[op]!)
}

/** Whether an op has no children here. */
export function isHead(layout: Layout, op: number): boolean {
  return layout.firstChildEdge[op] === NONE
}

function growOps(layout: Layout, op: number): void {
  layout.author = grown(layout.author, op)
  layout.seq = grown(layout.seq, op)
  layout.row = grown(layout.row, op)
  layout.lane = grown(layout.lane, op)
  layout.rowNext = grown(layout.rowNext, op, NONE)
  layout.laneNext = grown(layout.laneNext, op, NONE)
  layout.lanePrev = grown(layout.lanePrev, op, NONE)
  layout.firstChildEdge = grown(layout.firstChildEdge, op, NONE)
  layout.parentStart = grown(layout.parentStart, op + 1)
}

function linkRow(layout: Layout, op: number, row: number): void {
  layout.rowFirst = grown(layout.rowFirst, row, NONE)
  layout.rowNext[op] = layout.rowFirst[row]!
  layout.rowFirst[row] = op
  layout.rows = Math.max(layout.rows, row + 1)
}

function linkEdge(layout: Layout, parent: number, child: number, row: number): void {
  const edge = layout.edges++
  layout.edgeParent = grown(layout.edgeParent, edge)
  layout.edgeChild = grown(layout.edgeChild, edge)
  layout.nextChildEdge = grown(layout.nextChildEdge, edge, NONE)
  layout.edgeParent[edge] = parent
  layout.edgeChild[edge] = child
  layout.nextChildEdge[edge] = layout.firstChildEdge[parent]!
  layout.firstChildEdge[parent] = edge
  if (row - layout.row[parent]! > LONG_EDGE_ROWS) layout.longEdges.push(edge)
}

function linkLane(layout: Layout, op: number, author: number, prev: number): void {
  const column = columnOf(layout, author)
  layout.columnOps[column]!++
  const continues = prev !== NONE && layout.author[prev] === author && layout.laneNext[prev] === NONE
  if (!continues) {
    layout.lane[op] = openLane(layout, op, column)
    return
  }
  const lane = layout.lane[prev]!
  layout.lane[op] = lane
  layout.laneNext[prev] = op
  layout.lanePrev[op] = prev
  layout.laneLast[lane] = op
}

function columnOf(layout: Layout, author: number): number {
  layout.authorColumn = grown(layout.authorColumn, author, NONE)
  const known = layout.authorColumn[author]!
  if (known !== NONE) return known
  const column = layout.columns++
  layout.columnAuthor = grown(layout.columnAuthor, column)
  layout.columnLanes = grown(layout.columnLanes, column)
  layout.columnOps = grown(layout.columnOps, column)
  layout.columnAuthor[column] = author
  layout.authorColumn[author] = column
  return column
}

function openLane(layout: Layout, op: number, column: number): number {
  const lane = layout.lanes++
  layout.laneColumn = grown(layout.laneColumn, lane)
  layout.laneFirst = grown(layout.laneFirst, lane)
  layout.laneLast = grown(layout.laneLast, lane)
  layout.laneRank = grown(layout.laneRank, lane)
  layout.laneColumn[lane] = column
  layout.laneFirst[lane] = op
  layout.laneLast[lane] = op
  if (layout.columnLanes[column]! < COMPARED_LANES) layout.comparedLanes.push(lane)
  layout.laneRank[lane] = layout.columnLanes[column]!++
  return lane
}
