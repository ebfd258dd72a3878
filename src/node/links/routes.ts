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

/** Bytes that may wait on a path when the next bundle is handed to it: live messages are behind no more than that and one bundle. */
const LOW_WATER = 64 * 1024
/** How often a path is looked at while it drains (ms). */
const DRAIN_POLL = 10
/** A path that takes nothing for so long (ms) is not waited for: the far end of a channel may never read. */
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

/** A person cuts a path, or heals it; and hinders what goes over it. */
export function setRoute(links: LinksState, route: Route, isCut: boolean, hindrance: Hindrance): void {
  route.hindrance = hindrance
  route.isCut = isCut
  if (isCut) closeRoute(links, route, 'cut')
  else if (links.isOpen) openRoute(links, route)
}

/** A peer cannot be reached on a path any more; it is gone if that was the only one. */
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
 * Hands bulk for one peer to a path, when what was handed over before has been taken. Where each receiver has a channel of its own it waits for that
 * one only: another one may never read. Resolves when the path has taken this too, or takes nothing.
 * @param seal null when the path leads to the peer no more
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

/** Waits until what goes to this peer before it is handed to the network, all but a little, or the path is closed. False when nothing of it is taken. */
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
