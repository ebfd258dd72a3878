/**
 * Who says what of itself while it is here: a name, and that it is typing. Said in signals (`net/direct/signal.ts`), signed by the
 * author's key for this run of its node, never an op: nothing of it is stored, and it is gone when it is not said again.
 */
import { equalBytes, toHex } from '../core/bytes.ts'
import { presenceBytes } from '../core/keys.ts'
import { thinMarks } from '../core/marks.ts'
import { setLatest } from '../core/latest.ts'
import type { Author, OpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { decodeSignal, encodeSignal, MAX_NAME_LENGTH } from '../net/direct/signal.ts'
import { createBudget, takeOne } from '../core/budget.ts'
import type { PeerId, SignatureClaim } from '../sync/effects.ts'
import type { PresenceStatus } from './views.ts'

/** What is not said again for so long is over (ms), and how often it is said while it holds. */
export const PRESENCE_LASTS = 12_000
const SAY_EVERY = 5_000
/**
 * Changes are told this far apart at least (ms): a name that is being typed, typing that comes and goes. The end of typing is told so
 * much later, since most times what was typed tells it, and is not to be kept waiting by a second signature.
 */
const SAY_PAUSE = 1_000
/** Senders whose presence is kept: as many as have seats. When there are more, those that are not trusted give way to those that are. */
const MAX_PRESENT = 256
/** Signatures checked for it, at once and in a second, of trusted peers and as many of others: 1 % of a processor each. */
const CHECKED_AT_ONCE = 64
const CHECKED_PER_SECOND = 64

export interface PresenceOptions {
  readonly room: OpId
  readonly author: Author
  /** This run's sender value. */
  readonly self: Uint8Array
  sign(message: Uint8Array): Promise<Uint8Array>
  verify(claim: SignatureClaim): Promise<boolean>
  /** Who a peer that is here has proven to be; null when it is not here, or has not. */
  authorOf(peer: PeerId): Uint8Array | null
  /** Whether a peer is known by more than its sender value, which costs nothing. */
  isTrusted(peer: PeerId): boolean
  /** To everybody, on every path. */
  send(bytes: Uint8Array): void
  now(): number
  onChange(): void
}

export interface Presence {
  /** What this node says of itself from now on; nothing at all with no name and no typing. */
  say(name: string, typing: boolean): void
  /** A signal of a peer; true when it was of this kind. */
  hear(from: PeerId, bytes: Uint8Array): boolean
  /** Who is here and says something, each author once. */
  others(): PresenceStatus[]
  /** Ops came: who has just written is not typing any more, and need not have said so yet. */
  wrote(unit: Unit): void
  /** A peer is gone. */
  forget(peer: PeerId): void
  /** Says nothing more. */
  close(): void
}

interface Present extends PresenceStatus {
  readonly count: number
  readonly until: number
}

export function createPresence({ room, author, self, sign, verify, authorOf, isTrusted, send, now, onChange }: PresenceOptions): Presence {
  const present = new Map<PeerId, Present>()
  const trustedChecks = createBudget(CHECKED_AT_ONCE, CHECKED_PER_SECOND, now())
  const otherChecks = createBudget(CHECKED_AT_ONCE, CHECKED_PER_SECOND, now())
  /** When something that a sender said was last checked (ms). */
  const checkedAt = new Map<PeerId, number>()
  let own = { name: '', typing: false }
  let count = 0
  let saidAt = -Infinity
  let isSilent = true
  let timer: ReturnType<typeof setTimeout> | undefined

  const say = async (): Promise<void> => {
    saidAt = now()
    const { name, typing } = own
    // Said once more when there is nothing left to say, so that others need not wait for it to be over.
    const isLast = name === '' && !typing
    if (!isLast || !isSilent) {
      const number = ++count
      const proof = await sign(presenceBytes(room, self, number, name, typing))
      send(encodeSignal({ type: 'presence', author, count: number, name, typing, proof }))
    }
    isSilent = isLast
    if (!isLast) plan(SAY_EVERY)
  }
  const plan = (after: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void say(), Math.max(0, after))
  }

  /** Whether what a sender says is checked: not more often than a correct one says something. It counts as checked then. */
  const mayCheck = (from: PeerId): boolean => {
    if (now() < (checkedAt.get(from) ?? -Infinity) + SAY_PAUSE / 2 || !takeOne(isTrusted(from) ? trustedChecks : otherChecks, now()))
      return false
    setLatest(checkedAt, from, now(), MAX_PRESENT)
    return true
  }

  /** Makes room for a trusted peer if need be. */
  const hasPlace = (from: PeerId): boolean => {
    if (present.has(from) || present.size < MAX_PRESENT) return true
    if (!isTrusted(from)) return false
    for (const peer of present.keys()) if (!isTrusted(peer)) return present.delete(peer)
    return false
  }

  const take = async (from: PeerId, signal: ReturnType<typeof decodeSignal>, sender: Uint8Array): Promise<void> => {
    if (!signal.ok || signal.value.type !== 'presence') return
    const said = signal.value
    const message = presenceBytes(room, sender, said.count, said.name, said.typing)
    if (!(await verify({ signature: said.proof, message, author: said.author }))) return
    // Another one may have come meanwhile.
    if ((present.get(from)?.count ?? 0) >= said.count || !hasPlace(from)) return
    present.set(from, {
      author: toHex(said.author),
      name: thinMarks(said.name),
      typing: said.typing,
      count: said.count,
      until: now() + PRESENCE_LASTS,
    })
    setTimeout(onChange, PRESENCE_LASTS + 1)
    onChange()
  }

  return {
    say(name, typing) {
      const cut = Array.from(name.toWellFormed().trim()).slice(0, MAX_NAME_LENGTH).join('')
      if (cut === own.name && typing === own.typing) return
      const ends = own.typing && !typing
      own = { name: cut, typing }
      plan(ends ? SAY_PAUSE : saidAt + SAY_PAUSE - now())
    },
    hear(from, bytes) {
      const signal = decodeSignal(bytes)
      if (!signal.ok || signal.value.type !== 'presence') return false
      const sender = Uint8Array.from(from.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      const isOwn = equalBytes(sender, self)
      if (!isOwn && (present.get(from)?.count ?? 0) < signal.value.count && mayCheck(from)) void take(from, signal, sender)
      return true
    },
    others() {
      const byAuthor = new Map<string, PresenceStatus>()
      for (const [peer, { author: whose, name, typing, until }] of present) {
        // What was said may be said again by others: it counts only of one that is here, and has proven to be its author in this session.
        const proven = authorOf(peer)
        if (now() > until) present.delete(peer)
        else if (proven === null || toHex(proven) !== whose) continue
        else if (name !== '' || typing) byAuthor.set(whose, { author: whose, name: name || (byAuthor.get(whose)?.name ?? ''), typing })
      }
      return [...byAuthor.values()]
    },
    wrote(unit) {
      for (const [peer, each] of present) {
        if (!each.typing || !unit.some(({ op }) => toHex(op.author) === each.author)) continue
        present.set(peer, { ...each, typing: false })
        onChange()
      }
    },
    forget: (peer) => void present.delete(peer),
    close: () => clearTimeout(timer),
  }
}
