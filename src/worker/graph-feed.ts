/** Feeds the graph (`graph/feed`) from a node: ops as they are admitted, ghosts, frontiers, equivocations. */
import { type Dag, numberOf } from '../core/dag.ts'
import { toHex } from '../core/bytes.ts'
import { lookup } from '../core/id-table.ts'
import { parentIds } from '../core/op.ts'
import { waitingOps } from '../core/pending.ts'
import { type Ghost, type GraphFeed, MAX_FRONTIERS, MAX_PRESENT, type PeerFrontier } from '../graph/feed.ts'
import type { Node } from '../node/node.ts'
import { heldByPeer } from '../sync/held-by-peer.ts'
import type { Peer } from '../sync/peer.ts'
import { peersHere } from '../sync/peers.ts'

/** Ops of one message: a large room arrives in parts that the render worker can draw between. */
const BATCH = 8_192
/** Ops sent at a time, some 10 ms of work: the worker that sends them has other work too. */
const OPS_AT_ONCE = 65_536
/** Ghosts shown at once. */
const MAX_GHOSTS = 64

export interface GraphFeeder {
  /** Sends what has changed since the last call, or the first part of it; true when there is more. */
  flush(): boolean
}

export function createGraphFeeder({ engine, names }: Node, port: MessagePort): GraphFeeder {
  const { dag } = engine.replica
  let ops = 0
  let authors = 0
  let pairs = 0
  let ghosts = ''
  let frontiers = ''
  let present = ''
  let namesTold = 0
  const post = (message: GraphFeed, moved: Transferable[] = []): void => port.postMessage(message, moved)
  post({ type: 'reset', self: engine.author })

  return {
    flush() {
      const until = Math.min(dag.length, ops + OPS_AT_ONCE)
      while (ops < until) {
        const end = Math.min(until, ops + BATCH)
        const batch = sliceOps(dag, ops, end)
        const known = batch.authors.reduce((most, author) => Math.max(most, author + 1), authors)
        if (known > authors) post({ type: 'authors', first: authors, keys: dag.authors.bytes.slice(authors * 32, known * 32) })
        authors = Math.max(authors, known)
        post(batch, [batch.ids.buffer, batch.authors.buffer, batch.parentStart.buffer, batch.parents.buffer, batch.seqs.buffer])
        ops = end
      }
      // The following messages name all ops by their numbers.
      if (ops < dag.length) return true
      if (pairs < dag.equivocations.length) {
        post({ type: 'equivocations', pairs: Int32Array.from(dag.equivocations.slice(pairs).flat()) })
        pairs = dag.equivocations.length
      }
      const pending = pendingGhosts(engine)
      const shown = pending.map(({ id }) => toHex(id)).join()
      if (shown !== ghosts) {
        ghosts = shown
        post({ type: 'ghosts', ghosts: pending })
      }
      const here = authorsHere(engine)
      const named = here.map(toHex).join()
      if (named !== present) {
        present = named
        post({ type: 'present', authors: here })
      }
      if (names.version !== namesTold) {
        namesTold = names.version
        post({ type: 'names', names: names.all() })
      }
      const peers = frontiersOf(engine)
      const told = JSON.stringify(peers.map(({ author, ...held }) => [author === null ? null : toHex(author), held]))
      if (told !== frontiers) {
        frontiers = told
        post({ type: 'peers', peers })
      }
      return false
    },
  }
}

/** Connected peers, and the numbers of their authors in the DAG (−1 without ops): who wrote first is first, who has no ops is last. */
function bySeniority(engine: Node['engine']): { readonly peer: Peer; readonly number: number }[] {
  const { dag } = engine.replica
  const rank = (number: number): number => (number < 0 ? dag.length : number)
  return peersHere(engine)
    .map((peer) => ({ peer, number: peer.author === null ? -1 : lookup(dag.authors, peer.author) }))
    .toSorted((a, b) => rank(a.number) - rank(b.number))
}

/** The ops that the most senior connected peers hold, of peers that are known to hold any. */
function frontiersOf(engine: Node['engine']): PeerFrontier[] {
  const told: PeerFrontier[] = []
  for (const { peer } of bySeniority(engine)) {
    if (told.length === MAX_FRONTIERS) break
    const held = heldByPeer(engine, peer)
    if (held.first > 0 || held.heads.length > 0) told.push({ author: peer.author, ...held })
  }
  return told
}

/** The proven authors of connected peers, the most senior ones of them. Who has no ops has no lane. */
function authorsHere(engine: Node['engine']): Uint8Array[] {
  return bySeniority(engine)
    .filter(({ number }) => number >= 0)
    .slice(0, MAX_PRESENT)
    .map(({ peer }) => peer.author!)
}

function sliceOps(dag: Dag, first: number, end: number): Extract<GraphFeed, { type: 'ops' }> {
  const from = dag.parentStart[first]!
  return {
    type: 'ops',
    first,
    ids: dag.ids.bytes.slice(first * 32, end * 32),
    authors: dag.author.slice(first, end),
    parentStart: dag.parentStart.slice(first, end + 1).map((at) => at - from),
    parents: dag.parent.slice(from, dag.parentStart[end]),
    seqs: dag.seq.slice(first, end),
  }
}

function pendingGhosts({ replica: { dag, pending, refusedOps } }: Node['engine']): Ghost[] {
  const ghosts: Ghost[] = []
  const parents = (op: Parameters<typeof parentIds>[0]): number[] =>
    parentIds(op)
      .map((id) => numberOf(dag, id))
      .filter((at) => at >= 0)
  for (const { unitOp } of waitingOps(pending)) {
    if (ghosts.length >= MAX_GHOSTS) return ghosts
    const { id, op } = unitOp
    ghosts.push({ id, author: op.author, seq: op.seq, state: 'pending', reason: 'missing-parent', parents: parents(op) })
  }
  for (const { id, op, reason } of refusedOps) {
    if (ghosts.length >= MAX_GHOSTS) break
    ghosts.push({ id, author: op.author, seq: op.seq, state: 'rejected', reason, parents: parents(op) })
  }
  return ghosts
}
