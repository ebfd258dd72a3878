/**
 * Bulk over a data channel, in a worker, as the app has it: by our frames, or bare. Each page has such a worker, with two channels
 * of one connection: the first one is bare, the second one ours.
 */
import { encodeHeader, SENDER_BYTES } from '../net/envelope.ts'
import { type FrameChannel, frameChannel } from '../net/direct/channel.ts'

export type How = 'bare' | 'framed'

export type ChannelTask =
  | { readonly type: 'take'; readonly channels: readonly RTCDataChannel[] }
  /** Answered when all is given to the channel, with the time at which that began. */
  | { readonly type: 'send'; readonly how: How; readonly bytes: number }
  /** Answered when so many bytes have come, with the time of the last one. */
  | { readonly type: 'receive'; readonly bytes: number }

/** ms since 1970; null: "take" is done, and both channels are open. */
export type ChannelAnswer = number | null

const FRAME_BYTES = 1024 * 1024
/** What waits in our channel before the sender waits (bytes), and how long that is until it looks again (ms): nobody tells it. */
const WAITING_AT_MOST = 4 * 1024 * 1024
const LOOK_EVERY = 5
/** The bare channel gets as much at once as ours does (`net/direct/channel`). Bytes. */
const PIECE_BYTES = 65_536
const GIVEN_AT_MOST = 1024 * 1024
const GIVE_AGAIN_AT = 256 * 1024

let bare: RTCDataChannel
let framed: FrameChannel
let awaited = Infinity
/** Bytes that came since the last answer, and when the last of them did: they may be here before they are asked for. */
let got = 0
let gotAt = 0

const answer = (value: ChannelAnswer): void => postMessage(value)
const now = (): number => performance.timeOrigin + performance.now()

function received(bytes: number): void {
  got += bytes
  gotAt = now()
  tell()
}

function tell(): void {
  if (got < awaited) return
  awaited = Infinity
  got = 0
  answer(gotAt)
}

async function take([first, second]: readonly RTCDataChannel[]): Promise<void> {
  bare = first!
  bare.binaryType = 'arraybuffer'
  bare.bufferedAmountLowThreshold = GIVE_AGAIN_AT
  bare.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => received(data.byteLength)
  const bareOpens = new Promise<void>((resolve) => {
    bare.onopen = () => resolve()
    if (bare.readyState === 'open') resolve()
  })
  const framedOpens = new Promise<void>((onOpen) => {
    framed = frameChannel(second!, { onOpen, onFrame: ({ length }) => received(length), onClose: () => reportError(new Error('closed')) })
  })
  await Promise.all([bareOpens, framedOpens])
}

function sendBare(bytes: number): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES)
  let left = bytes
  return new Promise((resolve) => {
    bare.onbufferedamountlow = () => {
      for (; left > 0 && bare.bufferedAmount < GIVEN_AT_MOST; left -= piece.length) bare.send(piece)
      if (left <= 0) resolve()
    }
    bare.dispatchEvent(new Event('bufferedamountlow'))
  })
}

async function sendFramed(bytes: number): Promise<void> {
  const frame = new Uint8Array(FRAME_BYTES)
  // The far end closes a channel that brings what is no frame.
  frame.set(encodeHeader({ sender: new Uint8Array(SENDER_BYTES).fill(1), receiver: null, counter: 0 }))
  for (let left = bytes; left > 0;) {
    if (framed.buffered + frame.length <= WAITING_AT_MOST && framed.send(frame)) left -= frame.length
    else await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }
}

async function perform(task: ChannelTask): Promise<void> {
  switch (task.type) {
    case 'take':
      await take(task.channels)
      return answer(null)
    case 'receive':
      awaited = task.bytes
      return tell()
    case 'send': {
      const start = now()
      await (task.how === 'bare' ? sendBare(task.bytes) : sendFramed(task.bytes))
      return answer(start)
    }
  }
}

addEventListener('message', ({ data }: MessageEvent<ChannelTask>) => void perform(data))
