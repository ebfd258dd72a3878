/** What is under the pointer: the nearest op or ghost within a finger's reach. Costs the ops of the few rows around it. */
import { shownX } from './columns-shown.ts'
import { lanesOutside } from './draw-outside.ts'
import type { LaneHead } from './feed.ts'
import { type Frame, newestInRows, opScreenX, opScreenY, opsInRows, screenX, screenY } from './frame.ts'
import { foldedColumns } from './layout.ts'
import { foldedAuthors } from './seen.ts'

/** CSS pixels: half of the 44 that a finger wants. */
const FINGER = 22
/** In the far view there may be very many ops in reach: so many are looked at, enough to find a near one. */
const MAX_LOOKED_AT = 4000

/** An op number, a ghost's id, or null. `reach` in CSS pixels. */
export function pick(frame: Frame, x: number, y: number, reach = FINGER): number | string | null {
  const { box, camera, scene } = frame
  let best: number | string | null = null
  let bestAway = reach
  const offer = (what: number | string, px: number, py: number): void => {
    // What lies under the heads of the lanes or under the depth scale is not in sight.
    if (px < box.left || py < box.top) return
    const away = Math.hypot(px - x, py - y)
    if (away > bestAway) return
    best = what
    bestAway = away
  }
  const row = (y - camera.y) / camera.rowGap
  const rows = reach / camera.rowGap
  const near = opsInRows(scene.layout, Math.floor(row - rows), Math.ceil(row + rows), MAX_LOOKED_AT)
  for (const op of near ?? newestInRows(scene.layout, Math.ceil(row), MAX_LOOKED_AT)) {
    offer(op, opScreenX(frame, op), opScreenY(frame, op))
  }
  for (const ghost of scene.ghosts) offer(ghost.id, screenX(frame, shownX(scene, ghost.x)), screenY(frame, ghost.row))
  return best
}

/** The lane whose head is at `x`, or null. */
export function pickHead(frame: Frame, x: number): LaneHead | null {
  const { box, camera, scene } = frame
  const { layout } = scene
  if (x < box.left || x > lanesOutside(frame).end) return null
  const place = Math.round((x - camera.x) / camera.laneGap)
  const column = layout.open[place]
  if (column !== undefined) return { folded: false, authors: [scene.authors[layout.columnAuthor[column]!]!.id], more: 0 }
  const folded = foldedColumns(layout)
  if (folded === 0 || place !== layout.open.length) return null
  const authors = foldedAuthors(scene)
  return { folded: true, authors, more: folded - authors.length }
}
