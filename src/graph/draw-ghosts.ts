/** Ghosts: ops that are not in the DAG. Pending ones are dashed outlines, rejected ones are crossed out. */
import type { Canvas2D } from './canvas2d.ts'
import { dotRadius, type Frame, opScreenX, opScreenY, screenX, screenY } from './frame.ts'
import { inkOf } from './palette.ts'
import { shownX } from './columns-shown.ts'
import type { PlacedGhost } from './scene.ts'
import { addShape } from './shape.ts'
import { tiesOf } from './ties.ts'

/** Ties drawn, the latest in sight: an author can equivocate any number of times. */
const MAX_TIES = 256

/** Ties the ops of each equivocation in sight together. */
export function drawTies(canvas: Canvas2D, frame: Frame): void {
  const { ties, layout } = frame.scene
  if (ties.others.length === 0) return
  canvas.setLineDash([3, 3])
  canvas.lineCap = 'butt'
  canvas.lineWidth = 1.5
  canvas.strokeStyle = frame.palette.danger
  canvas.beginPath()
  let drawn = 0
  for (const [a, b] of tiesOf(ties)) {
    if (drawn === MAX_TIES) break
    if (Math.min(layout.row[a]!, layout.row[b]!) > frame.lastRow || Math.max(layout.row[a]!, layout.row[b]!) < frame.firstRow) continue
    canvas.moveTo(opScreenX(frame, a), opScreenY(frame, a))
    canvas.lineTo(opScreenX(frame, b), opScreenY(frame, b))
    drawn++
  }
  canvas.stroke()
  canvas.setLineDash([])
}

const inSight = ({ scene, firstRow, lastRow }: Frame): PlacedGhost[] => scene.ghosts.filter(({ row }) => row >= firstRow && row <= lastRow)

/** Draws the edges of the ghosts in sight to their known parents; under the labels, as all edges. */
export function drawGhostEdges(canvas: Canvas2D, frame: Frame): void {
  const { scene } = frame
  canvas.lineCap = 'butt'
  canvas.setLineDash([2, 3.5])
  canvas.lineWidth = 1.25
  for (const placed of inSight(frame)) {
    const px = screenX(frame, shownX(scene, placed.x))
    const py = screenY(frame, placed.row)
    canvas.strokeStyle = colorOf(frame, placed)
    canvas.beginPath()
    for (const parent of placed.ghost.parents) {
      if (parent >= scene.layout.ops) continue
      const ax = opScreenX(frame, parent)
      const ay = opScreenY(frame, parent)
      const bend = (py - ay) / 2
      canvas.moveTo(ax, ay)
      canvas.bezierCurveTo(ax, ay + bend, px, py - bend, px, py)
    }
    canvas.stroke()
  }
  canvas.setLineDash([])
}

/** Draws the ghosts in sight. */
export function drawGhosts(canvas: Canvas2D, frame: Frame): void {
  canvas.lineCap = 'butt'
  for (const placed of inSight(frame)) drawGhost(canvas, frame, placed)
  canvas.setLineDash([])
}

const colorOf = ({ palette }: Frame, { ghost, look }: PlacedGhost): string =>
  ghost.state === 'rejected' ? palette.danger : inkOf(look, palette)

function drawGhost(canvas: Canvas2D, frame: Frame, placed: PlacedGhost): void {
  const { camera, palette, scene } = frame
  const { ghost, id, x, row, look } = placed
  const r = Math.max(dotRadius(camera), 3)
  const px = screenX(frame, shownX(scene, x))
  const py = screenY(frame, row)
  canvas.strokeStyle = colorOf(frame, placed)

  const chosen = scene.selected?.type === 'ghost' && scene.selected.id === id
  canvas.setLineDash(ghost.state === 'pending' ? [2.5, 2.5] : [])
  canvas.lineWidth = chosen || frame.hovered === id ? 2.5 : 1.6
  canvas.beginPath()
  // Crossed out in a circle whatever the author's shape: a cross over a diamond reads as neither.
  addShape(canvas, ghost.state === 'rejected' ? 0 : look.shape, px, py, ghost.state === 'rejected' ? r + 2 : r)
  canvas.fillStyle = palette.paper
  canvas.fill()
  canvas.stroke()
  if (ghost.state === 'rejected') {
    const arm = (r + 2) * Math.SQRT1_2
    canvas.beginPath()
    canvas.moveTo(px - arm, py - arm)
    canvas.lineTo(px + arm, py + arm)
    canvas.moveTo(px + arm, py - arm)
    canvas.lineTo(px - arm, py + arm)
    canvas.lineWidth = 1.6
    canvas.stroke()
  }
  if (chosen) {
    canvas.setLineDash([])
    canvas.beginPath()
    addShape(canvas, 0, px, py, r + 9)
    canvas.strokeStyle = palette.accent
    canvas.lineWidth = 2
    canvas.stroke()
  }
}
