/**
 * A store in IndexedDB: one database for each node, so that deleting a node is deleting its database. Segments are one
 * record each, since writing many small records costs more than verifying what is in them.
 *
 * Each call makes one transaction before it returns, and IndexedDB runs overlapping transactions in the order in
 * which they were made: that is the order of calls that the port promises.
 */
import { type DBSchema, deleteDB } from 'idb'
import { assert } from '../core/result.ts'
import { guarded, openDatabase, settle } from './database.ts'
import { assertContiguous, packSegment, type SegmentRecord, unpackSegment } from './segment-record.ts'
import type { Identity, Store } from './store.ts'

interface NodeSchema extends DBSchema {
  /** One record, at SELF. */
  identity: { key: string; value: Identity }
  /** At [first, count], so that the last key alone tells where the ops end. */
  segments: { key: [first: number, count: number]; value: SegmentRecord }
}

const SELF = 'self'

/** The database of a node. */
export function databaseName(nodeId: string): string {
  return `tabweave/${nodeId}`
}

/**
 * Opens the store of a node, making it when there is none. Hold the Web Lock `node:<id>` meanwhile: two stores of one
 * node would be one author in two places. When another tab destroys the node, calls are refused as "closed".
 * @throws StoreError "failed" where the browser refuses storage
 */
export async function openIndexedDbStore(nodeId: string): Promise<Store> {
  const name = databaseName(nodeId)
  const db = await openDatabase<NodeSchema>(name, (created) => {
    created.createObjectStore('identity')
    created.createObjectStore('segments')
  })

  return {
    identity: () => guarded(async () => (await db.get('identity', SELF)) ?? null),

    putIdentity: (identity) =>
      guarded(async () => {
        const tx = db.transaction('identity', 'readwrite', { durability: 'strict' })
        await settle(tx, async () => {
          const unwritten = tx.store.count(SELF).then((count) => assert(count === 0, 'an identity is written once'))
          await Promise.all([unwritten, tx.store.put(identity, SELF)])
        })
      }),

    append: (segments, durability) =>
      guarded(async () => {
        const tx = db.transaction('segments', 'readwrite', { durability })
        await settle(tx, async () => {
          // Asked before the puts and answered after them: so all bytes are cloned before this call returns.
          const fits = endOf(tx.store).then((end) => assertContiguous(segments, end))
          const puts = segments.map(async (segment) => tx.store.put(packSegment(segment), [segment.first, segment.count]))
          await Promise.all([fits, ...puts])
        })
      }),

    read: (from, limit) =>
      guarded(async () => {
        const { store } = db.transaction('segments')
        const before = await store.openKeyCursor(IDBKeyRange.upperBound([from, Infinity]), 'prev')
        const range = IDBKeyRange.lowerBound(before ? before.key : [0])
        const [keys, records] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)])
        return keys.flatMap(([first, count], i) => (first + count > from ? [unpackSegment(first, count, records[i])] : []))
      }),

    length: () => guarded(async () => endOf(db.transaction('segments').store)),

    truncate: (first) =>
      guarded(async () => {
        const tx = db.transaction('segments', 'readwrite', { durability: 'strict' })
        await settle(tx, async () => tx.store.delete(IDBKeyRange.lowerBound([first])))
      }),

    close: () => db.close(),

    // Other tabs let go of the database when they are told (`openDatabase`); until then this waits.
    destroy: () =>
      guarded(async () => {
        db.close()
        await deleteDB(name)
      }),
  }
}

/** Where the last segment ends. */
async function endOf(store: ReadonlySegments): Promise<number> {
  const last = await store.openKeyCursor(null, 'prev')
  return last ? last.key[0] + last.key[1] : 0
}

interface ReadonlySegments {
  openKeyCursor(query: null, direction: 'prev'): Promise<{ readonly key: NodeSchema['segments']['key'] } | null>
}
