/**
 * A transport as it would be on a worse network: frames are late or lost in both directions, as a person has set it. Only the network is
 * simulated; everything that follows from it is real.
 */
import type { OpenTransport, Transport, TransportEvents } from './transport.ts'

export interface Hindrance {
  /** By how much every frame is delayed, each way (ms). */
  readonly delay: number
  /** The share of frames that are lost, each way (0 … 1). */
  readonly loss: number
}

export const UNHINDERED: Hindrance = { delay: 0, loss: 0 }

/** Frames on their way at once, each way. Further frames are lost, as on a network whose queue is full. */
export const MAX_UNDER_WAY = 1_024

/** @param hindrance asked for each frame: it may change at any time @param chance numbers in [0, 1) */
export function hindered(open: OpenTransport, hindrance: () => Hindrance, chance: () => number): OpenTransport {
  return (events: TransportEvents): Transport => {
    let closed = false
    let underWay = 0
    /** Delivers now, later, or never (then false). */
    const pass = (deliver: () => boolean): boolean => {
      const { delay, loss } = hindrance()
      if (loss > 0 && chance() < loss) return true
      if (delay === 0) return deliver()
      if (underWay >= MAX_UNDER_WAY) return false
      underWay++
      setTimeout(() => {
        underWay--
        if (!closed) deliver()
      }, delay)
      return true
    }
    const transport = open({
      onFrame: (frame, by) =>
        void pass(() => {
          events.onFrame(frame, by)
          return true
        }),
      onState: events.onState,
    })
    return {
      path: transport.path,
      get state() {
        return transport.state
      },
      buffered: (to) => transport.buffered(to),
      send(frame, to, by) {
        if (transport.state !== 'open') return false
        // The caller may change the bytes after the call.
        const kept = hindrance().delay === 0 ? frame : frame.slice()
        return pass(() => transport.send(kept, to, by))
      },
      wake: () => transport.wake?.(),
      close() {
        closed = true
        transport.close()
      },
    }
  }
}
