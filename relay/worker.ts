/**
 * A relay's host on Cloudflare. Each room is a Durable Object. While nobody speaks, the platform puts it to sleep, with its sockets open.
 * State that must survive the sleep lies beside each socket (`Kept`, at most 800 bytes).
 *
 * This host cannot do what the host on Node.js does for senders that are too fast and for receivers that are too slow: nothing tells the
 * platform to read no more from a socket, and nothing tells the host how many bytes wait for one. So a sender that is too fast for too
 * long is sent away, and the bytes that a receiver is sent are metered (`meter.ts`). If a receiver reads more slowly than that, its
 * frames wait in the memory of the object. When that takes 128 MB, the platform restarts the object.
 *
 * When the object sleeps, it forgets the debts of connections and the counts of meters. It needs no timer for them, which would keep it
 * awake. It sleeps after 10 s without a message. In that time a connection pays all that it owes, except a burst (`BURST_MS`,
 * `MAX_REST_MS`).
 */
import { type Connection, type ConnectionContext, routePartykitRequest, Server, type WSMessage } from 'partyserver'
import { FRAME_VERSION } from '../src/net/envelope.ts'
import { PING, PONG } from '../src/net/liveness.ts'
import { isNavigation, SECURITY_HEADERS, toRoot } from './headers.ts'
import { createMeter, type Meter, mayDeliver } from './meter.ts'
import { CLOSE, GAVE_WAY, ROOM_IS_FULL, roomOf } from './protocol.ts'
import { createRoom, DEFAULT_RATES, join, leave, type Rates, restoreSenders, route, sendersOf } from './room.ts'
import { noAddressIn, subnetInHeader, UNKNOWN } from './source.ts'

declare global {
  namespace Cloudflare {
    interface Env {
      /** The rooms, by their relay names; the binding's own name is the "main" of their paths. */
      readonly Main: DurableObjectNamespace<Main>
      /** The app's files, which are served before anything of ours runs. */
      readonly ASSETS: Fetcher
      /** Rates of a connection, if they are not those of `room.ts`. */
      readonly FRAMES_PER_SECOND?: string | number
      readonly BYTES_PER_SECOND?: string | number
      /** The header that tells where a connection comes from, if it is not the one that Cloudflare writes. */
      readonly ADDRESS_HEADER?: string
    }
  }
}

/** The state of a connection that is kept while the object sleeps. */
interface Kept {
  readonly subnet: string
  /** When it came. ms */
  readonly since: number
  /** The sender values that it used, as `sendersOf` gives them. */
  readonly senders: Uint8Array
}

/** The header in which a room is told the subnet of a connection. Nobody else can write it: the host makes a new request. */
const SUBNET = 'x-tabweave-subnet'

/** A text that is not a ping counts as this: no node of ours sends one. */
const NO_FRAME = new Uint8Array(0)

/** RFC 6455 §7.4.1: the client closed the connection and gave no code. */
const NO_CODE = 1005

export class Main extends Server {
  static override options = { hibernate: true }

  #room = createRoom<Connection<Kept>>()
  #meters = new WeakMap<Connection<Kept>, Meter>()

  /** Runs before anything else, also after a sleep. */
  override onStart(): void {
    // The platform answers pings itself, and does not wake the object for them.
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
    this.#room = createRoom(ratesOf(this.env))
    // Connections that were sent away and did not go have no state.
    const kept = [...this.getConnections<Kept>()].flatMap((connection) =>
      connection.state === null ? [] : [{ connection, state: connection.state }],
    )
    kept.sort((a, b) => a.state.since - b.state.since)
    // If a connection said nothing before the sleep, it was silent for long enough.
    for (const { connection, state } of kept) join(this.#room, connection, state.subnet, -Infinity)
    restoreSenders(
      this.#room,
      kept.map(({ connection, state }) => [connection, state.senders as Uint8Array] as const),
    )
  }

  override onConnect(connection: Connection<Kept>, { request }: ConnectionContext): void {
    const subnet = request.headers.get(SUBNET) ?? ''
    const place = join(this.#room, connection, subnet, Date.now())
    if (place.type === 'refused') return connection.close(CLOSE.full, ROOM_IS_FULL)
    if (place.instead !== null) sendAway(place.instead, CLOSE.full, GAVE_WAY)
    connection.setState({ subnet, since: Date.now(), senders: new Uint8Array(0) })
    // This tells the node that it may send pings.
    connection.send(PONG)
  }

  override onMessage(connection: Connection<Kept>, message: WSMessage): void {
    const frame = message instanceof ArrayBuffer ? new Uint8Array(message) : NO_FRAME
    const now = Date.now()
    const routing = route(this.#room, connection, frame, now)
    if (routing.type === 'refuse') {
      leave(this.#room, connection)
      return sendAway(connection, routing.reason === 'too-large' ? CLOSE.tooLarge : CLOSE.refused, routing.reason)
    }
    const member = this.#room.members.get(connection)
    // The connection was sent away.
    if (!member) return
    const { subnet, source } = member
    if (routing.isNew) connection.setState((kept) => ({ subnet, since: kept?.since ?? now, senders: sendersOf(this.#room, connection) }))
    for (const to of routing.to) if (mayDeliver(this.#meterOf(to, now), source, frame.length, now)) sendTo(to, frame)
  }

  #meterOf(connection: Connection<Kept>, now: number): Meter {
    const meter = this.#meters.get(connection) ?? createMeter(now)
    this.#meters.set(connection, meter)
    return meter
  }

  override onClose(connection: Connection<Kept>, code: number): Promise<void> {
    // If a close has no code, the host must answer it: nobody else does.
    if (code === NO_CODE) connection.close()
    return this.#forget(connection)
  }

  override onError(connection: Connection<Kept>): Promise<void> {
    return this.#forget(connection)
  }

  async #forget(connection: Connection<Kept>): Promise<void> {
    leave(this.#room, connection)
    // An empty room leaves nothing on a disk: partyserver has written the relay name there.
    if (this.#room.members.size === 0) await this.ctx.storage.deleteAll()
  }
}

function ratesOf({ FRAMES_PER_SECOND, BYTES_PER_SECOND }: Cloudflare.Env): Rates {
  const lowered = (setting: string | number | undefined, usual: number) => (Number(setting) > 0 ? Math.min(Number(setting), usual) : usual)
  return { frames: lowered(FRAMES_PER_SECOND, DEFAULT_RATES.frames), bytes: lowered(BYTES_PER_SECOND, DEFAULT_RATES.bytes) }
}

function sendAway(connection: Connection<Kept>, code: number, reason: string): void {
  connection.setState(null)
  connection.close(code, reason)
}

function sendTo(connection: Connection<Kept>, frame: Uint8Array): void {
  try {
    connection.send(frame)
  } catch {
    // This connection is closing. The others must get the frame all the same, and `onClose` will be told.
  }
}

export default {
  /** Answers requests for rooms, and for paths where there is nothing. Files of the app are served before this. */
  async fetch(request: Request, env: Cloudflare.Env): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' })
    const { origin, pathname } = new URL(request.url)
    if (pathname === '/healthz')
      return answer(200, JSON.stringify({ version: FRAME_VERSION }), { 'Content-Type': 'application/json; charset=utf-8' })
    if (roomOf(pathname) === null) {
      const isApp = pathname !== '/' && !pathname.startsWith('/parties/') && isNavigation((name) => request.headers.get(name))
      return isApp ? answer(302, '', { Location: toRoot(pathname) }) : answer(404, 'Not found.')
    }
    if (request.headers.get('Upgrade')?.toLowerCase() !== 'websocket') return answer(426, 'Rooms are websockets.', { Upgrade: 'websocket' })
    const subnet = subnetOfRequest(request, env)
    // Nothing else of the request is passed on: partyserver takes names and settings from queries and headers.
    const asked = new Request(`${origin}${pathname}`, { headers: { Upgrade: 'websocket', [SUBNET]: subnet } })
    return (await routePartykitRequest(asked, env)) ?? answer(404, 'Not found.')
  },
}

let isHeaderMissed = false

function subnetOfRequest({ headers }: Request, { ADDRESS_HEADER = 'CF-Connecting-IP' }: Cloudflare.Env): string {
  const subnet = subnetInHeader(headers.get(ADDRESS_HEADER))
  if (subnet === null && !isHeaderMissed) console.warn(noAddressIn(ADDRESS_HEADER))
  isHeaderMissed ||= subnet === null
  return subnet ?? UNKNOWN
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...SECURITY_HEADERS, ...headers },
  })
}
