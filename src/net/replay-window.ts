/**
 * Which counters of one sender were seen lately: a table of one place for each counter mod WINDOW, holding the last one
 * that came. So any WINDOW counters in a row are told from their repeats, and no counter, however high, makes others count
 * as seen: whoever holds the room's key can seal a frame with any counter in another's name, and must not silence it by
 * that. A repeat older than what the table holds is let through; the protocol makes it harmless.
 */

/** Two paths to one peer may differ by a second of its frames; 8 KiB for a sender. Counters. */
export const WINDOW = 1_024

export interface ReplayWindow {
  has(counter: number): boolean
  /** Remembers a counter; false when it is remembered already. O(1). */
  add(counter: number): boolean
}

export function createReplayWindow(): ReplayWindow {
  const last = new Float64Array(WINDOW).fill(-1)
  const has = (counter: number): boolean => last[counter % WINDOW] === counter
  return {
    has,
    add(counter) {
      if (has(counter)) return false
      last[counter % WINDOW] = counter
      return true
    },
  }
}
