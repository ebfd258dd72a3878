/**
 * Automerge 3: each op of ours is a change of one operation with the same author, parents and text, which appends the text to a
 * list. Its sync protocol runs between two documents that have not met before.
 */
import { toHex } from '../../core/bytes.ts'
import { parentIds } from '../../core/op.ts'
import { keyOf } from '../../core/unit.ts'
import { decodeBody } from '../../crdt/body.ts'
import { meet, type Party } from '../sync-meet.ts'
import type { HashedOp } from '../sync-room.ts'
import type { PeerProtocol } from './exchange.ts'
import { loadPackage } from './load.ts'

declare const brand: unique symbol
type Doc = { readonly [brand]: 'Doc' }
type SyncState = { readonly [brand]: 'SyncState' }

interface ListOperation {
  readonly action: 'makeList' | 'set'
  readonly obj: string
  readonly key?: string
  readonly elemId?: string
  readonly insert?: boolean
  readonly value?: string
  readonly pred: readonly string[]
}

/** The part of `@automerge/automerge` that is used. */
export interface Automerge {
  init(): Doc
  clone(doc: Doc): Doc
  free(doc: Doc): void
  from(value: { text: string }, actor: string): { text: string }
  change(doc: { text: string }, options: { time: number }, edit: (doc: { text: string }) => void): { text: string }
  splice(doc: { text: string }, path: readonly string[], at: number, deleted: number, inserted: string): void
  save(doc: { text: string }): Uint8Array
  applyChanges(doc: Doc, changes: readonly Uint8Array[]): [Doc]
  saveSince(doc: Doc, heads: readonly string[]): Uint8Array
  getHeads(doc: Doc): string[]
  encodeChange(change: object): Uint8Array
  decodeChange(bytes: Uint8Array): { readonly hash: string }
  initSyncState(): SyncState
  generateSyncMessage(doc: Doc, state: SyncState): [SyncState, Uint8Array | null]
  receiveSyncMessage(doc: Doc, state: SyncState, message: Uint8Array): [Doc, SyncState]
}

export const loadAutomerge = (folder: string): Automerge => loadPackage(folder, '@automerge/automerge')

/** By op: the change's hash, and its operation's counter and name. */
type Known = Map<string, { readonly hash: string; readonly counter: number; readonly name: string }>

export function automerge(folder: string): PeerProtocol {
  const api = loadAutomerge(folder)
  return {
    name: 'automerge',
    prepare({ ops }) {
      const known: Known = new Map()
      const list = `1@${actorOf(ops[0]!)}`
      const [base] = api.applyChanges(
        api.init(),
        ops.map((op) => changeOf(api, known, list, op)),
      )
      const heads = api.getHeads(base)
      return (differences) => {
        const docs = differences.map((own) => {
          const extended = new Map(known)
          return api.applyChanges(
            api.clone(base),
            own.map((op) => changeOf(api, extended, list, op)),
          )[0]
        })
        const floor = docs.reduce((sum, doc) => sum + api.saveSince(doc, heads).length, 0)
        const parties = docs.map((doc) => syncParty(api, doc))
        const [first, second] = parties as [SyncParty, SyncParty]
        const [tally] = meet([first, second], [() => api.getHeads(first.doc()).join() === api.getHeads(second.doc()).join()])
        for (const { doc } of parties) api.free(doc())
        return { overhead: tally!.bytes - floor, roundTrips: tally!.flights / 2 }
      }
    },
  }
}

const actorOf = ({ op }: HashedOp): string => toHex(op.author)

function changeOf(api: Automerge, known: Known, list: string, hashed: HashedOp): Uint8Array {
  const { op, id } = hashed
  const parents = parentIds(op).map((parent) => known.get(keyOf(parent))!)
  const last = parents.reduce((a, b) => (b.counter > a.counter ? b : a), { hash: '', counter: 0, name: '' })
  const counter = last.counter + 1
  const body = decodeBody(op.body)
  const value = body.ok && body.value.kind === 'message' ? body.value.text : ''
  const elemId = last.name === list ? '_head' : last.name
  const operation: ListOperation =
    parents.length === 0
      ? { action: 'makeList', obj: '_root', key: 'messages', pred: [] }
      : { action: 'set', obj: list, elemId, insert: true, value, pred: [] }
  const actor = actorOf(hashed)
  const deps = parents.map(({ hash }) => hash).sort()
  const bytes = api.encodeChange({ actor, seq: op.seq + 1, startOp: counter, time: op.time, message: null, deps, ops: [operation] })
  known.set(keyOf(id), { hash: api.decodeChange(bytes).hash, counter, name: `${counter}@${actor}` })
  return bytes
}

interface SyncParty extends Party {
  doc(): Doc
}

function syncParty(api: Automerge, start: Doc): SyncParty {
  let doc = start
  let state = api.initSyncState()
  return {
    doc: () => doc,
    take(messages) {
      for (const message of messages) [doc, state] = api.receiveSyncMessage(doc, state, message)
    },
    sent() {
      const [next, message] = api.generateSyncMessage(doc, state)
      state = next
      return message === null ? [] : [message]
    },
    alarm: () => Infinity,
    tick: () => {},
  }
}
