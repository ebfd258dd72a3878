/**
 * The mark of a node in a browser: a database of its own, beside that of the ops. It shows that an ops database was deleted, restored or
 * cut alone. If a browser loses or restores all of it (a profile, the data of a site), the mark is lost or restored too: in Chromium all
 * databases of a site lie in one folder.
 */
import type { DBSchema } from 'idb'
import type { Mark } from '../core/mark.ts'
import { commitNow, openDatabase, settle } from './database.ts'

interface MarkSchema extends DBSchema {
  /** One record, at SELF. */
  mark: { key: string; value: Mark }
}

const SELF = 'self'

export interface MarkPlace {
  read(): Promise<Mark | null>
  /** Resolves when it is on the disk. The mark is cloned before this returns. */
  write(mark: Mark): Promise<void>
  close(): void
}

/** The database of a node's mark. */
export const markDatabaseName = (nodeId: string): string => `tabweave-mark/${nodeId}`

/** @throws StoreError "failed" where the browser refuses storage */
export async function openMark(nodeId: string): Promise<MarkPlace> {
  const db = await openDatabase<MarkSchema>(markDatabaseName(nodeId), 1, (created) => void created.createObjectStore('mark'))
  return {
    read: async () => markOf(await db.get('mark', SELF)),
    // Asynchronous, so that an exception becomes a rejection like any other.
    async write(mark) {
      const tx = db.transaction('mark', 'readwrite', { durability: 'strict' })
      await settle(tx, async () => {
        const put = tx.store.put(mark, SELF)
        commitNow(tx)
        await put
      })
    },
    close: () => db.close(),
  }
}

/** The mark that was stored, or null: anything may be stored there. */
function markOf(found: unknown): Mark | null {
  const { own, id } = (found ?? {}) as Partial<Record<keyof Mark, unknown>>
  if (!Number.isSafeInteger(own) || (own as number) < 0) return null
  if (own === 0) return { own: 0, id: null }
  return id instanceof Uint8Array && id.length === 32 ? { own: own as number, id } : null
}
