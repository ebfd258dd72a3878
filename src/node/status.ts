/** A node's state in numbers, for its page. */
import { toHex } from '../core/bytes.ts'
import { MESSAGE_VERSION } from '../core/limits.ts'
import { lookUpSome, namesUnknown } from '../sync/turns.ts'
import { agrees } from '../sync/gossip.ts'
import type { Peer } from '../sync/peer.ts'
import { isCurrent, peersHere } from '../sync/peers.ts'
import { type Engine, headsOf } from '../sync/state.ts'
import { digestOfStored } from '../sync/stored-heads.ts'
import { fetchingOf } from '../sync/taking-in.ts'
import { waitsFor } from '../sync/trust.ts'
import type { Links } from './links/links.ts'
import type { Presence } from './presence.ts'
import type { NodeStatus, PeerStatus } from './views.ts'

/** Heads of a peer that are shown: a person compares a few. */
const HEADS_SHOWN = 8

/** O(peers log peers), and the cost of `lookUpSome`. */
export function statusOf(engine: Engine, links: Links, presence: Presence, offline: boolean): NodeStatus {
  const { dag, pending, rejected } = engine.replica
  const heads = headsOf(engine)
  lookUpSome(engine)
  return {
    ops: dag.length,
    stored: engine.stored,
    pending: pending.waiting,
    rejected: rejected.size,
    heads: heads.heads.size,
    digest: toHex(digestOfStored(heads)),
    authors: dag.authors.length,
    equivocations: dag.equivocations.length,
    offline,
    storage: engine.storage,
    paths: links.status(),
    peers: peersHere(engine).map((peer) => peerStatus(engine, links, peer)),
    present: presence.others(),
    fetching: fetchingOf(engine),
    waits: waitsFor(engine),
    paused: engine.paused,
  }
}

function peerStatus(engine: Engine, links: Links, peer: Peer): PeerStatus {
  const { dag } = engine.replica
  // Some of them may be known by now. It is certain that at least one is not.
  const unknown = namesUnknown(engine, peer) ? peer.unknown.length : 0
  return {
    peer: peer.id,
    author: peer.author === null ? null : toHex(peer.author),
    path: links.pathOf(peer.id),
    roundTrip: links.roundTrip(peer.id),
    silentFor: engine.now - peer.heardAt,
    heads: peer.heads.slice(0, HEADS_SHOWN).map(toHex),
    headCount: peer.headCount,
    unknownHeads: unknown,
    lacks: unknown === 0 && peer.headCount === peer.heads.length ? Math.max(0, dag.length - peer.ops) : null,
    equal: agrees(engine, peer) && isCurrent(engine, peer),
    refusals: peer.refusals,
    version: peer.version === MESSAGE_VERSION ? 'ours' : peer.version < MESSAGE_VERSION ? 'earlier' : 'later',
  }
}
