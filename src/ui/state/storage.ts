/**
 * Texts that the browser keeps: for one tab (sessionStorage), or for all tabs of this address (localStorage). Storage that is refused
 * (private mode, quota) is no reason to stop: then the page keeps them in memory only.
 */

/** What this tab keeps; null for nothing. */
export function readTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

export function writeTab(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // The screen that shows it keeps it in memory.
  }
}

/** What all tabs of this browser share; "" for nothing. */
export function readShared(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

/** "" removes it. False where the browser refuses: it lasts as long as the page. */
export function writeShared(key: string, value: string): boolean {
  try {
    if (value === '') localStorage.removeItem(key)
    else localStorage.setItem(key, value)
    return true
  } catch {
    return false
  }
}

/** Keys of what all tabs share that begin with `prefix`. O(keys). */
export function sharedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  } catch {
    return []
  }
}

/** Writes a list for all tabs: its last `most` items. False where the browser refuses. */
export const writeList = (key: string, items: readonly unknown[], most: number): boolean =>
  writeShared(key, items.length === 0 ? '' : JSON.stringify(items.slice(-most)))

/** The list that `written` is; anything else (written by another version, or edited by a person) is an empty one. */
export function listIn<T>(written: string | null, fits: (item: Partial<T>) => boolean): T[] {
  try {
    const list: unknown = JSON.parse(written ?? '[]')
    return Array.isArray(list) ? list.filter((item: Partial<T> | null): item is T => item !== null && fits(item)) : []
  } catch {
    return []
  }
}
