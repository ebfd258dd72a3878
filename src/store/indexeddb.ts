/**
 * A store in IndexedDB: one database for each node, so a node is deleted with its database. Segments are one record each, since writing
 * many small records costs more than verifying their ops.
 *
 * Each call makes one transaction before it returns, and IndexedDB runs overlapping transactions in the order in which they were made:
 * that is the order of calls that the port promises.
 */
import { type DBSchema, deleteDB } from 'idb'
import { assert } from '../core/result.ts'
import { greatestOf, leastOf } from '../core/lists.ts'
import { commitNow, guarded, openDatabase, settle } from './database.ts'
import { assertContiguous, assertFilled, assertReplaces, packSegment, runsOf, type SegmentRecord, unpackLong } from './segment-record.ts'
import { markDatabaseName, openMark } from './mark-database.ts'
import type { CorruptSegment, Durability, Identity, Place, Segment, Store } from './store.ts'

interface NodeSchema extends DBSchema {
  /** One record, at SELF. */
  identity: { key: string; value: Identity }
  /** At [first, count], so that the last key alone tells how many ops there are. */
  segments: { key: [first: number, count: number]; value: SegmentRecord }
  /** Records of the index, in the same form. Since version 2. */
  index: { key: [first: number, count: number]; value: SegmentRecord }
  /** Two records: the names at SELF, and the file of rescued ops at RESCUED while there is one. Since version 3. */
  names: { key: string; value: Uint8Array }
}

const VERSION = 3

const SELF = 'self'
const RESCUED = 'rescued'

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
  const db = await openDatabase<NodeSchema>(name, VERSION, (created, before) => {
    if (before < 1) {
      created.createObjectStore('identity')
      created.createObjectStore('segments')
    }
    if (before < 2) created.createObjectStore('index')
    created.createObjectStore('names')
  })
  const mark = await openMark(nodeId).catch((cause: unknown) => {
    db.close()
    throw cause
  })

  /** The number of ops. Null while that changes, and when the change failed: then the database is asked. */
  let end: number | null = null
  let changes = 0
  /** The number of ops is about to change. Gives a function that sets the new number, unless it changes again meanwhile. */
  const change = (): ((to: number | null) => void) => {
    const number = ++changes
    end = null
    return (to) => {
      if (number === changes) end = to
    }
  }

  /** All bytes are cloned before this returns. */
  const add = async (segments: readonly Segment[], durability: Durability): Promise<void> => {
    const known = end
    const endsAt = change()
    const tx = db.transaction('segments', 'readwrite', { durability })
    await settle(tx, async () => {
      const [only] = segments
      if (known === null || only === undefined || segments.length > 1) {
        // Asked before the puts and answered after them.
        const fits = endOf(tx.store).then((at) => assertContiguous(segments, at))
        await Promise.all([fits, ...segments.map((segment) => put(tx.store, segment))])
        return
      }
      assertContiguous(segments, known)
      const done = put(tx.store, only)
      commitNow(tx)
      await done
    })
    const last = segments.at(-1)
    endsAt(last === undefined ? known : last.first + last.count)
  }

  const truncate = async (first: number): Promise<void> => {
    change()
    const tx = db.transaction(['segments', 'index'], 'readwrite', { durability: 'strict' })
    await settle(tx, () =>
      Promise.all([remove(tx.objectStore('segments'), IDBKeyRange.lowerBound([first])), cut(tx.objectStore('index'), first)]),
    )
  }

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

    append: (segments, durability, marked = null) =>
      guarded(async () => {
        const adding = add(segments, durability)
        if (marked === null) return adding
        const [added, written] = await Promise.allSettled([adding, mark.write(marked)])
        if (added.status === 'rejected') throw added.reason
        if (written.status === 'fulfilled') return
        if (segments.length > 0) await truncate(segments[0]!.first)
        throw written.reason
      }),

    mark: () => guarded(() => mark.read()),

    names: () => guarded(async () => bytesOf(await db.get('names', SELF))),

    putNames: (names) =>
      guarded(async () => {
        const tx = db.transaction('names', 'readwrite', { durability: 'relaxed' })
        await settle(tx, async () => tx.store.put(names, SELF))
      }),

    rescued: () => guarded(async () => bytesOf(await db.get('names', RESCUED))),

    putRescued: (file) =>
      guarded(async () => {
        const tx = db.transaction('names', 'readwrite', { durability: 'strict' })
        await settle(tx, async () => (file === null ? tx.store.delete(RESCUED) : tx.store.put(file, RESCUED)))
      }),

    pack: (segments, part) =>
      guarded(async () => {
        assertFilled([...segments, part])
        const durability = segments.length > 0 ? 'strict' : 'relaxed'
        const tx = db.transaction(['segments', 'index'], 'readwrite', { durability })
        const [held, index] = [tx.objectStore('segments'), tx.objectStore('index')]
        await settle(tx, async () => {
          const runs = runsOf(segments)
          const ends = [...runs, part].map(({ first, count }) => first + count)
          const begins = [...runs, part].map(({ first }) => first)
          const [layout, before] = [held.getAllKeys(keysOf(leastOf(begins), greatestOf(ends))), endOf(index, part.first)]
          const fits = Promise.all([layout, before]).then(([keys, end]) => assertReplaces(runs, part, keys.map(placeOf), end))
          const gone = runs.map(({ first, count }) => remove(held, keysOf(first, first + count)))
          const writes = [...gone, ...segments.map((segment) => put(held, segment))]
          writes.push(remove(index, IDBKeyRange.lowerBound([part.first])), put(index, part))
          await Promise.all([fits, ...writes])
        })
      }),

    read: (from, limit) => guarded(() => readFrom(db.transaction('segments').store, from, limit)),

    readIndex: (from, limit) => guarded(() => readFrom(db.transaction('index').store, from, limit)),

    cutIndex: (from) =>
      guarded(async () => {
        const tx = db.transaction('index', 'readwrite', { durability: 'strict' })
        await settle(tx, () => cut(tx.store, from))
      }),

    layout: (from, limit) =>
      guarded(async () => {
        const { store } = db.transaction('segments')
        const range = await rangeFrom(store, from)
        return (await store.getAllKeys(range, limit)).map(placeOf).filter(({ first, count }) => first + count > from)
      }),

    length: () => guarded(async () => endOf(db.transaction('segments').store)),

    truncate: (first) => guarded(() => truncate(first)),

    close() {
      db.close()
      mark.close()
    },

    // Other tabs let go of the database when they are told (`openDatabase`); until then this waits.
    destroy: () =>
      guarded(async () => {
        db.close()
        mark.close()
        await deleteBoth(nodeId)
      }),
  }
}

/**
 * Deletes what a node has stored, its key included; hold its lock meanwhile. Its databases are not opened, so a later version may have made them.
 * @throws StoreError "failed" where the browser refuses storage
 */
export const deleteIndexedDbStore = (nodeId: string): Promise<void> => guarded(() => deleteBoth(nodeId))

async function deleteBoth(nodeId: string): Promise<void> {
  await Promise.all([deleteDB(databaseName(nodeId)), deleteDB(markDatabaseName(nodeId))])
}

/** Anything may be stored there. */
const bytesOf = (found: unknown): Uint8Array | null => (found instanceof Uint8Array ? found : null)

type Key = NodeSchema['segments']['key']

const placeOf = ([first, count]: Key): Place => ({ first, count })

/** Asynchronous, so that an exception becomes a rejection like any other. */
const put = async (store: Writable, segment: Segment): Promise<unknown> => store.put(packSegment(segment), [segment.first, segment.count])

const remove = async (store: Writable, keys: IDBKeyRange): Promise<unknown> => store.delete(keys)

/** Removes the records that reach beyond op `from`: they follow one another, so they are that one and all after it. */
async function cut(store: Writable, from: number): Promise<void> {
  const keys = await store.getAllKeys()
  await Promise.all(keys.filter(([first, count]) => first + count > from).map((key) => remove(store, IDBKeyRange.only(key))))
}

interface Writable {
  put(record: SegmentRecord, key: Key): Promise<unknown>
  delete(keys: IDBKeyRange): Promise<unknown>
  getAllKeys(): Promise<Key[]>
}

/** Keys of records that begin at `from` or later, and before `to`. */
const keysOf = (from: number, to: number): IDBKeyRange => IDBKeyRange.bound([from], [to], false, true)

/** Where the last record before op `before` ends. */
async function endOf(store: Records, before = Infinity): Promise<number> {
  const last = await store.openKeyCursor(IDBKeyRange.upperBound([before], true), 'prev')
  return last ? last.key[0] + last.key[1] : 0
}

/** Keys of the record that holds op `from` (or of one before it) and of those after it. */
async function rangeFrom(store: Records, from: number): Promise<IDBKeyRange> {
  const before = await store.openKeyCursor(IDBKeyRange.upperBound([from, Infinity]), 'prev')
  return IDBKeyRange.lowerBound(before ? before.key : [0])
}

async function readFrom(store: Records, from: number, limit: number): Promise<(Segment | CorruptSegment)[]> {
  const range = await rangeFrom(store, from)
  const [keys, records] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)])
  const found = keys.map(async ([first, count], i) => (first + count > from ? [await unpackLong(first, count, records[i])] : []))
  return (await Promise.all(found)).flat()
}

/** The functions that are used of either object store. */
interface Records {
  openKeyCursor(query: IDBKeyRange, direction: 'prev'): Promise<{ readonly key: Key } | null>
  getAllKeys(query: IDBKeyRange, limit: number): Promise<Key[]>
  getAll(query: IDBKeyRange, limit: number): Promise<unknown[]>
}
