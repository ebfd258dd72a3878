/**
 * A store and a registry in memory, for tests, the simulator and nodes that keep nothing. What a `MemoryDisk` holds
 * outlives the stores opened on it, so a restart is a second store on the same disk.
 */
import { assert } from '../core/result.ts'
import { asStoreFailure } from './failure.ts'
import { assertContiguous, packSegment, type SegmentRecord, unpackSegment } from './segment-record.ts'
import { type Identity, type KnownNode, type Registry, type Store, StoreError } from './store.ts'

export interface MemoryDisk {
  identity: Identity | null
  /** Records by the number of their first op, in ascending order; `count` beside the record. */
  readonly records: Map<number, SegmentRecord & { readonly count: number }>
}

export function createMemoryDisk(): MemoryDisk {
  return { identity: null, records: new Map() }
}

/** A store on `disk`. Every call takes effect before it returns its promise. `read` costs O(segments held). */
export function createMemoryStore(disk: MemoryDisk = createMemoryDisk()): Store {
  let closed = false

  const assertOpen = () => {
    if (closed) throw new StoreError('closed')
  }
  const end = () => {
    let last = 0
    for (const [first, { count }] of disk.records) last = first + count
    return last
  }

  return {
    async identity() {
      assertOpen()
      return disk.identity
    },
    async putIdentity(identity) {
      assertOpen()
      assert(disk.identity === null, 'an identity is written once')
      disk.identity = { ...identity, author: identity.author.slice(), genesis: identity.genesis.slice(), secret: identity.secret.slice() }
    },
    async append(segments) {
      assertOpen()
      assertContiguous(segments, end())
      const written: number[] = []
      try {
        for (const segment of segments) {
          const { bytes, checksum } = packSegment(segment)
          disk.records.set(segment.first, { bytes: bytes.slice(), checksum, count: segment.count })
          written.push(segment.first)
        }
      } catch (cause) {
        for (const first of written) disk.records.delete(first)
        throw asStoreFailure(cause)
      }
    },
    async read(from, limit) {
      assertOpen()
      assert(Number.isSafeInteger(limit), 'IndexedDB takes no limit that is not a whole number')
      const found = []
      for (const [first, record] of disk.records) {
        if (found.length >= limit) break
        if (first + record.count > from) found.push(unpackSegment(first, record.count, { ...record, bytes: record.bytes.slice() }))
      }
      return found
    },
    async length() {
      assertOpen()
      return end()
    },
    async truncate(from) {
      assertOpen()
      for (const first of [...disk.records.keys()]) if (first >= from) disk.records.delete(first)
    },
    close() {
      closed = true
    },
    async destroy() {
      closed = true
      disk.identity = null
      disk.records.clear()
    },
  }
}

export function createMemoryRegistry(): Registry {
  const nodes = new Map<string, KnownNode>()
  return {
    async list() {
      return [...nodes.values()].toSorted(byLastUsed)
    },
    async put(node) {
      nodes.set(node.id, { ...node })
    },
    async forget(id) {
      nodes.delete(id)
    },
  }
}

/** Latest used first; by id where that is equal, so that a list never flickers. */
export function byLastUsed(a: KnownNode, b: KnownNode): number {
  return b.lastUsed - a.lastUsed || (a.id < b.id ? -1 : 1)
}
