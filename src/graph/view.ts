/**
 * The live view: takes the node's feed and the page's gestures, keeps the camera, and draws only when something changed. The host (a
 * worker) gives it a canvas, a clock and a way to be called at the next frame. Nothing runs while the page is hidden or at rest.
 */
import { boxOf } from './box.ts'
import { easeColumns } from './columns-shown.ts'
import { atEnd, type Camera, ease, type Extent, fitted, following, homeRowGap, placesIn, revealing, settled, zoomed } from './camera.ts'
import type { Canvas2D } from './canvas2d.ts'
import { draw, sight } from './draw.ts'
import { headHeight } from './draw-heads.ts'
import { easeThreads } from './draw-peers.ts'
import type { Followed, GraphFeed, GraphInput, GraphOutput, GraphView, GraphWords, LaneHead, OffscreenCanvasLike } from './feed.ts'
import { BUTTONS_WIDTH, type Frame, POP_MS } from './frame.ts'
import { NONE, opX } from './layout.ts'
import { PALETTES } from './palette.ts'
import { pick, pickHead } from './pick.ts'
import { columnsOf, createScene, feedScene, findOp, idOf, LOAD_OPS, rowsOf, select, settleScene, stepFrom } from './scene.ts'
import { describeDrawn, ghostNote, seenGhost, seenOp } from './seen.ts'

export interface ViewHost {
  readonly canvas: OffscreenCanvasLike
  readonly context: Canvas2D
  readonly words: GraphWords
  post(output: GraphOutput): void
  /** Calls back once, at the next frame. */
  requestFrame(callback: () => void): void
  /** Calls back once, when the picture of this frame has left this thread. */
  afterFrame(callback: () => void): void
  /** ms, monotonic. */
  clock(): number
}

export interface LiveGraph {
  feed(feed: GraphFeed): void
  /** Every input but "open". */
  input(input: Exclude<GraphInput, { type: 'open' }>): void
}

/** The page is told of a picture at most this often, ms. */
const TELL_EVERY = 400
/**
 * While a load streams in, pictures are this far apart, since the load needs the processor more. It is over when no part of it came for
 * so long, ms.
 */
const LOAD_PICTURE_EVERY = 100
const LOAD_ENDS_AFTER = 400
/** Pictures take at most this part of the time: without a GPU one costs many milliseconds, and reading and writing come first. */
const PICTURES_SHARE = 1 / 6
/** A change that the node tells is drawn this long after it came: by then the page has shown it in the history, ms. */
const FEED_PAUSE = 34
/** A pointer that rests so long points at nothing, ms. */
const POINTER_RESTS = 5_000
/** The time in which a lane moves two thirds of the distance to its place, ms. */
const LANE_MOVE = 130
/** After a pause, easing goes on as if this long had passed, ms. */
const LONG_FRAME = 50

/** A live view of nothing yet. */
export function createGraphView(host: ViewHost, first: GraphView): LiveGraph {
  const scene = createScene()
  let view = first
  let box = boxOf(first, headHeight(scene, first.height), 0)
  let shown: Camera = { x: 0, y: 0, laneGap: 1, rowGap: homeRowGap(first.height) }
  let target: Camera = { ...shown }
  let follow: Followed = 'newest'
  /** What was followed before an op was selected, and from where: until a person moves the picture. */
  let left: { readonly follow: Followed; readonly camera: Camera } | null = null
  let hovered: number | string | null = null
  /** The lane whose head is under the pointer. */
  let headed: LaneHead | null = null
  /** Until then the pointer is on the picture, and no lane changes its place. */
  let pointedUntil = Number.NEGATIVE_INFINITY
  /** Lanes may have to move, and were kept in place because of the pointer. */
  let putOff = false
  /** An op that was asked for before it arrived. */
  let awaited: string | null = null
  /** Something changed since the last picture; since the page was last told; a frame is under way; no op was seen yet. */
  let dirty = true
  let untold = true
  let asked = false
  let fresh = true
  let lastFrame = 0
  let loadingUntil = Number.NEGATIVE_INFINITY
  let restsUntil = Number.NEGATIVE_INFINITY
  let lastTold = Number.NEGATIVE_INFINITY
  let extent: Extent = { columns: 0, rows: 0, newest: 0 }

  function touch(): void {
    dirty = true
    untold = true
    ask()
  }

  function ask(): void {
    if (asked || !view.visible) return
    asked = true
    host.requestFrame(onFrame)
  }

  function onFrame(): void {
    asked = false
    if (!view.visible || view.width === 0 || view.height === 0) return
    const now = host.clock()
    if (dirty && now >= restsUntil && (now >= loadingUntil || now - lastFrame >= LOAD_PICTURE_EVERY)) {
      picture(now)
      host.afterFrame(() => {
        restsUntil = now + (host.clock() - now) / PICTURES_SHARE
      })
    }
    if (untold && now - lastTold >= TELL_EVERY) {
      lastTold = now
      untold = false
      host.post(describeDrawn(frameAt(now)))
    }
    if (putOff && now >= pointedUntil) resettle()
    if (dirty || untold || putOff) ask()
  }

  function picture(now: number): void {
    const elapsed = Math.min(now - lastFrame, LONG_FRAME)
    lastFrame = now
    if (view.reducedMotion) shown = { ...target }
    const jumps = view.reducedMotion || now < loadingUntil
    const rest = ease(shown, target, elapsed, box)
    const frame = frameAt(now)
    const inPlace = easeColumns(scene, jumps ? 1 : 1 - Math.exp(-elapsed / LANE_MOVE))
    const level = easeThreads(frame, elapsed)
    draw(host.context, frame)
    for (const [op, since] of scene.arrivals) if (now - since > POP_MS) scene.arrivals.delete(op)
    dirty = !rest || !inPlace || !level || scene.arrivals.size > 0
  }

  function frameAt(now: number): Frame {
    const { width, height, pixelRatio, reducedMotion } = view
    const coveredFrom = width - Math.max(BUTTONS_WIDTH, view.coveredRight)
    const base = { scene, camera: shown, box, width, height, coveredFrom, pixelRatio, reducedMotion, now, hovered }
    return { ...base, palette: PALETTES[view.theme], words: host.words, ...sight(base) }
  }

  /** The content grew or the window changed: moves the camera to rest. */
  function resettle(resized = false): void {
    // Rows and window decide how many lanes fit.
    box = boxOf(view, headHeight(scene, view.height), rowsOf(scene))
    putOff = !resized && !fresh && host.clock() < pointedUntil
    if (!putOff) settleScene(scene, placesIn(box))
    easeColumns(scene, fresh ? 1 : 0)
    const { latest } = scene.layout
    extent = { columns: columnsOf(scene), rows: rowsOf(scene), newest: latest === NONE ? 0 : Math.round(opX(scene.layout, latest)) }
    if (follow === 'newest') target = following(target, extent, box)
    else target = follow === 'all' ? fitted(extent, box) : settled(target, extent, box)
    touch()
  }

  function aim(camera: Camera): void {
    hover(null, 0, 0)
    target = camera
    setFollow(atEnd(camera, extent, box) ? 'newest' : null)
    touch()
  }

  /** A person moved the picture. Where it cannot move, what it follows stays. */
  function moveTo(camera: Camera): void {
    if (isSameCamera(camera, target)) return touch()
    left = null
    aim(camera)
    shown = { ...camera }
  }

  /** If the view follows the newest row, it goes on doing so while that row stays in sight. */
  function zoom(factor: number, x: number, y: number): void {
    const next = zoomed(target, factor, x, y, extent, box)
    const newest = next.y + (extent.rows - 1) * next.rowGap
    moveTo(follow === 'newest' && newest < box.bottom ? following(next, extent, box) : next)
  }

  function setFollow(what: Followed): void {
    if (follow === what) return
    follow = what
    host.post({ type: 'following', what })
  }

  /** To what was followed before the selection, if nobody has moved the picture since. */
  function comeBack(): void {
    if (left === null) return
    target = left.camera
    setFollow(left.follow)
    left = null
  }

  function chooseById(id: string, revealed: boolean, first = 0): void {
    const op = findOp(scene, id, first)
    if (op !== NONE) choose(op, revealed)
    else if (scene.ghosts.some((ghost) => ghost.id === id)) choose(id, revealed)
    else awaited = id
  }

  function choose(what: number | string | null, revealed: boolean): void {
    awaited = null
    hover(null, 0, 0)
    if (what === null) comeBack()
    else left ??= { follow, camera: target }
    select(scene, what)
    // If the selected op is in a folded lane, the lane opens.
    resettle()
    if (what === null) host.post({ type: 'selected', id: null, ghost: null })
    else if (typeof what === 'string') host.post({ type: 'selected', id: what, ghost: ghostNote(scene, what) })
    else {
      host.post({ type: 'selected', id: idOf(scene, what), ghost: null })
      if (revealed) reveal(what)
    }
    lastTold = Number.NEGATIVE_INFINITY
    touch()
  }

  function reveal(op: number): void {
    const there = revealing(target, opX(scene.layout, op), scene.layout.row[op]!, extent, box)
    if (there !== target) aim(there)
  }

  function hover(what: number | string | null, x: number, y: number, head: LaneHead | null = null): void {
    if (what === hovered && isSameHead(head, headed)) return
    hovered = what
    headed = head
    const op = what === null ? null : typeof what === 'number' ? seenOp(scene, what) : seenGhost(scene, what)
    host.post({ type: 'hovered', op, head, x, y })
    touch()
  }

  function point(x: number, y: number): void {
    const frame = frameAt(host.clock())
    if (y < box.top) hover(null, x, y, pickHead(frame, x))
    else hover(pick(frame, x, y, 14), x, y)
  }

  /** On the head of a lane it says whose that is, where no pointer hovers; elsewhere it selects. */
  function tap(x: number, y: number): void {
    const frame = frameAt(host.clock())
    const head = y < box.top ? pickHead(frame, x) : null
    if (head === null) choose(pick(frame, x, y), false)
    else hover(null, x, y, head)
  }

  function resize(next: GraphView): void {
    const jump = next.width !== view.width || next.height !== view.height || fresh
    const uncovered = next.coveredRight !== view.coveredRight || next.coveredBottom !== view.coveredBottom
    if (target.rowGap === homeRowGap(view.height)) target = { ...target, rowGap: homeRowGap(next.height) }
    view = next
    const width = Math.max(1, Math.round(next.width * next.pixelRatio))
    const height = Math.max(1, Math.round(next.height * next.pixelRatio))
    // Setting a canvas's size clears it, even to the same size.
    if (host.canvas.width !== width) host.canvas.width = width
    if (host.canvas.height !== height) host.canvas.height = height
    resettle(jump)
    if (uncovered && scene.selected?.type === 'op') reveal(scene.selected.op)
    if (jump) shown = { ...target }
  }

  resize(first)
  return {
    feed(feed) {
      if (feed.type === 'reset' && scene.selected !== null) choose(null, false)
      const now = host.clock()
      const opsBefore = feed.type === 'reset' ? 0 : scene.layout.ops
      if (feedScene(scene, feed, now) > LOAD_OPS) loadingUntil = now + LOAD_ENDS_AFTER
      // Only from rest: further ops of a stream must not put off their own picture.
      if (!fresh && !dirty) restsUntil = Math.max(restsUntil, now + FEED_PAUSE)
      if (feed.type === 'reset') {
        setFollow('newest')
        fresh = true
      }
      resettle()
      // It was not found among the earlier ops.
      if (awaited !== null && (feed.type === 'ops' || feed.type === 'ghosts')) chooseById(awaited, true, opsBefore)
      if (fresh && scene.layout.ops > 0) {
        shown = { ...target }
        fresh = false
      }
    },
    input(input) {
      // A person's hand must not wait.
      loadingUntil = restsUntil = Number.NEGATIVE_INFINITY
      switch (input.type) {
        case 'view':
          return resize(input.view)
        case 'pan':
          pointedUntil = host.clock() + POINTER_RESTS
          return moveTo(settled({ ...target, x: target.x + input.dx, y: target.y + input.dy }, extent, box))
        case 'zoom':
          return zoom(input.factor, input.x, input.y)
        case 'tap':
          return tap(input.x, input.y)
        case 'hover':
          pointedUntil = host.clock() + POINTER_RESTS
          return point(input.x, input.y)
        case 'leave':
          hover(null, 0, 0)
          pointedUntil = Number.NEGATIVE_INFINITY
          return resettle()
        case 'select':
          if (input.id === null) return choose(null, false)
          return chooseById(input.id, input.reveal)
        case 'step': {
          const op = stepFrom(scene, input.to)
          if (op !== NONE) choose(op, true)
          return
        }
        case 'follow':
          left = null
          // Rows that all were in sight are too low to read the newest.
          if (follow === 'all' && input.what === 'newest') target = { ...target, rowGap: homeRowGap(view.height) }
          setFollow(input.what)
          return resettle()
      }
    },
  }
}

const isSameCamera = (a: Camera, b: Camera): boolean => a.x === b.x && a.y === b.y && a.laneGap === b.laneGap && a.rowGap === b.rowGap
const isSameHead = (a: LaneHead | null, b: LaneHead | null): boolean => a?.authors.join() === b?.authors.join() && a?.more === b?.more
