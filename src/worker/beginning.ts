/**
 * The beginning of a text, which goes to the page before a person asks for all of it. Others decide how long their texts are, and a
 * picture of the history has dozens of them: each is told again with every picture.
 */
import type { HistoryEntry, ShownEntry } from '../node/views.ts'

/** UTF-16 units: more than the page lays out at first (`ui/shared/long-text.ts`), so it ends them in the same place. */
export const MAX_BEGINNING = 1_024

/** An entry with the beginning of its text, or with all of it if it is short. */
export function shownOf(entry: HistoryEntry): ShownEntry {
  return { ...entry, text: beginningOf(entry.text), isWhole: entry.text.length <= MAX_BEGINNING }
}

/** The beginning of a text. It does not end within a character. */
export function beginningOf(text: string): string {
  if (text.length <= MAX_BEGINNING) return text
  const end = /[\ud800-\udbff]/.test(text[MAX_BEGINNING - 1]!) ? MAX_BEGINNING - 1 : MAX_BEGINNING
  return text.slice(0, end)
}
