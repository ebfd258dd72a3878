/** What is in sight, as data for words: for the card under the pointer and for the list that screen readers read. */
import { type GhostNote, type GraphOutput, MAX_FOLDED_NAMED, MAX_SEEN, type SeenOp } from './feed.ts'
import { type Frame, newestInRows } from './frame.ts'
import { compareOps, foldedColumns } from './layout.ts'
import { idOf, type Scene } from './scene.ts'

const authorOf = (scene: Scene, author: number): string => scene.authors[author]!.id

/** An op, named. */
export function seenOp(scene: Scene, op: number): SeenOp {
  const { layout } = scene
  return {
    id: idOf(scene, op),
    author: authorOf(scene, layout.author[op]!),
    seq: layout.seq[op]!,
    row: layout.row[op]!,
    state: scene.ties.forked.has(op) ? 'forked' : 'admitted',
  }
}

/** A ghost, named; null when it is gone. */
export function seenGhost(scene: Scene, id: string): SeenOp | null {
  const placed = scene.ghosts.find((other) => other.id === id)
  if (placed === undefined) return null
  const { ghost, author, row } = placed
  return { id, author, seq: ghost.seq, row, state: ghost.state }
}

/** Why a ghost is not in the DAG; null when it is gone. */
export function ghostNote(scene: Scene, id: string): GhostNote | null {
  const placed = scene.ghosts.find((other) => other.id === id)
  if (placed === undefined) return null
  const { author, ghost } = placed
  return { author, seq: ghost.seq, state: ghost.state, reason: ghost.reason }
}

/** The first authors of the folded columns from left to right, hex. */
export function foldedAuthors(scene: Scene): string[] {
  const { layout } = scene
  const named: string[] = []
  if (foldedColumns(layout) === 0) return named
  for (let at = 0; at < layout.columns && named.length < MAX_FOLDED_NAMED; at++) {
    const column = layout.order[at]!
    if (layout.place[column] === layout.open.length) named.push(authorOf(scene, layout.columnAuthor[column]!))
  }
  return named
}

/** The "drawn" message of a frame. The newest rows in sight are named, the rest is counted. */
export function describeDrawn(frame: Frame): Extract<GraphOutput, { type: 'drawn' }> {
  const { scene, firstRow, lastRow } = frame
  const { layout, selected } = scene
  const newest = Math.min(lastRow, layout.rows - 1)
  const ops = frame.visible ?? newestInRows(layout, newest, MAX_SEEN)
  const named = [...ops].sort((a, b) => compareOps(layout, b, a)).slice(0, MAX_SEEN)
  const ghosts = scene.ghosts.filter(({ row }) => row >= firstRow && row <= lastRow).slice(0, MAX_SEEN)
  const reach = selected?.type === 'op' ? selected.reach : null
  return {
    type: 'drawn',
    ops: layout.ops,
    lanes: layout.lanes,
    folded: foldedColumns(layout),
    foldedAuthors: foldedAuthors(scene),
    authors: layout.open.slice(0, MAX_SEEN).map((column) => authorOf(scene, layout.columnAuthor[column]!)),
    seen: [...ghosts.flatMap(({ id }) => seenGhost(scene, id) ?? []), ...named.map((op) => seenOp(scene, op))],
    hidden: Math.max(0, (frame.visible?.length ?? layout.ops) - named.length),
    reach: reach && { past: reach.past, future: reach.future, concurrent: layout.ops - 1 - reach.past - reach.future },
  }
}
