/** What a disk's own errors mean to a node. */
import { StoreError } from './store.ts'

/**
 * The StoreError for anything a store's operation threw. A StoreError stays itself; "QuotaExceededError" is a full
 * disk; "InvalidStateError" is what IndexedDB says of a connection that was closed, by us or by the browser.
 */
export function toStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'QuotaExceededError') return new StoreError('full', cause)
  return new StoreError(name === 'InvalidStateError' ? 'closed' : 'failed', cause)
}
