/** What a search finds: entries by their text, by their author's nickname and chosen name, and by the beginning of an id. */
import { fromHex } from '../core/bytes.ts'
import { thinMarks } from '../core/marks.ts'
import { authorLook } from '../graph/author-look.ts'
import type { Hex, HistoryEntry } from './views.ts'

/** From so many hex digits on, a search is for ids too. Screens show 8; with fewer, one would find whatever begins so by chance. */
const LEAST_ID_DIGITS = 4

/** A text as a search compares it: the case does not count, nor whether an accent is a letter of its own. */
const folded = (text: string): string => thinMarks(text).normalize('NFC').toLowerCase()

/**
 * Tells whether an entry is found by `text`. Its text has it anywhere; its author's nickname and chosen name have it, one after the other, from the beginning of a word on; its
 * id, or its author's fingerprint, begins with it. O(characters of the entry), and once O(an author's names). `names`: what authors call themselves.
 */
export function createMatcher(text: string, names: ReadonlyMap<Hex, string>): (entry: HistoryEntry) => boolean {
  const wanted = folded(text)
  const isId = wanted.length >= LEAST_ID_DIGITS && /^[0-9a-f]+$/.test(wanted)
  const looked = new Map<Hex, boolean>()
  const isCalledSo = (author: Hex): boolean => {
    let isSo = looked.get(author)
    if (isSo === undefined) {
      const nickname = authorLook(fromHex(author)!).name
      const name = names.get(author)
      isSo = ` ${nickname}${name === undefined ? '' : ` ${folded(name)}`}`.includes(` ${wanted}`)
      looked.set(author, isSo)
    }
    return isSo
  }
  return ({ id, author, text: said }) =>
    (isId && (id.startsWith(wanted) || author.startsWith(wanted))) || isCalledSo(author) || folded(said).includes(wanted)
}
