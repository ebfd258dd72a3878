/** The part of a text around the words that a search found in it. Texts may be long, and a screen lists many. */
import { beginningOf, endOf, type Place } from '../core/find-text.ts'
import type { Excerpt } from './views.ts'

/** UTF-16 units before the words: a line or two, so that the list's part of the excerpt has the words in it. */
const BEFORE = 40
/** UTF-16 units after the words: three lines. A list shows no more. */
const AFTER = 160
/** UTF-16 units of the words: a person may search for a whole message. */
const WORDS = 200

/** @param text with its marks thinned. @param place of the words; null: they are not in it, and the excerpt is its beginning */
export function excerptOf(text: string, place: Place | null): Excerpt {
  const { from, to } = place ?? { from: 0, to: 0 }
  const before = withoutPart(endOf(text.slice(Math.max(0, from - BEFORE - 1), from), BEFORE), from)
  const words = beginningOf(text.slice(from, to), WORDS)
  const end = from + words.length
  const after = end < to ? '' : beginningOf(text.slice(end, end + AFTER + 1), AFTER)
  return {
    before: before.length < from ? `…${before}` : before,
    words,
    after: end + after.length < text.length ? `${after.trimEnd()}…` : after,
  }
}

/** The text before the words, from the beginning of a word on if that is near. `length`: of the text before the words. */
const withoutPart = (before: string, length: number): string => (before.length < length ? before.replace(/^\S{0,20}\s+/, '') : before)
