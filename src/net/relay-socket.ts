/**
 * The path between devices: a websocket to a relay, opened again by itself whenever it is lost, for as long as it is
 * not closed. Addresses are those of PartyKit (`<origin>/parties/main/<room>`), so a partyserver host serves as well.
 */
import ReconnectingWebSocket from 'partysocket/ws'
import { MAX_FRAME_BYTES, type Transport, type TransportEvents, type TransportState } from './transport.ts'

/** Frames wait in the socket up to here; beyond it `send` drops, since what is late here is better asked for anew. Bytes. */
export const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/** The first retry comes after 0.3 to 1 s, each at its own time, so that a restarted relay does not meet all at once. ms */
const MIN_DELAY = 300
const DELAY_JITTER = 700

/** A relay that is back is noticed within this. ms */
const MAX_DELAY = 5_000

/** A connection that was up for so long was a good one: the delays begin anew. ms */
const MIN_UPTIME = 5_000

/** A relay that does not answer the handshake within this is tried again. ms */
const CONNECT_TIMEOUT = 4_000

export interface RelaySocketOptions {
  /** "ws://localhost:5173": the relay, without a path. */
  readonly origin: string
  /** The room's name at the relay (`net/keys`). */
  readonly room: string
  /** A class like `WebSocket`, where the platform has none (Node 20). */
  readonly socketClass?: new (url: string, protocols: string[]) => unknown
}

export interface RelaySocket extends Transport {
  /** Tries at once instead of after the delay, where the socket is not open; for "the network is back". */
  retryNow(): void
}

/** An `OpenTransport` whose transports can be hurried. */
export function openRelaySocket({ origin, room, socketClass }: RelaySocketOptions): (events: TransportEvents) => RelaySocket {
  const url = new URL(`/parties/main/${room}`, origin).href.replace(/^http/, 'ws')

  return (events) => {
    let state: TransportState = 'connecting'
    let detail = ''
    let closed = false
    let socket = connect()

    function report(nextState: TransportState, nextDetail: string) {
      if (closed || (nextState === state && nextDetail === detail)) return
      state = nextState
      detail = nextDetail
      events.onState(state, detail)
    }

    function connect(): ReconnectingWebSocket {
      const opened = new ReconnectingWebSocket(url, [], {
        maxEnqueuedMessages: 0,
        minReconnectionDelay: MIN_DELAY + Math.random() * DELAY_JITTER,
        maxReconnectionDelay: MAX_DELAY,
        minUptime: MIN_UPTIME,
        connectionTimeout: CONNECT_TIMEOUT,
        ...(socketClass && { WebSocket: socketClass }),
      })
      opened.binaryType = 'arraybuffer'
      opened.onopen = () => report('open', '')
      opened.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (!closed && data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME_BYTES) events.onFrame(new Uint8Array(data))
      }
      opened.onclose = ({ code, reason }) => report('down', detailOf(state, code, reason))
      return opened
    }

    function disconnect() {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }

    return {
      path: 'relay',
      get state() {
        return state
      },
      buffered() {
        return state === 'open' ? socket.bufferedAmount : 0
      },
      send(frame) {
        if (state !== 'open' || frame.length > MAX_FRAME_BYTES || socket.bufferedAmount > MAX_BUFFERED_BYTES) return false
        return socket.send(new Uint8Array(frame))
      },
      retryNow() {
        if (closed || state === 'open') return
        // A new one, since a ReconnectingWebSocket that waits for its delay cannot be hurried.
        disconnect()
        socket = connect()
      },
      close() {
        closed = true
        state = 'down'
        disconnect()
      },
    }
  }
}

/** Codes from 4000 on are the relay's own; which of its reasons people see is for whoever shows them. */
function detailOf(state: TransportState, code: number, reason: string): string {
  if (code >= 4000 && reason !== '') return reason
  if (reason === 'timeout') return 'no answer'
  return state === 'open' ? 'lost' : 'refused'
}
