/**
 * The path between devices: a websocket to a relay. Until it is closed on purpose, it is opened again whenever it is lost, also if
 * nothing closes it (`liveness.ts`). Addresses are those of PartyKit (`<address>/parties/main/<room>`), so a partyserver host serves as
 * well.
 */
import ReconnectingWebSocket from 'partysocket/ws'
import { withoutEndSlashes } from '../core/end-slashes.ts'
import { createLiveness, hear, hurry, PING, PONG, tick, TICK } from './liveness.ts'
import { MAX_FRAME_BYTES, type Transport, type TransportEvents, type TransportState } from './transport.ts'

/** Frames wait in the socket up to here. Beyond it `send` drops them, since it is better to ask again for late frames. Bytes. */
export const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/**
 * The first retry comes after 0.3 to 1 s. Each node has its own random time, so that they do not all come at once to a relay that was
 * restarted. ms
 */
const MIN_DELAY = 300
const DELAY_JITTER = 700

/** A node notices within this time that a relay is back. ms */
const MAX_DELAY = 5_000

/** A connection that was up for so long was a good one: the delays start again at the least. ms */
const MIN_UPTIME = 5_000

/** A relay that does not answer the handshake within this time is tried again. ms */
const CONNECT_TIMEOUT = 4_000

/** A tick that is later than this was missed: the device was asleep, or the program was busy. ms */
const OVERSLEPT = 3_000

export interface RelaySocketOptions {
  /** The relay's address: "ws://localhost:8229", or "wss://host.example/relay" where it is behind a path. */
  readonly address: string
  /** The room's relay name (`net/keys`). */
  readonly room: string
  /** A class like `WebSocket`, where the platform has none (Node 20). */
  readonly socketClass?: new (url: string, protocols: string[]) => unknown
}

export interface RelaySocket extends Transport {
  wake(): void
}

/** An `OpenTransport` whose transports can be woken. */
export function openRelaySocket({ address, room, socketClass }: RelaySocketOptions): (events: TransportEvents) => RelaySocket {
  const url = new URL(`${withoutEndSlashes(address)}/parties/main/${room}`).href.replace(/^http/, 'ws')

  return (events) => {
    let state: TransportState = 'connecting'
    let detail = ''
    let closed = false
    let liveness = createLiveness()
    /** Bytes that the socket still held at the last tick, and bytes that it had handed to the network by then. */
    let held = 0
    let handedOver = 0
    /** Bytes given to the socket. */
    let given = 0
    let tickedAt = Date.now()
    let socket = connect()
    const ticking = setInterval(beat, TICK)

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
      opened.onopen = () => {
        liveness = createLiveness()
        held = handedOver = given = 0
        report('open', '')
      }
      opened.onmessage = ({ data }: MessageEvent<unknown>) => {
        hear(liveness, data === PONG)
        if (!closed && data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME_BYTES) events.onFrame(new Uint8Array(data))
      }
      opened.onclose = ({ code, reason }) => report('down', detailOf(state, code, reason))
      return opened
    }

    function disconnect() {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }

    function reconnect() {
      // Makes a new socket: a ReconnectingWebSocket that waits for its delay cannot be hurried, and one whose network is gone takes long
      // to close.
      disconnect()
      socket = connect()
    }

    function beat() {
      const overslept = Date.now() - tickedAt > OVERSLEPT
      tickedAt = Date.now()
      if (state !== 'open') return
      // If the network takes bytes again for which it had no space before, it is alive. A ping has to wait behind these bytes.
      const handedBefore = handedOver
      handedOver = given - socket.bufferedAmount
      if (held > 0 && handedOver > handedBefore) hear(liveness, false)
      held = socket.bufferedAmount
      const due = tick(liveness, overslept)
      if (due === 'ping') socket.send(PING)
      if (due !== 'lost') return
      report('down', 'lost')
      reconnect()
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
        given += frame.length
        return socket.send(new Uint8Array(frame))
      },
      wake() {
        if (closed) return
        if (state === 'open') hurry(liveness)
        else reconnect()
      },
      close() {
        closed = true
        clearInterval(ticking)
        state = 'down'
        disconnect()
      },
    }
  }
}

/** Codes from 4000 on are the relay's own. The screen decides which of its reasons people see. */
function detailOf(state: TransportState, code: number, reason: string): string {
  if (code >= 4000 && reason !== '') return reason
  if (reason === 'timeout') return 'no answer'
  return state === 'open' ? 'lost' : 'refused'
}
