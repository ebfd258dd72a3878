/**
 * What is known here of the ops that a peer holds, as it says. A peer with more heads than a message lists names only the newest ones, and
 * a peer may name heads that this node does not know. Then it holds more ops than those below the heads that are known here.
 */
import { numberOf } from '../core/dag.ts'
import { agrees } from './gossip.ts'
import type { Peer } from './peer.ts'
import type { Engine } from './state.ts'

export interface HeldByPeer {
  /** It holds the first so many ops, in the order in which this node admitted them. */
  readonly first: number
  /** It holds these ops, and all that are in their past. */
  readonly heads: readonly number[]
  /** True if it holds no other ops. */
  readonly isAll: boolean
}

/** O(heads that the peer names). */
export function heldByPeer(engine: Engine, peer: Peer): HeldByPeer {
  if (agrees(engine, peer)) return { first: engine.stored, heads: [], isAll: true }
  const heads = peer.heads.map((id) => numberOf(engine.replica.dag, id)).filter((op) => op >= 0)
  return { first: 0, heads, isAll: heads.length === peer.headCount }
}
