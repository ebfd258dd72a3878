/** Code that the stores in IndexedDB share: opening a database, all-or-none transactions, failures by name. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { asStoreFailure } from './failure.ts'

/**
 * Opens a database at this version. `upgrade` makes it, or brings it there from version `before` (0: it is new). If another tab wants to
 * delete or upgrade it, this tab closes it. So no tab of ours ever blocks another one.
 * @throws StoreError "failed" where the browser refuses storage, or where a later version of Tabweave was here
 */
export function openDatabase<Schema extends DBSchema>(
  name: string,
  version: number,
  upgrade: (db: IDBPDatabase<Schema>, before: number) => void,
): Promise<IDBPDatabase<Schema>> {
  const blocking = (_ours: number, _wanted: number | null, event: IDBVersionChangeEvent) => (event.target as IDBDatabase).close()
  return guarded(() => openDB<Schema>(name, version, { upgrade, blocking }))
}

/** Runs one operation; an exception of the platform becomes a StoreError. */
export async function guarded<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    throw asStoreFailure(cause)
  }
}

/** Does the work of a transaction and resolves when it is committed. When any of the work fails, nothing of it stays. */
export async function settle(tx: { readonly done: Promise<void>; abort(): void }, work: () => Promise<unknown>): Promise<void> {
  // It is waited for later in all cases. Without this, a rejection before that would count as unhandled.
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
    const failure = await outcome
    // A request that was aborted failed because its transaction did, and only that knows why.
    throw cause instanceof DOMException && cause.name === 'AbortError' && failure ? failure.cause : cause
  }
  const failure = await outcome
  if (failure) throw failure.cause
}

/**
 * Says that this transaction has no further requests. So it is written a round trip earlier than when the browser finds that out. People
 * who type wait for it.
 */
export function commitNow(tx: { commit(): void }): void {
  try {
    tx.commit()
  } catch {
    // It was aborted meanwhile: its outcome tells why.
  }
}
