/**
 * Tells at once that a tab of the same browser is gone. Each running node holds a Web Lock named after its sender value. A tab that hears
 * the node on the browser's own channel queues for that lock. The browser frees the lock when the tab dies.
 */
import type { PeerId } from '../../sync/effects.ts'

/** Of the Web Lock that a running node holds. */
export const lockName = (peer: PeerId): string => `session:${peer}`

/** Holds this run's lock until the worker ends. Resolves when it is held; at once where there are no locks. */
export async function holdSession(self: PeerId): Promise<void> {
  const locks = globalThis.navigator?.locks
  if (locks === undefined) return
  await new Promise<void>((resolve) => {
    void locks.request(lockName(self), async () => {
      resolve()
      await new Promise(() => {})
    })
  })
}

/** Calls `gone` when the tab that holds this lock has died. The lock is freed again at once, for other tabs that wait for it. */
export function watchSession(peer: PeerId, gone: () => void): void {
  void globalThis.navigator?.locks?.request(lockName(peer), { mode: 'shared' }, () => gone())
}
