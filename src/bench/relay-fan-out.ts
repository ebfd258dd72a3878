/**
 * Rooms in which all speak. The clients' sockets are bare, and of what arrives only the lengths are read, so that the host is what
 * is measured.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface FanOut {
  readonly port: number
  readonly rooms: number
  /** Of each room. */
  readonly clients: number
  /** Of each room's clients; in every round each says `frame` once, in its own name. */
  readonly speakers: number
  readonly rounds: number
  /** Rounds on their way at most. */
  readonly ahead: number
  /** base64 */
  readonly frame: string
}

/** From the first frame leaving to the last arriving (ms). */
export type FanOutMs = number

const BINARY = 0x82
const PINGED = 0x89
/** The answer to a ping that carries nothing. */
const PONG = Uint8Array.of(0x8a, 0x80, 0, 0, 0, 0)

/** RFC 6455 §5.2: binary and whole, with a mask, of zeros, as clients must have one. */
function maskedFrame(payload: Uint8Array): Buffer {
  const { length } = payload
  if (length < 126 || length > 65_535) throw new Error('No frame of a benchmark is so short or so long.')
  return Buffer.concat([Uint8Array.of(BINARY, 0x80 | 126, length >> 8, length & 0xff, 0, 0, 0, 0), payload])
}

/** Counts the binary frames in a host's stream of bytes, however it is cut; of up to 65,535 bytes each. `onPing`: a ping is among them. */
export function createFrameCounter(onPing: () => void = () => {}): (bytes: Uint8Array) => number {
  /** Of the frame that has begun: its first bytes until its length is known, and how much of it is still to come. */
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
      if (head[0] === PINGED) onPing()
      head = []
    }
    return frames
  }
}

/** An open websocket, before anything was said. */
async function openSocket(port: number, room: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const headers = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`]
  socket.write(`GET /parties/main/${room} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  const text = answer.toString('latin1')
  // Behind it may come what the host tells a newcomer.
  if (!text.startsWith('HTTP/1.1 101') || !text.includes('\r\n\r\n')) throw new Error(`No websocket: ${text}`)
  return socket
}

export async function fanOut({ port, rooms, clients, speakers, rounds, ahead, frame: base64 }: FanOut): Promise<FanOutMs> {
  const frame = Buffer.from(base64, 'base64')
  const sockets: Socket[] = []
  const spoken: (() => void)[] = []
  for (let i = 0; i < rooms * clients; i++) {
    const socket = await openSocket(port, `benchmark-room-${`${Math.floor(i / clients)}`.padStart(8, '0')}`)
    sockets.push(socket)
    if (i % clients >= speakers) continue
    // The sender value is what the relay reads; the rest is as it was sealed.
    frame.set(crypto.getRandomValues(new Uint8Array(32)), 1)
    const bytes = maskedFrame(frame)
    spoken.push(() => void socket.write(bytes))
  }
  const perRound = rooms * speakers * (clients - 1)
  let round = 0
  let heard = 0
  const ms = await new Promise<number>((resolve, reject) => {
    const sayMore = (): void => {
      while (round < rounds && round < heard / perRound + ahead) {
        round++
        for (const speak of spoken) speak()
      }
    }
    for (const socket of sockets) {
      // A host cuts who does not answer, and a run may take minutes where much else runs.
      const count = createFrameCounter(() => void socket.write(PONG))
      socket.on('error', reject)
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
