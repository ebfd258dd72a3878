/**
 * The state of the graph: the layout, the authors of its lanes, pending and rejected ops, the ops that peers hold, equivocations, and the
 * selection. `GraphFeed` fills it, drawing reads it. It knows no pixels.
 */
import { compareBytes, equalBytes, fromHex, toHex } from '../core/bytes.ts'
import { AUTHOR_BYTES, ID_BYTES } from '../core/limits.ts'
import { type AuthorLook, authorLook } from './author-look.ts'
import type { Ghost, GraphFeed, PeerFrontier } from './feed.ts'
import { advanceFrontier, createFrontier, type Frontier, lackingRows } from './frontier.ts'
import { settleColumns } from './columns.ts'
import { compareOps, createLayout, type Layout, NONE, opX, placesOf } from './layout.ts'
import { addIds, place } from './place.ts'
import { placeGhosts } from './ghosts.ts'
import { createReach, extendReach, type Reach } from './reach.ts'
import { addTie, createTies, type Ties } from './ties.ts'

export interface Scene {
  layout: Layout
  /** Per column: where it is shown, in columns; it eases towards its place (see `easeColumns`). */
  columnShown: Float64Array
  authors: AuthorEntry[]
  /** Author numbers by key (hex). */
  authorByKey: Map<string, number>
  self: Uint8Array | null
  ghosts: readonly PlacedGhost[]
  peers: readonly ScenePeer[]
  /** Authors (hex) of peers that are connected. */
  present: readonly string[]
  /** The chosen names of authors (hex). */
  names: ReadonlyMap<string, string>
  /** Ops that are one side of an equivocation. */
  ties: Ties
  selected: Selected | null
  /** When recent ops arrived (ms, the drawing clock): they pop in. Only a handful: a bulk load does not. */
  arrivals: Map<number, number>
}

export interface AuthorEntry {
  readonly key: Uint8Array
  /** The same in hex. */
  readonly id: string
  readonly look: AuthorLook
}

export interface PlacedGhost {
  readonly ghost: Ghost
  /** Hex. */
  readonly id: string
  readonly author: string
  /** In columns and rows, like an op. */
  readonly x: number
  readonly row: number
  readonly look: AuthorLook
}

/** A ghost whose place is still to be found. */
export type Unplaced = Omit<PlacedGhost, 'x' | 'row'>

export interface ScenePeer {
  readonly author: Uint8Array | null
  readonly look: AuthorLook | null
  readonly frontier: Frontier
  /** False if it may hold other ops, too. */
  isAll: boolean
  /** Per column: the row of the first op it lacks (see `measurePeers`), and the one shown, which eases towards it. */
  lacks: Float64Array
  shown: Float64Array
}

export type Selected = { readonly type: 'op'; readonly op: number; readonly reach: Reach } | { readonly type: 'ghost'; readonly id: string }

/** A batch of at most this many ops pops in; more is a load, and appears at once. */
export const LOAD_OPS = 24

/** A scene of nothing. */
export function createScene(): Scene {
  return {
    layout: createLayout(),
    columnShown: new Float64Array(0),
    authors: [],
    authorByKey: new Map(),
    self: null,
    ghosts: [],
    peers: [],
    present: [],
    names: new Map(),
    ties: createTies(),
    selected: null,
    arrivals: new Map(),
  }
}

/** Takes in one message of the feed at `now` (ms). Gives how many ops are new because of it, here or at peers. */
export function feedScene(scene: Scene, feed: GraphFeed, now: number): number {
  const before = opsTold(scene)
  take(scene, feed, now)
  return opsTold(scene) - before
}

const opsTold = ({ layout, peers }: Scene): number => peers.reduce((sum, { frontier }) => sum + frontier.count, layout.ops)

function take(scene: Scene, feed: GraphFeed, now: number): void {
  switch (feed.type) {
    case 'reset':
      Object.assign(scene, createScene(), { self: feed.self })
      return
    case 'authors':
      for (let i = 0; i < feed.keys.length / AUTHOR_BYTES; i++) {
        const key = feed.keys.slice(i * AUTHOR_BYTES, (i + 1) * AUTHOR_BYTES)
        const id = toHex(key)
        scene.authors[feed.first + i] = { key, id, look: authorLook(key) }
        scene.authorByKey.set(id, feed.first + i)
      }
      return
    case 'ops':
      addOps(scene, feed, now)
      return
    case 'ghosts':
      scene.ghosts = placeGhosts(
        scene,
        feed.ghosts.map((ghost) => ({ ghost, id: toHex(ghost.id), author: toHex(ghost.author), look: authorLook(ghost.author) })),
      )
      return
    case 'peers':
      takePeers(scene, feed.peers)
      return
    case 'present':
      scene.present = feed.authors.map(toHex)
      return
    case 'names':
      scene.names = feed.names
      return
    case 'equivocations':
      for (let i = 0; i < feed.pairs.length; i += 2) addTie(scene.ties, scene.layout, feed.pairs[i]!, feed.pairs[i + 1]!)
      return
  }
}

/** Hex id of an op. */
export function idOf(scene: Scene, op: number): string {
  return toHex(scene.layout.ids.subarray(op * ID_BYTES, (op + 1) * ID_BYTES))
}

/** The op with this hex id, from op `first` on, or NONE. O(ops): a person causes it. */
export function findOp(scene: Scene, id: string, first = 0): number {
  const bytes = fromHex(id)
  if (bytes === null || bytes.length !== ID_BYTES) return NONE
  const { ids, ops } = scene.layout
  for (let op = first; op < ops; op++) {
    const at = op * ID_BYTES
    if (ids[at] === bytes[0] && compareBytes(ids.subarray(at, at + ID_BYTES), bytes) === 0) return op
  }
  return NONE
}

/** The look of the author of an op. */
export function lookOf(scene: Scene, op: number): AuthorLook {
  return scene.authors[scene.layout.author[op]!]!.look
}

/** Selects an op, a ghost (by id), or nothing. */
export function select(scene: Scene, target: number | string | null): void {
  if (target === null) scene.selected = null
  else if (typeof target === 'string') scene.selected = { type: 'ghost', id: target }
  else scene.selected = { type: 'op', op: target, reach: createReach(scene.layout, target) }
}

/**
 * Where a step from the selection leads, or NONE: to a parent (prev first), a child (the least), or along the lane.
 * Without a selection: the newest op.
 */
export function stepFrom(scene: Scene, to: 'parent' | 'child' | 'previous' | 'next'): number {
  const { layout, selected } = scene
  if (selected?.type !== 'op') return layout.ops - 1
  const op = selected.op
  switch (to) {
    case 'parent':
      return layout.parentStart[op]! < layout.parentStart[op + 1]! ? layout.edgeParent[layout.parentStart[op]!]! : NONE
    case 'child': {
      let child = NONE
      for (let e = layout.firstChildEdge[op]!; e !== NONE; e = layout.nextChildEdge[e]!) {
        const other = layout.edgeChild[e]!
        if (child === NONE || compareOps(layout, other, child) < 0) child = other
      }
      return child
    }
    case 'previous':
      return neighbourInRow(scene, op, -1)
    case 'next':
      return neighbourInRow(scene, op, 1)
  }
}

/** How many columns there are, with those of ghosts. */
export function columnsOf(scene: Scene): number {
  let columns = placesOf(scene.layout)
  for (const { x } of scene.ghosts) columns = Math.max(columns, Math.floor(x + 0.5) + 1)
  return columns
}

/** How many rows there are, with those of ghosts. */
export function rowsOf(scene: Scene): number {
  let rows = scene.layout.rows
  for (const { row } of scene.ghosts) rows = Math.max(rows, row + 1)
  return rows
}

/** The op to the left (−1) or right (1): in the same row, else the nearest row that has one within a window's height. */
function neighbourInRow(scene: Scene, op: number, side: -1 | 1): number {
  const { layout } = scene
  const x = opX(layout, op)
  const row = layout.row[op]!
  let best: number = NONE
  let bestCost = Number.POSITIVE_INFINITY
  for (let away = 0; away <= 24; away++) {
    for (const r of [row - away, row + away]) {
      if (r < 0 || r >= layout.rows) continue
      for (let other = layout.rowFirst[r]!; other !== NONE; other = layout.rowNext[other]!) {
        const dx = (opX(layout, other) - x) * side
        if (dx <= 0.05) continue
        const cost = dx * 4 + away
        if (cost < bestCost) [best, bestCost] = [other, cost]
      }
    }
  }
  return best
}

/**
 * Puts the columns in their order. If there are more than `room` places, columns of authors who are silent and absent are folded.
 * `easeColumns` then shows them moving to their places.
 */
export function settleScene(scene: Scene, room = Number.POSITIVE_INFINITY): void {
  if (settleColumns(scene.layout, room, keptOpen(scene))) scene.ghosts = placeGhosts(scene, scene.ghosts)
}

/** The columns that are not folded, even if silent: this node's, those of connected peers, and the selected op's. */
function keptOpen({ layout, authorByKey, self, present, selected }: Scene): Set<number> {
  const keys = self === null ? present : [toHex(self), ...present]
  const kept = new Set(keys.map((key) => layout.authorColumn[authorByKey.get(key) ?? NONE] ?? NONE))
  if (selected?.type === 'op') kept.add(layout.authorColumn[layout.author[selected.op]!]!)
  kept.delete(NONE)
  return kept
}

function addOps(scene: Scene, feed: Extract<GraphFeed, { type: 'ops' }>, now: number): void {
  const count = feed.authors.length
  const first = scene.layout.ops
  addIds(scene.layout, feed.ids.subarray(0, count * ID_BYTES))
  for (let i = 0; i < count; i++) {
    place(scene.layout, feed.authors[i]!, feed.seqs[i]!, feed.parents, feed.parentStart[i]!, feed.parentStart[i + 1]!)
    if (count <= LOAD_OPS) scene.arrivals.set(first + i, now)
  }
  if (scene.selected?.type === 'op') extendReach(scene.selected.reach, scene.layout)
  scene.ghosts = placeGhosts(scene, scene.ghosts)
}

function takePeers(scene: Scene, updates: readonly PeerFrontier[]): void {
  const peers = updates.map((update) => updatePeer(scene, update))
  scene.peers = [...new Set(peers)]
  for (const peer of scene.peers) peer.isAll = updates.every(({ isAll }, i) => isAll || peers[i] !== peer)
}

function updatePeer(scene: Scene, update: PeerFrontier): ScenePeer {
  const same = (author: Uint8Array | null): boolean =>
    author === null || update.author === null ? author === update.author : equalBytes(author, update.author)
  // Peers that have not proven their author cannot be told apart. So each of them starts anew.
  const before = update.author === null ? undefined : scene.peers.find((peer) => same(peer.author))
  const peer: ScenePeer = before ?? {
    author: update.author,
    look: update.author === null ? null : authorLook(update.author),
    frontier: createFrontier(),
    isAll: true,
    lacks: new Float64Array(0),
    shown: new Float64Array(0),
  }
  // One peer may be reached by several paths: it is still one.
  if (before === undefined) scene.peers = [...scene.peers, peer]
  advanceFrontier(peer.frontier, scene.layout, update.heads, update.first)
  return peer
}

/** Computes which ops each peer lacks. O(peers · (columns + lanes that are compared)). */
export function measurePeers(scene: Scene): void {
  for (const peer of scene.peers) measurePeer(scene, peer)
}

function measurePeer(scene: Scene, peer: ScenePeer): void {
  const { columns, rows } = scene.layout
  if (peer.lacks.length !== columns) {
    const shown = new Float64Array(columns).fill(rows)
    shown.set(peer.shown.subarray(0, columns))
    peer.shown = shown
    peer.lacks = new Float64Array(columns)
  }
  lackingRows(peer.frontier, scene.layout, peer.lacks)
}
