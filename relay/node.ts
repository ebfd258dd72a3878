/**
 * A relay's host on Node.js: one process, one port. It serves the sealed frames of all rooms (`/parties/main/<room>`, as in PartyKit)
 * and, if it is asked to, the built app with its final headers. People who host a relay themselves run this.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { FRAME_VERSION } from '../src/net/envelope.ts'
import { WEBSOCKET_LIMITS } from '../src/net/websocket-limits.ts'
import { loadApp } from './app.ts'
import { createDoor } from './door.ts'
import { createFairQueue } from './fair-queue.ts'
import { createFairTurns } from './fair-turns.ts'
import { accept, closeForwarding, countsOf, createForwarding } from './forwarding.ts'
import { securityHeaders } from './headers.ts'
import { roomOf } from './protocol.ts'
import { oneAtATime } from './requests.ts'
import type { Rates } from './room.ts'
import { createSeldomLog } from './seldom.ts'
import { sourceOf } from './source.ts'

/** A request must have arrived within this time. ms */
const REQUEST_MS = 10_000

/** How often that is checked. ms */
const CHECK_MS = 2_000

/** A socket on which nothing moves for this long is closed, unless it is a websocket: its client reads no answer. ms */
const SILENCE_MS = 30_000

/** Bytes of a request's head: a browser's is about 1 kB. */
const MAX_HEAD_BYTES = 8_192

/** Requests and handshakes of a turn of the event loop, of some 0.2 ms each. Others wait, and sources take turns. */
const TURN_REQUESTS = 32

export interface RelayHostOptions {
  /** The folder of the built app; without it only the relay is served. */
  readonly app?: string
  /** False: `/parties/` is "not found", and the app is told that there is no relay. */
  readonly relay: boolean
  /** Where to listen. "localhost" is this machine only, by IPv4 and, where there is one, IPv6. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Rates of one connection, if they are not those of `room.ts`. */
  readonly rates?: Rates
  /**
   * The header in which your own proxy tells the address of a connection ("x-forwarded-for"). Set it only behind such a proxy: without a
   * proxy anyone can write the header. Without this option the address is the socket's, so all connections through one proxy are one
   * source.
   */
  readonly addressHeader?: string | undefined
  /**
   * Gets a sentence when something was refused or failed, or if the header holds no address: the same sentence once a minute at most. It
   * does not say who said what.
   */
  log(line: string): void
}

export interface RelayHost {
  /** Where it listens. */
  readonly port: number
  /** Cuts all sockets; resolves when the port is free again. */
  close(): Promise<void>
}

/** @throws the error of `listen` (EADDRINUSE …), or an error if the app is not built */
export async function createRelayHost({ app, relay, host, port, rates, addressHeader, log }: RelayHostOptions): Promise<RelayHost> {
  const serveApp = app === undefined ? null : await loadApp(app, relay)
  const seldom = createSeldomLog(log, () => performance.now())
  const forwarding = createForwarding(seldom, rates)
  const handshake = new WebSocketServer({ noServer: true, ...WEBSOCKET_LIMITS })
  const inTurn = createFairTurns<Duplex, () => void>(
    createFairQueue(1),
    TURN_REQUESTS,
    () => 1,
    (work) => work(),
  )
  const door = createDoor(addressHeader, seldom)

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(securityHeaders(lastOf(request.headers['sec-fetch-mode'])))) response.setHeader(name, value)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return end(response, 405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' })
    const path = pathOf(request)
    if (path === null) return end(response, 400, 'That is no address.')
    if (path === '/healthz') return end(response, 200, JSON.stringify({ ...countsOf(forwarding), version: FRAME_VERSION }), JSON_TYPE)
    if (path.startsWith('/parties/')) {
      return relay && roomOf(path) !== null
        ? end(response, 426, 'Rooms are websockets.', { Upgrade: 'websocket' })
        : end(response, 404, 'Not found.')
    }
    if (!serveApp?.(request, response, path)) end(response, 404, 'Not found.')
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client may reset the connection in the middle of a handshake. That is no error of ours.
    socket.on('error', () => {
      socket.destroy()
    })
    const subnet = door.subnetOf(request)
    inTurn(sourceOf(subnet), socket, () => {
      const room = relay ? roomOf(pathOf(request) ?? '') : null
      if (room === null) return void socket.end(NOT_FOUND, () => socket.destroy())
      handshake.handleUpgrade(request, socket, head, (opened) => accept(forwarding, opened, request.socket, room, subnet))
    })
  }

  const servers: Server[] = []
  const close = async () => {
    closeForwarding(forwarding)
    for (const socket of handshake.clients) socket.terminate()
    await Promise.all(servers.map(closeServer))
  }
  const open = async (address: string, at: number) => {
    const hear = oneAtATime((request, response) =>
      inTurn(sourceOf(door.subnetOf(request)), request.socket, () => answer(request, response)),
    )
    // Without a listener, Node.js itself answers an "Expect" that it does not know.
    const server = createServer(LIMITS, hear).on('checkExpectation', hear).on('upgrade', upgrade).on('connection', door.enter)
    server.timeout = SILENCE_MS
    const bound = await listen(server, address, at)
    servers.push(server)
    return bound
  }

  try {
    if (host !== 'localhost') return { port: await open(host, port), close }
    const bound = await open('127.0.0.1', port)
    // Browsers try both addresses of "localhost". If another program listened on the second one, its answers would be taken for ours.
    await open('::1', bound).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') throw cause
    })
    return { port: bound, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

const LIMITS = {
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: CHECK_MS,
  maxHeaderSize: MAX_HEAD_BYTES,
}

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

const lastOf = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header.at(-1) : header)

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

function end(response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** The decoded path, without the query; null when it cannot be decoded. */
function pathOf({ url = '' }: IncomingMessage): string | null {
  const path = url.split(/[?#]/, 1)[0]!
  try {
    return path.startsWith('/') ? decodeURIComponent(path) : null
  } catch {
    return null
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
