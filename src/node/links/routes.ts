/** The paths of a node: each is opened, closed, hindered and cut by itself. */
import { type Hindrance, hindered, UNHINDERED } from '../../net/hindered.ts'
import { TRAITS } from '../../net/paths.ts'
import type { OpenTransport, Path } from '../../net/transport.ts'
import type { PeerId } from '../../sync/effects.ts'
import type { PathStatus } from '../views.ts'
import { loseOn } from './heard.ts'
import { forget } from './inbox.ts'
import { receive } from './receive.ts'
import type { LinksState, Route } from './state.ts'

/** Bytes that may wait on a path when the next bundle is handed to it: live messages wait behind no more than these and one bundle. */
const LOW_WATER = 64 * 1024
/** How often a path is looked at while it sends what waits (ms). */
const DRAIN_POLL = 10
/** If a path takes nothing for so long (ms), nobody waits for it: the far end of a channel may never read. */
const TAKES_WITHIN = 15_000

export function createRoute(path: Path, open: OpenTransport): Route {
  return {
    path,
    open,
    transport: null,
    state: 'down',
    detail: 'offline',
    isCut: false,
    hindrance: UNHINDERED,
    bulk: new Map(),
    sent: 0,
    received: 0,
  }
}

export function openRoute(links: LinksState, route: Route): void {
  if (route.transport !== null || route.isCut) return
  route.state = 'connecting'
  route.detail = ''
  const open = hindered(route.open, () => route.hindrance, Math.random)
  route.transport = open({
    onFrame: (frame, by) => receive(links, route, frame, by ?? null),
    onState(state, detail) {
      route.state = state
      route.detail = detail
      if (state === 'open') {
        links.events.onLinked()
        if (!TRAITS[route.path].isDirect) links.direct?.linked()
      } else if (state === 'down') loseAll(links, route.path)
      links.events.onChange()
    },
  })
}

/** @param detail why, for people */
export function closeRoute(links: LinksState, route: Route, detail: string): void {
  route.transport?.close()
  route.transport = null
  route.state = 'down'
  route.detail = detail
  loseAll(links, route.path)
}

/** A person cuts a path, or heals it, or sets what hinders its frames. */
export function setRoute(links: LinksState, route: Route, isCut: boolean, hindrance: Hindrance): void {
  route.hindrance = hindrance
  route.isCut = isCut
  if (isCut) closeRoute(links, route, 'cut')
  else if (links.isOpen) openRoute(links, route)
}

/** A peer cannot be reached on a path any more. If that was the only path, the peer is gone. */
export function lose(links: LinksState, path: Path, peer: PeerId): void {
  if (!loseOn(links.heard, path, peer)) return
  forget(links.inbox, peer)
  links.echo.forget(peer)
  links.events.onGone(peer)
}

function loseAll(links: LinksState, path: Path): void {
  const { known, glimpsed } = links.heard
  for (const peer of [...known.keys(), ...glimpsed.keys()]) lose(links, path, peer)
}

/** Hands a frame to a path, to one peer or to everybody there (null). */
export function give(route: Route, frame: Uint8Array, to: PeerId | null): void {
  if (route.transport?.send(frame, to) === true) route.sent += frame.length
}

/**
 * Hands bulk for one peer to a path, when earlier bulk has been taken. If each receiver has a channel of its own, it waits for that
 * channel only: another channel may never read. Resolves when the path has taken this too, or takes nothing.
 * @param seal null when the path does not lead to the peer any more
 */
export async function giveBulk(route: Route, to: PeerId, seal: () => Promise<Uint8Array> | null): Promise<void> {
  const key = TRAITS[route.path].isDirect ? to : ''
  const given = (route.bulk.get(key) ?? Promise.resolve()).then(async () => {
    if (!(await isDrained(route, to))) return
    const frame = await seal()
    if (frame === null) return
    give(route, frame, to)
    await isDrained(route, to)
  })
  route.bulk.set(key, given)
  await given
  if (route.bulk.get(key) === given) route.bulk.delete(key)
}

/**
 * Waits until nearly all that goes to this peer first has been handed to the network, or the path is closed. False when the network takes
 * nothing of it.
 */
async function isDrained({ transport }: Route, to: PeerId): Promise<boolean> {
  let [least, since] = [Infinity, performance.now()]
  for (;;) {
    const waiting = transport?.buffered(to) ?? 0
    if (waiting <= LOW_WATER) return true
    const now = performance.now()
    if (waiting < least) [least, since] = [waiting, now]
    else if (now >= since + TAKES_WITHIN) return false
    await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL))
  }
}

export const statusOfRoute = ({ path, state, detail, isCut, hindrance, sent, received }: Route): PathStatus => ({
  path,
  state,
  detail,
  cut: isCut,
  hindrance,
  sent,
  received,
})
