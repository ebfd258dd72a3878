/**
 * A relay's host on Cloudflare: each room is a Durable Object, which the platform puts to sleep while nobody speaks, with its
 * sockets open. What it must remember of them meanwhile lies beside each socket: the sender values it used, at most 512 bytes.
 *
 * It cannot do what the host on Node does for those who are too fast or too slow: nothing tells the platform to read no more of a
 * socket, and nothing tells us how much is on its way to one. So who is too fast for too long is sent away, and what waits for who
 * reads slowly is in the memory of the object, which the platform restarts when it takes 128 MB.
 *
 * What a connection owes for its frames is forgotten in the object's sleep, and needs no timer, which would keep it awake: it sleeps
 * after 10 s without a message, in which all but a burst of what one may owe is paid (`BURST_MS`, `MAX_REST_MS`).
 */
import { type Connection, routePartykitRequest, Server, type WSMessage } from 'partyserver'
import { FRAME_VERSION } from '../src/net/envelope.ts'
import { isNavigation, SECURITY_HEADERS } from './headers.ts'
import { CLOSE, ROOM_IS_FULL, roomOf } from './protocol.ts'
import { createRoom, DEFAULT_RATES, join, leave, type Rates, restoreSenders, route, sendersOf } from './room.ts'

declare global {
  namespace Cloudflare {
    interface Env {
      /** The rooms, by their names; the binding's own name is the "main" of their paths. */
      readonly Main: DurableObjectNamespace<Main>
      /** The app's files, which are served before anything of ours runs. */
      readonly ASSETS: Fetcher
      /** What a connection may send, if not so much as `room.ts` has it. */
      readonly FRAMES_PER_SECOND?: string | number
      readonly BYTES_PER_SECOND?: string | number
    }
  }
}

/** What is kept of a connection while the object sleeps: its sender values, where it used any. */
type Kept = Uint8Array

/** What a text message counts as: no node of ours sends one. */
const NO_FRAME = new Uint8Array(0)

/** RFC 6455 §7.4.1: the client closed the connection and gave no code. */
const NO_CODE = 1005

export class Main extends Server {
  static override options = { hibernate: true }

  #room = createRoom<Connection<Kept>>()

  /** Before anything else, also after a sleep. */
  override onStart(): void {
    this.#room = createRoom(ratesOf(this.env))
    // Who was sent away and did not go is none of these.
    for (const connection of this.getConnections<Kept>()) {
      join(this.#room, connection)
      if (connection.state !== null) restoreSenders(this.#room, connection, connection.state as Kept)
    }
  }

  override onConnect(connection: Connection<Kept>): void {
    if (!join(this.#room, connection)) connection.close(CLOSE.full, ROOM_IS_FULL)
  }

  override onMessage(connection: Connection<Kept>, message: WSMessage): void {
    const frame = message instanceof ArrayBuffer ? new Uint8Array(message) : NO_FRAME
    const routing = route(this.#room, connection, frame, Date.now())
    if (routing.type === 'refuse') {
      leave(this.#room, connection)
      return connection.close(routing.reason === 'too-large' ? CLOSE.tooLarge : CLOSE.refused, routing.reason)
    }
    if (routing.isNew) connection.setState(sendersOf(this.#room, connection))
    for (const to of routing.to) sendTo(to, frame)
  }

  override onClose(connection: Connection<Kept>, code: number): Promise<void> {
    // A goodbye without a code is one that nobody else answers.
    if (code === NO_CODE) connection.close()
    return this.#forget(connection)
  }

  override onError(connection: Connection<Kept>): Promise<void> {
    return this.#forget(connection)
  }

  async #forget(connection: Connection<Kept>): Promise<void> {
    leave(this.#room, connection)
    // Nothing stays on a disk of a room in which nobody is: partyserver has written its name there.
    if (this.#room.members.size === 0) await this.ctx.storage.deleteAll()
  }
}

function ratesOf({ FRAMES_PER_SECOND, BYTES_PER_SECOND }: Cloudflare.Env): Rates {
  const lowered = (setting: string | number | undefined, usual: number) => (Number(setting) > 0 ? Math.min(Number(setting), usual) : usual)
  return { frames: lowered(FRAMES_PER_SECOND, DEFAULT_RATES.frames), bytes: lowered(BYTES_PER_SECOND, DEFAULT_RATES.bytes) }
}

function sendTo(connection: Connection<Kept>, frame: Uint8Array): void {
  try {
    connection.send(frame)
  } catch {
    // It is closing: the others must hear all the same, and `onClose` will be told.
  }
}

export default {
  /** What is no file of the app: the rooms, and what is not there. */
  async fetch(request: Request, env: Cloudflare.Env): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' })
    const { origin, pathname } = new URL(request.url)
    if (pathname === '/healthz')
      return answer(200, JSON.stringify({ version: FRAME_VERSION }), { 'Content-Type': 'application/json; charset=utf-8' })
    if (roomOf(pathname) === null) {
      const isApp = !pathname.startsWith('/parties/') && isNavigation((name) => request.headers.get(name))
      return isApp ? env.ASSETS.fetch(origin, { method: request.method }) : answer(404, 'Not found.')
    }
    if (request.headers.get('Upgrade')?.toLowerCase() !== 'websocket') return answer(426, 'Rooms are websockets.', { Upgrade: 'websocket' })
    // Nothing else of the request: partyserver takes names and settings from queries and headers.
    const asked = new Request(`${origin}${pathname}`, { headers: { Upgrade: 'websocket' } })
    return (await routePartykitRequest(asked, env)) ?? answer(404, 'Not found.')
  },
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...SECURITY_HEADERS, ...headers },
  })
}
