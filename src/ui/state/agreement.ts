/** How far a node and its connected peers agree, in one value for one glance. Pure; tried in `agreement.test.ts`. */
import type { NodeStatus } from '../../worker/api.ts'

export type Agreement =
  /** Nothing is known yet: the node starts. */
  | { readonly type: 'starting' }
  /** This tab's own paths are cut. */
  | { readonly type: 'offline' }
  /** No peer is connected. Whether a path is down or cut, `reach.ts` tells. */
  | { readonly type: 'alone' }
  /** Ops are being fetched; `of` is null until the peer told how many. */
  | { readonly type: 'fetching'; readonly got: number; readonly of: number | null }
  /** `equal` of `peers` have the same heads as this node; `unheard` have not told theirs yet. */
  | { readonly type: 'peers'; readonly equal: number; readonly unheard: number; readonly peers: number }

type Told = Pick<NodeStatus, 'offline' | 'peers' | 'fetching'>

/** Offline wins over everything, fetching over the count of peers. */
export function agreementOf(status: Told | null): Agreement {
  if (status === null) return { type: 'starting' }
  if (status.offline) return { type: 'offline' }
  if (status.fetching !== null) return { type: 'fetching', got: status.fetching.got, of: status.fetching.of }
  if (status.peers.length === 0) return { type: 'alone' }
  const equal = status.peers.filter((peer) => peer.equal).length
  const unheard = status.peers.filter((peer) => !peer.equal && peer.heads.length === 0).length
  return { type: 'peers', equal, unheard, peers: status.peers.length }
}
