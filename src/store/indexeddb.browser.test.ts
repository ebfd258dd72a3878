/** Store and registry in a real browser's IndexedDB: the contracts, and what only a browser can do to a store. */
import { deleteDB, openDB } from 'idb'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { databaseName, openIndexedDbStore } from './indexeddb.ts'
import { openRegistry } from './registry.ts'
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

/** Changes the record of the segment at (first, count) with nobody looking. */
async function tamper(id: string, first: number, change: (record: { bytes: Uint8Array }) => unknown): Promise<void> {
  const db = await openDB(databaseName(id))
  const tx = db.transaction('segments', 'readwrite')
  const cursor = await tx.store.openCursor(IDBKeyRange.lowerBound([first]))
  await cursor!.update(change(cursor!.value as { bytes: Uint8Array }))
  await tx.done
  db.close()
}

runStoreContract('a store in IndexedDB', () => {
  const id = freshId()
  return {
    open: () => openIndexedDbStore(id),
    flipBit: (first) =>
      tamper(id, first, (record) => {
        record.bytes[3]! ^= 4
        return record
      }),
    fillAfter,
    dispose: () => deleteDB(databaseName(id)),
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
    await deleteDB(databaseName(id))
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

  for (const when of ['while it is written', 'when all is written'] as const) {
    test(`E1 a disk that turns out to be full and aborts the transaction ${when} is refused by name as well`, async () => {
      const { store } = await freshStore()
      await store.append([segmentAt(0, 1)], 'strict')
      const put = IDBObjectStore.prototype.put
      const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
        const request = put.apply(this, args)
        const abort = () => {
          Object.defineProperty(this.transaction, 'error', { value: new DOMException('no room', 'QuotaExceededError') })
          this.transaction.abort()
        }
        if (when === 'when all is written') request.addEventListener('success', abort, { once: true })
        else abort()
        return request
      })
      onTestFinished(() => {
        spy.mockRestore()
      })
      await expect(store.append([segmentAt(1, 1)], 'strict')).rejects.toMatchObject({ failure: 'full' })
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 1)])
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

  test('is refused by name when a later version of the database is there', async () => {
    const id = freshId()
    const later = await openDB(databaseName(id), 2)
    await expect(openIndexedDbStore(id)).rejects.toMatchObject({ failure: 'failed' })
    later.close()
    await deleteDB(databaseName(id))
  })
})
