/** Draws one picture of the graph, from the back to the front. It draws only what is in sight. */
import type { Canvas2D } from './canvas2d.ts'
import { drawOutside } from './draw-outside.ts'
import { drawDensity } from './draw-density.ts'
import { drawEdges } from './draw-edges.ts'
import { drawBackdrop, drawScaleOver, drawThumb } from './draw-frame.ts'
import { drawGhostEdges, drawGhosts, drawTies } from './draw-ghosts.ts'
import { drawHeads } from './draw-heads.ts'
import { drawDots, drawLabels } from './draw-ops.ts'
import { drawLacks, drawTagsOf, drawThreads } from './draw-peers.ts'
import { dotRadius, type Frame, opScreenX, opScreenY, opsInRows } from './frame.ts'

import { addShape } from './shape.ts'

/** Ops drawn one by one at most; beyond, the far view. */
const MAX_DRAWN = 4000
/** Rows lower than this are the far view, CSS pixels. */
const MIN_DOT_ROW_GAP = 1.6

/** Which ops to draw one by one (null: too many, the far view), and the rows in sight. */
export function sight(frame: Pick<Frame, 'scene' | 'camera' | 'height'>): Pick<Frame, 'visible' | 'firstRow' | 'lastRow'> {
  const { camera, scene, height } = frame
  const firstRow = Math.floor((0 - camera.y) / camera.rowGap) - 1
  const lastRow = Math.ceil((height - camera.y) / camera.rowGap) + 1
  const visible = camera.rowGap < MIN_DOT_ROW_GAP ? null : opsInRows(scene.layout, firstRow, lastRow, MAX_DRAWN)
  return { visible, firstRow, lastRow }
}

/** Draws everything. Leaves the canvas's state as it found it, except for what is on it. */
export function draw(canvas: Canvas2D, frame: Frame): void {
  canvas.save()
  canvas.setTransform(frame.pixelRatio, 0, 0, frame.pixelRatio, 0, 0)
  canvas.clearRect(0, 0, frame.width, frame.height)
  drawBackdrop(canvas, frame)
  drawLacks(canvas, frame)
  if (frame.visible === null) {
    drawDensity(canvas, frame)
    drawGhostEdges(canvas, frame)
    drawTagsOf(canvas, frame, drawThreads(canvas, frame))
  } else {
    drawEdges(canvas, frame)
    drawTies(canvas, frame)
    drawGhostEdges(canvas, frame)
    const ends = drawThreads(canvas, frame)
    drawLabels(canvas, frame, frame.visible)
    drawDots(canvas, frame, frame.visible)
    drawTagsOf(canvas, frame, ends)
  }
  drawGhosts(canvas, frame)
  drawPointed(canvas, frame)
  drawHeads(canvas, frame)
  drawScaleOver(canvas, frame)
  drawOutside(canvas, frame)
  drawThumb(canvas, frame)
  canvas.restore()
}

/** Rings around the chosen op and the one under the pointer. */
function drawPointed(canvas: Canvas2D, frame: Frame): void {
  const { selected } = frame.scene
  const r = Math.max(dotRadius(frame.camera), 2)
  if (selected?.type === 'op') ring(canvas, frame, selected.op, r + 9, frame.palette.accent, 2.5)
  if (typeof frame.hovered === 'number') ring(canvas, frame, frame.hovered, r + 7, frame.palette.quiet, 1.25)
}

function ring(canvas: Canvas2D, frame: Frame, op: number, r: number, color: string, width: number): void {
  canvas.beginPath()
  addShape(canvas, 0, opScreenX(frame, op), opScreenY(frame, op), r)
  canvas.strokeStyle = color
  canvas.lineWidth = width
  canvas.stroke()
}
