/**
 * A data channel that stays on the page, for browsers in which no worker can have it. The page passes its bytes through a MessagePort. To
 * the owner of the port it is a channel like any other, and as far behind as the real one.
 */
import { takeOne } from '../../core/budget.ts'
import { createAllowance } from './allowance.ts'
import { type DataChannel, letGo } from './channel.ts'
import { isPieceLength } from './framing.ts'

/** Messages of the worker's end to the page's, and back. */
type ToPage = { readonly type: 'send'; readonly bytes: ArrayBuffer } | { readonly type: 'close' }
type FromPage =
  | { readonly type: 'open' | 'close' }
  | { readonly type: 'message'; readonly bytes: ArrayBuffer }
  /** So many bytes have been taken, and so many of all that were taken wait in the real channel. */
  | { readonly type: 'taken'; readonly bytes: number; readonly buffered: number }

/**
 * Pumps a channel of this page through the port. The worker would see too late that the far end sends too much: each piece would have
 * cost the page a message by then. So the page counts as well.
 */
export function pump(channel: DataChannel, port: MessagePort): void {
  const allowance = createAllowance(performance.now())
  const say = (message: FromPage, transfer: Transferable[] = []): void => port.postMessage(message, transfer)
  const end = (): void => {
    letGo(channel)
    say({ type: 'close' })
  }
  channel.binaryType = 'arraybuffer'
  channel.onopen = () => say({ type: 'open' })
  channel.onclose = channel.onerror = end
  channel.onbufferedamountlow = () => say({ type: 'taken', bytes: 0, buffered: channel.bufferedAmount })
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer && isPieceLength(data.byteLength) && takeOne(allowance, performance.now()))
      say({ type: 'message', bytes: data }, [data])
    else end()
  }
  channel.bufferedAmountLowThreshold = LOW
  port.onmessage = ({ data }: MessageEvent<ToPage>) => {
    if (data.type === 'close') return end()
    try {
      channel.send(data.bytes)
      say({ type: 'taken', bytes: data.bytes.byteLength, buffered: channel.bufferedAmount })
    } catch {
      end()
    }
  }
  if (channel.readyState === 'open') say({ type: 'open' })
}

/** The bytes that wait in the real channel when it reports again: `channel.ts` gives it more then. */
const LOW = 256 * 1024

/** The other end of a pump, as a channel. */
export function channelOfPort(port: MessagePort): DataChannel {
  /** Bytes on their way to the page, and bytes that wait there. */
  let underWay = 0
  let waiting = 0
  const channel: { -readonly [K in keyof DataChannel]: DataChannel[K] } = {
    readyState: 'connecting',
    get bufferedAmount() {
      return underWay + waiting
    },
    bufferedAmountLowThreshold: 0,
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    onbufferedamountlow: null,
    send(data: unknown) {
      const bytes = (data as Uint8Array<ArrayBuffer>).slice().buffer
      underWay += bytes.byteLength
      port.postMessage({ type: 'send', bytes } satisfies ToPage, [bytes])
    },
    close() {
      channel.readyState = 'closed'
      port.postMessage({ type: 'close' } satisfies ToPage)
      port.close()
    },
  }
  const call = (handler: unknown, event: unknown): void => {
    if (typeof handler === 'function') handler.call(channel, event)
  }
  port.onmessage = ({ data }: MessageEvent<FromPage>) => {
    switch (data.type) {
      case 'open':
        channel.readyState = 'open'
        return call(channel.onopen, null)
      case 'close':
        channel.readyState = 'closed'
        return call(channel.onclose, null)
      case 'message':
        return call(channel.onmessage, { data: data.bytes })
      case 'taken': {
        const before = underWay + waiting
        underWay -= data.bytes
        waiting = data.buffered
        if (before > channel.bufferedAmountLowThreshold && underWay + waiting <= channel.bufferedAmountLowThreshold)
          call(channel.onbufferedamountlow, null)
      }
    }
  }
  return channel
}
