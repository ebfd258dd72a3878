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
import { assert } from '../core/result.ts'
import { grown } from './grow.ts'

/** Nothing here: the end of a list. */
export const NONE = -1

/** Edges longer than this many rows are also kept in a list of their own, so that culling need only look this far back. */
export const LONG_EDGE_ROWS = 64

/** Of each column so many lanes have a rank and are compared with what peers hold: an author who forks can have any number. */
const RANKED_LANES = 16

/** Where the first, second, … lane of a column stands, in columns from its middle. Later ones share the last places. */
const LANE_OFFSETS = [0, 0.3, -0.3, 0.15, -0.15] as const

export interface Layout {
  /** Ops, edges, columns, lanes and rows so far: what is beyond in the arrays means nothing. */
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
  /** The columns from left to right, and where in this order each stands. */
  order: Int32Array
  position: Int32Array
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
    order: none(),
    position: none(),
    unsettled: new Set(),
    longEdges: [],
  }
}

/** Takes the ids (32 bytes each) of the ops that are placed next. */
export function addIds(layout: Layout, ids: Uint8Array): void {
  const from = layout.ops * ID_BYTES
  if (layout.ids.length < from + ids.length) {
    const bigger = new Uint8Array(Math.max(from + ids.length, layout.ids.length * 2))
    bigger.set(layout.ids)
    layout.ids = bigger
  }
  layout.ids.set(ids, from)
}

/**
 * Appends op number `layout.ops`, whose id was taken by `addIds`. Its parents are ops that are already here: parents[from] … parents[to − 1], its prev
 * first when seq > 0. O(parents), and O(log ops) on average where an author's branches change places.
 */
export function place(layout: Layout, author: number, seq: number, parents: Int32Array, from = 0, to = parents.length): void {
  const op = layout.ops
  assert(to > from || seq === 0, 'an op with a seq names its prev')
  assert(layout.ids.length >= (op + 1) * ID_BYTES, 'an op has an id')
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

/** How far a lane stands from the middle of its column, in columns. */
export function laneOffset(layout: Layout, lane: number): number {
  return LANE_OFFSETS[Math.min(layout.laneRank[lane]!, LANE_OFFSETS.length - 1)]!
}

/** Horizontal place of a lane, in columns: where its column stands plus the offset of a split. */
export function laneX(layout: Layout, lane: number): number {
  return layout.position[layout.laneColumn[lane]!]! + laneOffset(layout, lane)
}

/** Horizontal place of an op, in columns. */
export function opX(layout: Layout, op: number): number {
  return laneX(layout, layout.lane[op]!)
}

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
  if (prev === NONE || layout.author[prev] !== author) return beginLane(layout, op, column)
  const rival = layout.laneNext[prev]!
  if (rival !== NONE && compareOps(layout, rival, op) < 0) return beginLane(layout, op, column)
  if (rival !== NONE) cutLane(layout, prev, rival)
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
  layout.columnFirst = grown(layout.columnFirst, column, NONE)
  layout.order = grown(layout.order, column)
  layout.position = grown(layout.position, column)
  layout.columnAuthor[column] = author
  layout.authorColumn[author] = column
  layout.order[column] = column
  layout.position[column] = column
  return column
}

function beginLane(layout: Layout, op: number, column: number): void {
  const lane = addLane(layout, column, op, op)
  layout.lane[op] = lane
  rankLane(layout, lane)
}

function addLane(layout: Layout, column: number, first: number, last: number): number {
  const lane = layout.lanes++
  layout.laneColumn = grown(layout.laneColumn, lane)
  layout.laneFirst = grown(layout.laneFirst, lane)
  layout.laneLast = grown(layout.laneLast, lane)
  layout.laneRank = grown(layout.laneRank, lane)
  layout.laneAfter = grown(layout.laneAfter, lane, NONE)
  layout.laneColumn[lane] = column
  layout.laneFirst[lane] = first
  layout.laneLast[lane] = last
  layout.columnLanes[column]!++
  return lane
}

/** Divides the lane of two neighbours between them. */
function cutLane(layout: Layout, prev: number, next: number): void {
  const { seq } = layout
  const lane = layout.lane[prev]!
  const column = layout.laneColumn[lane]!
  const first = layout.laneFirst[lane]!
  const last = layout.laneLast[lane]!
  layout.laneNext[prev] = NONE
  layout.lanePrev[next] = NONE
  if (seq[last]! - seq[next]! < seq[prev]! - seq[first]!) {
    const after = addLane(layout, column, next, last)
    for (let op = next; op !== NONE; op = layout.laneNext[op]!) layout.lane[op] = after
    layout.laneLast[lane] = prev
    rankLane(layout, after)
    return
  }
  const before = addLane(layout, column, first, prev)
  for (let op = prev; op !== NONE; op = layout.lanePrev[op]!) layout.lane[op] = before
  takeRank(layout, before, lane)
  layout.laneFirst[lane] = next
  rankLane(layout, lane)
}

/** Puts a lane among the first ones of its column, if it belongs there. O(RANKED_LANES). */
function rankLane(layout: Layout, lane: number): void {
  const { laneAfter, laneFirst, laneRank, columnFirst } = layout
  const column = layout.laneColumn[lane]!
  let before: number = NONE
  let after = columnFirst[column]!
  let rank = 0
  while (rank < RANKED_LANES && after !== NONE && compareOps(layout, laneFirst[after]!, laneFirst[lane]!) < 0) {
    before = after
    after = laneAfter[after]!
    rank++
  }
  laneRank[lane] = rank
  if (rank === RANKED_LANES) return
  laneAfter[lane] = after
  if (before === NONE) {
    columnFirst[column] = lane
    layout.unsettled.add(column)
  } else laneAfter[before] = lane
  let last = lane
  for (; after !== NONE; after = laneAfter[after]!) {
    laneRank[after] = ++rank
    if (rank < RANKED_LANES) last = after
  }
  laneAfter[last] = NONE
}

/** `lane` stands where `other` stood, which is out of the ranks then. */
function takeRank(layout: Layout, lane: number, other: number): void {
  const { laneAfter, laneRank, columnFirst } = layout
  const column = layout.laneColumn[lane]!
  laneRank[lane] = laneRank[other]!
  if (laneRank[lane] === RANKED_LANES) return
  laneAfter[lane] = laneAfter[other]!
  let before = columnFirst[column]!
  if (before === other) columnFirst[column] = lane
  else {
    while (laneAfter[before] !== other) before = laneAfter[before]!
    laneAfter[before] = lane
  }
}
