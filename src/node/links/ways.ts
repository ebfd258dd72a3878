/**
 * Which path leads to a peer now, and in which way. The engine and the paths must agree about that, since the engine counts the bundles
 * that wait on each path.
 */
import { TRAITS } from '../../net/paths.ts'
import type { Path } from '../../net/transport.ts'
import type { PeerId, Way } from '../../sync/effects.ts'
import { pathTo } from './heard.ts'
import type { LinksState, Route } from './state.ts'

/** The path that a message to this peer takes. */
export function pathOf({ heard, direct, routes }: LinksState, peer: PeerId): Path {
  const hasChannel = direct?.isConnected(peer) === true && (routes.get('webrtc')?.transport ?? null) !== null
  return pathTo(heard, peer, hasChannel, performance.now())
}

/**
 * The way to a peer, on whichever path it was heard last. So a peer with a channel of its own does not count as one of those that share a
 * path.
 */
export const wayTo = (links: LinksState, peer: PeerId): Way => wayOn(pathOf(links, peer))

/** The path that leads to a peer in this way; none when its channel is gone. */
export function routeBy({ direct, routes }: LinksState, peer: PeerId, way: Way): Route | undefined {
  if (way === 'channel' && direct?.isConnected(peer) !== true) return undefined
  return [...routes.values()].find(({ path }) => wayOn(path) === way)
}

function wayOn(path: Path): Way {
  if (TRAITS[path].isOwnBrowser) return 'browser'
  return TRAITS[path].isDirect ? 'channel' : 'open'
}
