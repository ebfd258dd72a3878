/**
 * A room is kept by its link, or by what names the link without telling it: anyone can make a link with the genesis of another room and a secret of
 * their own, and what belongs to that room must not be used there.
 *
 * What a tab keeps of its own: which nodes it was in each room; and, for all tabs of the browser, which nodes a person left offline, whether the
 * graph is large, a person's servers, and in which rooms these may be used. Names are in `kept-names.ts`, what is typed in `kept-typed.ts`.
 */
import type { Hex, KeptNode } from '../../worker/api.ts'
import { forgetTyped, forgetTypedIn } from './kept-typed.ts'
import { listIn, readShared, readTab, writeList, writeShared, writeTab } from './storage.ts'

/** A node that was added to this page, and the place it had. */
export interface AddedNode {
  readonly slot: number
  readonly claim: Hex
}

const SERVERS = 'tabweave.servers'
const LARGE_GRAPH = 'tabweave.largeGraph'

/** Of a room, by its link (the fragment, with or without an invitation): a tab that goes to another room and back is the node again that it was. */
const roomKey = (what: string, link: string): string => `tabweave.${what}.${link.split('.')[0]}`

/** The node that this tab was in the room. */
export const keptClaim = (link: string): Hex | null => readTab(roomKey('claim', link))
export const keepClaim = (link: string, claim: Hex | null): void => writeTab(roomKey('claim', link), claim)

/** The nodes that were added to this page in the room. */
export const keptAdded = (link: string): AddedNode[] =>
  listIn<AddedNode>(readTab(roomKey('added', link)), (item) => typeof item.slot === 'number' && typeof item.claim === 'string')
export const keepAdded = (link: string, added: readonly AddedNode[]): void =>
  writeTab(roomKey('added', link), added.length === 0 ? null : JSON.stringify(added))

/** Whether the graph is large where it stands above the history. */
export const keptLargeGraph = (): boolean => readShared(LARGE_GRAPH) !== ''
export const keepLargeGraph = (large: boolean): void => void writeShared(LARGE_GRAPH, large ? 'true' : '')

/** A person's own servers for direct connections, as typed (`readServers` in `start-up.ts`). */
export const keptServers = (): string => readShared(SERVERS)
export const keepServers = (text: string): void => void writeShared(SERVERS, text)

/**
 * A link that another site opens joins a room at once. So neither a person's servers nor their name (`kept-names.ts`) are told to anybody
 * in a room, or used there, before its owner did something there: wrote, set them there, or created the room.
 */
const SERVER_ROOMS = 'tabweave.servers.rooms'

/** Rooms remembered. Beyond that, the one that was allowed first is removed, and its owner writes there again. */
const MAX_ROOMS = 256

/** Beside the storage, which may be refused. */
const allowedHere = new Set<Hex>()

const idsIn = (key: string): Hex[] => listIn<Hex>(readShared(key), (id) => typeof id === 'string')

const allowedRooms = (): Hex[] => idsIn(SERVER_ROOMS)

/** Whether the owner's servers may be used in the room of this link. */
export const mayUseServers = (linkId: Hex): boolean => allowedHere.has(linkId) || allowedRooms().includes(linkId)

/** The owner has acted in this room. */
export function allowServers(linkId: Hex): void {
  if (mayUseServers(linkId)) return
  allowedHere.add(linkId)
  writeList(SERVER_ROOMS, [...allowedRooms(), linkId], MAX_ROOMS)
}

/** Nothing of the room is kept any more: nothing says either that its owner acted there, or typed. */
export function forgetRoom(linkId: Hex): void {
  forgetTypedIn(linkId)
  allowedHere.delete(linkId)
  writeList(
    SERVER_ROOMS,
    allowedRooms().filter((each) => each !== linkId),
    MAX_ROOMS,
  )
}

const OFFLINE = 'tabweave.offline'

/** More nodes than a person leaves offline. Beyond that, the oldest is removed from this list, and that node begins online. */
export const MAX_OFFLINE = 256

/** Those that the storage refused to remember. */
const offlineHere = new Set<Hex>()

/**
 * The nodes that a person left offline. What was written so must not be sent before they say so: not after a reload, not after an update's own
 * reload, and not by the tab that takes up the closed node.
 */
export const keptOffline = (): Hex[] => [...offlineStored(), ...offlineHere]

const offlineStored = (): Hex[] => idsIn(OFFLINE)

export function keepOffline(node: Hex, on: boolean): void {
  const others = offlineStored().filter((each) => each !== node)
  offlineHere.delete(node)
  const isStored = writeList(OFFLINE, on ? [...others, node] : others, MAX_OFFLINE)
  if (on && !isStored) offlineHere.add(node)
}

/** Forgets what is kept of a node that was deleted: which node this tab was, and what was typed there and not sent. */
export function forgetKept({ id, linkId, link }: Pick<KeptNode, 'id' | 'linkId' | 'link'>): void {
  keepOffline(id, false)
  forgetTyped({ linkId, node: id })
  if (keptClaim(link) === id) keepClaim(link, null)
  keepAdded(
    link,
    keptAdded(link).filter(({ claim }) => claim !== id),
  )
}
