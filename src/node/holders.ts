/**
 * Which connected peers hold this node's own ops, as they say. That is a claim; *seen by* (`core/seen.ts`) is signed. A liar can only
 * raise the count for itself.
 *
 * 1. Own ops form a chain. So a peer that has one of them has all earlier ones. For each peer one number is kept: how many own ops it has
 *    at least. The number is remembered while the peer is connected, since no peer loses ops.
 * 2. A current peer whose digest is ours has all own ops that are stored here.
 * 3. Any other current peer has the ops that its heads follow. For each of the latest ops this node knows how many own ops are in its
 *    past: the greatest such number of its parents, or, if it is an own op, its own. So each head costs one look.
 * 4. An author is counted once, however many of its runs are connected.
 *
 * If this node's key has forked there is no such chain, and nothing is counted.
 */
import { toHex } from '../core/bytes.ts'
import { type Dag, numberOf, numberOfAuthor } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import type { Held } from './views.ts'

/**
 * For so many of the latest ops the node knows how many own ops are in their past. An older head tells nothing, and neither does a path
 * through older ops.
 */
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
  /** The connected peers. */
  peers(): Iterable<Peer>
  /** Whether the peer said its last words at most a few seconds ago. */
  isCurrent(peer: Peer): boolean
  /** Whether the peer says that it has exactly the ops that are stored here. */
  agrees(peer: Peer): boolean
  /** How many own ops are stored here. */
  ownStored(): number
}

export interface Holders {
  /**
   * Gives a function from the seq of an own op to its count. O(peers · MAX_HEADS_LOOKED + new ops, at most MAX_OPS_WALKED, and their
   * edges), then O(log peers) each.
   */
  look(): (seq: number) => Held
}

/** The state of a peer. */
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
  /** For op n, at n modulo its length, while n is one of the latest: how many own ops are in its past, itself included. */
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
      for (const peer of peers()) {
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
