/**
 * A room is kept by its link, or by what names the link without telling it: anyone can make a link with the genesis of another room and a secret of
 * their own, and what belongs to that room must not be used there.
 *
 * What a tab keeps of its own in sessionStorage: which nodes it was in each room, what is typed and not sent, what was sent and not
 * answered; and, for all its tabs, a person's servers, and in which rooms these may be used. Storage that is refused (private mode, quota) is
 * no reason to stop: then it is kept in memory only.
 */
import type { Hex, KeptNode } from '../../worker/api.ts'

/** A node that was added to this page, and the place it had. */
export interface AddedNode {
  readonly slot: number
  readonly claim: Hex
}

const SERVERS = 'tabweave.servers'

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // The screen that shows it keeps it in memory.
  }
}

/** The list that `written` is; anything else (another version, a person's hand) is an empty one. */
export function listIn<T>(written: string | null, fits: (item: Partial<T>) => boolean): T[] {
  try {
    const list: unknown = JSON.parse(written ?? '[]')
    return Array.isArray(list) ? list.filter((item: Partial<T> | null): item is T => item !== null && fits(item)) : []
  } catch {
    return []
  }
}

/** Of a room, by its link (the fragment, with or without an invitation): a tab that goes to another room and back is the node again that it was. */
const roomKey = (what: string, link: string): string => `tabweave.${what}.${link.split('.')[0]}`

/** The node that this tab was in the room. */
export const keptClaim = (link: string): Hex | null => read(roomKey('claim', link))
export const keepClaim = (link: string, claim: Hex | null): void => write(roomKey('claim', link), claim)

/** The nodes that were added to this page in the room. */
export const keptAdded = (link: string): AddedNode[] =>
  listIn<AddedNode>(read(roomKey('added', link)), (item) => typeof item.slot === 'number' && typeof item.claim === 'string')
export const keepAdded = (link: string, added: readonly AddedNode[]): void =>
  write(roomKey('added', link), added.length === 0 ? null : JSON.stringify(added))

/** What all tabs of this browser share; "" for nothing. */
export function readShared(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}
export function writeShared(key: string, value: string): void {
  try {
    if (value === '') localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // It lasts as long as the page.
  }
}

/** A person's own servers for direct connections, as typed (`readServers` in `start-up.ts`). */
export const keptServers = (): string => readShared(SERVERS)
export const keepServers = (text: string): void => writeShared(SERVERS, text)

/**
 * A link that another site opens joins a room at once. So neither a person's servers nor their name (`kept-names.ts`) are told to anybody
 * in a room, or used there, before its owner did something there: wrote, set them there, or created the room.
 */
const SERVER_ROOMS = 'tabweave.servers.rooms'

/** Rooms remembered; the one that was allowed first is forgotten, and its owner writes there again. */
const MAX_ROOMS = 256

/** Beside the storage, which may be refused. */
const allowedHere = new Set<Hex>()

const allowedRooms = (): Hex[] => listIn<Hex>(readShared(SERVER_ROOMS), (linkId) => typeof linkId === 'string')

/** Whether the owner's servers may be used in the room of this link. */
export const mayUseServers = (linkId: Hex): boolean => allowedHere.has(linkId) || allowedRooms().includes(linkId)

/** The owner has acted in this room. */
export function allowServers(linkId: Hex): void {
  if (mayUseServers(linkId)) return
  allowedHere.add(linkId)
  writeShared(SERVER_ROOMS, JSON.stringify([...allowedRooms(), linkId].slice(-MAX_ROOMS)))
}

/** Nothing of the room is kept any more: nothing says either that its owner acted there. */
export function forgetRoom(linkId: Hex): void {
  allowedHere.delete(linkId)
  const others = allowedRooms().filter((each) => each !== linkId)
  writeShared(SERVER_ROOMS, others.length === 0 ? '' : JSON.stringify(others))
}

/** Whether a person left this node offline: a reload, and an update's own reload, must not send what was written so. */
export const keptOffline = (node: Hex): boolean => read(`tabweave.offline.${node}`) !== null
export const keepOffline = (node: Hex, on: boolean): void => write(`tabweave.offline.${node}`, on ? 'true' : null)

/** Where one types: a room, by its link, and the slot in its page (0: the tab's own node). Not the node: after a damaged disk it is another one. */
export interface Desk {
  readonly linkId: Hex
  readonly slot: number
}

const deskKey = (what: string, { linkId, slot }: Desk): string => `tabweave.${what}.${linkId}.${slot}`

/** What is typed there and not sent. A tab that goes to another room leaves it behind. */
export const keptDraft = (desk: Desk): string => read(deskKey('draft', desk)) ?? ''
export const keepDraft = (desk: Desk, text: string): void => write(deskKey('draft', desk), text === '' ? null : text)

/** Texts that were sent and not yet answered. */
export const keptUnsent = (desk: Desk): string[] => listIn<string>(read(deskKey('unsent', desk)), (item) => typeof item === 'string')
export const keepUnsent = (desk: Desk, texts: readonly string[]): void =>
  write(deskKey('unsent', desk), texts.length === 0 ? null : JSON.stringify(texts))

/** True when this tab holds text that nobody else has. */
export const holdsUnsentText = (desks: readonly Desk[]): boolean =>
  desks.some((desk) => keptDraft(desk) !== '' || keptUnsent(desk).length > 0)

/** Forgets what this tab keeps of a node that was deleted: which node it was, and what was typed there and not sent. */
export function forgetKept({ id, linkId, link }: Pick<KeptNode, 'id' | 'linkId' | 'link'>): void {
  keepOffline(id, false)
  const added = keptAdded(link)
  const here = [...added, { slot: 0, claim: keptClaim(link) }].filter(({ claim }) => claim === id)
  for (const { slot } of here) {
    keepDraft({ linkId, slot }, '')
    keepUnsent({ linkId, slot }, [])
    if (slot === 0) keepClaim(link, null)
  }
  keepAdded(
    link,
    added.filter(({ claim }) => claim !== id),
  )
}
