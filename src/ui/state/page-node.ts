/**
 * One node as the page knows it: what can be asked of it, and what its worker says, which goes into the store. Nothing here decides
 * anything about the room; the worker does.
 */
import type { StoreApi } from 'zustand/vanilla'
import { createConnections } from '../../net/webrtc/connections.ts'
import type { Hex, PathStatus, Replies, SubmitReply, ToNode } from '../../worker/api.ts'
import { createNodeClient } from '../../worker/client.ts'
import { END_ENTRIES, WINDOW_ENTRIES } from '../console/history-window.ts'
import { addLate, lookAtLate } from '../console/late.ts'
import { afterDrawing } from './after-drawing.ts'
import { keepOffline, keptOffline } from './kept.ts'
import { moveTyped } from './kept-typed.ts'
import { createNodeStore, type Found, type NodeState } from './node-state.ts'
import { createPersonal } from './personal.ts'
import { createUnsentTexts } from './unsent-texts.ts'

export interface PageNode {
  /** 0 for the tab's own node; nodes that were added have the numbers after it. */
  readonly slot: number
  readonly store: StoreApi<NodeState>
  start(how: Omit<Extract<ToNode, { readonly type: 'start' }>, 'type' | 'offline'>): void
  /** Resolves once the text is stored here or refused; until then it is among the unsent. */
  submit(text: string): Promise<SubmitReply>
  /** Forgets an unsent text (it was put back into the composer, or thrown away by a person). */
  dropUnsent(key: number): void
  /**
   * The name that others see while this node is here, and that it is typing (which ends by itself). A name kept from another room is offered,
   * and told from the first message on that is written here, unless another node of this browser has a name in this room, or once it is said here.
   */
  readonly ownName: () => string
  sayName(name: string): void
  /** Others see no name of this node. What was offered is kept for other rooms. */
  declineName(): void
  /** Keeps servers, as typed, and uses them for this node's next connections. */
  useServers(typed: string): void
  sayTyping(typing: boolean): void
  setOffline(on: boolean): void
  setPaused(on: boolean): void
  /** Writes although own ops may be lost here and held by others. */
  writeNow(): void
  /** Cuts or heals a path, and hinders it. */
  setPath(path: PathStatus['path'], cut: boolean, hindrance: PathStatus['hindrance']): void
  /** Measures round trips. Call it again and again while a person looks at the peers. */
  measure(): void
  wake(): void
  /** Tells others that this node is going. */
  leave(): void
  /** Asks for another part of the history; `null` follows its end. */
  showFrom(from: number | null, count?: number): void
  /** People see the history: which late entries are in sight. */
  lookAtLate(isInSight: (id: Hex) => boolean): void
  select(id: Hex | null): void
  /** Selects an entry that a search found. */
  showFound(id: Hex, found: Found): void
  /** Back to the newest: clears the selection and follows the end. */
  goLive(): void
  connectGraph(port: MessagePort): void
  rooms(): Promise<Replies['rooms']>
  forget(id: Hex): Promise<Replies['forget']>
  describeStored(nodes: readonly Hex[]): Promise<Replies['describeStored']>
  inspect(id: Hex): Promise<Replies['inspect']>
  pending(): Promise<Replies['pending']>
  /** All of an entry's text, of which the history has the beginning. */
  wholeText(id: Hex): Promise<Replies['text']>
  /** The newest entries that have `text`, at most `limit`. */
  search(text: string, limit: number): Promise<Replies['search']>
  wholeHistory(): Promise<Replies['history']>
  exportRoom(): Promise<Replies['export']>
  importRoom(bytes: Uint8Array): Promise<Replies['import']>
  equivocations(from: number, count: number): Promise<Replies['equivocations']>
  /** Evidence as files: of all equivocations (null), or of those that an op is in. */
  evidence(id: Hex | null): Promise<Replies['evidence']>
  /** Meeting without a relay: an invitation, and what is made of one, or of an answer, that was pasted. */
  invite(): Promise<Replies['invite']>
  meet(text: string): Promise<Replies['meet']>
  close(): void
}

/** Takes over the worker: its maker no longer listens to it. `hostServers`: those that the page's host names, as text. */
export function createPageNode(worker: Worker, slot: number, hostServers = ''): PageNode {
  const store = createNodeStore()
  let isFounded = false

  const setOffline = (node: Hex | null, on: boolean): void => {
    if (node !== null) keepOffline(node, on)
    client.tell({ type: 'offline', on })
  }

  const client = createNodeClient(worker, (message) => {
    switch (message.type) {
      case 'opening':
        return store.setState({ claim: message.node })
      case 'opened': {
        const isFirst = store.getState().opened === null
        const { linkId, replaces } = message
        // Before it is shown where one types.
        if (isFirst && replaces !== null) {
          moveTyped({ linkId, node: replaces }, message.node)
          if (keptOffline().includes(replaces)) setOffline(message.node, true)
        }
        store.setState({ opened: message, failure: null })
        if (isFirst) unsent.onOpened(message)
        // Who created the room has acted in it. That tells no name: nobody has been asked for one.
        return isFounded ? personal.acted('created') : personal.tell()
      }
      case 'status':
        unsent.onStatus(message.status)
        return store.setState({ status: message.status, statusAt: Date.now() })
      case 'history': {
        const { total, from, entries } = message
        return store.setState({ history: { total, from, entries } })
      }
      case 'late':
        return store.setState(({ late, lateCount }) => ({ late: addLate(late, message.entries), lateCount: lateCount + message.count }))
      case 'names':
        return store.setState({ names: new Map(message.names) })
      case 'refused':
        return store.setState({ refused: { entries: message.entries, count: message.count } })
      case 'picture':
        return afterDrawing(() => client.tell({ type: 'drawn', nth: message.nth }))
      case 'direct':
        return connections(message.command)
      case 'failed':
        store.setState({ failure: message.failure })
        return unsent.onFailed()
    }
  })

  const connections = createConnections((event, transfer) => client.tell({ type: 'direct', event }, transfer))

  const personal = createPersonal(store, client, hostServers)
  const unsent = createUnsentTexts(
    store,
    (text) => client.ask({ type: 'submit', text }),
    () => personal.acted('wrote'),
  )

  return {
    slot,
    store,
    start: (how) => {
      store.setState({ claim: how.claim })
      client.tell({ type: 'start', ...how, offline: keptOffline() })
      client.tell({ type: 'window', from: null, count: END_ENTRIES })
      isFounded = how.link === null
    },
    submit: unsent.submit,
    dropUnsent: unsent.drop,
    ownName: personal.ownName,
    sayName: personal.sayName,
    declineName: personal.declineName,
    useServers: personal.useServers,
    sayTyping: personal.sayTyping,
    setOffline: (on) => setOffline(store.getState().opened?.node ?? null, on),
    writeNow: () => client.tell({ type: 'writeNow' }),
    setPaused: (on) => client.tell({ type: 'pause', on }),
    setPath: (path, cut, hindrance) => client.tell({ type: 'path', path, cut, ...hindrance }),
    measure: () => client.tell({ type: 'measure' }),
    wake: () => client.tell({ type: 'wake' }),
    leave: () => client.tell({ type: 'leave' }),
    showFrom: (from, count = WINDOW_ENTRIES) => client.tell({ type: 'window', from, count }),
    lookAtLate: (isInSight) => store.setState(({ late }) => ({ late: lookAtLate(late, isInSight) })),
    select: (selected) => store.setState({ selected, found: null }),
    showFound: (selected, found) => store.setState({ selected, found }),
    goLive: () => store.setState(({ live }) => ({ selected: null, found: null, live: live + 1 })),
    connectGraph: (port) => client.tell({ type: 'graph', port }, [port]),
    rooms: () => client.ask({ type: 'rooms' }),
    forget: (node) => client.ask({ type: 'forget', node }),
    describeStored: (nodes) => client.ask({ type: 'describeStored', nodes }),
    inspect: (id) => client.ask({ type: 'inspect', id }),
    pending: () => client.ask({ type: 'pending' }),
    wholeText: (id) => client.ask({ type: 'text', id }),
    search: (text, limit) => client.ask({ type: 'search', text, limit }),
    wholeHistory: () => client.ask({ type: 'history' }),
    exportRoom: () => client.ask({ type: 'export' }),
    importRoom: (bytes) => client.ask({ type: 'import', bytes }),
    equivocations: (from, count) => client.ask({ type: 'equivocations', from, count }),
    evidence: (id) => client.ask({ type: 'evidence', id }),
    invite: () => {
      personal.acted('used servers')
      return client.ask({ type: 'invite' })
    },
    meet: (text) => client.ask({ type: 'meet', text }),
    close: () => {
      personal.close()
      client.close()
    },
  }
}
