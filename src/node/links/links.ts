/**
 * A node's paths to others. Frames are sealed here and opened here (`receive.ts`). A protocol message to one peer takes the path on which
 * the peer was last heard (`heard.ts`): a browser's own channel before a direct one, and that before the relay. Here signals
 * (`net/direct`) are separated from messages for the engine.
 */
import { fromHex } from '../../core/bytes.ts'
import type { Direct } from '../../net/direct/direct.ts'
import type { DirectHost } from '../../net/direct/state.ts'
import type { Hindrance } from '../../net/hindered.ts'
import type { Sealer } from '../../net/sealed.ts'
import type { OpenTransport, Path } from '../../net/transport.ts'
import type { PeerId, Way } from '../../sync/effects.ts'
import type { PathStatus } from '../views.ts'
import { createEcho } from './echo.ts'
import { createHeard } from './heard.ts'
import { createInbox, earned } from './inbox.ts'
import { note } from './receive.ts'
import { closeRoute, createRoute, give, giveBulk, lose, openRoute, setRoute, statusOfRoute } from './routes.ts'
import type { LinksEvents, LinksState } from './state.ts'
import { pathOf, routeBy } from './ways.ts'

export interface Links {
  send(to: PeerId | null, bytes: Uint8Array): void
  /** To one peer on this way, after live messages. Resolves when its path has space for more, or is gone. */
  sendBulk(to: PeerId, bytes: Uint8Array, way: Way): Promise<void>
  /** A signal to everybody. */
  signal(bytes: Uint8Array): void
  open(): void
  /** Closes every path, after all that was handed to `send` before. */
  close(): Promise<void>
  wake(): void
  /** Cuts a path by hand, or heals it; and sets what hinders its frames. */
  setPath(path: Path, cut: boolean, hindrance: Hindrance): void
  /** Measures round trips to these peers; the results are in `roundTrip`, a little later. */
  measure(peers: readonly PeerId[]): void
  roundTrip(peer: PeerId): number | null
  /** A peer brought ops that were admitted. */
  earned(peer: PeerId, ops: number): void
  status(): PathStatus[]
  pathOf(peer: PeerId): Path
}

/** @param openingCost what it costs to open a frame here, compared with the platform's cryptography */
export function createLinks(
  ways: readonly { readonly path: Path; readonly open: OpenTransport }[],
  sealer: Sealer,
  events: LinksEvents,
  self: PeerId,
  openingCost: number,
  direct: Direct | null = null,
): Links {
  const links: LinksState = {
    self,
    sealer,
    events,
    direct,
    routes: new Map(ways.map(({ path, open }) => [path, createRoute(path, open)])),
    heard: createHeard(),
    inbox: createInbox({ now: () => performance.now(), random: Math.random, later: (ms, wake) => void setTimeout(wake, ms) }, openingCost),
    echo: createEcho(
      () => performance.now(),
      (to, bytes) => sendTo(links, to, bytes),
    ),
    watched: new Set(),
    bringers: new Map(),
    isOpen: false,
    sending: Promise.resolve(),
  }
  const { routes, echo, inbox } = links
  if (direct !== null)
    routes.set(
      'webrtc',
      createRoute('webrtc', (on) => direct.open(on, hostOf(links))),
    )
  return {
    pathOf: (peer) => pathOf(links, peer),
    send: (to, bytes) => sendTo(links, to, bytes),
    async sendBulk(to, bytes, way) {
      const route = routeBy(links, to, way)
      if (route !== undefined) await giveBulk(route, to, () => (routeBy(links, to, way) === route ? seal(links, to, bytes) : null))
    },
    signal: (bytes) => signal(links, null, bytes),
    open() {
      links.isOpen = true
      for (const route of routes.values()) openRoute(links, route)
      events.onChange()
    },
    async close() {
      links.isOpen = false
      await links.sending
      for (const route of routes.values()) if (route.transport !== null) closeRoute(links, route, 'offline')
      events.onChange()
    },
    setPath(path, cut, hindrance) {
      const route = routes.get(path)
      if (route !== undefined) setRoute(links, route, cut, hindrance)
      events.onChange()
    },
    measure: echo.ask,
    roundTrip: echo.roundTrip,
    earned: (peer, ops) => earned(inbox, peer, ops),
    wake() {
      for (const { transport } of routes.values()) transport?.wake?.()
    },
    status: () => [...routes.values()].map(statusOfRoute),
  }
}

const seal = ({ sealer }: LinksState, to: PeerId | null, bytes: Uint8Array): Promise<Uint8Array> =>
  sealer.seal(to === null ? null : fromHex(to), bytes)

/** @param only the one path to take; null: every path */
function sendBy(links: LinksState, only: Path | null, to: PeerId | null, bytes: Uint8Array): void {
  links.sending = seal(links, to, bytes).then((frame) => {
    for (const route of links.routes.values()) if (only === null || only === route.path) give(route, frame, to)
  })
}

/** To one peer on the path to it, or to everybody on every path (null). */
const sendTo = (links: LinksState, to: PeerId | null, bytes: Uint8Array): void =>
  sendBy(links, to === null ? null : pathOf(links, to), to, bytes)

/** A signal takes every path: if its receiver has not been heard on a path, that path may still lead there. */
const signal = (links: LinksState, to: PeerId | null, bytes: Uint8Array): void => sendBy(links, null, to, bytes)

/** The functions of a node that direct connections need. */
function hostOf(links: LinksState): DirectHost {
  const { sealer, events } = links
  return {
    seal: (to, bytes) => seal(links, to, bytes),
    open: (frame) => sealer.open(frame),
    send: (to, bytes) => signal(links, to, bytes),
    authorOf: events.authorOf,
    seniorityOf: events.seniorityOf,
    onLost: (peer) => lose(links, 'webrtc', peer),
    onPeer(peer) {
      note(links, 'webrtc', peer, peer)
      events.onLinked()
    },
    onRefused: (reason) => events.onRefused('webrtc', reason),
  }
}
