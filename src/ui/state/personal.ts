/**
 * What a node says of its owner to others: its name, whether they type, and the servers that they chose. In a room in which the owner has not acted
 * yet, nothing of that is told.
 */
import type { StoreApi } from 'zustand/vanilla'
import type { NodeClient } from '../../worker/client.ts'
import { allowServers, keepServers, keptServers, mayUseServers } from './kept.ts'
import { chooseName, declineName, nameOf, takeKeptName, watchNames } from './kept-names.ts'
import type { NodeState } from './node-state.ts'
import { serversOf } from './start-up.ts'

/** Without another key, typing is over (ms). */
const TYPING_LASTS = 4_000

export interface Personal {
  readonly ownName: () => string
  sayName(name: string): void
  declineName(): void
  useServers(typed: string): void
  sayTyping(typing: boolean): void
  /** Tells what this room may know by now. */
  tell(): void
  /** The owner acted in this room: created it, used their servers, or wrote, which tells the name that they were offered too. */
  acted(how: 'created' | 'wrote' | 'used servers'): void
  close(): void
}

/** @param hostServers those that the page's host names, as text */
export function createPersonal(store: StoreApi<NodeState>, client: NodeClient, hostServers: string): Personal {
  let said = { name: '', typing: false }
  let pause: ReturnType<typeof setTimeout> | undefined
  const say = (next: Partial<typeof said>): void => {
    said = { ...said, ...next }
    const { name, typing } = said
    client.tell({ type: 'present', name: store.getState().allowed.name ? name : '', typing })
  }
  const tellPersonal = (): void => {
    const { opened, allowed: before } = store.getState()
    if (opened === null) return
    const { name, isTold } = nameOf(opened)
    said = { ...said, name }
    const allowed = { name: isTold, servers: mayUseServers(opened.linkId) }
    store.setState({ allowed, offeredName: isTold ? '' : name })
    if (allowed.name && !before.name && name !== '') say({})
    if (allowed.servers && !before.servers && keptServers() !== '') tellServers()
  }
  const tellServers = (): void => client.tell({ type: 'servers', servers: serversOf(keptServers(), hostServers) })
  const acted: Personal['acted'] = (how) => {
    const { opened } = store.getState()
    if (opened === null) return
    if (how === 'wrote') takeKeptName(opened)
    allowServers(opened.linkId)
    tellPersonal()
  }

  const unwatch = watchNames(tellPersonal)

  return {
    ownName: () => said.name,
    sayName: (name) => {
      const { opened } = store.getState()
      if (opened === null) return
      client.tell({ type: 'typed' })
      chooseName(opened, name)
      tellPersonal()
      say({})
    },
    declineName: () => {
      const { opened } = store.getState()
      if (opened === null) return
      declineName(opened)
      say({})
    },
    useServers: (typed) => {
      keepServers(typed)
      acted('used servers')
      tellServers()
    },
    sayTyping: (typing) => {
      clearTimeout(pause)
      if (typing) client.tell({ type: 'typed' })
      if (typing !== said.typing) say({ typing })
      if (typing) pause = setTimeout(() => say({ typing: false }), TYPING_LASTS)
    },
    tell: tellPersonal,
    acted,
    close: unwatch,
  }
}
