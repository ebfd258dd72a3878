/**
 * Frames that wait for receivers that read more slowly than others send. A receiver that lags loses frames, and nobody else waits for it:
 * nodes ask again for ops that they miss. Among the frames that wait for a receiver, senders have fair turns. So a sender that sends all
 * the time takes no place from another sender, neither in time nor in bytes. Memory is bounded for each receiver, and in all.
 *
 * A frame for a receiver that keeps up goes out at once, whatever waits for other receivers.
 */
import { type Backlog as BacklogOf, firstToGiveWay, hold, type Holder, letGo, memoryOf, noteTaking, type Shared } from './backlog.ts'
import { createFairQueue, dropNewestOfHeaviest, dropOldestOfHeaviest, type FairQueue, push, removeAll, shift } from './fair-queue.ts'

/**
 * A frame goes straight to the socket while the socket holds less than this; otherwise it waits for its turn. A round trip's worth.
 * Bytes.
 */
export const WINDOW_BYTES = 128 * 1024

/** Frames that wait for one receiver take at most so much: more than two answers of 4 MiB. Bytes. */
export const MAX_WAITING_BYTES = 10 * 1024 * 1024

/**
 * All frames that wait take at most so much. Above it, the receiver that `firstToGiveWay` names loses its oldest frames, and is cut in
 * the end. Bytes.
 */
export const MAX_WAITING_IN_ALL = 512 * 1024 * 1024

/** A frame that has waited for longer is dropped: its receiver has asked another peer by then. ms */
export const MAX_WAIT_MS = 30_000

/**
 * A sender's turn. It is small, since other senders wait for it on the receiver's network. It is larger than nearly all frames that
 * people cause. Bytes.
 */
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
  /** Bytes that were given to the socket so far. */
  sent: number
}

/** The frames that wait for all receivers of a host. */
export type Backlog = BacklogOf<Outbox<unknown>>

export function createOutbox<Sender>(sink: Sink, source: string): Outbox<Sender> {
  return { sink, source, queue: createFairQueue(TURN_BYTES), surplus: null, sent: 0, holds: 0, tookAt: 0 }
}

/**
 * Sends a frame, or lets it wait for its turn. Then drops frames if too many bytes wait. @param now ms. O(1) for a receiver that keeps
 * up, otherwise O(senders that wait)
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

/** Hands over frames that wait, as far as the socket takes them. To be called when the socket has given all its bytes to the network. */
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

/** Bytes of this receiver's frames that the network has taken. */
export const leftOf = ({ sent, sink }: Outbox<unknown>): number => sent - sink.bufferedAmount

/** Whether more bytes wait for this receiver than for one that keeps up. */
export const isLagging = ({ queue, sink }: Outbox<unknown>): boolean => queue.cost > 0 || sink.bufferedAmount > WINDOW_BYTES

/** The receiver is gone: its frames are not counted any more. O(frames that wait for it) */
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

/**
 * Takes memory back from the receiver that `firstToGiveWay` names: the oldest half of its frames. If only its socket holds anything, cuts
 * it.
 */
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
