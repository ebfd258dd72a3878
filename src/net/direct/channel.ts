/** Frames on a data channel: cut into pieces, held back while the network is behind, put together again. */
import { oneAt, takeOne } from '../../core/budget.ts'
import { parseEnvelope } from '../envelope.ts'
import { MAX_FRAME_BYTES } from '../transport.ts'
import { createAllowance, createPace } from './allowance.ts'
import { createForwarded } from './forwarded.ts'
import { createJoiner, cutFrame } from './framing.ts'

/** A channel is given no more than this at once, and the next pieces when it has only this left. Bytes. */
const GIVEN_AT_MOST = 1024 * 1024
const GIVE_AGAIN_AT = 256 * 1024

/** Frames wait here up to this. Beyond it they are dropped, since it is better to ask again for late frames. Bytes. */
export const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/**
 * A frame that is forwarded for another node is given when no more than this waits in the channel, since what was given stands before the
 * next own frame. Bytes. Such frames are looked at again after the time (ms).
 */
const FORWARD_AT = 1_024
const FORWARD_AGAIN_AFTER = 50

/** Closes a channel, of which nothing is heard any more. */
export function letGo(channel: DataChannel): void {
  channel.onopen = channel.onmessage = channel.onclose = channel.onerror = channel.onbufferedamountlow = null
  channel.close()
}

export interface ChannelEvents {
  onOpen(): void
  onFrame(frame: Uint8Array): void
  /** The channel ended, or its far end did what no node does: it brought bytes that are no frame, or more pieces than it may. */
  onClose(): void
}

export interface FrameChannel {
  /** False when the frame was dropped: not open, too large, too far behind. */
  send(frame: Uint8Array): boolean
  /** Takes a frame of one piece that `by` brought, to be sent when no frame of `send` waits. It may be dropped later. False as for `send`. */
  forward(frame: Uint8Array, by: string): boolean
  /** Bytes that wait here and in the channel. Those that are forwarded stand before nothing, and do not count. */
  readonly buffered: number
  close(): void
}

/** The part of an RTCDataChannel that this file uses. */
export type DataChannel = Pick<
  RTCDataChannel,
  | 'readyState'
  | 'bufferedAmount'
  | 'bufferedAmountLowThreshold'
  | 'binaryType'
  | 'send'
  | 'close'
  | 'onopen'
  | 'onmessage'
  | 'onclose'
  | 'onerror'
  | 'onbufferedamountlow'
>

export function frameChannel(channel: DataChannel, events: ChannelEvents): FrameChannel {
  const joiner = createJoiner()
  let waiting: Uint8Array<ArrayBuffer>[] = []
  let waitingBytes = 0
  let isOpen = false
  let isClosed = false
  const allowance = createAllowance(performance.now())
  const pace = createPace(performance.now())
  const forwarded = createForwarded(performance.now())
  let timer: ReturnType<typeof setTimeout> | undefined

  const open = (): void => {
    if (isOpen || isClosed) return
    isOpen = true
    events.onOpen()
  }
  const close = (): void => {
    if (isClosed) return
    isClosed = true
    clearTimeout(timer)
    waiting = []
    waitingBytes = 0
    letGo(channel)
  }
  const end = (): void => {
    if (isClosed) return
    close()
    events.onClose()
  }
  const give = (): void => {
    clearTimeout(timer)
    try {
      while (waiting.length > 0 && channel.bufferedAmount < GIVEN_AT_MOST) {
        const now = performance.now()
        if (!takeOne(pace, now)) {
          timer = setTimeout(give, oneAt(pace, now) - now)
          return
        }
        const piece = waiting.shift()!
        waitingBytes -= piece.length
        channel.send(piece)
      }
      while (waiting.length === 0 && !forwarded.isEmpty) {
        const frame = channel.bufferedAmount > FORWARD_AT ? null : forwarded.take(performance.now())
        if (frame === null) {
          timer = setTimeout(give, FORWARD_AGAIN_AFTER)
          return
        }
        for (const piece of cutFrame(frame)) channel.send(piece)
      }
    } catch {
      // The channel closed meanwhile, or its own queue is full.
      end()
    }
  }

  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = GIVE_AGAIN_AT
  channel.onopen = open
  channel.onbufferedamountlow = give
  channel.onclose = channel.onerror = end
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isClosed) return
    // A browser may bring the first message before it says that the channel is open.
    open()
    const frame = data instanceof ArrayBuffer && takeOne(allowance, performance.now()) ? joiner.add(new Uint8Array(data)) : undefined
    if (frame === null) return
    // A node parses a frame before it forwards it. So the far end is at fault for one that is malformed, also if it did not make it.
    if (frame === undefined || !parseEnvelope(frame).ok) end()
    else events.onFrame(frame)
  }
  if (channel.readyState === 'open') queueMicrotask(open)
  else if (channel.readyState === 'closed' || channel.readyState === 'closing') queueMicrotask(end)

  return {
    send(frame) {
      if (!isOpen || isClosed || frame.length > MAX_FRAME_BYTES) return false
      if (waitingBytes + channel.bufferedAmount > MAX_BUFFERED_BYTES) return false
      for (const piece of cutFrame(frame)) {
        waiting.push(piece)
        waitingBytes += piece.length
      }
      give()
      return !isClosed
    },
    forward(frame, by) {
      if (!isOpen || isClosed || frame.length > MAX_FRAME_BYTES) return false
      forwarded.add(frame, by)
      give()
      return !isClosed
    },
    get buffered() {
      return isClosed ? 0 : waitingBytes + channel.bufferedAmount
    },
    close,
  }
}
