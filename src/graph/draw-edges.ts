/**
 * Edges in sight. An author's own line runs straight down its lane, thick. Edges to ops of other authors come in as curves, in the colour
 * of the other author.
 */
import type { Canvas2D } from './canvas2d.ts'
import { type Frame, MUTED, opScreenX, opScreenY, screenY } from './frame.ts'
import { type Layout, LONG_EDGE_ROWS, NONE } from './layout.ts'
import { inkOf } from './palette.ts'
import { CHOSEN, FUTURE, PAST } from './reach.ts'
import { lookOf } from './scene.ts'

/** Above this many, edges are one colour each instead of blending from the parent's to the child's. */
const MAX_BLENDED = 260

/** Of the edges that are longer than a window, the newest are looked at. This bounds the cost of an unusual graph. */
const MAX_LONG = 4096
/** How many ops above the window, and edges of them, are looked at; and how many edges are drawn. */
const MAX_LOOKED_AT = 32_768
const MAX_DRAWN = 8_192

/** Draws the edges of the rows in sight. */
export function drawEdges(canvas: Canvas2D, frame: Frame): void {
  const edges = edgesInSight(frame)
  const own: number[] = []
  const cross: number[] = []
  for (const edge of edges) (isOwn(frame, edge) ? own : cross).push(edge)
  const blended = cross.length <= MAX_BLENDED
  const near = frame.camera.rowGap > 12
  canvas.lineCap = 'round'
  // Small rows are crowded: there, edges to ops of others are fainter, and the dots stay in front.
  const crowd = Math.min(1, Math.max(0, (frame.camera.rowGap - 2) / 14))
  strokeBatches(canvas, frame, cross, near ? 1.6 : 1, blended, 0.32 + 0.43 * crowd)
  strokeBatches(canvas, frame, own, near ? 3 : 1.4, false, 0.5)
  canvas.globalAlpha = 1
}

/** Whether the selection concerns this edge: whether it lies on a path into or out of the chosen op. */
function isLit(frame: Frame, edge: number): boolean {
  const { layout, selected } = frame.scene
  if (selected?.type !== 'op') return true
  const parent = selected.reach.marks[layout.edgeParent[edge]!]!
  const child = selected.reach.marks[layout.edgeChild[edge]!]!
  return (parent === PAST && (child === PAST || child === CHOSEN)) || (child === FUTURE && parent >= FUTURE)
}

function isOwn(frame: Frame, edge: number): boolean {
  const { layout } = frame.scene
  return layout.author[layout.edgeParent[edge]!] === layout.author[layout.edgeChild[edge]!]
}

function edgesInSight(frame: Frame): number[] {
  const { layout } = frame.scene
  const { firstRow, lastRow } = frame
  const edges: number[] = []
  let looks = 0
  // From the rows in sight upwards: if there are too many, the farthest are left out.
  for (let row = Math.min(lastRow, layout.rows - 1); row >= Math.max(0, firstRow - LONG_EDGE_ROWS); row--) {
    for (let op = layout.rowFirst[row]!; op !== NONE; op = layout.rowNext[op]!) {
      if (++looks > MAX_LOOKED_AT || edges.length > MAX_DRAWN) return edges
      for (let e = layout.firstChildEdge[op]!; e !== NONE; e = layout.nextChildEdge[e]!) {
        if (++looks > MAX_LOOKED_AT || edges.length > MAX_DRAWN) return edges
        const childRow = layout.row[layout.edgeChild[e]!]!
        if (childRow >= firstRow && childRow - row <= LONG_EDGE_ROWS) edges.push(e)
      }
    }
  }
  for (let i = Math.max(0, layout.longEdges.length - MAX_LONG); i < layout.longEdges.length; i++) {
    const edge = layout.longEdges[i]!
    if (layout.row[layout.edgeParent[edge]!]! <= lastRow && layout.row[layout.edgeChild[edge]!]! >= firstRow) edges.push(edge)
  }
  return edges
}

/** One stroke for all edges of one colour, muted ones first, so that lit ones lie over them. */
function strokeBatches(canvas: Canvas2D, frame: Frame, edges: readonly number[], width: number, blended: boolean, alpha: number): void {
  const { layout } = frame.scene
  const muted = new Map<number, number[]>()
  const lit = new Map<number, number[]>()
  for (const edge of edges) {
    const batches = isLit(frame, edge) ? lit : muted
    const author = layout.author[layout.edgeParent[edge]!]!
    const batch = batches.get(author)
    if (batch === undefined) batches.set(author, [edge])
    else batch.push(edge)
  }
  canvas.lineWidth = width
  for (const [batches, strength] of [
    [muted, alpha * MUTED],
    [lit, alpha],
  ] as const) {
    canvas.globalAlpha = strength
    // In the order of the columns: which lies over which is the same on every node.
    for (const author of [...batches.keys()].sort((a, b) => columnAt(layout, a) - columnAt(layout, b))) {
      const batch = batches.get(author)!
      if (blended && batches === lit) for (const edge of batch) strokeBlended(canvas, frame, edge)
      else {
        canvas.strokeStyle = inkOf(lookOf(frame.scene, layout.edgeParent[batch[0]!]!), frame.palette)
        canvas.beginPath()
        for (const edge of batch) addEdge(canvas, frame, edge)
        canvas.stroke()
      }
    }
  }
}

const columnAt = (layout: Layout, author: number): number => layout.position[layout.authorColumn[author]!]!

function strokeBlended(canvas: Canvas2D, frame: Frame, edge: number): void {
  const { scene, palette } = frame
  const parent = scene.layout.edgeParent[edge]!
  const child = scene.layout.edgeChild[edge]!
  const blend = canvas.createLinearGradient(
    opScreenX(frame, parent),
    opScreenY(frame, parent),
    opScreenX(frame, child),
    opScreenY(frame, child),
  )
  blend.addColorStop(0.15, inkOf(lookOf(scene, parent), palette))
  blend.addColorStop(0.95, inkOf(lookOf(scene, child), palette))
  canvas.strokeStyle = blend
  canvas.beginPath()
  addEdge(canvas, frame, edge)
  canvas.stroke()
}

/** Down, across, down: leaves and arrives upright. Ends beyond the window are cut a window away, so that no path is longer than three. */
function addEdge(canvas: Canvas2D, frame: Frame, edge: number): void {
  const { layout } = frame.scene
  const parent = layout.edgeParent[edge]!
  const child = layout.edgeChild[edge]!
  const x1 = opScreenX(frame, parent)
  const x2 = opScreenX(frame, child)
  if (x1 === x2) {
    canvas.moveTo(x1, Math.max(opScreenY(frame, parent), -frame.height))
    canvas.lineTo(x2, Math.min(opScreenY(frame, child), frame.height * 2))
    return
  }
  const y1 = opScreenY(frame, parent)
  const y2 = screenY(frame, layout.row[child]!)
  const bend = Math.min((y2 - y1) * 0.55, frame.camera.rowGap * 2.4)
  canvas.moveTo(x1, y1)
  canvas.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2)
}
