/**
 * The room as people see it: history entries, one op's details, search. Reads the replica and the library, changes neither.
 */
import { authorOf, childrenOf, compareOps, type Dag, idOf, markFuture, numberOf, numberOfAuthor, parentsOf } from '../core/dag.ts'
import { keepLeast } from '../core/keep-least.ts'
import { fromHex, toHex } from '../core/bytes.ts'
import { positionOf, sliceHistory } from '../core/history.ts'
import { createSeen, seenBy, trackThose } from '../core/seen.ts'
import { textOf } from '../crdt/text-of.ts'
import { agrees } from '../sync/gossip.ts'
import { heldByPeer } from '../sync/held-by-peer.ts'
import { ownStored } from '../sync/own.ts'
import { isCurrent, peersHere } from '../sync/peers.ts'
import type { Engine } from '../sync/state.ts'
import { entriesOf as equivocationsOf, evidenceOf } from './evidence.ts'
import { createHolders } from './holders.ts'
import type { Library, Page } from './library.ts'
import { pendingList } from './pending-list.ts'
import { allPairs, createRivals, isForked, latestRivals, pairsOf, rivalsOf } from './rivals.ts'
import { createMatcher } from './search.ts'
import type {
  EquivocationEntry,
  EvidenceEntry,
  Held,
  Hex,
  HistoryEntry,
  LatestEquivocation,
  Match,
  Matches,
  OpDetails,
  PendingList,
} from './views.ts'

/** Entries that a search reads at a time: 16 MiB, if all are as long as they may be. */
const SEARCH_STEP = 256
/** Characters folded between two pauses of a search: some 10 ms of any text. Others decide how much text there is. */
const SEARCH_SLICE = 128 * 1024
/** An entry without a text counts as so many characters: its author's nickname and its ids are compared too. */
const SEARCH_ENTRY = 64
/** Each character of an entry that is found counts as so many: the words are located letter by letter. */
const SEARCH_MATCH = 8
const NO_MATCHES: Matches = { matches: [], more: false }
/** Children of one op that are named: more than a person looks through. Others decide how many there are. */
const MAX_CHILDREN_TOLD = 64

/** How often the node decides whose receipts are counted. After that, all receipts are counted anew. ms */
const WITNESSES_MS = 5_000

/** Gives the thread to other work that waits for it. */
const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve))

export interface Room {
  /** Entries at places `from` … of the history; the last `count` when `from` is null. */
  entries(from: number | null, count: number): Promise<{ total: number; from: number; entries: HistoryEntry[] }>
  /** The entries of these ops, given by their places in the order in which this node admitted them. O(ops) */
  admitted(ops: readonly number[]): Promise<HistoryEntry[]>
  /** Newest first, at most `limit`. A later search ends this one, which then finds nothing. O(characters of the history), with pauses. */
  search(text: string, limit: number): Promise<Matches>
  inspect(id: Hex): Promise<OpDetails | null>
  /** Which peers hold own ops now, by their seq. */
  held(): (seq: number) => Held
  /** A few of the ops that wait, and what they wait for. */
  pending(): PendingList
  /** All of an entry's text; null if it is not here, or the disk cannot give it back. */
  text(id: Hex): Promise<string | null>
  /** Equivocations from the `from`-th on, at most `count`, in an order that nodes with equal ops share. O(equivocations, and sorting them). */
  equivocations(from: number, count: number): EquivocationEntry[]
  /**
   * The authors and seqs of the `from`-th equivocation that came here, and of the next `count` − 1: once for each author and seq.
   * O(count).
   */
  latestEquivocations(from: number, count: number): LatestEquivocation[]
  /** Equivocations with evidence: all that are known (null), or the first few that concern this op. */
  evidence(id: Hex | null): Promise<EvidenceEntry[]>
}

/** @param names the chosen names of authors */
export function createRoom(engine: Engine, library: Library, names: () => ReadonlyMap<Hex, string>): Room {
  const { dag, history } = engine.replica
  const seen = createSeen(dag)
  const rivals = createRivals(dag)
  const holders = createHolders({
    dag,
    author: engine.author,
    peers: () => peersHere(engine),
    isCurrent: (peer) => isCurrent(engine, peer),
    agrees: (peer) => agrees(engine, peer),
    ownStored: () => ownStored(engine),
  })
  let searches = 0
  let witnessesAt = -Infinity

  /** Counts the receipts of this node and of authors who are here, in the order of their first ops. */
  const lookForWitnesses = (): void => {
    if (engine.now < witnessesAt + WITNESSES_MS) return
    witnessesAt = engine.now
    const here = [...engine.peers.values()].flatMap((peer) => (peer.author !== null && isCurrent(engine, peer) ? [peer.author] : []))
    const numbers = new Set([engine.author, ...here].map((author) => numberOfAuthor(dag, author)))
    trackThose(
      seen,
      [...numbers].filter((author) => author >= 0).sort((a, b) => a - b),
    )
  }

  const opOf = (id: Hex): number => {
    const bytes = fromHex(id)
    return bytes?.length === 32 ? numberOf(dag, bytes) : -1
  }

  const entryOf = (op: number, page: Page, heldOf: (seq: number) => Held): HistoryEntry => {
    const author = authorOf(dag, op)
    const own = toHex(author) === toHex(engine.author)
    return {
      id: toHex(idOf(dag, op)),
      author: toHex(author),
      seq: dag.seq[op]!,
      time: page.time,
      depth: dag.depth[op]!,
      kind: page.body.kind,
      text: textOf(page.body),
      seenBy: seenBy(seen, op).length,
      others: Math.max(0, dag.authors.length - 1),
      own,
      held: own ? heldOf(dag.seq[op]!) : null,
      saved: op < engine.stored,
      equivocates: isForked(rivals, op),
    }
  }

  const entriesOf = async (ops: readonly number[]): Promise<HistoryEntry[]> => {
    const pages = await library.read(ops)
    const heldOf = holders.look()
    lookForWitnesses()
    return ops.flatMap((op, i) => (pages[i] === undefined ? [] : [entryOf(op, pages[i], heldOf)]))
  }

  return {
    async entries(from, count) {
      const total = history.length
      const start = Math.max(0, Math.min(from ?? total - count, total))
      return { total, from: start, entries: await entriesOf(sliceHistory(history, start, count)) }
    },
    admitted: (ops) => entriesOf(ops.filter((op) => op < dag.length)),
    async search(text, limit) {
      const search = ++searches
      const matchOf = createMatcher(text, names())
      const matches: Match[] = []
      let slice = 0
      // Ops that come below during the search move the others up. The search goes through at most twice as many as there were, so that it
      // ends.
      let left = 2 * history.length
      for (let end = history.length; end > 0 && left > 0; left -= SEARCH_STEP) {
        const start = Math.max(0, end - SEARCH_STEP)
        const ops = sliceHistory(history, start, end - start)
        const entries = await entriesOf(ops)
        for (const entry of entries.reverse()) {
          const match = matchOf(entry)
          if (match !== null && matches.length === limit) return { matches, more: true }
          if (match !== null) matches.push(match)
          slice += SEARCH_ENTRY + (match === null ? 1 : SEARCH_MATCH) * entry.text.length
          if (slice < SEARCH_SLICE) continue
          slice = 0
          await pause()
          if (search !== searches) return NO_MATCHES
        }
        if (search !== searches) return NO_MATCHES
        end = positionOf(history, ops[0]!)
      }
      return { matches, more: false }
    },
    async inspect(id) {
      const op = opOf(id)
      if (op < 0) return null
      const [page] = await library.read([op])
      if (page === undefined) return null
      const hex = (other: number): Hex => toHex(idOf(dag, other))
      const forks = rivalsOf(rivals, op)
      const children = childrenOf(dag, op)
      return {
        ...entryOf(op, page, holders.look()),
        prev: dag.prev[op]! < 0 ? null : hex(dag.prev[op]!),
        parents: [...parentsOf(dag, op)].map(hex),
        children: latestOf(dag, children).map(hex),
        childCount: children.length,
        seenByAuthors: seenBy(seen, op).map((author) => toHex(dag.authors.bytes.subarray(author * 32, author * 32 + 32))),
        heldBy: holdersOf(engine, op),
        signed: page.signature !== null,
        rivals: forks.ops.map(hex),
        rivalCount: forks.count,
        position: positionOf(history, op),
        bytes: page.bytes,
      }
    },
    held: holders.look,
    pending: () => pendingList(engine.replica.pending),
    async text(id) {
      const op = opOf(id)
      const [page] = op < 0 ? [] : await library.read([op])
      return page === undefined ? null : textOf(page.body)
    },
    equivocations: (from, count) => equivocationsOf(dag, allPairs(rivals).slice(from, from + count)),
    latestEquivocations: (from, count) =>
      latestRivals(rivals, from, count).map(({ pair, count: all }) => ({ ...equivocationsOf(dag, [pair])[0]!, count: all })),
    evidence: (id) => evidenceOf(dag, library, id === null ? allPairs(rivals) : pairsOf(rivals, opOf(id))),
  }
}

/** The latest of these ops in the order of the history, the latest first. */
function latestOf(dag: Dag, ops: readonly number[]): number[] {
  const latest: number[] = []
  for (const op of ops) keepLeast(latest, op, MAX_CHILDREN_TOLD, (a, b) => compareOps(dag, b, a))
  return latest
}

/** Connected peers that are known to hold this op. O(ops after it + peers · their heads). */
function holdersOf(engine: Engine, op: number): Hex[] {
  const future = markFuture(engine.replica.dag, op)
  const out: Hex[] = []
  for (const peer of engine.peers.values()) {
    const { first, heads } = heldByPeer(engine, peer)
    if (op < first || heads.some((head) => future[head] === 1)) out.push(peer.author === null ? peer.id : toHex(peer.author))
  }
  return out
}
