/** Store and registry in a real browser's IndexedDB: the contracts, and what only a browser can do to a store. */
import { deleteDB, openDB } from 'idb'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { databaseName, openIndexedDbStore } from './indexeddb.ts'
import { markDatabaseName } from './mark-database.ts'
import { openRegistry } from './registry.ts'
import { packSegment } from './segment-record.ts'
import { runRegistryContract } from './registry.contract.ts'
import { runStoreContract, segmentAt, someIdentity } from './store.contract.ts'

const freshId = () => crypto.randomUUID()

/** A disk that is full after `writes` more records, for all stores of this page. */
function fillAfter(writes: number): () => void {
  const put = IDBObjectStore.prototype.put
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (writes-- === 0) throw new DOMException('no room', 'QuotaExceededError')
    return put.apply(this, args)
  })
  return () => spy.mockRestore()
}

/** Changes the record that begins at `first` with nobody looking. */
async function tamper(
  id: string,
  first: number,
  change: (record: { bytes: Uint8Array }) => unknown,
  among: 'segments' | 'index' = 'segments',
): Promise<void> {
  const db = await openDB(databaseName(id))
  const tx = db.transaction(among, 'readwrite')
  const cursor = await tx.store.openCursor(IDBKeyRange.lowerBound([first]))
  await cursor!.update(change(cursor!.value as { bytes: Uint8Array }))
  await tx.done
  db.close()
}

const flipped = (record: { bytes: Uint8Array }): unknown => {
  record.bytes[3]! ^= 4
  return record
}

runStoreContract('a store in IndexedDB', () => {
  const id = freshId()
  return {
    open: () => openIndexedDbStore(id),
    flipBit: (first) => tamper(id, first, flipped),
    flipIndexBit: (first) => tamper(id, first, flipped, 'index'),
    fillAfter,
    loseMark: () => deleteDB(markDatabaseName(id)),
    dispose: () => Promise.all([deleteDB(databaseName(id)), deleteDB(markDatabaseName(id))]).then(() => undefined),
  }
})

runRegistryContract('a registry in IndexedDB', async () => {
  await deleteDB('tabweave')
  return openRegistry()
})

async function freshStore() {
  const id = freshId()
  const store = await openIndexedDbStore(id)
  onTestFinished(async () => {
    store.close()
    await Promise.all([deleteDB(databaseName(id)), deleteDB(markDatabaseName(id))])
  })
  return { id, store }
}

describe('a store in IndexedDB', () => {
  test('keeps a key that signs and that nobody can read', async () => {
    const { id, store } = await freshStore()
    const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
    await store.putIdentity({ ...someIdentity(), key: privateKey })
    store.close()
    const again = await openIndexedDbStore(id)
    const { key } = (await again.identity())!
    again.close()
    const message = new Uint8Array([1, 2, 3])
    const signature = await crypto.subtle.sign('Ed25519', key as CryptoKey, message)
    expect(await crypto.subtle.verify('Ed25519', publicKey, signature, message)).toBe(true)
    await expect(crypto.subtle.exportKey('pkcs8', key as CryptoKey)).rejects.toThrow()
  })

  test('writes what must survive under strict durability, and bulk as the caller says', async () => {
    const { store } = await freshStore()
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction')
    onTestFinished(() => spy.mockRestore())
    await store.putIdentity(someIdentity())
    await store.append([segmentAt(0, 1)], 'strict')
    await store.append([segmentAt(1, 1)], 'relaxed')
    const durability = spy.mock.results.map(({ value }) => (value as IDBTransaction).durability)
    expect(durability).toEqual(['strict', 'strict', 'relaxed'])
  })

  for (const when of ['while it is written', 'when all is written', 'while it is committed'] as const) {
    test(`E1 a disk that turns out to be full and aborts the transaction ${when} is refused by name as well`, async () => {
      const { store } = await freshStore()
      await store.append([segmentAt(0, 1)], 'strict')
      const abort = (tx: IDBTransaction): void => {
        Object.defineProperty(tx, 'error', { value: new DOMException('no room', 'QuotaExceededError') })
        tx.abort()
      }
      const put = IDBObjectStore.prototype.put
      const spies = [
        vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
          const request = put.apply(this, args)
          if (when === 'when all is written') request.addEventListener('success', () => abort(this.transaction), { once: true })
          else if (when === 'while it is written') abort(this.transaction)
          return request
        }),
        vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (this: IDBTransaction) {
          // What is aborted already throws here, as the browser's own does.
          if (when !== 'when all is written') abort(this)
        }),
      ]
      onTestFinished(() => spies.forEach((spy) => spy.mockRestore()))
      await expect(store.append([segmentAt(1, 1)], 'strict')).rejects.toMatchObject({ failure: 'full' })
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 1)])
      spies.forEach((spy) => spy.mockRestore())
      await store.append([segmentAt(1, 1)], 'strict')
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 1), segmentAt(1, 1)])
    })
  }

  test('a record of another shape is corrupt, not an exception', async () => {
    const { id, store } = await freshStore()
    const corrupt = [{ first: 0, count: 2, reason: 'bad-checksum' }]
    await store.append([segmentAt(0, 2)], 'relaxed')
    for (const shape of [null, 7, 'text', {}, { bytes: 'text' }, { bytes: new Uint8Array(1) }, { bytes: new Uint8Array(1), checksum: 5 }]) {
      await tamper(id, 0, () => shape)
      expect(await store.read(0, 1)).toEqual(corrupt)
    }
  })

  test('is closed when another tab deletes the node, and does not block it', async () => {
    const { id, store } = await freshStore()
    await store.append([segmentAt(0, 1)], 'relaxed')
    const other = await openIndexedDbStore(id)
    await other.destroy()
    await expect(store.length()).rejects.toMatchObject({ failure: 'closed' })
  })

  test('that an earlier version of Tabweave made is opened with all that it held, and gets an index and names', async () => {
    const id = freshId()
    const earlier = await openDB(databaseName(id), 1, {
      upgrade(created) {
        created.createObjectStore('identity')
        created.createObjectStore('segments')
      },
    })
    await earlier.put('identity', someIdentity(), 'self')
    await earlier.put('segments', packSegment(segmentAt(0, 2)), [0, 2])
    earlier.close()
    const store = await openIndexedDbStore(id)
    expect(await store.identity()).toEqual(someIdentity())
    await store.pack([], segmentAt(0, 2))
    expect(await store.read(0, 1)).toEqual([segmentAt(0, 2)])
    expect(await store.readIndex(0, 1)).toEqual([segmentAt(0, 2)])
    await store.putNames(Uint8Array.of(1))
    expect(await store.names()).toEqual(Uint8Array.of(1))
    await store.destroy()
  })

  test('packs under strict durability where segments are replaced, which may hold own ops, and the index alone as it comes', async () => {
    const { store } = await freshStore()
    await store.append([segmentAt(0, 1)], 'strict')
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction')
    onTestFinished(() => spy.mockRestore())
    await store.pack([segmentAt(0, 1)], segmentAt(0, 1))
    await store.pack([], segmentAt(0, 1))
    expect(spy.mock.results.map(({ value }) => (value as IDBTransaction).durability)).toEqual(['strict', 'relaxed'])
  })

  test('is refused by name when a later version of the database is there', async () => {
    const id = freshId()
    const later = await openDB(databaseName(id), 4)
    await expect(openIndexedDbStore(id)).rejects.toMatchObject({ failure: 'failed' })
    later.close()
    await deleteDB(databaseName(id))
  })
})
