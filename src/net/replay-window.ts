/**
 * Which counters of one sender were seen: all of them exactly, as far back as WINDOW below the highest; what is older
 * counts as seen (RFC 4303 §3.4.3, with a wider window).
 */

/** Two paths to one peer may differ by a second of its frames; 1 KiB for a sender. Counters. */
export const WINDOW = 8192

export interface ReplayWindow {
  has(counter: number): boolean
  /** Remembers a counter; false when it was seen before, or is too old to tell. O(1), and O(WINDOW) after a leap. */
  add(counter: number): boolean
}

export function createReplayWindow(): ReplayWindow {
  /** One bit for each of the WINDOW counters up to `highest`, at counter mod WINDOW. */
  const bits = new Uint8Array(WINDOW / 8)
  let highest = -1

  const has = (counter: number): boolean => {
    if (counter > highest) return false
    return counter <= highest - WINDOW || (bits[slot(counter)]! & bit(counter)) !== 0
  }

  return {
    has,
    add(counter) {
      if (has(counter)) return false
      if (counter - highest >= WINDOW) bits.fill(0)
      else for (let skipped = highest + 1; skipped < counter; skipped++) bits[slot(skipped)]! &= ~bit(skipped)
      bits[slot(counter)]! |= bit(counter)
      if (counter > highest) highest = counter
      return true
    },
  }
}

const slot = (counter: number) => (counter % WINDOW) >> 3
const bit = (counter: number) => 1 << (counter % 8)
