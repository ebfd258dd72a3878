/** Frames on a data channel that is behind, closes, or brings what is no frame. */
import { expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from '../transport.ts'
import { type DataChannel, frameChannel, MAX_BUFFERED_BYTES } from './channel.ts'

/** A channel that holds what it is given until it is let go. */
class HeldChannel {
  readyState: RTCDataChannelState = 'connecting'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  binaryType: BinaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  onbufferedamountlow: (() => void) | null = null
  readonly given: Uint8Array[] = []
  most = 0
  send(piece: Uint8Array): void {
    this.given.push(piece)
    this.bufferedAmount += piece.length
    this.most = Math.max(this.most, this.bufferedAmount)
  }
  close(): void {
    this.readyState = 'closed'
  }
  letGo(): void {
    this.bufferedAmount = 0
    this.onbufferedamountlow?.()
  }
}

function open() {
  const held = new HeldChannel()
  const heard: (string | number)[] = []
  const channel = frameChannel(held as unknown as DataChannel, {
    onOpen: () => heard.push('open'),
    onFrame: (frame) => heard.push(frame.length),
    onClose: () => heard.push('close'),
  })
  return { held, heard, channel }
}

test('nothing is sent before it opens, and what is too large never', () => {
  const { held, channel } = open()
  expect(channel.send(new Uint8Array(9))).toBe(false)
  held.onopen!()
  expect(channel.send(new Uint8Array(MAX_FRAME_BYTES + 1))).toBe(false)
  expect(channel.send(new Uint8Array(9))).toBe(true)
  expect(held.given.length).toBe(1)
})

test('a channel that is behind is given a megabyte at a time, and frames wait up to MAX_BUFFERED_BYTES and no further', () => {
  const { held, channel } = open()
  held.onopen!()
  let taken = 0
  while (channel.send(new Uint8Array(1_000_000))) taken++
  expect(taken).toBe(Math.floor(MAX_BUFFERED_BYTES / 1_000_000) + 1)
  expect(channel.buffered).toBeGreaterThan(MAX_BUFFERED_BYTES)
  while (channel.buffered > 0) held.letGo()
  expect(held.most).toBeLessThan(1_200_000)
  expect(held.given.reduce((sum, { length }) => sum + length - 1, 0)).toBe(taken * 1_000_000)
  expect(channel.send(new Uint8Array(9))).toBe(true)
})

test('a message that comes before "open" opens it', () => {
  const { held, heard } = open()
  held.onmessage!({ data: Uint8Array.of(1, 7, 7).buffer })
  held.onopen!()
  expect(heard).toEqual(['open', 2])
})

test('D9 what is no piece of a frame ends it, and nothing is heard or sent afterwards', () => {
  for (const data of ['text', Uint8Array.of(9).buffer, new ArrayBuffer(0)]) {
    const { held, heard, channel } = open()
    held.onopen!()
    held.onmessage!({ data })
    expect(heard).toEqual(['open', 'close'])
    expect([held.readyState, held.onmessage, channel.send(new Uint8Array(9)), channel.buffered]).toEqual(['closed', null, false, 0])
  }
})

test('a channel that cannot take more than it said closes', () => {
  const { held, heard, channel } = open()
  held.onopen!()
  held.send = () => {
    throw new Error('OperationError')
  }
  expect(channel.send(new Uint8Array(9))).toBe(false)
  expect(heard).toEqual(['open', 'close'])
})
