/** The data for drawing one picture, and the small computations that every part of it needs. */
import type { Box, Camera } from './camera.ts'
import type { GraphWords } from './feed.ts'
import { laneOffset, type Layout, NONE } from './layout.ts'
import type { Palette } from './palette.ts'
import { REST } from './reach.ts'
import type { Scene } from './scene.ts'

export interface Frame {
  readonly scene: Scene
  readonly camera: Camera
  readonly box: Box
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  /** Right of this place the page's buttons or other parts of the page cover the picture, CSS pixels. */
  readonly coveredFrom: number
  readonly pixelRatio: number
  readonly palette: Palette
  readonly words: GraphWords
  /** ms, the drawing clock. */
  readonly now: number
  readonly reducedMotion: boolean
  /** The op or ghost under the pointer. */
  readonly hovered: number | string | null
  /** Ops in sight in no order, or null when they are too many to draw one by one. */
  readonly visible: readonly number[] | null
  /** First and last row in sight. */
  readonly firstRow: number
  readonly lastRow: number
}

/** The strip at the right in which the page's buttons stand, CSS pixels. */
export const BUTTONS_WIDTH = 58

/** The opacity of an op that does not belong to the selection. */
export const MUTED = 0.2

/** How long an op pops in, ms. */
export const POP_MS = 420

export const screenX = (frame: Frame, column: number): number => frame.camera.x + column * frame.camera.laneGap
export const screenY = (frame: Frame, row: number): number => frame.camera.y + row * frame.camera.rowGap
/** The middle of a column, wherever it is shown now. */
export const columnScreenX = (frame: Frame, column: number): number => screenX(frame, frame.scene.columnShown[column]!)
export function opScreenX(frame: Frame, op: number): number {
  const { layout, columnShown } = frame.scene
  const lane = layout.lane[op]!
  return screenX(frame, columnShown[layout.laneColumn[lane]!]! + laneOffset(layout, lane))
}
export const opScreenY = (frame: Frame, op: number): number => screenY(frame, frame.scene.layout.row[op]!)

/** Radius of an op's dot, CSS pixels. */
export function dotRadius(camera: Camera): number {
  return Math.max(0.8, Math.min(7, camera.rowGap * 0.22, camera.laneGap * 0.16))
}

/** Radius of the shape in the head of a column, CSS pixels. */
export const headRadius = (camera: Camera): number => Math.min(6, camera.laneGap * 0.3)

/** 1, or less for an op that does not belong to the selection. */
export function emphasis(frame: Frame, op: number): number {
  const { selected } = frame.scene
  return selected?.type === 'op' && selected.reach.marks[op] === REST ? MUTED : 1
}

/** Ops in rows first … last, or null when there are more than `most`. */
export function opsInRows(layout: Layout, first: number, last: number, most: number): number[] | null {
  const ops: number[] = []
  for (let row = Math.max(first, 0); row <= Math.min(last, layout.rows - 1); row++) {
    for (let op = layout.rowFirst[row]!; op !== NONE; op = layout.rowNext[op]!) {
      if (ops.length === most) return null
      ops.push(op)
    }
  }
  return ops
}

/** At most `most` ops of row `last` and those before it, the newest rows first. O(most + rows looked at). */
export function newestInRows(layout: Layout, last: number, most: number): number[] {
  const ops: number[] = []
  for (let row = Math.min(last, layout.rows - 1); row >= 0 && ops.length < most; row--) {
    for (let op = layout.rowFirst[row]!; op !== NONE && ops.length < most; op = layout.rowNext[op]!) ops.push(op)
  }
  return ops
}
