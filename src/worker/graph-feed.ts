/** Feeds the graph (`graph/feed`) from a node: ops as they are admitted, ghosts, frontiers, equivocations. */
import { type Dag, numberOf } from '../core/dag.ts'
import { toHex } from '../core/bytes.ts'
import { parentIds } from '../core/replica.ts'
import type { Ghost, GraphFeed } from '../graph/feed.ts'
import type { Node } from '../node/node.ts'

/** Ops of one message: a large room arrives in parts that the render worker can draw between. */
const BATCH = 8_192
/** Ghosts shown at once. */
const MAX_GHOSTS = 64

export interface GraphFeeder {
  /** Sends what has changed since the last call. */
  flush(): void
}

export function createGraphFeeder({ engine }: Node, port: MessagePort): GraphFeeder {
  const { dag } = engine.replica
  let ops = 0
  let authors = 0
  let pairs = 0
  let ghosts = ''
  let frontiers = ''
  const post = (message: GraphFeed): void => port.postMessage(message)
  post({ type: 'reset', self: engine.author })

  return {
    flush() {
      while (ops < dag.length) {
        const end = Math.min(dag.length, ops + BATCH)
        const batch = sliceOps(dag, ops, end)
        const known = Math.max(authors, ...batch.authors.map((author) => author + 1))
        if (known > authors) post({ type: 'authors', first: authors, keys: dag.authors.bytes.slice(authors * 32, known * 32) })
        authors = Math.max(authors, known)
        post(batch)
        ops = end
      }
      if (pairs < dag.equivocations.length) {
        pairs = dag.equivocations.length
        post({ type: 'equivocations', pairs: Int32Array.from(dag.equivocations.flat()) })
      }
      const pending = pendingGhosts(engine)
      const shown = pending.map(({ id }) => toHex(id)).join()
      if (shown !== ghosts) {
        ghosts = shown
        post({ type: 'ghosts', ghosts: pending })
      }
      const peers = [...engine.peers.values()].map(({ author, heads }) => ({
        author,
        heads: heads.map((id) => numberOf(dag, id)).filter((op) => op >= 0),
      }))
      const told = JSON.stringify(peers.map(({ author, heads }) => [author === null ? null : toHex(author), heads]))
      if (told !== frontiers) {
        frontiers = told
        post({ type: 'peers', peers })
      }
    },
  }
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
  for (const { unit } of pending.byOps.values()) {
    for (const { id, op } of unit) {
      if (ghosts.length >= MAX_GHOSTS) return ghosts
      ghosts.push({ id, author: op.author, seq: op.seq, state: 'pending', reason: 'missing-parent', parents: parents(op) })
    }
  }
  for (const { id, op, reason } of refusedOps) {
    if (ghosts.length >= MAX_GHOSTS) break
    ghosts.push({ id, author: op.author, seq: op.seq, state: 'rejected', reason, parents: parents(op) })
  }
  return ghosts
}
