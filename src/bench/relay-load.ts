/**
 * A process that is all clients of a relay. They speak and count frames on bare sockets, so that the host is what is measured: of
 * what arrives only the lengths are read.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { exit } from 'node:process'

/** Rooms of so many clients, each of whom says `frame` in its own name, `rounds` times. */
export interface FanOut {
  readonly port: number
  readonly rooms: number
  readonly clients: number
  readonly rounds: number
  /** base64 */
  readonly frame: string
}

/** ms from the first frame leaving to the last arriving. */
export type FanOutMs = number

/** Rounds on their way at most: the host always has work, and nothing waits that it would have to slow down for. */
const AHEAD = 8

/** A text of base64 of 16 bytes, as the handshake wants it, and never twice. */
const nonce = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')

/** An open websocket, before anything was said. */
export async function openSocket(port: number, room: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.write(
    `GET /parties/main/${room} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${nonce()}\r\n\r\n`,
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  const text = answer.toString('latin1')
  if (!text.startsWith('HTTP/1.1 101') || !text.endsWith('\r\n\r\n')) throw new Error(`No websocket: ${text}`)
  return socket
}

const BINARY = 0x82

/** RFC 6455 §5.2: binary and whole, with a mask, of zeros, as clients must have one. */
function maskedFrame(payload: Uint8Array): Buffer {
  const { length } = payload
  if (length < 126 || length > 65_535) throw new Error('No frame of a benchmark is so short or so long.')
  return Buffer.concat([Uint8Array.of(BINARY, 0x80 | 126, length >> 8, length & 0xff, 0, 0, 0, 0), payload])
}

/** Counts the binary frames of a host's stream of bytes, however it is cut; of frames whose payload is from 126 to 65,535 bytes, and shorter control frames. */
export function createFrameCounter(): (bytes: Uint8Array) => number {
  /** Of the frame that began: its first bytes until its length is known, and how much of it is still to come. */
  let head: number[] = []
  let left = 0
  return (bytes) => {
    let frames = 0
    for (let at = 0; at < bytes.length;) {
      if (left === 0) {
        head.push(bytes[at++]!)
        if (head.length < 2 || (head[1] === 126 && head.length < 4)) continue
        left = head[1] === 126 ? (head[2]! << 8) | head[3]! : head[1]!
      }
      const step = Math.min(left, bytes.length - at)
      at += step
      left -= step
      if (left > 0) continue
      if (head[0] === BINARY) frames++
      head = []
    }
    return frames
  }
}

export async function fanOut({ port, rooms, clients, rounds, frame: base64 }: FanOut): Promise<FanOutMs> {
  const frame = Buffer.from(base64, 'base64')
  const sockets: Socket[] = []
  const said: Buffer[] = []
  for (let room = 0; room < rooms; room++) {
    for (let client = 0; client < clients; client++) {
      sockets.push(await openSocket(port, `benchmark-room-${`${room}`.padStart(8, '0')}`))
      // The sender value is what the relay reads; the rest is as it was sealed.
      frame.set(crypto.getRandomValues(new Uint8Array(32)), 1)
      said.push(maskedFrame(frame))
    }
  }
  const perRound = rooms * clients * (clients - 1)
  let round = 0
  let heard = 0
  const ms = await new Promise<number>((resolve, reject) => {
    const sayMore = (): void => {
      while (round < rounds && round < heard / perRound + AHEAD) {
        round++
        for (const [i, socket] of sockets.entries()) socket.write(said[i]!)
      }
    }
    for (const socket of sockets) {
      const count = createFrameCounter()
      socket.on('close', () => reject(new Error('The host closed a connection.')))
      socket.on('data', (bytes: Buffer) => {
        heard += count(bytes)
        sayMore()
        if (heard === rounds * perRound) resolve(performance.now() - start)
      })
    }
    const start = performance.now()
    sayMore()
  })
  for (const socket of sockets) socket.removeAllListeners('close').destroy()
  return ms
}

process.on('message', (task: FanOut) => {
  fanOut(task).then(
    (ms) => process.send!(ms),
    (error: unknown) => {
      console.error(error)
      exit(1)
    },
  )
})
process.on('disconnect', () => exit(0))
