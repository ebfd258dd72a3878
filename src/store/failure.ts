/** What a platform's failures mean to a node. */
import { StoreError } from './store.ts'

/**
 * What a store should throw for anything that was thrown inside it: a DOMException becomes a StoreError ("full" for
 * QuotaExceededError, "closed" for what IndexedDB says of a connection that we or the browser closed, else "failed");
 * everything else is our own mistake and stays what it is.
 */
export function asStoreFailure(cause: unknown): unknown {
  if (!(cause instanceof DOMException)) return cause
  if (cause.name === 'QuotaExceededError') return new StoreError('full', cause)
  return new StoreError(cause.name === 'InvalidStateError' ? 'closed' : 'failed', cause)
}
