/**
 * One node as the page knows it: what its worker last said, as a store, and what can be asked of it. Nothing here decides
 * anything about the room; the worker does.
 */
import { createConnections } from '../../net/webrtc/connections.ts'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  FromNode,
  Hex,
  PathStatus,
  NodeFailure,
  NodeStatus,
  RefusedEntry,
  Replies,
  ShownEntry,
  SubmitReply,
  ToNode,
} from '../../worker/api.ts'
import { createNodeClient } from '../../worker/client.ts'
import { END_ENTRIES, WINDOW_ENTRIES } from '../console/history-window.ts'
import { addLate, lookAtLate, type LateEntries } from '../console/late.ts'
import { afterDrawing } from './after-drawing.ts'
import { keepOffline, keptOffline, allowServers, keepServers, keptServers, mayUseServers } from './kept.ts'
import { chooseName, declineName, nameOf, takeKeptName, watchNames } from './kept-names.ts'
import { keepUnsent, keptEarly, keptUnsent, moveTyped } from './kept-typed.ts'
import { serversOf } from './start-up.ts'

export type Opened = Extract<FromNode, { readonly type: 'opened' }>
export type RefusedSubmit = Extract<SubmitReply, { readonly refused: unknown }>['refused']

/** A text that is not stored in the room: on its way, refused, or found after a reload with its answer lost. */
export interface Unsent {
  readonly key: number
  readonly text: string
  readonly state: 'sending' | 'refused' | 'unanswered'
  readonly why: RefusedSubmit | null
  /** It was sent while the node had nothing of the room. */
  readonly early: boolean
}

/** What a search found in an entry. */
export interface Found {
  /** The words that stand in it: it is opened where they do. "" if they do not. */
  readonly words: string
}

export interface NodeState {
  readonly opened: Opened | null
  /** The node that this one was to be again, whose disk may be here. */
  readonly claim: Hex | null
  readonly failure: NodeFailure | null
  readonly status: NodeStatus | null
  /** When `status` came, ms since 1970: the page's clock goes on from there. */
  readonly statusAt: number
  readonly history: { readonly total: number; readonly from: number; readonly entries: readonly ShownEntry[] }
  /** Entries that arrived late: the newest of them, and how many there were in all. */
  readonly late: LateEntries
  readonly lateCount: number
  /** What authors call themselves, as far as known. */
  readonly names: ReadonlyMap<Hex, string>
  readonly refused: { readonly entries: readonly RefusedEntry[]; readonly count: number }
  readonly selected: Hex | null
  /** How a search led to the selected entry, anew each time; null if it did not. */
  readonly found: Found | null
  /** How often a person asked to follow the newest again. */
  readonly live: number
  /** How often a text was sent here: who writes wants to see it at the end of the history. */
  readonly sent: number
  readonly unsent: readonly Unsent[]
  /** What its owner keeps for all rooms and may be told in this one, since they acted here. */
  readonly allowed: { readonly name: boolean; readonly servers: boolean }
  /** A name kept from another room that nobody here has seen: it is told once its owner says so, or writes. "" for none. */
  readonly offeredName: string
}

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

/** Without another key, typing is over (ms). */
const TYPING_LASTS = 4_000

/** Takes over the worker: its maker no longer listens to it. `hostServers`: those that the page's host names, as text. */
export function createPageNode(worker: Worker, slot: number, hostServers = ''): PageNode {
  let lastKey = 0
  const store = createStore<NodeState>(() => ({
    opened: null,
    claim: null,
    failure: null,
    status: null,
    statusAt: 0,
    history: { total: 0, from: 0, entries: [] },
    late: new Map(),
    lateCount: 0,
    names: new Map(),
    refused: { entries: [], count: 0 },
    selected: null,
    found: null,
    live: 0,
    sent: 0,
    unsent: [],
    allowed: { name: false, servers: false },
    offeredName: '',
  }))

  const setOffline = (node: Hex | null, on: boolean): void => {
    if (node !== null) keepOffline(node, on)
    client.tell({ type: 'offline', on })
  }

  const unsentOf = (text: string, state: Unsent['state'], early: boolean): Unsent => ({ key: ++lastKey, text, state, why: null, early })
  /** Early texts of an earlier run of the node, until it is known whether they can be sent again. */
  let returned: readonly Unsent[] = []
  const setUnsent = (change: (unsent: readonly Unsent[]) => readonly Unsent[]): void => {
    const { opened, unsent: before } = store.getState()
    const unsent = change(before)
    if (opened !== null)
      keepUnsent(
        opened,
        unsent.filter(({ early }) => !early).map(({ text }) => text),
        unsent.filter(({ early }) => early).map(({ text }) => text),
      )
    store.setState({ unsent })
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
        // Those of an earlier run of the node.
        if (isFirst) {
          returned = keptEarly(message).map((text) => unsentOf(text, 'sending', true))
          setUnsent((unsent) => [...keptUnsent(message).map((text) => unsentOf(text, 'unanswered', false)), ...returned, ...unsent])
        }
        // Who created the room has acted in it. That tells no name: nobody has been asked for one.
        return isFounded ? acted('created') : tellPersonal()
      }
      case 'status':
        sendAgain(message.status)
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
        return setUnsent((unsent) => unsent.map((item) => (item.state === 'sending' ? { ...item, state: 'unanswered' } : item)))
    }
  })

  const connections = createConnections((event, transfer) => client.tell({ type: 'direct', event }, transfer))

  /** Asks the worker to sign a text that is among the unsent. */
  const send = async ({ key, text }: Unsent): Promise<SubmitReply> => {
    const reply = await client.ask({ type: 'submit', text })
    if ('refused' in reply)
      setUnsent((unsent) => unsent.map((item) => (item.key === key ? { ...item, state: 'refused', why: reply.refused } : item)))
    else {
      dropUnsent(key)
      acted('wrote')
    }
    return reply
  }
  /**
   * No op is sent before the disk holds it and the room that it is in. So a node that begins with nothing of the room has sent none of its texts,
   * and they are sent now. With anything of the room, they may be signed already, and a person decides.
   */
  const sendAgain = ({ ops, waits }: NodeStatus): void => {
    const items = returned
    returned = []
    if (ops === 0 && waits === null) for (const item of items) void send(item)
    else if (items.length > 0) setUnsent((unsent) => unsent.map((item) => (items.includes(item) ? { ...item, state: 'unanswered' } : item)))
  }

  const dropUnsent = (key: number): void => setUnsent((unsent) => unsent.filter((item) => item.key !== key))

  let said = { name: '', typing: false }
  let isFounded = false
  let pause: ReturnType<typeof setTimeout> | undefined
  const say = (next: Partial<typeof said>): void => {
    said = { ...said, ...next }
    const { name, typing } = said
    client.tell({ type: 'present', name: store.getState().allowed.name ? name : '', typing })
  }
  /** Tells what this room may know by now. */
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
  /** The owner acted in this room: created it, used their servers, or wrote, which tells the name that they were offered too. */
  const acted = (how: 'created' | 'wrote' | 'used servers'): void => {
    const { opened } = store.getState()
    if (opened === null) return
    if (how === 'wrote') takeKeptName(opened)
    allowServers(opened.linkId)
    tellPersonal()
  }

  const unwatch = watchNames(tellPersonal)

  return {
    slot,
    store,
    start: (how) => {
      store.setState({ claim: how.claim })
      client.tell({ type: 'start', ...how, offline: keptOffline() })
      client.tell({ type: 'window', from: null, count: END_ENTRIES })
      isFounded = how.link === null
    },
    submit: (text) => {
      const item = unsentOf(text, 'sending', (store.getState().status?.ops ?? 0) === 0)
      // Asked first: keeping and showing it must not keep the worker waiting.
      const sent = send(item)
      setUnsent((unsent) => [...unsent, item])
      store.setState((state) => ({ sent: state.sent + 1 }))
      return sent
    },
    dropUnsent,
    ownName: () => said.name,
    sayName: (name) => {
      const { opened } = store.getState()
      if (opened === null) return
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
      if (typing !== said.typing) say({ typing })
      if (typing) pause = setTimeout(() => say({ typing: false }), TYPING_LASTS)
    },
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
      acted('used servers')
      return client.ask({ type: 'invite' })
    },
    meet: (text) => client.ask({ type: 'meet', text }),
    close: () => {
      unwatch()
      client.close()
    },
  }
}
