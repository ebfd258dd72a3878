/**
 * Which node this terminal is. Nodes are kept in folders side by side. A folder is named after the name that its owner gave the node, and
 * after its author. Each node is in one room, since its key is deleted together with its ops.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { equalBytes, toHex } from '../core/bytes.ts'
import type { RoomLink } from '../node/link.ts'
import { foundRoom, joinRoom, type OpenedNode, type OpenStore } from '../node/open-node.ts'
import type { Identity } from '../store/store.ts'
import { type Options, relayAddress } from './args.ts'
import { checkedFields, withChecksum } from './fields-file.ts'
import { openFileStore } from './file-store.ts'
import { generateKeptKey, readIdentity } from './identity-file.ts'
import { identityPath } from './mark-file.ts'
import { named, readWhole, writeWhole } from './record-file.ts'

/** Ends the command. Its text is a sentence that says what to do. */
export class Stop extends Error {}

interface Kept {
  readonly folder: string
  readonly identity: Identity
}

export interface OpenedTerminal {
  readonly opened: OpenedNode
  readonly openStore: OpenStore
  /** Where the node of this author (hex) is kept. */
  readonly folderOf: (author: string) => string
}

/** Characters that a file system may refuse in a name, and invisible ones. Joiners stay, because some scripts need them ("می‌خواهم"). */
const NOT_IN_FOLDERS = /[\p{Cc}\p{Zl}\p{Zp}"%*/:<>?\\|]|(?![ \u200c\u200d])[\p{Cf}\p{Zs}]/gu

/**
 * A node's name as the first part of its folder's name: different names give different ones. At most 200 bytes for 40 characters: systems take 255.
 * Beyond U+FFFF nothing is replaced, so that this holds.
 */
const folderNameOf = (name: string): string =>
  name.replace(NOT_IN_FOLDERS, (char) => (char.length > 1 ? char : `%${char.charCodeAt(0).toString(16).padStart(4, '0')}`))

/**
 * The node of this name that the room had here, or a new one; the latest where there are several.
 * @throws Stop; FolderHeld where it runs; StoreError
 */
export async function openKept({ room, name, isNamed }: Options, base: string): Promise<OpenedTerminal> {
  const folderOf = (author: string): string => join(base, `${folderNameOf(name)}-${author.slice(0, 16)}`)
  const openStore: OpenStore = async (id) => openFileStore(folderOf(id))
  return { opened: await open(), openStore, folderOf }

  async function open(): Promise<OpenedNode> {
    if (room.type === 'found') return foundRoom(openStore, room.name, generateKeptKey)
    const kept = await keptIn(base, name)
    const found = room.type === 'join' ? inRoom(kept, room.link) : theOnly(kept)
    if (found !== undefined) return resume(found)
    if (room.type === 'join') return joinRoom(openStore, room.link, generateKeptKey)
    throw new Stop(`${noneKept(name, isNamed, base)}: give the link of a room to join, or create one with --new.`)
  }
}

const noneKept = (name: string, isNamed: boolean, base: string): string =>
  `No node ${isNamed ? `called “${name}”` : 'without a --name'} is kept in ${base}`

async function resume({ folder }: Kept): Promise<OpenedNode> {
  const store = openFileStore(folder)
  const identity = await store.identity()
  if (identity === null) throw new Stop(`${folder} was deleted a moment ago: run this again.`)
  return { identity, store, resumed: true, salvaged: false }
}

/**
 * The folder of the node of this name that the room has here. The node is not opened. Its identity may be damaged, if no other node can
 * be meant. @throws Stop where there is none, or several may be meant; StoreError
 */
export async function folderOfKept({ room, name, isNamed }: Pick<Options, 'room' | 'name' | 'isNamed'>, base: string): Promise<string> {
  const { kept, damaged } = await lookIn(base, name)
  const found = room.type === 'join' ? inRoom(kept, room.link) : theOnly(kept)
  if (found !== undefined) return found.folder
  if (damaged.length === 1 && (room.type === 'join' || kept.length === 0)) return damaged[0]!
  throw new Stop(
    damaged.length === 0
      ? `${noneKept(name, isNamed, base)} for this room.`
      : `${damaged.join(' and ')} may be of this room, and their identities are damaged. Move all of them away but the one that you want to export.`,
  )
}

/** Latest first. @throws Stop where one cannot be read */
async function keptIn(base: string, name: string): Promise<Kept[]> {
  const { kept, damaged } = await lookIn(base, name)
  const [folder] = damaged
  if (folder === undefined) return kept
  throw new Stop(
    `${identityPath(folder)} is damaged, and nobody but that node had its key. Move ${folder} away to join its room as a new node; ` +
      '--export FILE writes what it holds.',
  )
}

/** The nodes of this name, latest first, and the folders of those whose identity cannot be read. */
async function lookIn(base: string, name: string): Promise<{ readonly kept: Kept[]; readonly damaged: string[] }> {
  const names = named(() => (fs.existsSync(base) ? fs.readdirSync(base) : []))
  const beginning = folderNameOf(name)
  const kept: Kept[] = []
  const damaged: string[] = []
  for (const each of names) {
    // Some file systems give names back in another normal form.
    const own = each.normalize('NFC')
    if (!own.startsWith(`${beginning}-`) || !/^-[0-9a-f]{16}$/.test(own.slice(beginning.length))) continue
    const folder = join(base, each)
    const identity = await readIdentity(identityPath(folder))
    if (identity === 'damaged') damaged.push(folder)
    else if (identity !== null) kept.push({ folder, identity })
  }
  return { kept: kept.sort((a, b) => b.identity.createdAt - a.identity.createdAt), damaged }
}

function inRoom(kept: readonly Kept[], { genesis, secret }: RoomLink): Kept | undefined {
  const here = kept.filter(({ identity }) => equalBytes(identity.genesis, genesis))
  const found = here.find(({ identity }) => equalBytes(identity.secret, secret))
  if (found === undefined && here.length > 0)
    throw new Stop(
      `This link has another secret than the link by which the node in ${here[0]!.folder} joined the room. Ask for the link again, or choose another --name.`,
    )
  return found
}

function theOnly(kept: readonly Kept[]): Kept | undefined {
  const rooms = new Set(kept.map(({ identity }) => toHex(identity.genesis)))
  if (rooms.size > 1) throw new Stop(`Nodes of ${rooms.size} rooms are kept under this name: give the link of the room that you mean.`)
  return kept[0]
}

const relayPath = (folder: string): string => join(folder, 'relay')

/** The relay by which a node met others when it ran last; null if none is kept, "damaged" if its file is. @throws StoreError */
export function keptRelay(folder: string): string | 'damaged' | null {
  const file = readWhole(relayPath(folder))
  if (file === null) return null
  const [address] = checkedFields(file) ?? []
  return (typeof address === 'string' ? relayAddress(address) : null) ?? 'damaged'
}

/** @throws StoreError */
export const keepRelay = (folder: string, address: string): void => writeWhole(relayPath(folder), withChecksum([address]), false)
