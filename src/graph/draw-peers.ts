/**
 * Peers' frontiers: for each peer a line across the columns (a *ribbon*; in code a thread). Higher on the screen than the ribbon are the
 * ops that the peer holds, lower the others: it lacks them, or, if the ribbon is dashed, may hold them.
 */
import { greatestOf } from '../core/lists.ts'
import type { Canvas2D } from './canvas2d.ts'
import { countInWords } from '../core/counts.ts'
import { BUTTONS_WIDTH, type Frame, screenX, screenY } from './frame.ts'
import { type Layout, placesOf } from './layout.ts'
import { FONT, inkOf } from './palette.ts'
import { measurePeers, type ScenePeer } from './scene.ts'
import { addShape } from './shape.ts'

/** Ribbons at the same height are this far apart, CSS pixels; or nearer, so that those of many peers stay between their two rows. */
const SPREAD = 4
/** The distance from an op to a ribbon below it at most, CSS pixels. */
const MAX_AIR = 18
/** The part of that distance that is kept free at either row. */
const CLEAR = 0.25
/** The space that a tag takes, and its radius, CSS pixels. */
const TAG_SIZE = 12
const TAG_RADIUS = 4.6
/** The sum of the tints of all peers that lack something, and the tint of one if they are few. */
const MAX_TINT = 0.15
const TINT = 0.05
/** A ribbon that is dashed, CSS pixels. */
const DASH = [5, 4]
/** The space between the end of a ribbon and its first tag, CSS pixels. */
const TAG_GAP = 7

/** Tints the ops that each peer lacks; drawn under the ops. */
export function drawLacks(canvas: Canvas2D, frame: Frame): void {
  const behind = threads(frame).filter(({ peer }) => peer.isAll && !isLevel(frame, peer))
  for (const { peer, aside } of behind) {
    canvas.beginPath()
    const [left, right] = addThread(canvas, frame, peer, aside)
    const floor = threadY(frame, frame.scene.layout.rows, aside)
    canvas.lineTo(right, floor)
    canvas.lineTo(left, floor)
    canvas.closePath()
    canvas.fillStyle = colorOf(frame, peer)
    canvas.globalAlpha = Math.min(TINT, MAX_TINT / behind.length)
    canvas.fill()
  }
  canvas.globalAlpha = 1
}

/** Where a peer's ribbon ends at the right, and how high it would be if it were the only one. */
interface ThreadEnd {
  readonly peer: ScenePeer
  readonly x: number
  readonly y: number
  readonly level: number
}

/** Draws the ribbons, under the ops; gives their ends. */
export function drawThreads(canvas: Canvas2D, frame: Frame): readonly ThreadEnd[] {
  const { palette } = frame
  canvas.lineCap = 'round'
  canvas.lineJoin = 'round'
  return threads(frame).map(({ peer, aside }) => {
    canvas.beginPath()
    const [, right, y] = addThread(canvas, frame, peer, aside)
    canvas.lineWidth = 4.5
    canvas.strokeStyle = palette.paper
    canvas.globalAlpha = 0.8
    canvas.stroke()
    canvas.globalAlpha = 1
    canvas.lineWidth = 1.75
    canvas.strokeStyle = colorOf(frame, peer)
    canvas.setLineDash(peer.isAll || missing(frame, peer) === 0 ? [] : DASH)
    canvas.stroke()
    canvas.setLineDash([])
    return { peer, x: right, y, level: y - aside }
  })
}

/** Draws at the right end of each ribbon the mark of its author, and how many ops that peer lacks. Over the ops: no op hides a tag. */
export function drawTagsOf(canvas: Canvas2D, frame: Frame, ends: readonly ThreadEnd[]): void {
  canvas.font = `10.5px ${FONT}`
  canvas.textAlign = 'left'
  canvas.textBaseline = 'middle'
  let row: ThreadEnd[] = []
  for (const end of ends.toSorted((a, b) => a.level - b.level || a.y - b.y)) {
    if (row.length > 0 && end.level - row[0]!.level > TAG_SIZE) {
      drawTags(canvas, frame, row)
      row = []
    }
    row.push(end)
  }
  drawTags(canvas, frame, row)
}

/**
 * Draws tags that would overlap side by side; after them, how far the last of these peers is behind. If they would stand under the page's
 * buttons, they stand on the ends of the ribbons, or below them when these are below all ops.
 */
function drawTags(canvas: Canvas2D, frame: Frame, ends: readonly ThreadEnd[]): void {
  const [first, last] = [ends[0], ends.at(-1)]
  if (first === undefined || last === undefined) return
  const lacks = greatestOf(ends.map(({ peer }) => (peer.isAll ? missing(frame, peer) : 0)))
  const words = lacks === 0 ? '' : `−${countInWords(lacks)}`
  const width = ends.length * TAG_SIZE + (words === '' ? 0 : canvas.measureText(words).width)
  const left = Math.min(first.x + TAG_GAP, frame.width - BUTTONS_WIDTH - width) - TAG_SIZE / 2
  // Beside the newest op there may be no space for them; below it there is nothing.
  const isBelow = left < first.x && first.level > screenY(frame, frame.scene.layout.rows - 1)
  const line = last.y + TAG_SIZE * 0.75
  for (const [i, { peer, y }] of ends.entries()) {
    canvas.beginPath()
    addShape(canvas, peer.look?.shape ?? 0, left + (i + 0.5) * TAG_SIZE, isBelow ? line : y, TAG_RADIUS)
    canvas.fillStyle = peer.look === null ? frame.palette.paper : colorOf(frame, peer)
    canvas.fill()
    canvas.lineWidth = 1.25
    canvas.strokeStyle = colorOf(frame, peer)
    canvas.stroke()
  }
  if (words === '') return
  const x = left + ends.length * TAG_SIZE + 1
  canvas.lineWidth = 3
  canvas.strokeStyle = frame.palette.paper
  canvas.strokeText(words, x, isBelow ? line : last.y)
  canvas.fillStyle = frame.palette.quiet
  canvas.fillText(words, x, isBelow ? line : last.y)
}

/**
 * Moves the ribbons towards their places; true when all have arrived. `elapsed` in ms. This runs once a picture, and not for each message
 * of the feed: others decide how many columns and lanes there are, and pictures take only a part of the time (`view.ts`).
 */
export function easeThreads(frame: Frame, elapsed: number): boolean {
  measurePeers(frame.scene)
  let arrived = true
  const part = frame.reducedMotion ? 1 : 1 - Math.exp(-elapsed / 90)
  for (const { lacks, shown } of heardPeers(frame)) {
    for (let column = 0; column < lacks.length; column++) {
      const gap = lacks[column]! - shown[column]!
      if (Math.abs(gap) < 0.02) shown[column] = lacks[column]!
      else {
        shown[column] = shown[column]! + gap * part
        arrived = false
      }
    }
  }
  return arrived
}

/** Peers of which this node knows a held op. Of the others it claims nothing: it has not heard them, or they are ahead of it everywhere. */
const heardPeers = ({ scene }: Frame): readonly ScenePeer[] => scene.peers.filter(({ frontier }) => frontier.count > 0)

/** How many ops a peer is not known to hold. */
const missing = ({ scene }: Frame, { frontier }: ScenePeer): number => scene.layout.ops - frontier.count

const airOf = (frame: Frame): number => Math.min(frame.camera.rowGap / 2, MAX_AIR)

/** Peers, each with the distance of its ribbon from the middle between two rows, CSS pixels downwards. */
function threads(frame: Frame): readonly { readonly peer: ScenePeer; readonly aside: number }[] {
  const peers = heardPeers(frame)
  const step = Math.min(SPREAD, (2 * airOf(frame) * (1 - 2 * CLEAR)) / Math.max(1, peers.length - 1))
  return peers.map((peer, i) => ({ peer, aside: (i - (peers.length - 1) / 2) * step }))
}

function isLevel(frame: Frame, peer: ScenePeer): boolean {
  return peer.lacks.every((row) => row >= frame.scene.layout.rows)
}

function colorOf(frame: Frame, peer: ScenePeer): string {
  return peer.look === null ? frame.palette.quiet : inkOf(peer.look, frame.palette)
}

/** Between the last row held and the first one lacked. */
function threadY(frame: Frame, row: number, aside: number): number {
  return Math.min(Math.max(screenY(frame, row - 1) + airOf(frame) + aside, -40), frame.height + 40)
}

/** The row of a peer's ribbon in a place. In the place of the folded columns: above the first op that it lacks of any of them. */
function shownRow(layout: Layout, { shown }: ScenePeer, at: number): number {
  const column = layout.open[at]
  if (column !== undefined) return shown[column] ?? 0
  let row = layout.rows
  for (let i = 0; i < shown.length; i++) if (layout.place[i] === at) row = Math.min(row, shown[i]!)
  return row
}

/** Adds a peer's ribbon to the path, level across each column with soft steps between; returns its left, right and the y at its right end. */
function addThread(canvas: Canvas2D, frame: Frame, peer: ScenePeer, aside: number): [left: number, right: number, y: number] {
  const { laneGap } = frame.camera
  const { layout } = frame.scene
  const half = laneGap * 0.34
  const first = Math.max(0, Math.floor(-frame.camera.x / laneGap - 1))
  const last = Math.min(placesOf(layout) - 1, Math.ceil((frame.width - frame.camera.x) / laneGap + 1))
  const left = screenX(frame, first) - laneGap / 2
  let x = left
  let y = threadY(frame, shownRow(layout, peer, first), aside)
  canvas.moveTo(x, y)
  for (let position = first; position <= last; position++) {
    const nextY = threadY(frame, shownRow(layout, peer, position), aside)
    const at = screenX(frame, position)
    const middle = (x + at - half) / 2
    if (nextY === y) canvas.lineTo(at - half, nextY)
    else canvas.bezierCurveTo(middle, y, middle, nextY, at - half, nextY)
    canvas.lineTo(at + half, nextY)
    x = at + half
    y = nextY
  }
  const right = screenX(frame, last) + laneGap / 2
  canvas.lineTo(right, y)
  return [left, right, y]
}
