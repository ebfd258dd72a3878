/**
 * Who holds the own ops of this node, as the peers that are here say: a claim, while *seen by* (`core/seen.ts`) is signed. A liar can raise only
 * what it is counted for itself.
 *
 * 1. Own ops form a chain, so a peer that has one has all before it. Of each peer one number is kept: how many own ops it has at least. It is
 *    remembered while the peer is here, since nobody loses ops.
 * 2. A current peer whose digest is ours has all that is stored here.
 * 3. Any other current peer has the ops that its heads follow. For each of the latest ops this node knows how many own ops are in its past: the
 *    most that are in the past of a parent, or itself. So a head costs one look.
 * 4. An author is counted once, however many of its runs are here.
 *
 * A node whose key has forked has no such chain: nothing is counted.
 */
import { toHex } from '../core/bytes.ts'
import { type Dag, numberOf, numberOfAuthor } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import type { Held } from './views.ts'

/** The latest ops of which it is known how many own ops are in their past. A head that is older is no help, nor is a path through older ops. */
const MAX_OPS_WALKED = 16_384
/** Heads of a peer that are looked at: a correct one names few, or as many as we have. */
const MAX_HEADS_LOOKED = 32

interface Here {
  readonly author: Uint8Array | null
  readonly heads: readonly OpId[]
}

export interface HoldersOptions<Peer extends Here> {
  readonly dag: Dag
  /** This node's author. */
  readonly author: Uint8Array
  readonly peers: ReadonlyMap<unknown, Peer>
  /** Whether what a peer said last was said a few seconds ago at most. */
  isCurrent(peer: Peer): boolean
  /** Whether it has exactly what is stored here, as it says. */
  agrees(peer: Peer): boolean
  /** How many own ops are stored here. */
  ownStored(): number
}

export interface Holders {
  /** Gives what is known now, by the seq of an own op. O(peers · MAX_HEADS_LOOKED + new ops, at most MAX_OPS_WALKED, and their edges), then O(log peers) each. */
  look(): (seq: number) => Held
}

/** What is known of a peer. */
interface Known {
  /** How many own ops it has at least: those with a seq below that. */
  count: number
  /** The heads that were looked at, how many ops there were then, and whether all of them were known. */
  heads: readonly OpId[] | null
  ops: number
  isAll: boolean
  /** Its author, hex. */
  author: string
}

export function createHolders<Peer extends Here>({ dag, author, peers, isCurrent, agrees, ownStored }: HoldersOptions<Peer>): Holders {
  const own = toHex(author)
  const known = new WeakMap<Peer, Known>()
  /** Of op n, at n modulo its length, while n is one of the latest: how many own ops are in its past, itself included. */
  const below = new Int32Array(MAX_OPS_WALKED)
  /** Ops `first` … `taken − 1` were taken in one after the other. */
  let first = 0
  let taken = 0

  const isLatest = (op: number): boolean => op >= Math.max(first, taken - MAX_OPS_WALKED)

  const takeIn = (): void => {
    const self = numberOfAuthor(dag, author)
    if (dag.length > taken + MAX_OPS_WALKED) first = taken = dag.length - MAX_OPS_WALKED
    for (; taken < dag.length; taken++) {
      let most = dag.author[taken] === self ? dag.seq[taken]! + 1 : 0
      for (let edge = dag.parentStart[taken]!; edge < dag.parentStart[taken + 1]!; edge++) {
        const parent = dag.parent[edge]!
        if (isLatest(parent)) most = Math.max(most, below[parent % MAX_OPS_WALKED]!)
      }
      below[taken % MAX_OPS_WALKED] = most
    }
  }

  const lookAtHeads = (peer: Peer, found: Known): void => {
    if (found.heads === peer.heads && (found.isAll || found.ops === dag.length)) return
    Object.assign(found, { heads: peer.heads, ops: dag.length, isAll: true })
    for (const id of peer.heads.slice(0, MAX_HEADS_LOOKED)) {
      const op = numberOf(dag, id)
      if (op < 0) found.isAll = false
      else if (isLatest(op)) found.count = Math.max(found.count, below[op % MAX_OPS_WALKED]!)
    }
  }

  const knownOf = (peer: Peer, whose: Uint8Array): Known => {
    let found = known.get(peer)
    if (found === undefined) known.set(peer, (found = { count: 0, heads: null, ops: 0, isAll: false, author: toHex(whose) }))
    return found
  }

  return {
    look() {
      takeIn()
      const isForked = dag.forks.has(numberOfAuthor(dag, author))
      const counts = new Map<string, number>()
      for (const peer of peers.values()) {
        if (peer.author === null) continue
        const found = knownOf(peer, peer.author)
        if (found.author === own) continue
        if (isCurrent(peer)) {
          if (agrees(peer)) found.count = Math.max(found.count, ownStored())
          else lookAtHeads(peer, found)
        }
        counts.set(found.author, Math.max(found.count, counts.get(found.author) ?? 0))
      }
      const sorted = Int32Array.from(counts.values()).sort()
      return (seq) => ({ by: isForked ? 0 : countAbove(sorted, seq), here: sorted.length })
    },
  }
}

/** How many of these numbers, in ascending order, are greater. O(log of them). */
function countAbove(sorted: Int32Array, than: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! > than) high = middle
    else low = middle + 1
  }
  return sorted.length - low
}
