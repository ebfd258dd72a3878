/**
 * A relay that is not to be trusted: it stands before the real host and passes everything on, except that it delays, drops,
 * repeats, reorders and falsifies websocket frames as told, and keeps all it has seen. Faults are drawn from a seed, so that a
 * run that fails can be run again.
 */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'

/** Each a share of the frames, 0 … 1; `delay` is the longest one (ms), drawn evenly, beyond the `lag` that each frame has. */
export interface Faults {
  readonly drop: number
  readonly repeat: number
  readonly flip: number
  readonly reorder: number
  readonly delay: number
  /** ms */
  readonly lag: number
}

export const HONEST: Faults = { drop: 0, repeat: 0, flip: 0, reorder: 0, delay: 0, lag: 0 }

export interface HostileRelay {
  readonly address: string
  /** From now on, frames meet these faults. */
  misbehave(faults: Partial<Faults>): void
  /** Ends every socket and lets nobody connect. The app is served on. */
  cut(): void
  /** Lets tabs connect again. */
  heal(): void
  /** From now on nothing passes on the sockets that are open, and nothing closes them: a network that vanished. New ones are served. */
  vanish(): void
  /** Sends these frames to every tab that is connected now, whatever the faults. */
  replay(frames: readonly Buffer[]): void
  /** From now on the app's files come from the host at this port. */
  serveFilesOf(port: number): void
  /** Every frame that a tab sent, as it came. */
  readonly seen: readonly Buffer[]
  /** How often each fault was done. */
  readonly done: Readonly<Record<keyof Faults, number>>
  close(): Promise<void>
}

/** How long a frame that is to be overtaken waits at most for another one (ms). */
const OVERTAKEN_AFTER = 200

export async function startHostileRelay(hostPort: number, seed: number): Promise<HostileRelay> {
  const chance = seeded(seed)
  const seen: Buffer[] = []
  const done = { drop: 0, repeat: 0, flip: 0, reorder: 0, delay: 0, lag: 0 }
  const sockets = new Set<WebSocket>()
  const tabs = new Set<WebSocket>()
  const vanished = new WeakSet<WebSocket>()
  let faults = HONEST
  let isCut = false
  let filesFrom = hostPort

  const happens = (fault: keyof Faults): boolean => {
    const yes = chance() < faults[fault]
    if (yes) done[fault]++
    return yes
  }

  /** Passes frames on to `target`, doing with each what the faults say. */
  const through = (target: WebSocket) => {
    let waiting: (() => void) | null = null
    const send = (frame: Buffer): void => {
      if (target.readyState === WebSocket.OPEN) target.send(frame)
    }
    const release = (): void => {
      const late = waiting
      waiting = null
      late?.()
    }
    const deliver = (frame: Buffer): void => {
      if (waiting === null && happens('reorder')) {
        waiting = () => send(frame)
        setTimeout(release, OVERTAKEN_AFTER)
        return
      }
      send(frame)
      release()
    }
    return (frame: Buffer): void => {
      if (happens('drop')) return
      const told = happens('flip') ? withOneBitFlipped(frame, chance) : frame
      const copies = happens('repeat') ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        if (faults.delay + faults.lag === 0) deliver(told)
        else {
          done[faults.delay > 0 ? 'delay' : 'lag']++
          setTimeout(() => deliver(told), faults.lag + (faults.delay === 0 ? 0 : chance() * faults.delay))
        }
      }
    }
  }

  /** Pings, and what answers them: no frames, so no fault meets them. */
  const tell = (target: WebSocket, text: Buffer): void => {
    if (target.readyState === WebSocket.OPEN) target.send(text.toString())
  }

  const join = (tab: WebSocket, path: string): void => {
    const host = new WebSocket(`ws://localhost:${hostPort}${path}`)
    const early: Buffer[] = []
    const up = through(host)
    const down = through(tab)
    sockets.add(tab).add(host)
    tabs.add(tab)
    tab.on('close', () => tabs.delete(tab))
    tab.on('message', (data: Buffer, isBinary) => {
      if (vanished.has(tab)) return
      if (!isBinary) return tell(host, data)
      seen.push(data)
      if (host.readyState === WebSocket.CONNECTING) early.push(data)
      else up(data)
    })
    host.on('open', () => early.forEach(up))
    host.on('message', (data: Buffer, isBinary) => {
      if (vanished.has(tab)) return
      if (isBinary) down(data)
      else tell(tab, data)
    })
    for (const [socket, other] of [
      [tab, host],
      [host, tab],
    ] as const) {
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        sockets.delete(socket)
        // The host does not hear of the end of a tab whose network vanished.
        if (!vanished.has(tab)) other.terminate()
      })
    }
  }

  const handshake = new WebSocketServer({ noServer: true })
  const server = createServer((incoming, response) => passOn(incoming, response, filesFrom))
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (isCut) socket.destroy()
    else handshake.handleUpgrade(incoming, socket, head, (tab) => join(tab, incoming.url ?? '/'))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))

  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.terminate()
  }
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    misbehave(changed) {
      faults = { ...faults, ...changed }
    },
    cut,
    heal() {
      isCut = false
    },
    vanish() {
      for (const tab of tabs) vanished.add(tab)
    },
    replay(frames) {
      for (const tab of tabs) for (const frame of frames) if (tab.readyState === WebSocket.OPEN) tab.send(frame)
    },
    serveFilesOf(port) {
      filesFrom = port
    },
    seen,
    done,
    async close() {
      cut()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The app's files come from the real host, unchanged. */
function passOn(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = incoming
  const onward = ask({ host: 'localhost', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  incoming.pipe(onward)
}

function withOneBitFlipped(frame: Buffer, chance: () => number): Buffer {
  const copy = Buffer.from(frame)
  const bit = Math.floor(chance() * copy.length * 8)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32, T. Ettinger, public domain). */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
