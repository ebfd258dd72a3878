/**
 * Which part of the history the page asks for, and what is new in it. Pure; tried in `history-window.test.ts`.
 * A window is `count` entries from `from` on, out of `total`; the rest of the list is blank space of estimated height.
 */

/** Entries asked for at once: three screens of short messages. Twice as many, and laying them out for the first time takes the page 80 ms. */
export const WINDOW_ENTRIES = 64

/** And at the end while it is followed, where every new entry moves the window on: two screens. A screen with room for more asks for more. */
export const END_ENTRIES = 32

/** A new window is asked for when fewer entries than this are left above or below what is visible. */
const MARGIN_ENTRIES = 11

/**
 * Blank space is no higher than this in all (CSS pixels): Chromium clamps a box at 33,554,432 and Firefox drops one beyond some 17,900,000. In a
 * longer history, a step of the scroll bar stands for more entries.
 */
const MAX_SPACE = 8_000_000

export interface HistoryWindow {
  readonly total: number
  readonly from: number
  readonly count: number
}

/** The height that stands for an entry outside of the window, if one in it has this height (CSS pixels). */
const standIn = ({ total }: HistoryWindow, height: number): number => Math.min(height, MAX_SPACE / Math.max(1, total))

/** Blank space above and below the window (CSS pixels). `height`: of an entry, on average. */
export function spaceAround(window: HistoryWindow, height: number): { readonly above: number; readonly below: number } {
  const { total, from, count } = window
  const each = standIn(window, height)
  return { above: from * each, below: Math.max(0, total - from - count) * each }
}

/** The entry at `top`, so far below the beginning of the space above the window (CSS pixels). `listed`: how high the window's entries are in all. */
export function placeAt(window: HistoryWindow, height: number, listed: number, top: number): number {
  const { total, from, count } = window
  const each = standIn(window, height)
  const { above } = spaceAround(window, height)
  const within = top - above
  const place = within < 0 ? top / each : within < listed ? from + (within * count) / listed : from + count + (within - listed) / each
  return Math.max(0, Math.min(total - 1, Math.floor(place)))
}

/**
 * Where the next window should begin so that entries `first` … `last` stay well inside it, or null when the one we have will do.
 */
export function nextFrom({ total, from, count }: HistoryWindow, first: number, last: number): number | null {
  const shortAbove = from > 0 && first < from + MARGIN_ENTRIES
  const shortBelow = from + count < total && last >= from + count - MARGIN_ENTRIES
  if (!shortAbove && !shortBelow) return null
  const wanted = Math.round((first + last) / 2 - WINDOW_ENTRIES / 2)
  const next = Math.max(0, Math.min(wanted, total - WINDOW_ENTRIES))
  return next === from ? null : next
}

/** New entries that are shown at once: as many as people may write in a moment. */
const AT_ONCE = 8

/** True when few entries of `after` are new: then it is shown at once, and else rendered in slices. */
export function isSmallStep(before: readonly { readonly id: string }[], after: readonly { readonly id: string }[]): boolean {
  const known = new Set(before.map((entry) => entry.id))
  return after.filter((entry) => !known.has(entry.id)).length <= AT_ONCE
}
