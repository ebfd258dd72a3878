/**
 * Finds words in a text. Case does not matter, and it does not matter whether an accent is a code point of its own: both sides are
 * folded. Folding changes lengths. So the place in the text itself is found by folding it letter by letter.
 */
import { thinMarks } from './marks.ts'

/** A text in the form in which it is compared. O(length). */
export const folded = (text: string): string => thinMarks(text).normalize('NFC').toLowerCase()

/** Characters of a text, in UTF-16 units. */
export interface Place {
  readonly from: number
  /** The place after the last one. */
  readonly to: number
}

/**
 * A letter with all that is drawn together with it: its marks, the rest of a Hangul syllable, a skin tone, the other half of a flag, and
 * letters that a joiner joins to it. Folding and highlighting always take whole letters. The vowels from U+16D67 on compose like marks,
 * but are none.
 */
const LETTERS = /(?:\p{RI}{2}|\P{M}|^\p{M}+)(?:[\p{M}\p{Emoji_Modifier}\u1160-\u11ff\u{16d67}-\u{16d6a}]|\u200d\P{M})*/gu

/**
 * Where words stand first in a text; null if they do not. It covers whole letters. O(length).
 * @param text with its marks thinned
 * @param words folded
 * @param compared the text folded
 */
export function placeOf(text: string, words: string, compared: string = folded(text)): Place | null {
  const first = words === '' ? -1 : compared.indexOf(words)
  if (first < 0) return null
  const start = letterAt(text, { from: 0, before: 0 }, first)
  const last = letterAt(text, start, first + words.length - 1)
  return { from: start.from, to: last.to }
}

/** The beginning of a letter in a text, and how many units the folded text has before it. */
interface Spot {
  readonly from: number
  readonly before: number
}

/**
 * Folding letter by letter takes many times as long as folding the text. So a stretch of this length that ends before the words is folded
 * at once.
 */
const STRIDE = 512

/** The letter in which a unit of the folded text lies, behind `spot`. */
function letterAt(text: string, spot: Spot, unit: number): Spot & { readonly to: number } {
  let { from, before } = spot
  for (let next = letterBefore(text, from + STRIDE); next !== null; next = letterBefore(text, from + STRIDE)) {
    const length = folded(text.slice(from, next)).length
    if (before + length > unit) break
    from = next
    before += length
  }
  LETTERS.lastIndex = from
  for (;;) {
    const letter = LETTERS.exec(text)?.[0]
    if (letter === undefined) return { from, before, to: text.length }
    const length = folded(letter).length
    if (before + length > unit) return { from, before, to: from + letter.length }
    from += letter.length
    before += length
  }
}

/** Where the last letter begins that begins within the 64 units before `at`; null at the end of the text, and within a longer letter. */
function letterBefore(text: string, at: number): number | null {
  const tail = at < text.length ? text.slice(at - 64, at) : ''
  const last = tail.match(LETTERS)?.at(-1) ?? ''
  return last.length < tail.length ? at - last.length : null
}

/** The beginning of a text: whole letters, at most `most` UTF-16 units. If the first letter is longer than that, the beginning of that letter. O(most). */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  const last = cut.match(LETTERS)?.at(-1) ?? ''
  if (last.length < cut.length) return cut.slice(0, -last.length)
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}

/** The end of a text, as `beginningOf` is its beginning. */
export function endOf(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(text.length - most)
  const [first = ''] = cut.match(LETTERS) ?? []
  if (first.length < cut.length) return cut.slice(first.length)
  return /^[\udc00-\udfff]/.test(cut) ? cut.slice(1) : cut
}
