/**
 * What waits for receivers that read more slowly than others send. A receiver that lags loses frames, and nobody else waits for it:
 * nodes ask again for what they miss. Senders have fair turns in what waits for a receiver, so one that pours takes no place from
 * another, neither in time nor in bytes. Memory is bounded for each receiver, and in all.
 *
 * A frame for a receiver that keeps up goes out at once, whatever waits for others.
 */
import { type Backlog as BacklogOf, firstToGiveWay, hold, type Holder, letGo, memoryOf, noteTaking, type Shared } from './backlog.ts'
import { createFairQueue, dropNewestOfHeaviest, dropOldestOfHeaviest, type FairQueue, push, removeAll, shift } from './fair-queue.ts'

/** Frames go straight to the socket while it holds less than this; else they wait in turns. A round trip's worth. Bytes. */
export const WINDOW_BYTES = 128 * 1024

/** What waits for one receiver at most: two answers of 4 MiB, from the two peers that a node asks at once. Bytes. */
export const MAX_WAITING_BYTES = 10 * 1024 * 1024

/** What waits in all at most. Above it, who has taken nothing for long loses what has waited longest, and is cut in the end. Bytes. */
export const MAX_WAITING_IN_ALL = 512 * 1024 * 1024

/** What has waited for longer is dropped: its receiver has asked somebody else by then. ms */
export const MAX_WAIT_MS = 30_000

/** A sender's turn. Small, since others wait for it on the receiver's network; above nearly all frames that people cause. Bytes. */
const TURN_BYTES = 16 * 1024

/** Where frames of a receiver go: a `ws` socket. */
interface Sink {
  /** Bytes that were handed over and not yet given to the network. */
  readonly bufferedAmount: number
  send(frame: Uint8Array): void
  /** Ends it at once. */
  terminate(): void
}

export interface Outbox<Sender> extends Holder {
  readonly sink: Sink
  readonly queue: FairQueue<Sender, Shared>
  /** The frame with which its socket holds more than its window. */
  surplus: Shared | null
  /** What was given to the socket so far. Bytes. */
  sent: number
}

/** What waits for all receivers of a host. */
export type Backlog = BacklogOf<Outbox<unknown>>

export function createOutbox<Sender>(sink: Sink, source: string): Outbox<Sender> {
  return { sink, source, queue: createFairQueue(TURN_BYTES), surplus: null, sent: 0, holds: 0, tookAt: 0 }
}

/**
 * Sends a frame, or lets it wait for its turn; then drops what is too much. @param now ms. O(1) for a receiver that keeps up, else
 * O(senders that wait)
 */
export function send<Sender extends { readonly source: string }>(
  backlog: Backlog,
  outbox: Outbox<Sender>,
  from: Sender,
  shared: Shared,
  now: number,
): void {
  if (outbox.queue.cost === 0 && hasRoom(outbox)) give(backlog, outbox, shared, now)
  else {
    push(outbox.queue, from.source, from, shared, memoryOf(shared))
    hold(backlog, outbox, shared, now)
    pump(backlog, outbox, now)
    while (waitingFor(outbox) > MAX_WAITING_BYTES && drop(backlog, outbox, dropNewestOfHeaviest(outbox.queue)));
  }
  if (backlog.bytes > MAX_WAITING_IN_ALL) makeRoom(backlog, now)
}

/** Hands over what waits, as far as the socket takes it. To be called when the socket has given all it held to the network. */
export function pump<Sender>(backlog: Backlog, outbox: Outbox<Sender>, now: number): void {
  if (hasRoom(outbox)) noteTaking(backlog, outbox, now)
  while (hasRoom(outbox)) {
    letGoOfSurplus(backlog, outbox)
    const next = shift(outbox.queue)
    if (next === null) break
    if (now - next.since > MAX_WAIT_MS) backlog.dropped++
    else give(backlog, outbox, next, now)
    letGo(backlog, outbox, next)
  }
}

/** What of it the network has taken. Bytes. */
export const leftOf = ({ sent, sink }: Outbox<unknown>): number => sent - sink.bufferedAmount

/** Whether it holds more than a receiver that keeps up would. */
export const isLagging = ({ queue, sink }: Outbox<unknown>): boolean => queue.cost > 0 || sink.bufferedAmount > WINDOW_BYTES

/** Counts it no more: its receiver is gone. O(what waits) */
export function closeOutbox(backlog: Backlog, outbox: Outbox<unknown>): void {
  letGoOfSurplus(backlog, outbox)
  for (const shared of removeAll(outbox.queue)) letGo(backlog, outbox, shared)
}

const hasRoom = ({ sink }: Outbox<unknown>): boolean => sink.bufferedAmount < WINDOW_BYTES

const waitingFor = ({ queue, surplus }: Outbox<unknown>): number => queue.cost + (surplus === null ? 0 : memoryOf(surplus))

function give<Sender>(backlog: Backlog, outbox: Outbox<Sender>, shared: Shared, now: number): void {
  letGoOfSurplus(backlog, outbox)
  outbox.sent += shared.frame.length
  outbox.sink.send(shared.frame)
  if (hasRoom(outbox)) return
  outbox.surplus = shared
  hold(backlog, outbox, shared, now)
}

function letGoOfSurplus(backlog: Backlog, outbox: Outbox<unknown>): void {
  if (outbox.surplus === null) return
  letGo(backlog, outbox, outbox.surplus)
  outbox.surplus = null
}

/** Takes from who gives way half of what waits for it, the oldest; and cuts it, if only its socket holds anything. */
function makeRoom(backlog: Backlog, now: number): void {
  while (backlog.bytes > MAX_WAITING_IN_ALL) {
    const outbox = firstToGiveWay(backlog, now)
    if (outbox === null) return
    const half = outbox.queue.cost / 2
    if (half === 0) cut(backlog, outbox)
    while (outbox.queue.cost > half) drop(backlog, outbox, dropOldestOfHeaviest(outbox.queue))
  }
}

function drop(backlog: Backlog, outbox: Outbox<unknown>, shared: Shared | null): boolean {
  if (shared === null) return false
  backlog.dropped++
  letGo(backlog, outbox, shared)
  return true
}

function cut(backlog: Backlog, outbox: Outbox<unknown>): void {
  closeOutbox(backlog, outbox)
  outbox.sink.terminate()
}
