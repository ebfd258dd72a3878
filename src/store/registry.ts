/** The nodes that this browser has kept, in one small database that all tabs of the origin share. */
import type { DBSchema } from 'idb'
import { guarded, openDatabase } from './database.ts'
import { byLastUsed } from './memory.ts'
import type { KnownNode, Registry } from './store.ts'

interface RegistrySchema extends DBSchema {
  nodes: { key: string; value: KnownNode }
}

/** @throws StoreError "failed" where the browser refuses storage */
export async function openRegistry(): Promise<Registry> {
  const db = await openDatabase<RegistrySchema>('tabweave', 1, (created) => {
    created.createObjectStore('nodes', { keyPath: 'id' })
  })
  return {
    list: () => guarded(async () => (await db.getAll('nodes')).toSorted(byLastUsed)),
    put: (node) => guarded(async () => void (await db.put('nodes', node))),
    forget: (id) => guarded(() => db.delete('nodes', id)),
  }
}
