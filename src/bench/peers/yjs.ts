/**
 * Yjs: each op of ours is one insertion at the end of an array by a client of its own. Both sides send their state vectors, and
 * answer with what these lack. A state vector names authors and counts, and no content: two replicas that hold different ops of
 * one author under one number believe that they agree.
 */
import { decodeBody } from '../../crdt/body.ts'
import { keyOf } from '../../core/unit.ts'
import type { HashedOp } from '../sync-room.ts'
import type { PeerProtocol } from './exchange.ts'
import { loadPackage } from './load.ts'

interface YText {
  insert(at: number, text: string): void
  delete(at: number, length: number): void
}

interface YArray {
  push(items: readonly string[]): void
  toJSON(): readonly string[]
}

interface YDoc {
  clientID: number
  getArray(name: string): YArray
  getText(name: string): YText
  destroy(): void
}

/** The part of `yjs` that is used. */
export interface Yjs {
  readonly Doc: new () => YDoc
  encodeStateVector(doc: YDoc): Uint8Array
  encodeStateAsUpdate(doc: YDoc, since?: Uint8Array): Uint8Array
  encodeStateAsUpdateV2(doc: YDoc): Uint8Array
  applyUpdate(doc: YDoc, update: Uint8Array): void
}

export const loadYjs = (folder: string): Yjs => loadPackage(folder, 'yjs')

export function yjs(folder: string): PeerProtocol {
  const api = loadYjs(folder)
  const clients = new Map<string, number>()
  /** Random as Yjs's are, and the same for an author on both sides. */
  const clientOf = ({ op }: HashedOp): number => {
    const key = keyOf(op.author)
    if (!clients.has(key)) clients.set(key, new DataView(op.author.buffer, op.author.byteOffset).getUint32(0))
    return clients.get(key)!
  }
  const write = (doc: YDoc, ops: readonly HashedOp[]): void => {
    const messages = doc.getArray('messages')
    for (const op of ops) {
      doc.clientID = clientOf(op)
      const body = decodeBody(op.op.body)
      messages.push([body.ok && body.value.kind === 'message' ? body.value.text : ''])
    }
  }
  return {
    name: 'yjs',
    prepare({ ops }) {
      const shared = new api.Doc()
      write(shared, ops)
      const [whole, vector] = [api.encodeStateAsUpdate(shared), api.encodeStateVector(shared)]
      return (differences) => {
        const docs = differences.map((own) => {
          const doc = new api.Doc()
          api.applyUpdate(doc, whole)
          write(doc, own)
          return doc
        })
        const [a, b] = docs as [YDoc, YDoc]
        const floor = docs.reduce((sum, doc) => sum + api.encodeStateAsUpdate(doc, vector).length, 0)
        const vectors = docs.map((doc) => api.encodeStateVector(doc))
        const [toB, toA] = [api.encodeStateAsUpdate(a, vectors[1]), api.encodeStateAsUpdate(b, vectors[0])]
        api.applyUpdate(a, toA)
        api.applyUpdate(b, toB)
        const [ofA, ofB] = docs.map((doc) => doc.getArray('messages').toJSON())
        for (const doc of docs) doc.destroy()
        if (JSON.stringify(ofA) !== JSON.stringify(ofB)) throw new Error('its replicas believe that they agree, and differ')
        return { overhead: vectors[0]!.length + vectors[1]!.length + toA.length + toB.length - floor, roundTrips: 1 }
      }
    },
  }
}
