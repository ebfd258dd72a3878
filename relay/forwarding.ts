/**
 * The relay over real sockets: `room.ts` says where a frame goes, this file sends it there, and slows a sender down
 * rather than losing what it sends. Nothing is kept once it is sent, and nothing is written down of who was where.
 */
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { CLOSE, ROOM_IS_FULL } from './protocol.ts'
import { createRoom, DEFAULT_RATES, join, leave, type Rates, type Room, route } from './room.ts'
import { createTurns } from './turn.ts'

/** An empty room is forgotten, so this bounds what strangers can make the host remember. */
export const MAX_ROOMS = 4_096

/** Sockets in all: some 50 kB each. */
export const MAX_CONNECTIONS = 8_192

/** With more than HIGH_WATER on its way to a receiver, its senders are paused until no more than LOW_WATER is. Bytes. */
const HIGH_WATER = 4 * 1024 * 1024
const LOW_WATER = 512 * 1024

/** A receiver that does not get from HIGH_WATER to LOW_WATER in this time (about 100 kB a second) must not hold up a room. ms */
const MAX_STALL_MS = 30_000

/** Every member of a full room may have added one more frame before it was paused; beyond that the receiver is cut. Bytes. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024

/** A socket that did not answer the last ping when the next is due is dead. ms */
const PING_MS = 30_000

/** Who was told to go and stays is cut after this: it is counted no more. ms */
const DISMISS_MS = 2_000

/** What a text message counts as: no node of ours sends one. */
const NO_FRAME = new Uint8Array(0)

export interface Forwarding {
  /** Takes over an open socket, and the stream that it writes to. */
  accept(socket: WebSocket, stream: Duplex, roomName: string): void
  /** For `/healthz`. */
  count(): { readonly rooms: number; readonly connections: number }
  /** Stops the heartbeat; the sockets are their server's to close. */
  close(): void
}

interface Peer {
  readonly socket: WebSocket
  readonly stream: Duplex
  /** Called when something was handed to the network. */
  readonly onSent: () => void
  /** Receivers that lag: nothing is read from this one until they caught up, nor while it rests. */
  readonly heldBy: Set<Peer>
  /** Set while it rests, having been faster than the room allows. */
  rest: NodeJS.Timeout | null
  /** Senders that are paused until this one has caught up. */
  readonly holds: Set<Peer>
  stall: NodeJS.Timeout | null
  alive: boolean
}

/** @param log gets a sentence when a connection was cut for what it did; never who or where */
export function createForwarding(log: (line: string) => void, rates: Rates = DEFAULT_RATES): Forwarding {
  const rooms = new Map<string, Room<Peer>>()
  const peers = new Set<Peer>()
  const holdForTurn = createTurns()

  const accept = (socket: WebSocket, stream: Duplex, roomName: string) => {
    const room = rooms.get(roomName) ?? createRoom<Peer>(rates)
    const onSent = () => {
      if (socket.bufferedAmount <= LOW_WATER) letGo(peer)
    }
    const peer: Peer = { socket, stream, onSent, heldBy: new Set(), rest: null, holds: new Set(), stall: null, alive: true }
    socket.on('error', () => socket.terminate())
    if (peers.size >= MAX_CONNECTIONS || (rooms.size >= MAX_ROOMS && !rooms.has(roomName)))
      return dismiss(socket, CLOSE.full, 'the relay is full')
    if (!join(room, peer)) return dismiss(socket, CLOSE.full, ROOM_IS_FULL)
    rooms.set(roomName, room)
    peers.add(peer)
    const quit = () => {
      if (!peers.delete(peer)) return
      leave(room, peer)
      if (room.members.size === 0) rooms.delete(roomName)
      letGo(peer)
      if (peer.rest) clearTimeout(peer.rest)
      for (const receiver of peer.heldBy) receiver.holds.delete(peer)
    }

    socket.on('pong', () => {
      peer.alive = true
    })
    socket.on('message', (data, isBinary) => {
      if (socket.readyState !== socket.OPEN) return
      // A Buffer, as long as nobody sets `binaryType`.
      const frame = isBinary ? (data as Buffer) : NO_FRAME
      const routing = route(room, peer, frame, performance.now())
      if (routing.type === 'refuse') {
        log(`A connection was closed: ${routing.reason}.`)
        // At once: it may take its time to close, and nobody shall wait until it has read what was meant for it.
        quit()
        return dismiss(socket, CLOSE.refused, routing.reason)
      }
      for (const to of routing.to) forward(peer, to, frame)
      if (routing.restMs > 0) rest(peer, routing.restMs)
    })
    socket.on('close', quit)
  }

  const forward = (from: Peer, to: Peer, frame: Uint8Array) => {
    holdForTurn(to.stream)
    // Nobody waits for it while so little is on its way.
    to.socket.send(frame, { binary: true }, to.socket.bufferedAmount > LOW_WATER ? to.onSent : undefined)
    if (to.socket.bufferedAmount > MAX_BUFFERED_BYTES) return cut(to)
    if (to.socket.bufferedAmount <= HIGH_WATER) return
    to.holds.add(from)
    from.heldBy.add(to)
    readOrPause(from)
    to.stall ??= setTimeout(() => cut(to), MAX_STALL_MS)
  }

  const cut = (peer: Peer) => {
    log('A connection was cut: it does not read what it is sent.')
    peer.socket.terminate()
  }

  const heartbeat = setInterval(() => {
    for (const peer of peers) {
      // Nothing is read from a paused one, its pong neither.
      if (!peer.alive && !peer.socket.isPaused) peer.socket.terminate()
      peer.alive = peer.socket.isPaused
      peer.socket.ping()
    }
  }, PING_MS)

  return {
    accept,
    count: () => ({ rooms: rooms.size, connections: peers.size }),
    close: () => clearInterval(heartbeat),
  }
}

function dismiss(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), DISMISS_MS).unref()
}

function rest(sender: Peer, ms: number): void {
  if (sender.rest) clearTimeout(sender.rest)
  sender.rest = setTimeout(() => {
    sender.rest = null
    readOrPause(sender)
  }, ms)
  readOrPause(sender)
}

function readOrPause(sender: Peer): void {
  if (sender.rest || sender.heldBy.size > 0) sender.socket.pause()
  else sender.socket.resume()
}

/** A receiver caught up, or is gone: its senders may go on. */
function letGo(receiver: Peer): void {
  if (receiver.stall) clearTimeout(receiver.stall)
  receiver.stall = null
  for (const sender of receiver.holds) {
    sender.heldBy.delete(receiver)
    readOrPause(sender)
  }
  receiver.holds.clear()
}
