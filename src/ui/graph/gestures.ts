/**
 * Pointer and wheel on the canvas, as inputs of the graph: one finger or button pans, two fingers pinch, a tap selects, a
 * mouse hovers. A notched wheel zooms, since it has nothing finer to say; a touchpad scrolls, and zooms when pinched.
 */
import type { GraphInput } from '../../graph/feed.ts'

/** A pointer that moved less than this between down and up tapped, CSS pixels. */
const TAP_SLOP = 5
/** Wheel events closer than this belong to one gesture, ms. */
const WHEEL_PAUSE = 250
/** Touchpads send smaller steps than this, CSS pixels. */
const NOTCH = 60
const LINE = 16

interface Held {
  x: number
  y: number
}

/** Listens until `signal` aborts. */
export function listenToGestures(canvas: HTMLCanvasElement, send: (input: GraphInput) => void, signal: AbortSignal): void {
  const held = new Map<number, Held>()
  let moved = 0
  let wheelZooms = false
  let wheelAt = Number.NEGATIVE_INFINITY

  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button > 1) return
      canvas.setPointerCapture(event.pointerId)
      if (held.size === 0) moved = 0
      held.set(event.pointerId, at(event))
      // It may have rested for long.
      if (isMouse(event)) send({ type: 'hover', ...at(event) })
    },
    { signal },
  )

  canvas.addEventListener(
    'pointermove',
    (event) => {
      const last = held.get(event.pointerId)
      const now = at(event)
      if (last === undefined) {
        if (isMouse(event)) send({ type: 'hover', ...now })
        return
      }
      const other = [...held].find(([id]) => id !== event.pointerId)?.[1]
      const dx = now.x - last.x
      const dy = now.y - last.y
      moved += Math.hypot(dx, dy)
      held.set(event.pointerId, now)
      if (other !== undefined) pinch(last, now, other, send)
      else if (moved > TAP_SLOP) {
        canvas.dataset['dragging'] = 'true'
        send({ type: 'pan', dx, dy })
      }
    },
    { signal },
  )

  const release = (event: PointerEvent): void => {
    if (!held.delete(event.pointerId) || held.size > 0) return
    delete canvas.dataset['dragging']
    // Before the tap: what it says of the place that was touched stays.
    if (!isMouse(event)) send({ type: 'leave' })
    if (event.type === 'pointerup' && moved <= TAP_SLOP) send({ type: 'tap', ...at(event) })
  }
  canvas.addEventListener('pointerup', release, { signal })
  canvas.addEventListener('pointercancel', release, { signal })
  canvas.addEventListener('pointerleave', (event) => isMouse(event) && send({ type: 'leave' }), { signal })

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE
      const dx = event.deltaX * unit
      const dy = event.deltaY * unit
      if (event.timeStamp - wheelAt > WHEEL_PAUSE) {
        wheelZooms = event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL || (dx === 0 && Math.abs(dy) >= NOTCH && Number.isInteger(dy))
      }
      wheelAt = event.timeStamp
      const pinched = event.ctrlKey || event.metaKey
      if (event.shiftKey) send({ type: 'pan', dx: -(dx || dy), dy: 0 })
      else if (pinched || wheelZooms)
        send({ type: 'zoom', factor: Math.exp(-dy * (pinched && !wheelZooms ? 0.012 : 0.0022)), ...at(event) })
      else send({ type: 'pan', dx: -dx, dy: -dy })
    },
    { signal, passive: false },
  )
}

/** One of two fingers moved from `last` to `now`: the middle pans, the distance zooms. */
function pinch(last: Held, now: Held, other: Held, send: (input: GraphInput) => void): void {
  const before = Math.hypot(last.x - other.x, last.y - other.y)
  const after = Math.hypot(now.x - other.x, now.y - other.y)
  send({ type: 'pan', dx: (now.x - last.x) / 2, dy: (now.y - last.y) / 2 })
  if (before > 1 && after > 1) send({ type: 'zoom', factor: after / before, x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 })
}

const isMouse = ({ pointerType }: PointerEvent): boolean => pointerType === 'mouse'

const at = (event: MouseEvent): Held => ({ x: event.offsetX, y: event.offsetY })
