/**
 * When a connection is read, on Node: not while it rests, having been faster than its rates, nor while too much of what it sent waits to be
 * delivered, nor before what was read of it is paid for. A turn of the event loop pays for so much; sources take turns in it, and within a
 * source its connections. So one that pours is read more slowly, and all others are read meanwhile.
 */
import type { WebSocket } from 'ws'
import { createFairQueue } from './fair-queue.ts'
import { createFairTurns, type InFairTurn } from './fair-turns.ts'

/**
 * What is read in a turn of the event loop before connections are read no more until their turn comes: a reading, a KiB and four messages,
 * pings or pongs count 1 each. Some 10 ms.
 */
export const TURN_READ = 2_048

/** A connection's turn in what waits to be paid for. Counted as readings are. */
const READER_TURN = 256

/** What a connection that was told to go may have sent before it knew. One that sends more is cut at once. Counted as readings are. */
const MAX_LATE = 1_024

/** What is kept of a connection for it. */
export interface Reader {
  readonly socket: Pick<WebSocket, 'pause' | 'resume' | 'isPaused' | 'terminate'>
  readonly source: string
  /** Set while it rests. */
  rest: NodeJS.Timeout | null
  /** Set while too much of what it sent waits for its turn. */
  isAhead: boolean
  /** Messages, pings and pongs in this reading so far. */
  events: number
  /** What its last reading was charged. */
  lastCost: number
  /** Readings that wait for their turn. */
  unpaid: number
  /** What it sent after it was told to go. Counted as readings are. */
  late: number
}

/** A reading of the network that is to be paid for. */
interface Reading {
  readonly by: Reader
  readonly cost: number
}

/** Of one host: pays for readings in fair turns. */
export type ReadInTurn = InFairTurn<Reader, Reading>

export const createReadTurns = (): ReadInTurn => createFairTurns(createFairQueue(READER_TURN), TURN_READ, ({ cost }) => cost, paid)

export function createReader(socket: Reader['socket'], source: string): Reader {
  return { socket, source, rest: null, isAhead: false, events: 0, lastCost: 1, unpaid: 0, late: 0 }
}

/**
 * Charges one reading of the network for all that was in it: bytes, and what `ws` made of them, frame or not. Where its turn has no room
 * for it, the connection is not read until it is paid for. One that was told to go has MAX_LATE.
 */
export function endReading(readInTurn: ReadInTurn, reader: Reader, bytes: number, wasToldToGo: boolean): void {
  const cost = 1 + (bytes >> 10) + (reader.events >> 2)
  reader.events = 0
  if (wasToldToGo) {
    reader.late += cost
    if (reader.late > MAX_LATE) reader.socket.terminate()
    return
  }
  reader.lastCost = cost
  readWhenPaid(readInTurn, reader, cost)
}

/** Reads nothing of it for so long (ms; 0: it goes on). */
export function restFor(readInTurn: ReadInTurn, reader: Reader, ms: number): void {
  if (ms === 0) return
  stopResting(reader)
  reader.rest = setTimeout(() => {
    reader.rest = null
    // Many end their rest at once, and each is read before it can be charged for that.
    readWhenPaid(readInTurn, reader, reader.lastCost)
  }, ms)
  readOrPause(reader)
}

/** Reads nothing of it while it is ahead: while too much of what it sent waits for its turn. */
export function setAhead(reader: Reader, isAhead: boolean): void {
  if (reader.isAhead === isAhead) return
  reader.isAhead = isAhead
  readOrPause(reader)
}

/** Its timer is forgotten: it has left, or rests anew. */
export function stopResting({ rest }: Reader): void {
  if (rest !== null) clearTimeout(rest)
}

function readWhenPaid(readInTurn: ReadInTurn, reader: Reader, cost: number): void {
  reader.unpaid++
  if (!readInTurn(reader.source, reader, { by: reader, cost })) readOrPause(reader)
}

function paid({ by }: Reading): void {
  by.unpaid--
  readOrPause(by)
}

function readOrPause({ socket, rest, isAhead, unpaid }: Reader): void {
  if (rest !== null || isAhead || unpaid > 0) socket.pause()
  else if (socket.isPaused) socket.resume()
}
