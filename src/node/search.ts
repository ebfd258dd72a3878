/** Finds entries by what they say, by their author's nickname and chosen name, and by the beginning of an id. */
import { fromHex } from '../core/bytes.ts'
import { folded, placeOf } from '../core/find-text.ts'
import { thinMarks } from '../core/marks.ts'
import { wordsOf } from '../crdt/entry-words.ts'
import { authorLook } from '../graph/author-look.ts'
import { excerptOf } from './excerpt.ts'
import type { Hex, HistoryEntry, Match } from './views.ts'

/**
 * From so many hex digits on, a search also looks for ids. Screens show 8 digits. With fewer than this, a search would find entries by
 * chance.
 */
const LEAST_ID_DIGITS = 4

/**
 * Finds entries by `text`. An entry is found in three cases: the text is anywhere in what the screen says of the entry; its author's
 * nickname and chosen name, one after the other, have the text from the beginning of a word on; or its id, or its author's fingerprint,
 * begins with the text. Gives null for an entry that is not found. O(characters of the entry), and once O(an author's names). `names`:
 * the chosen names of authors.
 */
export function createMatcher(text: string, names: ReadonlyMap<Hex, string>): (entry: HistoryEntry) => Match | null {
  const wanted = folded(text)
  const isId = wanted.length >= LEAST_ID_DIGITS && /^[0-9a-f]+$/.test(wanted)
  const looked = new Map<Hex, boolean>()
  const isBy = (author: Hex): boolean => {
    let isSo = looked.get(author)
    if (isSo === undefined) {
      const nickname = authorLook(fromHex(author)!).name
      const name = names.get(author)
      isSo = (isId && author.startsWith(wanted)) || ` ${nickname}${name === undefined ? '' : ` ${folded(name)}`}`.includes(` ${wanted}`)
      looked.set(author, isSo)
    }
    return isSo
  }
  return (entry) => {
    const { id, author, kind, time } = entry
    const said = wordsOf(entry)
    const compared = folded(said)
    const isSaid = compared.includes(wanted)
    const byId = isId && id.startsWith(wanted)
    const byAuthor = isBy(author)
    if (!isSaid && !byId && !byAuthor) return null
    const words = thinMarks(said)
    return { id, author, kind, time, excerpt: excerptOf(words, placeOf(words, wanted, compared)), byId, byAuthor }
  }
}
