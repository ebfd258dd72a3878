/**
 * The relay over real sockets. `room.ts` says where a frame goes. `outbox.ts` holds frames that wait for a receiver. `reading.ts` says
 * when a connection is read, and `pulse.ts` whether it is alive. This file decides in which turn frames are passed on. The relay reads
 * more slowly from a sender because of what this sender sent, never because of a receiver. No frame is kept once it is sent, and the
 * relay does not write down which participants were in which room.
 */
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { PING, PONG } from '../src/net/liveness.ts'
import { createBacklog, share } from './backlog.ts'
import { createFairQueue, dropNewestOfHeaviest, type FairQueue, waitingOf } from './fair-queue.ts'
import { createFairTurns, type InFairTurn } from './fair-turns.ts'
import { type Backlog, closeOutbox, createOutbox, isLagging, leftOf, type Outbox, pump, send } from './outbox.ts'
import { CLOSE, GAVE_WAY, RELAY_IS_FULL, ROOM_IS_FULL } from './protocol.ts'
import { answered, beat, createPulse, heard, PING_MS, type Pulse } from './pulse.ts'
import { createReader, createReadTurns, endReading, type Reader, type ReadInTurn, restFor, setAhead, stopResting } from './reading.ts'
import { charge, createRoom, DEFAULT_RATES, join, leave, type Rates, type Room, type RoomRefusal, route } from './room.ts'
import { createShares, givePlaceBack, type Shares, takePlace } from './shares.ts'
import { sourceOf } from './source.ts'
import { createTurns, type HoldForTurn } from './turn.ts'
import { createUnfinished, noteEnd, noteReading, tooManyUnfinished, type Unfinished } from './unfinished.ts'

/** Sockets in all: some 50 kB each. A room has at least one, so this bounds rooms as well. */
export const MAX_CONNECTIONS = 8_192

/**
 * Deliveries of a turn of the event loop, a KiB each: some 10 ms. Further deliveries wait for the next turn, so that all sockets are read
 * in between.
 */
export const TURN_DELIVERIES = 2_048

/** A sender's turn among the deliveries that wait: one small frame for everybody in a full room. Deliveries. */
const SENDER_TURN = 256

/** If more deliveries of a sender wait, the sender is read again only when all of them are delivered. Deliveries. */
export const MAX_UNDELIVERED = 1_024

/**
 * The most deliveries that wait in all: some seconds of work, and at most 256 MiB. Above it, the source with most of them loses frames.
 * Deliveries.
 */
export const MAX_UNDELIVERED_IN_ALL = 256 * 1024

/** Frames of a closed connection that are let go in one turn of the event loop: some 5 ms. They are counted until then. */
const TURN_LET_GO = 8_192

/** How often unfinished frames are counted. ms */
const COUNT_MS = 1_000

/** A connection that was told to go and stays is cut after this time: it is not counted any more. ms */
const DISMISS_MS = 2_000

/** A text that is not a ping counts as this: no node of ours sends one. */
const NO_FRAME = Buffer.alloc(0)

export interface Forwarding {
  readonly rooms: Map<string, Room<Peer>>
  readonly peers: Set<Peer>
  readonly shares: Shares<Peer>
  readonly backlog: Backlog
  readonly undelivered: FairQueue<Peer, Delivery>
  readonly rates: Rates
  readonly holdForTurn: HoldForTurn
  readonly deliverInTurn: InFairTurn<Peer, Delivery>
  readonly readInTurn: ReadInTurn
  readonly letGoInTurn: InFairTurn<Peer, Peer>
  readonly timers: NodeJS.Timeout[]
  readonly log: (line: string) => void
}

interface Peer {
  readonly socket: WebSocket
  readonly stream: Duplex
  readonly subnet: string
  readonly source: string
  readonly roomName: string
  readonly room: Room<Peer>
  readonly outbox: Outbox<Peer>
  readonly reader: Reader
  readonly pulse: Pulse
  readonly unfinished: Unfinished
}

interface Delivery {
  readonly from: Peer
  readonly to: readonly Peer[]
  readonly frame: Buffer
}

/** @param log gets a sentence when a connection was cut for what it did; the sentence never says whose connection, or which room */
export function createForwarding(log: (line: string) => void, rates: Rates = DEFAULT_RATES): Forwarding {
  const undelivered = createFairQueue<Peer, Delivery>(SENDER_TURN)
  const forwarding: Forwarding = {
    rooms: new Map(),
    peers: new Set(),
    shares: createShares(MAX_CONNECTIONS),
    backlog: createBacklog(),
    undelivered,
    rates,
    holdForTurn: createTurns(),
    deliverInTurn: createFairTurns(undelivered, TURN_DELIVERIES, costOf, (delivery) => deliver(forwarding, delivery)),
    readInTurn: createReadTurns(),
    letGoInTurn: createFairTurns(
      createFairQueue(TURN_LET_GO),
      TURN_LET_GO,
      ({ outbox }) => 1 + outbox.holds,
      ({ outbox }) => closeOutbox(forwarding.backlog, outbox),
    ),
    timers: [],
    log,
  }
  forwarding.timers.push(setInterval(() => lookAtAll(forwarding), PING_MS))
  forwarding.timers.push(setInterval(() => cutUnfinished(forwarding), COUNT_MS))
  return forwarding
}

/** Stops its timers; the sockets are their server's to close. */
export function closeForwarding({ timers }: Forwarding): void {
  for (const timer of timers) clearInterval(timer)
}

/**
 * For `/healthz`: numbers. They say nothing about participants or rooms. `dropped`: frames that were dropped because their receivers
 * lagged.
 */
export function countsOf({ rooms, peers, backlog }: Forwarding) {
  return { rooms: rooms.size, connections: peers.size, dropped: backlog.dropped }
}

/** Takes over an open socket of a subnet, and the stream that it writes to. */
export function accept(forwarding: Forwarding, socket: WebSocket, stream: Duplex, roomName: string, subnet: string): void {
  const { rooms, peers, shares, backlog } = forwarding
  const source = sourceOf(subnet)
  const room = rooms.get(roomName) ?? createRoom<Peer>(forwarding.rates)
  const peer: Peer = {
    socket,
    stream,
    subnet,
    source,
    roomName,
    room,
    outbox: createOutbox(socket, source),
    reader: createReader(socket, source),
    pulse: createPulse(),
    unfinished: createUnfinished(),
  }
  socket.on('error', () => socket.terminate())
  socket.on('close', () => quit(forwarding, peer))
  const noteControl = ({ length }: Buffer): void => {
    peer.reader.events++
    noteEnd(peer.unfinished, 'control', length)
    pay(forwarding, peer)
  }
  socket.on('pong', (data) => {
    answered(peer.pulse)
    noteControl(data)
  })
  socket.on('ping', noteControl)
  socket.on('message', (message, isBinary) => {
    // As long as nobody sets `binaryType`.
    const data = message as Buffer
    peer.reader.events++
    noteEnd(peer.unfinished, 'message', data.length)
    if (!peers.has(peer)) return
    if (!isBinary && isPing(data)) answer(forwarding, peer)
    else hear(forwarding, peer, isBinary ? compact(data) : NO_FRAME)
  })
  // After `ws` has read it.
  stream.on('data', ({ length }: Buffer) => {
    noteReading(peer.unfinished, length)
    heard(peer.pulse, length)
    endReading(forwarding.readInTurn, peer.reader, length, !peers.has(peer))
  })
  const inRoom = join(room, peer, subnet, performance.now())
  if (inRoom.type === 'refused') return dismiss(socket, CLOSE.full, ROOM_IS_FULL)
  if (inRoom.instead !== null) sendAway(forwarding, inRoom.instead, CLOSE.full, GAVE_WAY)
  // There is a free place if another connection has just left for this one.
  const inHost = takePlace(shares, subnet, peer)
  if (inHost.type === 'refused') {
    leave(room, peer)
    return dismiss(socket, CLOSE.full, RELAY_IS_FULL)
  }
  if (inHost.instead !== null) sendAway(forwarding, inHost.instead, CLOSE.full, GAVE_WAY)
  rooms.set(roomName, room)
  peers.add(peer)

  // This tells the node that it may send pings.
  socket.send(PONG)
  stream.on('drain', () => {
    if (peers.has(peer)) pump(backlog, peer.outbox, performance.now())
  })
}

/** Each reading of the network has memory of its own. A small frame must not keep all of that memory while it waits. */
function compact(frame: Buffer): Buffer {
  if (frame.buffer.byteLength < 2 * frame.length + 1_024) return frame
  const own = Buffer.allocUnsafeSlow(frame.length)
  own.set(frame)
  return own
}

function hear(forwarding: Forwarding, peer: Peer, frame: Buffer): void {
  const now = performance.now()
  const routing = route(peer.room, peer, frame, now)
  if (routing.type === 'refuse') return refuse(forwarding, peer, routing.reason)
  if (routing.to.length > 0) deliverOrHold(forwarding, { from: peer, to: routing.to, frame })
  restFor(forwarding.readInTurn, peer.reader, routing.restMs)
}

function deliverOrHold(forwarding: Forwarding, delivery: Delivery): void {
  const { undelivered, backlog, deliverInTurn } = forwarding
  const { from } = delivery
  if (deliverInTurn(from.source, from, delivery)) return
  if (waitingOf(undelivered, from.source, from) > MAX_UNDELIVERED) setAhead(from.reader, true)
  while (undelivered.cost > MAX_UNDELIVERED_IN_ALL) {
    backlog.dropped++
    letCatchUp(forwarding, dropNewestOfHeaviest(undelivered)!.from)
  }
}

const isPing = (data: Buffer): boolean => data.length === PING.length && data.toString('latin1') === PING

/** Answers a ping, if its sender reads: answers that it does not read must not pile up. */
function answer(forwarding: Forwarding, peer: Peer): void {
  pay(forwarding, peer)
  if (forwarding.peers.has(peer) && !isLagging(peer.outbox)) peer.socket.send(PONG)
}

/** A ping, ours or the websocket's own, and a pong cost as much as a frame. */
function pay(forwarding: Forwarding, peer: Peer): void {
  const restMs = charge(peer.room, peer, 0, performance.now())
  if (restMs === null) return refuse(forwarding, peer, 'too-fast')
  restFor(forwarding.readInTurn, peer.reader, restMs)
}

const costOf = ({ to, frame }: Delivery): number => to.length * (1 + (frame.length >> 10))

function deliver(forwarding: Forwarding, { from, to: receivers, frame }: Delivery): void {
  const now = performance.now()
  const shared = share(frame, now)
  for (const to of receivers) {
    if (!forwarding.peers.has(to)) continue
    forwarding.holdForTurn(to.stream)
    send(forwarding.backlog, to.outbox, from, shared, now)
  }
  letCatchUp(forwarding, from)
}

/** Reads again from a sender when none of its frames wait any more. */
function letCatchUp({ undelivered }: Forwarding, sender: Peer): void {
  if (sender.reader.isAhead && waitingOf(undelivered, sender.source, sender) === 0) setAhead(sender.reader, false)
}

/** Closes a connection for what it sent. It is forgotten at once, since it may take its time to close. */
function refuse(forwarding: Forwarding, peer: Peer, reason: RoomRefusal): void {
  forwarding.log(`A connection was closed: ${reason}.`)
  sendAway(forwarding, peer, CLOSE.refused, reason)
}

function sendAway(forwarding: Forwarding, peer: Peer, code: number, reason: string): void {
  quit(forwarding, peer)
  dismiss(peer.socket, code, reason)
}

function quit({ peers, rooms, shares, letGoInTurn }: Forwarding, peer: Peer): void {
  if (!peers.delete(peer)) return
  leave(peer.room, peer)
  if (peer.room.members.size === 0) rooms.delete(peer.roomName)
  givePlaceBack(shares, peer.subnet, peer)
  letGoInTurn(peer.source, peer, peer)
  stopResting(peer.reader)
}

function dismiss(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), DISMISS_MS).unref()
}

function lookAtAll({ peers }: Forwarding): void {
  for (const { socket, outbox, pulse } of peers) {
    const taken = { sent: outbox.sent, left: leftOf(outbox), isLagging: isLagging(outbox), isPaused: socket.isPaused }
    const next = beat(pulse, taken)
    if (next === 'cut') socket.terminate()
    else if (next === 'ping') socket.ping()
  }
}

function cutUnfinished({ peers, log }: Forwarding): void {
  const cut = tooManyUnfinished(peers)
  if (cut.length > 0) log('Connections were cut: they began more frames than they ended.')
  for (const { socket } of cut) socket.terminate()
}
