/** The path between tabs of one browser: a BroadcastChannel. It is open as soon as it is made, and closes only when the node closes it. */
import { MAX_FRAME_BYTES, type OpenTransport, type TransportState } from './transport.ts'

/** @param name the same for all tabs of a room; every script of the origin can listen, so frames are sealed here too */
export function openBroadcastChannel(name: string): OpenTransport {
  return (events) => {
    const channel = new BroadcastChannel(name)
    let state: TransportState = 'connecting'
    let closed = false

    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!closed && data instanceof Uint8Array && data.length <= MAX_FRAME_BYTES) events.onFrame(data)
    }
    // Not at once: no caller expects to be called before it holds the transport.
    queueMicrotask(() => {
      if (closed) return
      state = 'open'
      events.onState('open', '')
    })

    return {
      path: 'broadcast',
      get state() {
        return state
      },
      buffered: () => 0,
      send(frame) {
        if (state !== 'open' || frame.length > MAX_FRAME_BYTES) return false
        // A view is cloned with all of the buffer behind it; a frame on its own travels alone.
        channel.postMessage(frame.byteLength === frame.buffer.byteLength ? frame : frame.slice())
        return true
      },
      close() {
        closed = true
        state = 'down'
        channel.close()
      },
    }
  }
}
