/**
 * Which counters of one sender were seen: the latest WINDOW of them, a bit each. An older counter counts as seen, since it may have been.
 * Only counters that the sender has signed may be added: a counter that is far ahead makes all earlier ones count as seen.
 */

/** Two paths to one peer may differ by some seconds of its frames; 1 KiB for a sender. Counters; a multiple of 32. */
export const WINDOW = 8_192

export interface ReplayWindow {
  /** The highest counter so far; −1 before the first. */
  readonly latest: number
  has(counter: number): boolean
  /** Remembers a counter; false when it counts as seen already. O(1), or O(WINDOW) for a counter that is far ahead. */
  add(counter: number): boolean
}

export function createReplayWindow(): ReplayWindow {
  const bits = new Uint32Array(WINDOW / 32)
  let latest = -1
  const bitOf = (counter: number): number => 1 << (counter % 32)
  const wordOf = (counter: number): number => Math.floor((counter % WINDOW) / 32)
  const has = (counter: number): boolean =>
    counter <= latest && (counter <= latest - WINDOW || (bits[wordOf(counter)]! & bitOf(counter)) !== 0)
  return {
    get latest() {
      return latest
    },
    has,
    add(counter) {
      if (has(counter)) return false
      // Counters that are skipped use the places of counters that came WINDOW before them. These places must be cleared.
      for (let passed = Math.max(latest + 1, counter - WINDOW + 1); passed <= counter; passed++) bits[wordOf(passed)]! &= ~bitOf(passed)
      bits[wordOf(counter)]! |= bitOf(counter)
      latest = Math.max(latest, counter)
      return true
    },
  }
}
