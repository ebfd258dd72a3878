/**
 * When a connection is read, on Node.js. It is not read in three cases: while it rests because it was faster than its rates; while too
 * many of its frames wait to be delivered; and until its last reading is paid for. A turn of the event loop pays for a fixed number of
 * readings. Sources take turns in it, and within a source its connections. So a connection that sends all the time is read more slowly,
 * and all others are read in between.
 */
import type { WebSocket } from 'ws'
import { createFairQueue } from './fair-queue.ts'
import { createFairTurns, type InFairTurn } from './fair-turns.ts'

/**
 * Readings of one turn of the event loop. When they are used up, connections are not read until their turn comes. A reading, a KiB and
 * four messages, pings or pongs count 1 each. Some 10 ms.
 */
export const TURN_READ = 2_048

/** A connection's turn among the readings that wait to be paid for. Counted as readings are. */
const READER_TURN = 256

/** A connection that was told to go may have sent so much before it knew. If it sends more, it is cut at once. Counted as readings are. */
const MAX_LATE = 1_024

/** The part of a connection's state that this file needs. */
export interface Reader {
  readonly socket: Pick<WebSocket, 'pause' | 'resume' | 'isPaused' | 'terminate'>
  readonly source: string
  /** Set while it rests. */
  rest: NodeJS.Timeout | null
  /** True while too many of its frames wait to be delivered. */
  isAhead: boolean
  /** Messages, pings and pongs in this reading so far. */
  events: number
  /** The price of its last reading. */
  lastCost: number
  /** Readings that wait for their turn. */
  unpaid: number
  /** What the connection has sent after it was told to go. Counted as readings are. */
  late: number
}

/** A reading of the network that is to be paid for. */
interface Reading {
  readonly by: Reader
  readonly cost: number
}

/** The queue of one host: it pays for readings in fair turns. */
export type ReadInTurn = InFairTurn<Reader, Reading>

export const createReadTurns = (): ReadInTurn => createFairTurns(createFairQueue(READER_TURN), TURN_READ, ({ cost }) => cost, paid)

export function createReader(socket: Reader['socket'], source: string): Reader {
  return { socket, source, rest: null, isAhead: false, events: 0, lastCost: 1, unpaid: 0, late: 0 }
}

/**
 * Charges one reading of the network: its bytes, and the messages, pings and pongs that `ws` found in it. If the turn has no room for
 * that, the connection is not read until the reading is paid for. A connection that was told to go has MAX_LATE.
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

/** Reads nothing from the connection for so long (ms; 0: it is read on). */
export function restFor(readInTurn: ReadInTurn, reader: Reader, ms: number): void {
  if (ms === 0) return
  stopResting(reader)
  reader.rest = setTimeout(() => {
    reader.rest = null
    // Many connections end their rest at the same time, and each is read before it can be charged for that.
    readWhenPaid(readInTurn, reader, reader.lastCost)
  }, ms)
  readOrPause(reader)
}

/** Reads nothing from the connection while it is ahead: while too many of its frames wait to be delivered. */
export function setAhead(reader: Reader, isAhead: boolean): void {
  if (reader.isAhead === isAhead) return
  reader.isAhead = isAhead
  readOrPause(reader)
}

/** Forgets the timer of a connection that has left, or rests anew. */
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
