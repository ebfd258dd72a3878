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

export interface HistoryWindow {
  readonly total: number
  readonly from: number
  readonly count: number
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

/** Ids that were not in `before` and stand above one that was: concurrent entries that landed in the middle. */
export function landedInMiddle(before: readonly { readonly id: string }[], after: readonly { readonly id: string }[]): string[] {
  const known = new Set(before.map((entry) => entry.id))
  const first = after.findIndex((entry) => known.has(entry.id))
  const last = after.findLastIndex((entry) => known.has(entry.id))
  return first < 0 ? [] : after.slice(first, last).flatMap((entry) => (known.has(entry.id) ? [] : [entry.id]))
}
