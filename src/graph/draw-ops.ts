/** Ops in sight, one by one: dots in their author's shape and colour, rings on heads, stars on equivocations, short ids when near. */
import { toHex } from '../core/bytes.ts'
import { ID_BYTES } from '../core/limits.ts'
import type { Canvas2D } from './canvas2d.ts'
import { dotRadius, emphasis, type Frame, opScreenX, opScreenY, opsInRows, POP_MS } from './frame.ts'
import { isHead } from './layout.ts'
import { inkOf, MONO } from './palette.ts'
import { lookOf } from './scene.ts'
import { addShape, addStar } from './shape.ts'

/** Digits of an id on the canvas: enough to recognise, never enough to prove. */
const SHORT_ID_DIGITS = 6
const LABEL_ROW_GAP = 19
const LABEL_LANE_GAP = 66
/** Six digits in their type, CSS pixels. */
const LABEL_WIDTH = 37
/** Of a row of more ops it is not looked at which of its places are free. */
const MAX_ROW_OPS = 64
/** Around a label, twice its width, CSS pixels: no edge is seen between its digits, or touches them. */
const HALO = 5

/** Draws the dots. */
export function drawDots(canvas: Canvas2D, frame: Frame, visible: readonly number[]): void {
  const r = dotRadius(frame.camera)
  if (r < 2.6) drawSpecks(canvas, frame, visible, r)
  else for (const op of visible) drawDot(canvas, frame, op, r)
  canvas.globalAlpha = 1
}

/** Draws short ids beside the dots, when there is room for them. */
export function drawLabels(canvas: Canvas2D, frame: Frame, visible: readonly number[]): void {
  const { camera, palette, scene } = frame
  if (camera.rowGap < LABEL_ROW_GAP || camera.laneGap < LABEL_LANE_GAP) return
  canvas.font = `10px ${MONO}`
  canvas.textBaseline = 'middle'
  canvas.lineJoin = 'round'
  canvas.lineWidth = HALO
  canvas.strokeStyle = palette.paper
  canvas.fillStyle = palette.quiet
  const aside = dotRadius(camera) + 7
  for (const op of visible) {
    const beside = aside + (isHead(scene.layout, op) || scene.ties.forked.has(op) ? 4 : 0) + (isChosen(frame, op) ? 5 : 0)
    let side = labelSide(frame, op)
    // Where the page lies over it nobody can read it.
    if (side > 0 && opScreenX(frame, op) + beside + LABEL_WIDTH > frame.coveredFrom) side = isFreeAtLeft(frame, op) ? -1 : 0
    if (side === 0) continue
    const id = toHex(scene.layout.ids.subarray(op * ID_BYTES, op * ID_BYTES + SHORT_ID_DIGITS / 2))
    const x = opScreenX(frame, op) + side * beside
    const y = opScreenY(frame, op) + 0.5
    canvas.textAlign = side < 0 ? 'right' : 'left'
    // In full strength: edges must not be seen through the label of a muted op.
    canvas.globalAlpha = 1
    canvas.strokeText(id, x, y)
    canvas.globalAlpha = emphasis(frame, op)
    canvas.fillText(id, x, y)
  }
  canvas.globalAlpha = 1
}

function isChosen(frame: Frame, op: number): boolean {
  const { selected } = frame.scene
  return selected?.type === 'op' && selected.op === op
}

/** 1: label at the right; −1: at the left; 0: none. The lanes of a split column stand close: the outer two have their labels outside. */
function labelSide(frame: Frame, op: number): -1 | 0 | 1 {
  const { layout } = frame.scene
  const lane = layout.lane[op]!
  if (layout.columnLanes[layout.laneColumn[lane]!] === 1) return 1
  const rank = layout.laneRank[lane]!
  return rank === 0 ? -1 : rank === 1 ? 1 : 0
}

/** Whether no op of its row, or label of one, stands in the lane at its left. */
function isFreeAtLeft(frame: Frame, op: number): boolean {
  const { layout } = frame.scene
  if (layout.columnLanes[layout.laneColumn[layout.lane[op]!]!] !== 1) return false
  const x = opScreenX(frame, op)
  const row = opsInRows(layout, layout.row[op]!, layout.row[op]!, MAX_ROW_OPS)
  return (
    row !== null &&
    row.every((other) => other === op || opScreenX(frame, other) < x - 1.5 * frame.camera.laneGap || opScreenX(frame, other) > x)
  )
}

/** Far enough away a dot is a speck: one path for each author. */
function drawSpecks(canvas: Canvas2D, frame: Frame, visible: readonly number[], r: number): void {
  const { layout } = frame.scene
  const batches = new Map<number, number[]>()
  for (const op of visible) {
    const key = layout.author[op]! * 2 + (emphasis(frame, op) < 1 ? 0 : 1)
    const batch = batches.get(key)
    if (batch === undefined) batches.set(key, [op])
    else batch.push(op)
  }
  const size = Math.max(r * 2, 2.5)
  for (const [, batch] of batches) {
    canvas.globalAlpha = emphasis(frame, batch[0]!)
    canvas.fillStyle = inkOf(lookOf(frame.scene, batch[0]!), frame.palette)
    canvas.beginPath()
    for (const op of batch) canvas.rect(opScreenX(frame, op) - size / 2, opScreenY(frame, op) - size / 2, size, size)
    canvas.fill()
  }
  canvas.globalAlpha = 1
  for (const op of visible) if (frame.scene.ties.forked.has(op)) drawMark(canvas, frame, op, 4)
}

function drawDot(canvas: Canvas2D, frame: Frame, op: number, radius: number): void {
  const { scene, palette } = frame
  const x = opScreenX(frame, op)
  const y = opScreenY(frame, op)
  const look = lookOf(scene, op)
  const age = popped(frame, op)
  const r = radius * (age < 1 ? 0.4 + 0.6 * overshoot(age) : 1)
  canvas.globalAlpha = emphasis(frame, op)
  if (age < 1) drawRipple(canvas, frame, op, x, y, radius, age)
  if (scene.ties.forked.has(op)) drawMark(canvas, frame, op, radius + 6)
  if (isHead(scene.layout, op)) {
    canvas.beginPath()
    addShape(canvas, look.shape, x, y, r + 4.5)
    canvas.fillStyle = palette.paper
    canvas.fill()
    canvas.lineWidth = 1.75
    canvas.strokeStyle = inkOf(look, palette)
    canvas.stroke()
  }
  canvas.beginPath()
  addShape(canvas, look.shape, x, y, r)
  canvas.lineWidth = 3
  canvas.lineJoin = 'round'
  canvas.strokeStyle = palette.paper
  canvas.stroke()
  canvas.globalAlpha = 1
  canvas.fillStyle = palette.paper
  canvas.fill()
  canvas.globalAlpha = emphasis(frame, op)
  canvas.fillStyle = inkOf(look, palette)
  canvas.fill()
}

/** A star behind the dot: this op is one side of an equivocation. */
function drawMark(canvas: Canvas2D, frame: Frame, op: number, r: number): void {
  canvas.beginPath()
  addStar(canvas, opScreenX(frame, op), opScreenY(frame, op), r)
  canvas.fillStyle = frame.palette.paper
  canvas.fill()
  canvas.lineWidth = 1.75
  canvas.strokeStyle = frame.palette.danger
  canvas.stroke()
}

function drawRipple(canvas: Canvas2D, frame: Frame, op: number, x: number, y: number, r: number, age: number): void {
  const alpha = canvas.globalAlpha
  canvas.globalAlpha = alpha * 0.5 * (1 - age)
  canvas.beginPath()
  addShape(canvas, 0, x, y, r + 16 * age)
  canvas.lineWidth = 2
  canvas.strokeStyle = inkOf(lookOf(frame.scene, op), frame.palette)
  canvas.stroke()
  canvas.globalAlpha = alpha
}

/** 0 … 1: how far an op has popped in; 1 when it is long there. */
function popped(frame: Frame, op: number): number {
  const since = frame.scene.arrivals.get(op)
  return since === undefined || frame.reducedMotion ? 1 : Math.min(1, Math.max(0, (frame.now - since) / POP_MS))
}

/** Eases out beyond 1 and back. */
function overshoot(t: number): number {
  return 1 + 2.2 * (t - 1) ** 3 + 1.2 * (t - 1) ** 2
}
