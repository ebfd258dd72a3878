/**
 * What a person sees of a running node, in lines: the ops as they come, and whether all peers agree. A line is printed when something
 * changes.
 */
import { createBudget, leftAt, spend } from '../core/budget.ts'
import { rangeOf } from '../core/lists.ts'
import type { Node } from '../node/node.ts'
import type { Hex, HistoryEntry, NodeStatus, PeerStatus } from '../node/views.ts'
import { NEWEST, shownOfFlood } from './flood.ts'
import {
  agreementLine,
  entryLine,
  equivocationLine,
  catchingUpLine,
  holdingLine,
  moreEquivocationsLine,
  pathLine,
  peerLine,
  peersLine,
  refusalsLine,
  skippedLine,
  words,
} from './words.ts'

/** If more entries than this come at once, a person cannot follow them: only some are shown (`flood.ts`). */
const FLOOD = 200
/**
 * Lines of entries that come back in each second to the `FLOOD` lines that a person may be shown at once: a screen. So a flood in small
 * portions is a flood too.
 */
const LINES_PER_SECOND = 20
/** Entries read at a time. */
const BATCH = 256
/** Equivocations that are told one by one: an author may make any number of them. */
const TOLD_AT_ONCE = 3
/** ms between two lists of new equivocations, if a person watches. */
const TOLD_EVERY = 2_000
/** ms between two lines about the same catching up. */
const FETCHING_PAUSE = 2_000
/** While more and more entries come, or a peer says that they will, the newest are shown this often (ms): what the peer says may be a lie. */
const SHOWN_EVERY = 5_000
/**
 * All peers must have agreed, and nothing have come, for so long (ms) before the screen says it. So while messages come and go, it is
 * said only at their end.
 */
const QUIET = 500
/** If the room's first op does not come for so long (ms), a person is told what may be wrong. */
const UNANSWERED = 10_000

const NO_NAMES: ReadonlyMap<Hex, string> = new Map()

export interface ScreenOptions {
  readonly node: Node
  readonly print: (line: string) => void
  /** True if a person watches. A person cannot read hundreds of lines a second. */
  readonly isWatched: boolean
  /** The relay's address, and the system's words about it when it is down. */
  readonly relay: string
  readonly relayTrouble: () => string
}

export interface Screen {
  /** Something may have changed. */
  changed(): void
  /** True when all peers, one at least, hold what this node holds, and have for a while. */
  readonly isAgreed: boolean
  status(): void
  /** The last entries in the room's own order. */
  history(count: number): Promise<void>
  close(): void
}

/** `failed` gets an error that was thrown while the history was read. */
export function createScreen({ node, print, isWatched, relay, relayTrouble }: ScreenOptions, failed: (error: unknown) => void): Screen {
  let shown: number | null = null
  let looking = false
  let stale = false
  let closed = false
  let storage: NodeStatus['storage'] = 'ok'
  let damages = 0
  let waits: 'behind' | 'unmarked' | 'lost' | null = null
  let lies = 0
  let liesToldAt = -Infinity
  const lines = createBudget(FLOOD, LINES_PER_SECOND, performance.now())
  const versions = new Set<PeerStatus['version']>()
  const paths = new Map<string, string>()
  let flood = { stored: 0, at: 0, saidAt: -Infinity, shownAt: performance.now() }
  let equal = { digest: '', since: Infinity, isSaid: false }
  let timer: ReturnType<typeof setTimeout> | undefined

  const unanswered = setTimeout(() => {
    if (node.status().ops === 0) print(words.awaited)
  }, UNANSWERED)

  const tell = async (): Promise<void> => {
    const status = node.status()
    tellPaths(status)
    if (status.storage !== storage) print(status.storage === 'full' ? words.full : words.roomAgain)
    storage = status.storage
    const why = status.waits?.why ?? null
    if (why !== waits) print(words[why ?? 'trusted'])
    waits = why
    if (node.refused.damages > damages) print(words.damaged)
    damages = node.refused.damages
    for (const { version } of status.peers) {
      if (version !== 'ours' && !versions.has(version)) print(words[version])
      versions.add(version)
    }
    if (status.equivocations > lies) tellLies(status)
    await tellEntries()
    tellAgreement()
  }

  const tellPaths = ({ paths: all }: NodeStatus): void => {
    for (const each of all) {
      if (each.state === 'connecting') continue
      const line = pathLine(each, relay, relayTrouble())
      if (paths.get(each.path) !== line) print(line)
      paths.set(each.path, line)
    }
  }

  /** Costs only the new ones, however many there were: an author may make one after the other. */
  const tellLies = ({ equivocations }: NodeStatus): void => {
    const now = performance.now()
    if (isWatched && now < liesToldAt + TOLD_EVERY) return later(liesToldAt + TOLD_EVERY - now)
    liesToldAt = now
    for (const lie of node.room.latestEquivocations(lies, TOLD_AT_ONCE)) print(equivocationLine(lie))
    const more = equivocations - lies - TOLD_AT_ONCE
    if (more > 0) print(moreEquivocationsLine(more))
    lies = equivocations
  }

  /** Chosen names are for people: scripts read lines of one form. */
  const printEntries = (entries: readonly HistoryEntry[]): void => {
    const names = isWatched ? node.names.all() : NO_NAMES
    for (const entry of entries) print(entryLine(entry, names.get(entry.author) ?? ''))
  }

  /** No lines are owed: the first line after a flood waits no longer than the budget needs for one. */
  const showNew = async (ops: readonly number[]): Promise<void> => {
    printEntries(await node.room.admitted(ops))
    spend(lines, ops.length, performance.now(), 0)
  }

  const tellEntries = async (): Promise<void> => {
    shown ??= Math.max(0, node.engine.stored - NEWEST)
    for (let left = node.engine.stored - shown; left > 0 && !closed; left = node.engine.stored - shown) {
      const isMuch = left + toCome(node.status()) > FLOOD
      const most = Math.min(FLOOD, leftAt(lines, performance.now()))
      if (isWatched && (isMuch || left > most)) {
        if (!isFloodOver(isMuch)) return
        if (left > most) {
          const ops = shownOfFlood(node.engine.replica.dag, shown, shown + left)
          if (ops.length < left) print(skippedLine(left - ops.length))
          await showNew(ops)
          shown += left
          continue
        }
      }
      const next = Math.min(left, BATCH)
      await showNew(rangeOf(shown, shown + next))
      shown += next
    }
    flood.shownAt = performance.now()
  }

  /** How many ops are still on their way, as the peer that brings them says. */
  const toCome = ({ fetching }: NodeStatus): number => (fetching === null || fetching.of === null ? 0 : fetching.of - fetching.got)

  /** True when nothing has come for a while, or nothing was shown for long. Until then the progress is told, if there `isMuch` to tell of. */
  const isFloodOver = (isMuch: boolean): boolean => {
    const status = node.status()
    const now = performance.now()
    if (flood.stored !== status.stored) flood = { ...flood, stored: status.stored, at: now }
    const until = Math.min(flood.at + QUIET, flood.shownAt + SHOWN_EVERY)
    if (now >= until) return true
    later(until - now)
    if (isMuch && now >= flood.saidAt + FETCHING_PAUSE) {
      print(catchingUpLine(status))
      flood.saidAt = now
    }
    return false
  }

  const isEqual = ({ peers, fetching, stored, ops }: NodeStatus): boolean =>
    peers.length > 0 && peers.every((peer) => peer.equal) && fetching === null && stored === ops

  const tellAgreement = (): void => {
    const status = node.status()
    const now = performance.now()
    if (!isEqual(status)) equal = { digest: '', since: Infinity, isSaid: false }
    else if (equal.digest !== status.digest) equal = { digest: status.digest, since: now, isSaid: false }
    if (equal.since === Infinity || equal.isSaid) return
    if (now < equal.since + QUIET) return later(equal.since + QUIET - now)
    equal.isSaid = true
    print(agreementLine(status))
  }

  const later = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(changed, ms)
  }

  const look = async (): Promise<void> => {
    while (stale && !closed) {
      stale = false
      await tell()
    }
    looking = false
  }

  const changed = (): void => {
    stale = true
    if (looking || closed) return
    looking = true
    // Once for all changes of this turn.
    setTimeout(() => void look().catch(failed))
  }

  return {
    changed,
    get isAgreed() {
      const status = node.status()
      return equal.isSaid && equal.digest === status.digest && isEqual(status)
    },
    status() {
      const status = node.status()
      print(holdingLine(status))
      for (const path of status.paths) print(pathLine(path, relay, relayTrouble()))
      print(peersLine(status))
      for (const peer of status.peers) print(peerLine(peer, status.present.find(({ author }) => author === peer.author)?.name ?? ''))
      const last = node.refused.latest().at(-1)
      if (last !== undefined) print(refusalsLine(node.refused.count, last.reason))
    },
    async history(count) {
      printEntries((await node.room.entries(null, count)).entries)
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(unanswered)
    },
  }
}
