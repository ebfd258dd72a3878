/**
 * The relay over real sockets: `room.ts` says where a frame goes, `outbox.ts` what waits for a receiver, and this file in whose turn
 * frames are passed on. A sender is read more slowly for what it sent itself, and never because of a receiver. Nothing is kept once it
 * is sent, and nothing is written down of who was where.
 */
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { PING, PONG } from '../src/net/liveness.ts'
import { createFairQueue, dropNewestOfHeaviest, type FairQueue, waitingOf } from './fair-queue.ts'
import { createFairTurns, type InFairTurn } from './fair-turns.ts'
import { type Backlog, closeOutbox, createBacklog, createOutbox, isLagging, type Outbox, pump, send } from './outbox.ts'
import { CLOSE, GAVE_WAY, RELAY_IS_FULL, ROOM_IS_FULL } from './protocol.ts'
import { charge, createRoom, DEFAULT_RATES, join, leave, type Rates, type Room, type RoomRefusal, route } from './room.ts'
import { createShares, givePlaceBack, type Shares, takePlace } from './shares.ts'
import { createTurns, type HoldForTurn } from './turn.ts'

/** Sockets in all: some 50 kB each. A room has at least one, so this bounds rooms as well. */
export const MAX_CONNECTIONS = 8_192

/** Deliveries of a turn of the event loop, a KiB each: some 10 ms. What is more waits for the next turn, so all sockets are read meanwhile. */
export const TURN_DELIVERIES = 2_048

/**
 * What is read in a turn of the event loop before connections are read no more until their turn comes: a reading, a KiB and four messages,
 * pings or pongs count 1 each. Some 10 ms.
 */
export const TURN_READ = 2_048

/** A sender's turn in what waits to be delivered; one frame for everybody in a full room, if it is small. Deliveries. */
const SENDER_TURN = 256

/** A sender of which more waits is read again when all of it is delivered. Deliveries. */
export const MAX_UNDELIVERED = 1_024

/** What waits to be delivered in all: some seconds of work, and at most 256 MiB. Above it, who has most waiting loses frames. Deliveries. */
export const MAX_UNDELIVERED_IN_ALL = 256 * 1024

/** Bytes of frames that have begun and not ended, in all. Above it, connections of the source with most of them are cut. Bytes. */
export const MAX_UNFINISHED_BYTES = 256 * 1024 * 1024

/** How often unfinished frames are counted. ms */
const COUNT_MS = 1_000

/** A socket that did not answer the last ping when the next is due is dead, and one that read nothing meanwhile is cut. ms */
const PING_MS = 30_000

/** What a connection that was told to go may have sent before it knew. One that sends more is cut at once. Counted as readings are. */
const MAX_LATE = 1_024

/** A connection that was told to go and stays is cut after this: it is counted no more. ms */
const DISMISS_MS = 2_000

/** What another text than a ping counts as: no node of ours sends one. */
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
  readonly readInTurn: InFairTurn<Peer, Reading>
  readonly timers: NodeJS.Timeout[]
  readonly log: (line: string) => void
}

interface Peer {
  readonly socket: WebSocket
  readonly stream: Stream
  readonly source: string
  readonly roomName: string
  readonly room: Room<Peer>
  readonly outbox: Outbox<Peer>
  /** Set while it rests, having been faster than its rates. */
  rest: NodeJS.Timeout | null
  /** Set while too much of what it sent waits for its turn. */
  isAhead: boolean
  /** Answered the last ping. */
  isAlive: boolean
  /** Lagged at the last ping and has read nothing since. */
  isStuck: boolean
  /** Messages, pings and pongs in this reading so far. */
  events: number
  /** What its last reading was charged. */
  lastCost: number
  /** Readings that wait for their turn. */
  unpaid: number
  /** What it sent after it was told to go. Counted as readings are. */
  late: number
  /** What the stream had read when its last message ended. Bytes. */
  heardUntil: number
}

/** A `net.Socket`, as far as it is used. */
type Stream = Duplex & { readonly bytesRead: number }

interface Delivery {
  readonly from: Peer
  readonly to: readonly Peer[]
  readonly frame: Buffer
}

/** A reading of the network that is to be paid for. */
interface Reading {
  readonly by: Peer
  readonly cost: number
}

/** @param log gets a sentence when a connection was cut for what it did; never who or where */
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
    readInTurn: createFairTurns(createFairQueue(SENDER_TURN), TURN_READ, ({ cost }) => cost, paid),
    timers: [],
    log,
  }
  forwarding.timers.push(setInterval(() => beat(forwarding), PING_MS))
  forwarding.timers.push(setInterval(() => cutUnfinished(forwarding), COUNT_MS))
  return forwarding
}

/** Stops its timers; the sockets are their server's to close. */
export function closeForwarding({ timers }: Forwarding): void {
  for (const timer of timers) clearInterval(timer)
}

/** For `/healthz`: numbers, and nothing about who or where. `dropped`: frames, because their receivers lagged. */
export function countsOf({ rooms, peers, backlog }: Forwarding) {
  return { rooms: rooms.size, connections: peers.size, dropped: backlog.dropped }
}

/** Takes over an open socket of a source, and the stream that it writes to. */
export function accept(forwarding: Forwarding, socket: WebSocket, stream: Stream, roomName: string, source: string): void {
  const { rooms, peers, shares, backlog } = forwarding
  const room = rooms.get(roomName) ?? createRoom<Peer>(forwarding.rates)
  const peer: Peer = {
    socket,
    stream,
    source,
    roomName,
    room,
    outbox: createOutbox(socket, source),
    rest: null,
    isAhead: false,
    isAlive: true,
    isStuck: false,
    events: 0,
    unpaid: 0,
    lastCost: 1,
    late: 0,
    heardUntil: stream.bytesRead,
  }
  socket.on('error', () => socket.terminate())
  socket.on('close', () => quit(forwarding, peer))
  socket.on('pong', () => {
    peer.isAlive = true
    peer.events++
    pay(forwarding, peer)
  })
  socket.on('ping', () => {
    peer.events++
    pay(forwarding, peer)
  })
  socket.on('message', (data, isBinary) => {
    peer.heardUntil = stream.bytesRead
    peer.events++
    if (!peers.has(peer)) return
    // A Buffer, as long as nobody sets `binaryType`.
    if (!isBinary && isPing(data as Buffer)) answer(forwarding, peer)
    else hear(forwarding, peer, isBinary ? compact(data as Buffer) : NO_FRAME)
  })
  // After `ws` has read it.
  stream.on('data', (bytes: Buffer) => endReading(forwarding, peer, bytes.length))
  const inRoom = join(room, peer, source, performance.now())
  if (inRoom.type === 'refused') return dismiss(socket, CLOSE.full, ROOM_IS_FULL)
  if (inRoom.instead !== null) sendAway(forwarding, inRoom.instead, CLOSE.full, GAVE_WAY)
  // Free, where another member has just left for this one.
  const inHost = takePlace(shares, source, peer)
  if (inHost.type === 'refused') {
    leave(room, peer)
    return dismiss(socket, CLOSE.full, RELAY_IS_FULL)
  }
  if (inHost.instead !== null) sendAway(forwarding, inHost.instead, CLOSE.full, GAVE_WAY)
  rooms.set(roomName, room)
  peers.add(peer)

  // It may ping.
  socket.send(PONG)
  stream.on('drain', () => {
    peer.isStuck = false
    pump(backlog, peer.outbox, performance.now())
  })
}

/** Every reading of a network has memory of its own, which a small frame of it must not keep while it waits. */
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
  restFor(forwarding, peer, routing.restMs)
}

function deliverOrHold(forwarding: Forwarding, delivery: Delivery): void {
  const { undelivered, backlog, deliverInTurn } = forwarding
  const { from } = delivery
  if (deliverInTurn(from.source, from, delivery)) return
  from.isAhead ||= waitingOf(undelivered, from.source, from) > MAX_UNDELIVERED
  while (undelivered.cost > MAX_UNDELIVERED_IN_ALL) {
    backlog.dropped++
    letCatchUp(forwarding, dropNewestOfHeaviest(undelivered)!.from)
  }
}

/**
 * Charges one reading of the network for all that was in it: bytes, and what `ws` made of them, frame or not. Where its turn has no room
 * for it, the connection is not read until it is paid for. One that was told to go has MAX_LATE.
 */
function endReading(forwarding: Forwarding, peer: Peer, bytes: number): void {
  const cost = 1 + (bytes >> 10) + (peer.events >> 2)
  peer.events = 0
  if (!forwarding.peers.has(peer)) {
    peer.late += cost
    if (peer.late > MAX_LATE) peer.socket.terminate()
    return
  }
  peer.lastCost = cost
  readWhenPaid(forwarding, peer, cost)
}

function readWhenPaid({ readInTurn }: Forwarding, peer: Peer, cost: number): void {
  peer.unpaid++
  if (!readInTurn(peer.source, peer, { by: peer, cost })) readOrPause(peer)
}

function paid({ by }: Reading): void {
  by.unpaid--
  readOrPause(by)
}

const isPing = (data: Buffer): boolean => data.length === PING.length && data.toString('latin1') === PING

/** Answers a ping, if its sender reads: what it does not read must not pile up. */
function answer(forwarding: Forwarding, peer: Peer): void {
  pay(forwarding, peer)
  if (forwarding.peers.has(peer) && !isLagging(peer.outbox)) peer.socket.send(PONG)
}

/** A ping, ours or the websocket's own, and a pong cost as much as a frame. */
function pay(forwarding: Forwarding, peer: Peer): void {
  const restMs = charge(peer.room, peer, 0, performance.now())
  if (restMs === null) return refuse(forwarding, peer, 'too-fast')
  restFor(forwarding, peer, restMs)
}

const costOf = ({ to, frame }: Delivery): number => to.length * (1 + (frame.length >> 10))

function deliver(forwarding: Forwarding, { from, to: receivers, frame }: Delivery): void {
  const now = performance.now()
  for (const to of receivers) {
    if (!forwarding.peers.has(to)) continue
    forwarding.holdForTurn(to.stream)
    send(forwarding.backlog, to.outbox, from, frame, now)
  }
  letCatchUp(forwarding, from)
}

/** Reads on from a sender of which nothing waits any more. */
function letCatchUp({ undelivered }: Forwarding, sender: Peer): void {
  if (!sender.isAhead || waitingOf(undelivered, sender.source, sender) > 0) return
  sender.isAhead = false
  readOrPause(sender)
}

/** Closes a connection for what it sent. It is gone at once: it may take its time to close. */
function refuse(forwarding: Forwarding, peer: Peer, reason: RoomRefusal): void {
  forwarding.log(`A connection was closed: ${reason}.`)
  sendAway(forwarding, peer, CLOSE.refused, reason)
}

function sendAway(forwarding: Forwarding, peer: Peer, code: number, reason: string): void {
  quit(forwarding, peer)
  dismiss(peer.socket, code, reason)
}

function quit({ peers, rooms, shares, backlog }: Forwarding, peer: Peer): void {
  if (!peers.delete(peer)) return
  leave(peer.room, peer)
  if (peer.room.members.size === 0) rooms.delete(peer.roomName)
  givePlaceBack(shares, peer.source, peer)
  closeOutbox(backlog, peer.outbox)
  if (peer.rest) clearTimeout(peer.rest)
}

function dismiss(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), DISMISS_MS).unref()
}

function restFor(forwarding: Forwarding, peer: Peer, ms: number): void {
  if (ms > 0) {
    if (peer.rest) clearTimeout(peer.rest)
    peer.rest = setTimeout(() => {
      peer.rest = null
      // Many end their rest at once, and each is read before it can be charged for that.
      readWhenPaid(forwarding, peer, peer.lastCost)
    }, ms)
  }
  if (ms > 0 || peer.isAhead) readOrPause(peer)
}

function readOrPause(peer: Peer): void {
  if (peer.rest || peer.isAhead || peer.unpaid > 0) peer.socket.pause()
  else if (peer.socket.isPaused) peer.socket.resume()
}

function beat({ peers }: Forwarding): void {
  for (const peer of peers) {
    // Nothing is read from a paused one, its pong neither.
    const isDead = !peer.isAlive && !peer.socket.isPaused
    if (isDead || peer.isStuck) peer.socket.terminate()
    peer.isAlive = peer.socket.isPaused
    peer.isStuck = isLagging(peer.outbox)
    peer.socket.ping()
  }
}

/** A frame that has begun is in memory until it ends, and no sender need ever end one. */
function cutUnfinished({ peers, log }: Forwarding): void {
  const unfinished = ({ stream, heardUntil }: Peer): number => stream.bytesRead - heardUntil
  const bySource = new Map<string, number>()
  let total = 0
  for (const peer of peers) {
    total += unfinished(peer)
    bySource.set(peer.source, (bySource.get(peer.source) ?? 0) + unfinished(peer))
  }
  if (total <= MAX_UNFINISHED_BYTES) return
  log('Connections were cut: they began more frames than they ended.')
  const [most] = [...bySource].reduce((largest, each) => (each[1] > largest[1] ? each : largest))
  const ofMost = [...peers].filter(({ source }) => source === most).sort((a, b) => unfinished(b) - unfinished(a))
  for (const peer of ofMost) {
    if (total <= MAX_UNFINISHED_BYTES) break
    total -= unfinished(peer)
    peer.socket.terminate()
  }
}
