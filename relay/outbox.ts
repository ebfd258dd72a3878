/**
 * What waits for receivers that read more slowly than others send. A receiver that lags loses frames, and nobody else waits for it:
 * nodes ask again for what they miss. Senders have fair turns in what waits for a receiver, so one that pours takes no place from
 * another, neither in time nor in bytes. Memory is bounded for each receiver, for all receivers of one source, and in all.
 */
import { createFairQueue, dropNewestOfHeaviest, type FairQueue, push, shift } from './fair-queue.ts'

/** Frames go straight to the socket while it holds no more than this; above it, they wait in turns. A round trip's worth. Bytes. */
export const WINDOW_BYTES = 128 * 1024

/** What waits for one receiver at most: two answers of 4 MiB, from the two peers that a node asks at once. Bytes. */
export const MAX_WAITING_BYTES = 10 * 1024 * 1024

/**
 * What waits in all at most. The receivers of one source may take half of what others leave free, so each further source still
 * finds room. Bytes.
 */
export const MAX_WAITING_IN_ALL = 512 * 1024 * 1024

/** What has waited for longer is dropped: its receiver has asked somebody else by then. ms */
export const MAX_WAIT_MS = 30_000

/** A sender's turn. Small, since others wait for it on the receiver's network; above nearly all frames that people cause. Bytes. */
const TURN_BYTES = 16 * 1024

/** What a waiting frame takes of memory besides its bytes. */
const FRAME_OVERHEAD = 256

/** Where frames of a receiver go: a `ws` socket. */
interface Sink {
  /** Bytes that were handed over and not yet given to the network. */
  readonly bufferedAmount: number
  send(frame: Uint8Array): void
}

interface Waiting {
  readonly frame: Uint8Array
  /** ms */
  readonly since: number
}

export interface Outbox<Sender> {
  readonly sink: Sink
  readonly source: string
  readonly queue: FairQueue<Sender, Waiting>
  /** What of it is counted in the backlog. Bytes. */
  counted: number
  /** What was given to the socket so far. Bytes. */
  sent: number
}

/** What waits for all receivers of a host. */
export interface Backlog {
  bytes: number
  readonly bySource: Map<string, number>
  /** Frames dropped so far. */
  dropped: number
}

export const createBacklog = (): Backlog => ({ bytes: 0, bySource: new Map(), dropped: 0 })

export function createOutbox<Sender>(sink: Sink, source: string): Outbox<Sender> {
  return { sink, source, queue: createFairQueue(TURN_BYTES), counted: 0, sent: 0 }
}

/**
 * Sends a frame, or lets it wait for its turn, or drops what is too much. @param now ms. O(1) for a receiver that keeps up, else
 * O(senders that wait)
 */
export function send<Sender extends { readonly source: string }>(
  backlog: Backlog,
  outbox: Outbox<Sender>,
  from: Sender,
  frame: Uint8Array,
  now: number,
): void {
  if (outbox.queue.cost === 0 && outbox.sink.bufferedAmount + frame.length <= WINDOW_BYTES) return give(outbox, frame)
  push(outbox.queue, from.source, from, { frame, since: now }, frame.length + FRAME_OVERHEAD)
  count(backlog, outbox)
  while (isOver(backlog, outbox) && dropNewestOfHeaviest(outbox.queue) !== null) {
    backlog.dropped++
    count(backlog, outbox)
  }
  pump(backlog, outbox, now)
}

/** Hands over what waits, as far as the socket takes it. To be called when the socket has given all it held to the network. */
export function pump<Sender>(backlog: Backlog, outbox: Outbox<Sender>, now: number): void {
  while (outbox.sink.bufferedAmount < WINDOW_BYTES) {
    const next = shift(outbox.queue)
    if (next === null) break
    if (now - next.since > MAX_WAIT_MS) backlog.dropped++
    else give(outbox, next.frame)
  }
  count(backlog, outbox)
}

function give<Sender>(outbox: Outbox<Sender>, frame: Uint8Array): void {
  outbox.sent += frame.length
  outbox.sink.send(frame)
}

/** What of it the network has taken. Bytes. */
export const leftOf = ({ sent, sink }: Outbox<unknown>): number => sent - sink.bufferedAmount

/** Whether it holds more than a receiver that keeps up would. */
export const isLagging = ({ queue, sink }: Outbox<unknown>): boolean => queue.cost > 0 || sink.bufferedAmount > WINDOW_BYTES

/** Counts it no more: its receiver is gone. */
export function closeOutbox(backlog: Backlog, outbox: Outbox<unknown>): void {
  outbox.queue.shares.clear()
  outbox.queue.cost = 0
  recount(backlog, outbox, 0)
}

const count = (backlog: Backlog, outbox: Outbox<unknown>): void =>
  recount(backlog, outbox, outbox.queue.cost + Math.max(0, outbox.sink.bufferedAmount - WINDOW_BYTES))

function recount(backlog: Backlog, outbox: Outbox<unknown>, bytes: number): void {
  const change = bytes - outbox.counted
  if (change === 0) return
  outbox.counted = bytes
  backlog.bytes += change
  const ofSource = (backlog.bySource.get(outbox.source) ?? 0) + change
  if (ofSource > 0) backlog.bySource.set(outbox.source, ofSource)
  else backlog.bySource.delete(outbox.source)
}

function isOver(backlog: Backlog, { counted, source }: Outbox<unknown>): boolean {
  return counted > MAX_WAITING_BYTES || (backlog.bySource.get(source) ?? 0) > (MAX_WAITING_IN_ALL - backlog.bytes) / 2
}
