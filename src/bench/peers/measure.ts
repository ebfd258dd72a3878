/** Peers beside ours in one row: those that could do the same, and why the others could not. */
import type { Shared } from '../sync-first-contact.ts'
import type { HashedOp } from '../sync-room.ts'
import { automerge } from './automerge.ts'
import type { Exchange, ExchangeAll, PeerProtocol } from './exchange.ts'
import { negentropy } from './negentropy.ts'
import { riblt } from './riblt-exchange.ts'
import { yjs } from './yjs.ts'

export interface Prepared {
  readonly name: string
  /** Or why it cannot. */
  readonly exchange: ExchangeAll | string
}

/** All peers, with this history taken in. */
export function preparePeers(folder: string, shared: Shared, say: (line: string) => void): Prepared[] {
  const makers: Readonly<Record<string, () => PeerProtocol>> = {
    automerge: () => automerge(folder),
    yjs: () => yjs(folder),
    negentropy: () => negentropy(folder, true),
    'negentropy, by ids alone': () => negentropy(folder, false),
    'riblt (our implementation)': () => riblt,
  }
  return Object.entries(makers).map(([name, make]) => {
    say(`sync: ${name} takes in the history`)
    try {
      return { name, exchange: make().prepare(shared) }
    } catch (error) {
      return { name, exchange: sentenceOf(error) }
    }
  })
}

/** What each peer says of these differences; a peer's refusal is a sentence. */
export function exchangeWith(peers: readonly Prepared[], differences: readonly (readonly HashedOp[])[]): Map<string, Exchange | string> {
  const said = new Map<string, Exchange | string>()
  for (const { name, exchange } of peers) {
    try {
      said.set(name, typeof exchange === 'string' ? exchange : exchange(differences))
    } catch (error) {
      said.set(name, sentenceOf(error))
    }
  }
  return said
}

export const sentenceOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/([0-9a-f]{8})[0-9a-f]{24,}/g, '$1…')
