/**
 * Frames that others have this node forward on one channel. They wait here, and are given only when no frame of the node's own waits. The
 * channel has one budget for all of them, so it does not grow with the number of those who bring frames, nor with new sender values.
 */
import { createBudget, leftAt } from '../../core/budget.ts'

/** Bytes of such frames that a channel is given, at once and in each later second: 32 short frames, while it carries 512 own ones. */
export const MAX_FORWARDED = 16_384
export const FORWARDED_PER_SECOND = 8_192
/** A frame counts as at least this many bytes, since a short one also costs a piece of the channel, and work at its far end. */
export const LEAST_CHARGED = 256
/** Bytes that wait, counted in the same way: two seconds' worth. Of the one who brought most, the latest frame is dropped. */
export const MAX_FORWARDED_WAITING = 16_384

/** What a frame that is forwarded counts as. Bytes. */
export const chargeOf = (frame: Uint8Array): number => Math.max(LEAST_CHARGED, frame.length)

export interface Forwarded {
  readonly isEmpty: boolean
  /** @param by who brought it: each has a turn */
  add(frame: Uint8Array, by: string): void
  /** The next frame, if one may be given at `now` (ms). */
  take(now: number): Uint8Array | null
}

export function createForwarded(now: number): Forwarded {
  const budget = createBudget(MAX_FORWARDED, FORWARDED_PER_SECOND, now)
  /** By who brought them, in the order of turns. None is empty. */
  const waiting = new Map<string, Uint8Array[]>()
  let charged = 0
  return {
    get isEmpty() {
      return waiting.size === 0
    },
    add(frame, by) {
      const queue = waiting.get(by) ?? []
      queue.push(frame)
      waiting.set(by, queue)
      charged += chargeOf(frame)
      while (charged > MAX_FORWARDED_WAITING) {
        const [longest, frames] = [...waiting].reduce((most, each) => (chargeOfAll(each[1]) > chargeOfAll(most[1]) ? each : most))
        charged -= chargeOf(frames.pop()!)
        if (frames.length === 0) waiting.delete(longest)
      }
    },
    take(now) {
      const [first] = waiting
      if (first === undefined) return null
      const [by, queue] = first
      if (leftAt(budget, now) < chargeOf(queue[0]!)) return null
      const frame = queue.shift()!
      waiting.delete(by)
      if (queue.length > 0) waiting.set(by, queue)
      budget.left -= chargeOf(frame)
      charged -= chargeOf(frame)
      return frame
    },
  }
}

const chargeOfAll = (frames: readonly Uint8Array[]): number => frames.reduce((sum, frame) => sum + chargeOf(frame), 0)
