/** Refusals here, as people see them: the latest, and how many there were in all. */
import type { RefusedEntry } from './views.ts'

/** Entries kept, here and in the outcome of an import. */
export const MAX_ENTRIES = 200

export interface RefusedLog {
  add(entry: RefusedEntry): void
  /** Oldest first. */
  latest(): readonly RefusedEntry[]
  readonly count: number
  /** How often in all damage of this node's disk was found. Counted here, since later entries may have replaced these. */
  readonly damages: number
}

export function createRefusedLog(): RefusedLog {
  const entries: RefusedEntry[] = []
  let count = 0
  let damages = 0
  return {
    add(entry) {
      count++
      if (entry.from === 'disk' && entry.reason === 'bad-checksum') damages++
      entries.push(entry)
      if (entries.length > MAX_ENTRIES) entries.shift()
    },
    latest: () => [...entries],
    get count() {
      return count
    },
    get damages() {
      return damages
    },
  }
}
