/**
 * Presence: what connected peers say of themselves, a name and that somebody types. Signals carry it (`net/direct/signal.ts`), never an
 * op. It ends when it is not said again. The latest names are remembered (`names.ts`).
 *
 * Presence needs no check of its own: its frame is signed by its sender value (`net/sealed.ts`), and the sender's `hello` has proven
 * which author that is. So no peer shares a budget with others here. It is kept beside each connected peer, and forgotten with it.
 */
import { toHex } from '../core/bytes.ts'
import { quotable } from '../core/quotable.ts'
import type { Unit } from '../core/unit.ts'
import { decodeSignal, encodeSignal, MAX_NAME_LENGTH } from '../net/direct/signal.ts'
import type { PeerId } from '../sync/effects.ts'
import type { Called } from './names.ts'
import type { PresenceStatus } from './views.ts'

/** Presence that is not said again for so long is over (ms); and how often a node says it while it is true. */
export const PRESENCE_LASTS = 12_000
const SAY_EVERY = 5_000
/**
 * Changes are told this far apart at least (ms): a name that is being typed, typing that starts and stops. The end of typing is told this
 * much later, since most times the typed message tells it.
 */
const SAY_PAUSE = 1_000

export interface PresenceOptions<Peer extends { readonly author: Uint8Array | null }> {
  /** Connected peers, each with the author that it has proven to be. */
  readonly peers: ReadonlyMap<PeerId, Peer>
  /** How early an author's first op came here: less is earlier. Infinity without one. */
  seniorityOf(peer: Peer): number
  /** Whether a peer lived a few seconds ago: what it says of itself is shown. */
  isAlive(peer: Peer): boolean
  /** Whether a peer said its last words at most a few seconds ago, and they are no recording of a run that is over. */
  isCurrent(peer: Peer): boolean
  /** An author's chosen name now, or "": a current run said it, which has proven to be of this author. */
  onCalled(called: Called): void
  /** To everybody, on every path. */
  send(bytes: Uint8Array): void
  now(): number
  /** In [0, 1). */
  random(): number
  onChange(): void
}

export interface Presence {
  /** This node's name and typing from now on; it says nothing at all with no name and no typing. */
  say(name: string, typing: boolean): void
  /** A signal of a peer; true when it was a signal of this kind. */
  hear(from: PeerId, bytes: Uint8Array): boolean
  /**
   * Connected peers that say something, each author once: first authors with ops here, in the order of their first ops, then the others
   * by lot. If a name could not be passed on to be remembered before (`onCalled`), it is passed on now if it can be.
   */
  others(): PresenceStatus[]
  /** Ops came: an author who has just written does not type any more, and may not have said so yet. */
  wrote(unit: Unit): void
  /** Says the name once more, before this node leaves: peers that it met since it said the name last have not heard it. Typing is over. */
  leave(): void
  /** Says nothing more. */
  close(): void
}

interface Said {
  readonly name: string
  readonly typing: boolean
  /** Grows with each signal: a slow path may bring an earlier one later. */
  readonly count: number
  readonly until: number
  /** Its place among authors without ops here. */
  readonly lot: number
  readonly end: ReturnType<typeof setTimeout>
}

/** A name as it is sent: as others show it, without space around it, and cut. */
export const asName = (name: string): string => Array.from(quotable(name.toWellFormed()).trim()).slice(0, MAX_NAME_LENGTH).join('')

export function createPresence<Peer extends { readonly author: Uint8Array | null }>({
  peers,
  seniorityOf,
  isAlive,
  isCurrent,
  onCalled,
  send,
  now,
  random,
  onChange,
}: PresenceOptions<Peer>): Presence {
  const said = new WeakMap<Peer, Said>()
  /** Peers whose latest name was not passed on yet (`onCalled`). */
  const untold = new Set<PeerId>()
  let own = { name: '', typing: false }
  let count = 0
  let saidAt = -Infinity
  let isSilent = true
  let timer: ReturnType<typeof setTimeout> | undefined

  const say = (): void => {
    saidAt = now()
    // When there is nothing left to say, that is said once more. So others need not wait until it is over.
    const isLast = own.name === '' && !own.typing
    if (!isLast || !isSilent) send(encodeSignal({ type: 'presence', count: ++count, ...own }))
    isSilent = isLast
    if (!isLast) plan(SAY_EVERY)
  }
  const plan = (after: number): void => {
    clearTimeout(timer)
    timer = setTimeout(say, Math.max(0, after))
  }

  const tellCalled = (): void => {
    for (const run of untold) {
      const peer = peers.get(run)
      const each = peer && said.get(peer)
      if (peer === undefined || each === undefined) untold.delete(run)
      else if (peer.author !== null && isCurrent(peer)) {
        untold.delete(run)
        onCalled({ author: toHex(peer.author), run, count: each.count, name: each.name })
      }
    }
  }

  return {
    say(name, typing) {
      const cut = asName(name)
      if (cut === own.name && typing === own.typing) return
      const ends = own.typing && !typing
      own = { name: cut, typing }
      plan(ends ? SAY_PAUSE : saidAt + SAY_PAUSE - now())
    },
    hear(from, bytes) {
      const signal = decodeSignal(bytes)
      if (!signal.ok || signal.value.type !== 'presence') return false
      const peer = peers.get(from)
      if (peer === undefined) return true
      const before = said.get(peer)
      const { count: at, name, typing } = signal.value
      if (before !== undefined && at <= before.count) return true
      clearTimeout(before?.end)
      const end = setTimeout(onChange, PRESENCE_LASTS + 1)
      said.set(peer, {
        name: quotable(name),
        typing,
        count: at,
        until: now() + PRESENCE_LASTS,
        lot: before?.lot ?? random(),
        end,
      })
      untold.add(from)
      tellCalled()
      onChange()
      return true
    },
    others() {
      tellCalled()
      const heard = [...peers.values()].flatMap((peer) => {
        const each = said.get(peer)
        if (each === undefined || now() > each.until || (each.name === '' && !each.typing)) return []
        // A name alone proves nothing: it counts only if the peer has proven its author in this session, and frames may have been held back.
        if (peer.author === null || !isAlive(peer)) return []
        return [{ ...each, author: toHex(peer.author), seniority: seniorityOf(peer) }]
      })
      // If an author has two runs, the run that said something last counts.
      heard.sort((a, b) => a.until - b.until)
      const byAuthor = new Map<string, (typeof heard)[number]>()
      for (const each of heard) byAuthor.set(each.author, { ...each, name: each.name || (byAuthor.get(each.author)?.name ?? '') })
      return [...byAuthor.values()].sort(compareWorth).map(({ author, name, typing }) => ({ author, name, typing }))
    },
    wrote(unit) {
      const typing = [...peers.values()].filter((peer) => peer.author !== null && said.get(peer)?.typing === true)
      if (typing.length === 0) return
      const writers = new Set(unit.map(({ op }) => toHex(op.author)))
      for (const peer of typing) {
        if (!writers.has(toHex(peer.author!))) continue
        said.set(peer, { ...said.get(peer)!, typing: false })
        onChange()
      }
    },
    leave() {
      own = { ...own, typing: false }
      say()
    },
    close: () => clearTimeout(timer),
  }
}

function compareWorth(a: { readonly seniority: number; readonly lot: number }, b: typeof a): number {
  // Infinity has no difference from itself.
  return a.seniority === b.seniority ? a.lot - b.lot : a.seniority - b.seniority
}
