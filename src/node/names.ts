/**
 * The chosen names of authors, remembered for the time when they are away. A name is a claim. It is shown beside the nickname of the key,
 * which nobody types. Any author may take any name, also that of another one.
 *
 * - **The latest counts.** A run of a node numbers what it says of itself. Of one run the greatest number counts, also after a restart of
 *   this node. A name that another run says replaces it; `presence.ts` passes on only what living runs say. An author that says that it
 *   has no name keeps its place, so that no older name comes back.
 * - **A place costs an op.** Only names of authors with ops here are stored, and names are shown only beside ops.
 * - **Early authors keep their places.** If there are more authors than MAX_NAMES, those without a name or without ops here lose their
 *   places first, then those whose first op came last. So a flood of keys takes nothing from authors who wrote before it.
 */
import { fromHex, toHex } from '../core/bytes.ts'
import { decodeValue, encodeValue } from '../core/cbor.ts'
import { AUTHOR_BYTES } from '../core/limits.ts'
import { quotable } from '../core/quotable.ts'
import type { Value } from '../core/value.ts'
import { SENDER_BYTES } from '../net/envelope.ts'
import { MAX_NAME_LENGTH } from '../net/direct/signal.ts'
import type { PeerId } from '../sync/effects.ts'
import type { Hex } from './views.ts'

/** Authors whose names are remembered: as many as have seats. They take 60 kB on the disk if each name is as long as it may be. */
const MAX_NAMES = 256
/** Names are written this far apart at least (ms): each author may change its name every second. */
const WRITE_PAUSE = 5_000

/** An author's chosen name, or "": the `count`-th thing that a run of its node said of itself. */
export interface Called {
  readonly author: Hex
  readonly run: PeerId
  readonly count: number
  readonly name: string
}

export interface NamesOptions {
  /** The names that were stored; null if none were. */
  readonly stored: Uint8Array | null
  /** How early an author's first op came here, 0 for the first; null for an author without ops. */
  seniorityOf(author: Hex): number | null
  /** Stores the names in the place of those that were stored. */
  write(bytes: Uint8Array): void
  now(): number
}

export interface Names {
  /** Changes when a name does. */
  readonly version: number
  /** A living run says its name. O(MAX_NAMES) for an author that is new here when all places are taken. */
  hear(called: Called): void
  /** This node's own chosen name. */
  sayOwn(author: Hex, name: string): void
  /** The latest known names, by author. O(names). */
  all(): ReadonlyMap<Hex, string>
  /** Writes names that are not written yet, and nothing after that. */
  close(): void
}

export function createNames({ stored, seniorityOf, write, now }: NamesOptions): Names {
  const kept = new Map<Hex, Called>(decodeNames(stored).map((called) => [called.author, called]))
  let own: { readonly author: Hex; readonly name: string } | null = null
  let version = kept.size
  let writtenAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined

  /** The name with the least worth loses its place. */
  const worthOf = ({ author, name }: Called): number => (name === '' ? -Infinity : -(seniorityOf(author) ?? Infinity))

  /** Whether there is a place for a new name. If all are taken, it takes the place of the one with the least worth. */
  const makeRoom = (called: Called): boolean => {
    if (kept.size < MAX_NAMES) return true
    let least = called
    for (const each of kept.values()) if (worthOf(each) < worthOf(least)) least = each
    if (least === called) return false
    return kept.delete(least.author)
  }

  const toStore = (): Called[] => [...kept.values()].filter(({ author }) => seniorityOf(author) !== null)
  /** The parts of the names whose change is a reason to write. A change of numbers alone is none. */
  const summaryOf = (names: readonly Called[]): string => JSON.stringify(names.map(({ author, run, name }) => [author, run, name]))
  let written = summaryOf([...kept.values()])

  const writeNow = (): void => {
    clearTimeout(timer)
    timer = undefined
    const names = toStore()
    const summary = summaryOf(names)
    if (summary === written) return
    written = summary
    writtenAt = now()
    write(encodeNames(names))
  }

  return {
    get version() {
      return version
    },
    hear(called) {
      const before = kept.get(called.author)
      if (before?.run === called.run && called.count <= before.count) return
      if (before === undefined && (called.name === '' || !makeRoom(called))) return
      kept.set(called.author, called)
      if (before?.name !== called.name) version++
      timer ??= setTimeout(writeNow, Math.max(0, writtenAt + WRITE_PAUSE - now()))
    },
    sayOwn(author, name) {
      if (name === (own?.name ?? '')) return
      own = { author, name }
      version++
    },
    all() {
      const names = new Map<Hex, string>()
      for (const { author, name } of kept.values()) if (name !== '') names.set(author, name)
      if (own !== null && own.name !== '') names.set(own.author, own.name)
      return names
    },
    close: writeNow,
  }
}

/** Names as they are stored: a canonical CBOR array of [author, run, count, name]. */
export const encodeNames = (names: readonly Called[]): Uint8Array =>
  encodeValue(names.map(({ author, run, count, name }) => [fromHex(author)!, fromHex(run)!, count, name]))

/** The names that were stored; none if there is anything else than names. */
function decodeNames(bytes: Uint8Array | null): Called[] {
  const decoded = bytes === null ? null : decodeValue(bytes)
  if (decoded === null || !decoded.ok || !Array.isArray(decoded.value) || decoded.value.length > MAX_NAMES) return []
  const names = (decoded.value as readonly Value[]).map(calledOf)
  return names.every((each) => each !== null) ? names : []
}

function calledOf(value: Value): Called | null {
  if (!Array.isArray(value) || value.length !== 4) return null
  const [author, run, count, name] = value as readonly Value[]
  if (!(author instanceof Uint8Array) || author.length !== AUTHOR_BYTES) return null
  if (!(run instanceof Uint8Array) || run.length !== SENDER_BYTES) return null
  if (typeof count !== 'number' || typeof name !== 'string' || Array.from(name).length > MAX_NAME_LENGTH) return null
  return { author: toHex(author), run: toHex(run), count, name: quotable(name) }
}
