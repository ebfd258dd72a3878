/** What a page does when it opens, decided from its address and how it was opened. Pure; tried in `start-up.test.ts`. */

import { withoutEndSlashes } from '../../core/end-slashes.ts'
import { isLoopback } from '../../core/loopback.ts'
import { findLink } from '../../core/room-link.ts'
import type { IceServer } from '../../worker/api.ts'

/** A fresh room, a room to join, the place that checks evidence, or the Start place: also for an address with something else in it. */
export type StartUp = { readonly type: 'fresh' | 'check' | 'ask' | 'mistyped' } | { readonly type: 'join'; readonly link: string }

/** Wait for the lock of a node that is reloading: the old page may take a moment to let go (ms). */
const RELOAD_PATIENCE = 3_000

/** Wait for the lock of what may be a duplicated tab, which never lets go (ms). */
const OPEN_PATIENCE = 400

/** @param hash `location.hash`, with or without its "#". */
export function decideStartUp(hash: string): StartUp {
  const fragment = hash.replace(/^#/, '')
  if (fragment === '') return { type: 'ask' }
  if (fragment === 'check') return { type: 'check' }
  if (fragment === 'new') return { type: 'fresh' }
  // A messenger may have put something around it.
  const found = findLink(fragment)
  return found === null ? { type: 'mistyped' } : { type: 'join', link: found.fragment }
}

/** Another address than this page's, where a link was made: its relay may be another one. */
export interface Elsewhere {
  /** As people read it: without "https://". */
  readonly place: string
  /** The link there. */
  readonly href: string
  /** It is an address of the device that opens it. */
  readonly isLoopback: boolean
}

/**
 * Where a link was made, if that is not the folder of this page; null if it is, or the link does not say. @param found as `findLink` gives it
 * @param page this page's own address
 */
export function elsewhereOf(
  { fragment, address }: { readonly fragment: string; readonly address: string },
  page: string,
): Elsewhere | null {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return null
  const [there, here] = [folderOf(address), folderOf(page)]
  if (there.href === here.href) return null
  const { host, hostname, pathname } = there
  return { place: host + withoutEndSlashes(pathname), href: roomAddress(address, fragment), isLoopback: isLoopback(hostname) }
}

/** The folder of a page, where its own relay is. */
const folderOf = (page: string): URL => new URL('.', page)

/** How long to wait for the claimed node's lock (ms). @param navigation type of the performance navigation entry. */
export const patienceOf = (navigation: string | undefined): number => (navigation === 'reload' ? RELOAD_PATIENCE : OPEN_PATIENCE)

/**
 * The address of the relay, or null for none. @param setting content of `<meta name="tabweave-relay">`: "same-origin" is a relay in the page's own
 * folder. @param page this page's own address
 */
export function relayOf(setting: string, page: string): string | null {
  const wanted = setting.trim()
  if (wanted === 'none' || wanted === '') return null
  if (wanted !== 'same-origin') return withoutEndSlashes(wanted)
  return withoutEndSlashes(folderOf(page).href.replace(/^http/, 'ws'))
}

/** Servers that help direct connections, at most: each is asked anew for every connection. */
export const MAX_SERVERS = 8

/** Servers; or the first line that names none, or one more than are asked. */
type ServersRead =
  | { readonly ok: true; readonly value: readonly IceServer[] }
  | { readonly ok: false; readonly line: string; readonly isOneTooMany: boolean }

/**
 * The servers that a text names, one a line, or apart by commas: an address, and for TURN a user and a password (RFC 7064, RFC 7065).
 * `takes` says what the browser thinks of an address.
 */
export function readServers(text: string, takes: (server: IceServer) => boolean = () => true): ServersRead {
  const servers: IceServer[] = []
  for (const line of text.split(/[\n,]/).map((each) => each.trim())) {
    if (line === '') continue
    const [urls = '', username, credential, more] = line.split(/\s+/)
    const isTurn = /^turns?:/.test(urls)
    const fits =
      /^(stuns?|turns?):[^\s/]+$/.test(urls) && more === undefined && (isTurn ? credential !== undefined : username === undefined)
    const server = isTurn ? { urls, username: username!, credential: credential! } : { urls }
    const isOneTooMany = servers.length === MAX_SERVERS
    if (!fits || isOneTooMany || !takes(server)) return { ok: false, line, isOneTooMany }
    servers.push(server)
  }
  return { ok: true, value: servers }
}

/** The servers to use: a person's own if there are any that can be read, else the host's. Both as `readServers` reads them. */
export function serversOf(own: string, ofHost: string): readonly IceServer[] {
  for (const text of [own, ofHost]) {
    const servers = readServers(text)
    if (servers.ok && servers.value.length > 0) return servers.value
  }
  return []
}

/** The address of a room, to be opened on another device. @param page this page's own address */
export const roomAddress = (page: string, link: string): string => `${page.split('#', 1)[0]!}#${link}`

/** The host of an address that works on this device only; null for an address that works on others too. */
export function onlyHere(address: string): string | null {
  const { hostname } = new URL(address)
  return isLoopback(hostname) ? hostname : null
}

/** The same with an invitation behind it. */
export const invitationLink = (page: string, link: string, invitation: string): string => `${roomAddress(page, link)}.${invitation}`
