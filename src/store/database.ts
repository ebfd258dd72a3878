/** What the stores in IndexedDB share: opening a database, all-or-none transactions, failures by name. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { asStoreFailure } from './failure.ts'
import { StoreError } from './store.ts'

/**
 * Opens a database at version 1, and leaves it when another tab wants to delete or upgrade it.
 * @throws StoreError "failed" where the browser refuses storage, or where another tab keeps a connection that is in the way
 */
export async function openDatabase<Schema extends DBSchema>(name: string, create: (db: IDBPDatabase<Schema>) => void): Promise<IDBPDatabase<Schema>> {
  return new Promise((resolve, reject) => {
    let late = false
    openDB<Schema>(name, 1, {
      upgrade: create,
      blocked() {
        late = true
        reject(new StoreError('failed', 'another tab keeps an older connection open'))
      },
      blocking: (_ours, _wanted, event) => (event.target as IDBDatabase).close(),
    }).then(
      (db) => (late ? db.close() : resolve(db)),
      (cause: unknown) => reject(asStoreFailure(cause)),
    )
  })
}

/** Runs one operation; what the platform throws becomes a StoreError. */
export async function guarded<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    throw asStoreFailure(cause)
  }
}

/** Does the work of a transaction and resolves when it is committed. When any of the work fails, nothing of it stays. */
export async function settle(tx: { readonly done: Promise<void>; abort(): void }, work: () => Promise<unknown>): Promise<void> {
  // Waited for later in all cases: a rejection that nobody expects yet would count as unhandled.
  const outcome = tx.done.then(
    () => null,
    (cause: unknown) => ({ cause }),
  )
  try {
    await work()
  } catch (cause) {
    try {
      tx.abort()
    } catch {
      // The failed request has aborted it already.
    }
    await outcome
    throw cause
  }
  const failure = await outcome
  if (failure) throw failure.cause
}
