/** The meaning of a platform's failures for a node. */
import { StoreError } from './store.ts'

/**
 * The exception that a store should throw for an exception inside it. A DOMException becomes a StoreError: "full" for QuotaExceededError,
 * "closed" for the errors of IndexedDB about a connection that we or the browser closed, otherwise "failed". Everything else is our own
 * mistake and stays as it is.
 */
export function asStoreFailure(cause: unknown): unknown {
  if (!(cause instanceof DOMException)) return cause
  if (cause.name === 'QuotaExceededError') return new StoreError('full', cause)
  return new StoreError(cause.name === 'InvalidStateError' ? 'closed' : 'failed', cause)
}
