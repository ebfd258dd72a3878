/** What was refused here, for people: the latest, and how many there were in all. */
import type { RefusedEntry } from './views.ts'

/** Entries kept. */
const MAX_ENTRIES = 200

export interface RefusedLog {
  add(entry: RefusedEntry): void
  /** Oldest first. */
  latest(): readonly RefusedEntry[]
  readonly count: number
}

export function createRefusedLog(): RefusedLog {
  const entries: RefusedEntry[] = []
  let count = 0
  return {
    add(entry) {
      count++
      entries.push(entry)
      if (entries.length > MAX_ENTRIES) entries.shift()
    },
    latest: () => [...entries],
    get count() {
      return count
    },
  }
}
