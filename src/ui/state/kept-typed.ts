/**
 * What was typed as a node and is not in the room: the draft, and texts that were sent and not stored. It belongs to the node, whichever
 * tab of this browser runs it. So a tab that takes up a closed node finds it, and no other node or room does.
 *
 * The browser keeps it for all tabs, as plain text, until it is sent or deleted, or the node is forgotten. What is too long for that, or
 * refused, is kept for this tab only: it outlives a reload.
 */
import type { Hex } from '../../worker/api.ts'
import { readShared, readTab, sharedKeys, writeShared, writeTab } from './storage.ts'

/** Where one types: as a node, in a room (by its link). */
export interface Desk {
  readonly linkId: Hex
  readonly node: Hex
}

interface Typed {
  readonly draft: string
  /** Texts that were sent and not yet answered, or refused. */
  readonly unsent: readonly string[]
  /** The same, of texts that were sent while the node had nothing of the room. */
  readonly early: readonly string[]
}

const NOTHING: Typed = { draft: '', unsent: [], early: [] }

/** Nodes whose texts are kept for all tabs. Beyond that, the text of the node at which nobody has typed for longest is deleted. */
export const MAX_TYPED_NODES = 32

/**
 * Characters kept for all tabs of one node, as written: more than the longest message. With MAX_TYPED_NODES they are 3.2 million, of some 5
 * million that browsers give to one address.
 */
export const MAX_TYPED_LENGTH = 100_000

const PREFIX = 'tabweave.typed.'
const ofRoom = (linkId: Hex): string => `${PREFIX}${linkId}.`
const keyOf = ({ linkId, node }: Desk): string => ofRoom(linkId) + node

/** Whether this key of the shared storage holds typed texts. */
export const isTypedKey = (key: string | null): boolean => key !== null && key.startsWith(PREFIX)

/** Null for values in another form: written by another version, or edited by a person. */
function typedIn(written: string | null): (Typed & { readonly at: number }) | null {
  try {
    const { draft, unsent, early, at } = JSON.parse(written ?? '') as Readonly<Record<string, unknown>>
    if (typeof draft !== 'string' || !Array.isArray(unsent) || typeof at !== 'number') return null
    return { draft, unsent: textsOf(unsent), early: textsOf(early), at }
  } catch {
    return null
  }
}

const textsOf = (list: unknown): string[] => (Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [])

const typedAt = (desk: Desk): Typed => typedIn(readShared(keyOf(desk))) ?? typedIn(readTab(keyOf(desk))) ?? NOTHING

function keepTyped(desk: Desk, typed: Typed): void {
  const key = keyOf(desk)
  const isNothing = typed.draft === '' && typed.unsent.length + typed.early.length === 0
  const written = isNothing ? '' : JSON.stringify({ ...typed, at: Date.now() })
  const isShared = written.length <= MAX_TYPED_LENGTH && writeShared(key, written)
  if (isShared) leaveOutOldest()
  else writeShared(key, '')
  writeTab(key, isShared || isNothing ? null : written)
}

/** O(keys) while they are no more than MAX_TYPED_NODES. */
function leaveOutOldest(): void {
  const keys = sharedKeys(PREFIX)
  if (keys.length <= MAX_TYPED_NODES) return
  const writtenAt = new Map(keys.map((key) => [key, typedIn(readShared(key))?.at ?? 0]))
  keys.sort((a, b) => writtenAt.get(b)! - writtenAt.get(a)!)
  for (const key of keys.slice(MAX_TYPED_NODES)) writeShared(key, '')
}

/** What is typed there and not sent. */
export const keptDraft = (desk: Desk): string => typedAt(desk).draft
export const keepDraft = (desk: Desk, draft: string): void => keepTyped(desk, { ...typedAt(desk), draft })

/** Texts that were sent there and are not stored: with something of the room, and with nothing of it. */
export const keptUnsent = (desk: Desk): readonly string[] => typedAt(desk).unsent
export const keptEarly = (desk: Desk): readonly string[] => typedAt(desk).early
export const keepUnsent = (desk: Desk, unsent: readonly string[], early: readonly string[]): void =>
  keepTyped(desk, { ...typedAt(desk), unsent, early })

/** True when one of these desks holds text that nobody else has. */
export const holdsUnsentText = (desks: readonly Desk[]): boolean =>
  desks.some((desk) => keptDraft(desk) !== '' || keptUnsent(desk).length + keptEarly(desk).length > 0)

/** The node cannot run again, and `node` has taken its place: what was typed as the one was typed as the other. */
export function moveTyped(from: Desk, node: Hex): void {
  const [moved, to] = [typedAt(from), { ...from, node }]
  const there = typedAt(to)
  forgetTyped(from)
  keepTyped(to, {
    draft: [moved.draft, there.draft].filter((draft) => draft !== '').join('\n'),
    // The disk of the node that is gone tells no more whether it had the room: its early texts may be signed.
    unsent: [...moved.unsent, ...moved.early, ...there.unsent],
    early: there.early,
  })
}

/** Nothing of the node is kept any more. */
export const forgetTyped = (desk: Desk): void => keepTyped(desk, NOTHING)

/** Nothing of the room is kept any more. */
export function forgetTypedIn(linkId: Hex): void {
  for (const key of sharedKeys(ofRoom(linkId))) writeShared(key, '')
}
