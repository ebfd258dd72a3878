/** Puts ops into a layout, one after the other: rows, edges and lanes as `layout.ts` defines them. */
import { ID_BYTES } from '../core/limits.ts'
import { assert } from '../core/result.ts'
import { grown } from './grow.ts'
import { compareOps, type Layout, LONG_EDGE_ROWS, NONE, RANKED_LANES } from './layout.ts'

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
  const latest = layout.columnLatest[column]!
  if (latest === NONE || compareOps(layout, latest, op) < 0) layout.columnLatest[column] = op
  if (layout.latest === NONE || compareOps(layout, layout.latest, op) < 0) layout.latest = op
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
  layout.place = grown(layout.place, column)
  layout.columnLatest = grown(layout.columnLatest, column, NONE)
  layout.columnAuthor[column] = author
  layout.authorColumn[author] = column
  layout.order[column] = column
  layout.position[column] = column
  // At the right, until the columns are settled.
  layout.place[column] = layout.open.length
  if (layout.open.length === column) layout.open.push(column)
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
