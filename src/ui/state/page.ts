/**
 * The page: which nodes run in it, which one is looked at, which place is open. The first node is the tab's own; the others
 * were added by "Add a node here" and are as real: own worker, own key, own store.
 */
import { fromHex } from '../../core/bytes.ts'
import { greatestOf } from '../../core/lists.ts'
import { authorLook } from '../../graph/author-look.ts'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Forgotten, Hex, KeptNode, Replies } from '../../worker/api.ts'
import { createNodeClient } from '../../worker/client.ts'
import { messages } from '../messages.ts'
import { forgetKept, forgetRoom, keepAdded, keepClaim, keptAdded, keptClaim } from './kept.ts'
import { forgetName } from './kept-names.ts'
import type { Opened } from './node-state.ts'
import { createPageNode, type PageNode } from './page-node.ts'
import { serversOf } from './start-up.ts'

/** What opens beside the console; null: the first screen alone. */
export const PLACES = ['share', 'peers', 'node', 'rooms', 'help'] as const
export type Place = (typeof PLACES)[number]

/** A part of a place that was asked for by itself: of "node", and of "rooms" the nodes of the open room. */
export type Part = 'refused' | 'pending' | 'nodes'

/** "Link copied". `at` tells two equal ones apart. `others`: it is about which node this is, and offers the other ones. */
export interface Notice {
  readonly text: string
  readonly at: number
  readonly others: boolean
}

export interface PageState {
  /** Empty until a room is opened. */
  readonly nodes: readonly PageNode[]
  /** Slot of the selected node: the one whose graph and places are shown, and whose console is the one where there is room for one only. */
  readonly focus: number
  readonly place: Place | null
  /** The part of the place that was asked for, a new object each time; null: its beginning. */
  readonly part: { readonly name: Part } | null
  /** Something to say for a moment. */
  readonly notice: Notice | null
  /** The invitation of another device with which this page was opened; null when it is taken. */
  readonly invitation: string | null
}

/** The selected node; the tab's own where the slot is that of no node. Undefined until a room is opened. */
export const selectedOf = ({ nodes, focus }: PageState): PageNode | undefined => nodes.find(({ slot }) => slot === focus) ?? nodes[0]

export interface Page {
  readonly store: StoreApi<PageState>
  /**
   * Opens a room as this tab's own node: the link's, or a fresh one of that name. `link` is null for
   * a fresh room. `otherwise` is said when the tab is a new node beside others that are kept here.
   */
  open(link: string | null, roomName: string, otherwise?: string): void
  /** Starts one more node of the same room in this page. */
  addNode(): void
  /** Stops an added node; what it stored stays in this browser. */
  removeNode(slot: number): void
  /** Selects a node. */
  focus(slot: number): void
  show(place: Place | null, part?: Part): void
  /** The invitation that this page was opened with, once. */
  takeInvitation(): string | null
  say(text: string): void
  /** The nodes this browser has kept. */
  rooms(): ReturnType<PageNode['rooms']>
  /** What the disks of nodes hold, which need not run, in their order; null for what cannot be read. */
  describeStored(nodes: readonly Hex[]): ReturnType<PageNode['describeStored']>
  /** Deletes kept nodes of a room that do not run, with their keys and what was typed at them. Gives what became of each, in order. */
  forget(nodes: readonly KeptNode[]): Promise<readonly Forgotten[]>
  /** What the disks of nodes of one room hold, read by a worker of its own: a node's own may be stuck. Null if nothing could be read. */
  exportStored(nodes: readonly Hex[]): Promise<Replies['exportStored']>
}

export interface PageSetting {
  startNodeWorker(slot: number): Worker
  readonly relay: string | null
  /** Servers that the page's host names to help direct connections, as text. */
  readonly hostServers: string
  /** How long to wait for a claimed node's lock (ms). */
  readonly patience: number
}

export function createPage({ startNodeWorker, relay, hostServers, patience }: PageSetting): Page {
  const servers = serversOf('', hostServers)
  const store = createStore<PageState>(() => ({ nodes: [], focus: 0, place: null, part: null, notice: null, invitation: null }))
  /** The worker that answers the Start place becomes the tab's own node when a room is chosen. */
  let own: PageNode | null = null
  const ownNode = (): PageNode => (own ??= createPageNode(startNodeWorker(0), 0, hostServers))

  const keepAddedNodes = (): void => {
    const link = ownNode().store.getState().opened?.link
    if (link === undefined) return
    const added = store.getState().nodes.slice(1)
    keepAdded(
      link,
      added.flatMap(({ slot, store: node }) => (node.getState().opened === null ? [] : [{ slot, claim: node.getState().opened!.node }])),
    )
  }

  const add = (slot: number, claim: string | null): void => {
    const link = ownNode().store.getState().opened?.link
    if (link === undefined) return
    const node = createPageNode(startNodeWorker(slot), slot, hostServers)
    const unsubscribe = node.store.subscribe(({ opened }) => {
      if (opened === null) return
      unsubscribe()
      keepAddedNodes()
      if (opened.resumed && opened.node !== claim) void sayBack(opened, slot)
    })
    store.setState(({ nodes }) => ({ nodes: [...nodes, node] }))
    node.start({ link, roomName: '', claim, added: true, patience: claim === null ? 0 : patience, relay, servers })
  }

  const say = (text: string, others = false): void => store.setState({ notice: { text, at: Date.now(), others } })

  /** Nobody chose this node: it was the one that was free. */
  const sayBack = async ({ link, node }: Opened, slot: number): Promise<void> => {
    const kept = await ownNode().rooms()
    const others = kept.some((each) => each.link === link && each.id !== node && !each.runs)
    const { name } = authorLook(fromHex(node)!)
    say(slot === 0 ? messages.opening.back(name, others) : messages.opening.addedBack(name), others)
  }

  return {
    store,
    open: (link, roomName, otherwise) => {
      const node = ownNode()
      const invitation = link?.split('.')[1] ?? null
      const claim = link === null ? null : keptClaim(link)
      const unsubscribe = node.store.subscribe(({ opened }) => {
        if (opened === null) return
        unsubscribe()
        keepClaim(opened.link, opened.node)
        // From the start page it is a step on, which Back takes back. An address that made a room must not make another one.
        if (location.hash === '') history.pushState(null, '', `#${opened.link}`)
        else history.replaceState(null, '', `#${opened.link}`)
        // A duplicated tab is not what those nodes were part of.
        if (opened.node !== claim) keepAdded(opened.link, [])
        const said = opened.isFirstHere ? messages.opening.isFirstHere : otherwise
        if (link !== null && !opened.resumed && said !== undefined) say(said)
        // A tab that is the node that it was, or that a person picked, need not be told.
        if (opened.resumed && opened.node !== claim) void sayBack(opened, 0)
        for (const { slot, claim } of keptAdded(opened.link)) add(slot, claim)
        if (invitation !== null) store.setState({ invitation, place: 'peers' })
      })
      store.setState({ nodes: [node], place: null })
      node.start({ link, roomName, claim, added: false, patience, relay, servers })
    },
    addNode: () => {
      const slot = greatestOf(store.getState().nodes.map((node) => node.slot)) + 1
      add(slot, null)
      // Its console may be out of sight: what has the focus is scrolled to.
      store.setState({ focus: slot })
    },
    removeNode: (slot) => {
      const node = store.getState().nodes.find((one) => one.slot === slot)
      if (node === undefined || slot === 0) return
      node.close()
      store.setState(({ nodes, focus }) => ({ nodes: nodes.filter((one) => one !== node), focus: focus === slot ? 0 : focus }))
      keepAddedNodes()
    },
    focus: (focus) => store.setState({ focus }),
    show: (place, part) => store.setState({ place, part: part === undefined ? null : { name: part } }),
    takeInvitation: () => {
      const { invitation } = store.getState()
      store.setState({ invitation: null })
      return invitation
    },
    say: (text) => say(text),
    rooms: () => ownNode().rooms(),
    describeStored: (nodes) => ownNode().describeStored(nodes),
    forget: async (nodes) => {
      const outcomes = await Promise.all(nodes.map(({ id }) => ownNode().forget(id)))
      nodes.forEach((node, i) => {
        if (outcomes[i] !== 'forgotten') return
        forgetKept(node)
        forgetName({ linkId: node.linkId, node: node.id })
      })
      const left = new Set((await ownNode().rooms()).map(({ linkId }) => linkId))
      for (const { linkId } of nodes) if (!left.has(linkId)) forgetRoom(linkId)
      return outcomes
    },
    exportStored: async (nodes) => {
      let failed: (nothing: null) => void = () => {}
      const failing = new Promise<null>((resolve) => (failed = resolve))
      const client = createNodeClient(startNodeWorker(0), () => failed(null))
      const stored = await Promise.race([failing, client.ask({ type: 'exportStored', nodes })])
      client.close()
      return stored
    },
  }
}
