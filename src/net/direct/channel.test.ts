/** Frames on a data channel that is behind, closes, or brings what is no frame. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PEER_SILENT } from '../../sync/peers.ts'
import { MAX_FRAME_BYTES } from '../transport.ts'
import { FIRST_PIECES, MAX_PIECES, PIECES_PER_SECOND } from './allowance.ts'
import { type DataChannel, frameChannel, MAX_BUFFERED_BYTES } from './channel.ts'
import { cutFrame } from './framing.ts'
import { begin, end, numbered, pass } from './played.naive.ts'

beforeEach(begin)
afterEach(end)

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

/** A frame that is one piece. */
const pieceOf = (frame: Uint8Array): ArrayBuffer => cutFrame(frame)[0]!.buffer

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

test('a channel that is behind is given a megabyte at a time, and frames wait up to MAX_BUFFERED_BYTES and no further', async () => {
  const { held, channel } = open()
  held.onopen!()
  let taken = 0
  while (channel.send(new Uint8Array(1_000_000))) taken++
  expect(taken).toBe(Math.floor(MAX_BUFFERED_BYTES / 1_000_000) + 1)
  expect(channel.buffered).toBeGreaterThan(MAX_BUFFERED_BYTES)
  for (let step = 0; step < 100 && channel.buffered > 0; step++) {
    held.letGo()
    await pass(100)
  }
  expect(channel.buffered).toBe(0)
  expect(held.most).toBeLessThan(1_200_000)
  expect(held.given.reduce((sum, { length }) => sum + length - 1, 0)).toBe(taken * 1_000_000)
  expect(channel.send(new Uint8Array(9))).toBe(true)
})

test('a message that comes before "open" opens it', () => {
  const { held, heard } = open()
  held.onmessage!({ data: pieceOf(numbered(7)) })
  held.onopen!()
  expect(heard).toEqual(['open', numbered(7).length])
})

test('D9 what is no piece of a frame, or a frame that nobody could have parsed, ends it, and nothing is heard or sent afterwards', () => {
  const ofOtherVersion = numbered(7)
  ofOtherVersion[0] = 9
  const ofNobody = numbered(7).fill(0, 1, 33)
  const pieces = [Uint8Array.of(9).buffer, new ArrayBuffer(0), Uint8Array.of(1).buffer, Uint8Array.of(1, 7).buffer]
  const frames = [numbered(7).subarray(0, 80), ofOtherVersion, ofNobody]
  for (const data of ['text', ...pieces, ...frames.map(pieceOf)]) {
    const { held, heard, channel } = open()
    held.onopen!()
    held.onmessage!({ data })
    expect(heard).toEqual(['open', 'close'])
    expect([held.readyState, held.onmessage, channel.send(new Uint8Array(9)), channel.buffered]).toEqual(['closed', null, false, 0])
  }
})

describe('pieces that a channel may bring', () => {
  /** Brings `count` pieces, or fewer if the channel ends. True if it has not ended. */
  function bring({ held, heard }: ReturnType<typeof open>, count: number): boolean {
    const data = pieceOf(numbered(7))
    for (let n = 0; n < count; n++) held.onmessage?.({ data })
    return heard.at(-1) !== 'close'
  }

  test('D22 are FIRST_PIECES at once when it is new, MAX_PIECES when it was quiet, and one more ends it', async () => {
    expect([bring(open(), FIRST_PIECES), bring(open(), FIRST_PIECES + 1)]).toEqual([true, false])
    const quiet = [open(), open()] as const
    await pass(60_000)
    expect([bring(quiet[0], MAX_PIECES), bring(quiet[1], MAX_PIECES + 1)]).toEqual([true, false])
    expect(quiet.map(({ heard }) => heard.filter((each) => each === numbered(7).length).length)).toEqual([MAX_PIECES, MAX_PIECES])
  })

  test('D22 are PIECES_PER_SECOND for as long as it likes, and more end it', async () => {
    const [fast, tooFast] = [open(), open()]
    for (let tenth = 0; tenth < 300; tenth++) {
      bring(fast, Math.floor(PIECES_PER_SECOND / 10))
      bring(tooFast, PIECES_PER_SECOND / 9)
      await pass(100)
    }
    expect([fast.heard.at(-1), tooFast.heard.at(-1)]).toEqual([numbered(7).length, 'close'])
  })

  test.each([
    ['a network that is quick', 0, false],
    ['a network that stops for four seconds, and brings what waited', 4_000, false],
    ['a far end that reads nothing for fifteen seconds', PEER_SILENT, true],
  ])('are never more than a node sends, however much it has to say: %s', async (_, stop, isTaken) => {
    const [from, to] = [open(), open()]
    from.held.onopen!()
    const count = 10_000
    for (let n = 0; n < count; n++) expect(from.channel.send(numbered(n % 256))).toBe(true)
    for (let step = 0; from.channel.buffered > 0; step++) {
      expect(step).toBeLessThan(1_000)
      const isStopped = step * 50 >= 2_000 && step * 50 < 2_000 + stop
      if (!isStopped) for (const piece of from.held.given.splice(0)) to.held.onmessage?.({ data: piece.buffer })
      // The browser of a far end takes what its node does not read.
      if (!isStopped || isTaken) from.held.letGo()
      await pass(50)
    }
    expect(to.heard.length).toBe(1 + count)
    expect(to.heard).not.toContain('close')
  })
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
