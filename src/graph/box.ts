/** The part of the canvas that ops are drawn in. */
import type { Box } from './camera.ts'
import type { GraphView } from './feed.ts'
import { countInWords } from '../core/counts.ts'
import { BUTTONS_WIDTH } from './frame.ts'

/**
 * Space for the depth scale (a digit or a comma of it), for the page's buttons, and, where the canvas is wide enough, for the peers'
 * marks before them, CSS pixels.
 */
const LEFT = 16
const DIGIT = 6
const RIGHT = BUTTONS_WIDTH
const RIGHT_WIDE = 106
const WIDE = 480

/** Below the strip of lane heads, which ends at `top`, and beside what the page lays over the picture. */
export function boxOf(view: GraphView, top: number, rows: number): Box {
  const left = LEFT + DIGIT * Math.max(3, countInWords(rows).length)
  const beside = view.width < WIDE ? RIGHT : RIGHT_WIDE
  return {
    left,
    top,
    right: Math.max(view.width - Math.max(beside, view.coveredRight), left + 1),
    full: Math.max(view.width - beside, left + 1),
    bottom: Math.max(view.height - view.coveredBottom, top + 1),
  }
}
