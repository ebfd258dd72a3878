/** What the page knows of one node: what its worker said last, and what a person has selected. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FromNode, Hex, NodeFailure, NodeStatus, RefusedEntry, ShownEntry, SubmitReply } from '../../worker/api.ts'
import type { LateEntries } from '../console/late.ts'

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

export const createNodeStore = (): StoreApi<NodeState> =>
  createStore<NodeState>(() => ({
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
