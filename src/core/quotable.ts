/**
 * A text of others in a line of ours: the name of a person or a room, the last message in a list. What stands after it must stay as we
 * wrote it. To isolate the text is not enough: a character in the text can end the isolation.
 */
import { thinMarks } from './marks.ts'

/** Marks that turn the direction of what follows, and marks that begin or end an isolation. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/** Controls, and ends of lines and paragraphs: the end of a paragraph ends each isolation too. */
const BREAKING = /[\p{Cc}\p{Zl}\p{Zp}]/gu
/** Such a text stands between “ and ”, and must not seem to end early. */
const QUOTES = /[“”]/g
/** A character that a person can see: no space, control, mark alone, filler or empty Braille cell. */
const SEEN = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u

/** Whether there is anything to see in the text. */
export const isSeen = (text: string): boolean => SEEN.test(text)

/** The text as it may stand in a line of ours, or "" if nobody could see it. O(length). */
export function quotable(text: string): string {
  const calm = text.replaceAll(TURNING, '').replaceAll(BREAKING, ' ').replaceAll(QUOTES, '"')
  return isSeen(calm) ? thinMarks(calm) : ''
}
