/** One run of the command: opens the node, meets the others, and leaves. If something fails outside of this program, a sentence says so. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../core/bytes.ts'
import { isLoopback } from '../core/loopback.ts'
import { openRelaySocket } from '../net/relay-socket.ts'
import { formatLink, linkOf } from '../node/link.ts'
import { createNode } from '../node/node.ts'
import { quickenHashing } from '../node/sha256.ts'
import { StoreError } from '../store/store.ts'
import type { Options } from './args.ts'
import { FolderHeld } from './folder-lock.ts'
import { generateKeptKey } from './identity-file.ts'
import { keepRelay, keptRelay, openKept, Stop } from './kept-nodes.ts'
import { type Session, startSession, type Terminal } from './session.ts'
import { socketClass } from './socket.ts'
import { startLine, words } from './words.ts'

/** Where `npm start` serves. */
const USUAL_RELAY = 'http://localhost:8229'

/** Resolves when the node has left, to the command's exit code: 0, or 1 when something did not succeed. */
export async function run(options: Options, terminal: Terminal): Promise<number> {
  try {
    return (await live(options, terminal)) ? 0 : 1
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === null) throw error
    terminal.complain(sentence)
    return 1
  }
}

async function live(options: Options, terminal: Terminal): Promise<boolean> {
  await quickenHashing()
  const { opened, openStore, folderOf } = await openKept(options, options.folder ?? join(homedir(), '.tabweave'))
  const kept = keptRelay(folderOf(toHex(opened.identity.author)))
  const isUnknown = options.relay === null && kept === 'damaged'
  if (isUnknown) terminal.complain(words.relayDamaged(USUAL_RELAY))
  const wanted = options.relay ?? (kept === 'damaged' ? null : kept) ?? USUAL_RELAY
  const relay = wanted === 'none' ? null : wanted
  const link = formatLink(linkOf(opened.identity))
  let trouble = ''
  let session: Session | null = null
  let early: readonly [unknown] | null = null

  const node = await createNode({
    opened,
    openStore,
    mint: generateKeptKey,
    ways: (room) =>
      relay === null
        ? []
        : [{ path: 'relay', open: openRelaySocket({ address: relay, room, socketClass: socketClass((why) => (trouble = why)) }) }],
    onChange: () => session?.changed(),
    onBroken: (error) => {
      early ??= [error]
      session?.broken(error)
    },
  }).catch((error: unknown) => {
    opened.store.close()
    throw error
  })
  // A node whose files are damaged continues as another author, in another folder.
  const folder = folderOf(node.author)
  // What is left of the damaged file may still help a person.
  if (relay !== null && !isUnknown) keepRelay(folder, relay)
  const say = options.mode === 'digest' ? () => {} : terminal.print
  const isFounded = options.room.type === 'found'
  const does = isFounded ? 'created' : opened.resumed ? 'is back in' : 'joins'
  say(startLine(node.author, options.isNamed ? options.name : '', does, toHex(opened.identity.genesis), folder))
  if (isFounded) {
    say(`* link: ${relay === null ? '' : `${relay.replace(/^ws/, 'http')}/`}#${link}`)
    if (relay !== null && isLoopback(new URL(relay).hostname)) say(words.onlyHere)
  }
  if (relay === null) say(words.alone)
  if (options.writesNow) node.writeNow()
  if (options.isNamed) node.present(options.name, false)
  session = startSession({ node, terminal, mode: options.mode, wait: options.wait, relay, relayTrouble: () => trouble })
  if (early !== null) session.broken(early[0])
  try {
    return await session.ended
  } finally {
    // Says good-bye, then closes.
    await node.setOffline(true)
    await node.close()
  }
}

/** The sentence for a person, or null for a bug of ours. */
export function sentenceOf(error: unknown): string | null {
  if (error instanceof Stop) return error.message
  if (error instanceof FolderHeld) return words.held(error.folder, error.pid)
  if (!(error instanceof StoreError)) return null
  const { cause } = error
  return error.failure === 'closed' && cause === undefined
    ? words.gone
    : words.unusable(cause instanceof Error ? cause.message : error.failure)
}
