/**
 * A path inside one thread, for tests and the simulator. Nothing is delivered and no state is reported except by tasks handed to the
 * scheduler. So the owner of the scheduler decides about time, order and loss.
 */
import { MAX_FRAME_BYTES, type OpenTransport, type TransportEvents, type TransportState } from './transport.ts'

/** Runs a task later: never inside the call. */
export type Schedule = (task: () => void) => void

export interface MemoryHub {
  /** Opens one more transport on this hub. */
  readonly open: OpenTransport
  /** Takes the path down for everybody (true) or brings it back (false). */
  setDown(down: boolean): void
}

/** A path that everybody who opens it shares. A frame that is on its way while the path goes down is lost. */
export function createMemoryHub(schedule: Schedule): MemoryHub {
  const members = new Set<{ hear(frame: Uint8Array): void; report(state: TransportState, detail: string): void }>()
  let down = false

  const open: OpenTransport = (events: TransportEvents) => {
    let state: TransportState = 'connecting'
    const member = {
      hear(frame: Uint8Array) {
        if (members.has(member) && state === 'open') events.onFrame(frame)
      },
      report(next: TransportState, detail: string) {
        if (!members.has(member) || state === next) return
        state = next
        events.onState(next, detail)
      },
    }
    const announce = () => (down ? member.report('down', 'cut') : member.report('open', ''))
    members.add(member)
    schedule(announce)

    return {
      path: 'memory',
      get state() {
        return state
      },
      buffered: () => 0,
      send(frame) {
        if (state !== 'open' || !members.has(member) || frame.length > MAX_FRAME_BYTES) return false
        for (const other of members) {
          if (other === member) continue
          const copy = frame.slice()
          schedule(() => other.hear(copy))
        }
        return true
      },
      close() {
        members.delete(member)
        state = 'down'
      },
    }
  }

  return {
    open,
    setDown(next) {
      down = next
      for (const member of members) schedule(() => (next ? member.report('down', 'cut') : member.report('open', '')))
    },
  }
}
