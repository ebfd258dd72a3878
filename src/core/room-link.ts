/**
 * Finds a room's link in a text: as people copy it, and as messengers, mail and documents pass it on. A link is LINK_CHARACTERS
 * characters of base64url (64 bytes), and perhaps an invitation after a point. Nothing in it tells whether there is such a room.
 */
import { greatestOf } from './lists.ts'

/** 64 bytes in base64url. */
export const LINK_CHARACTERS = 86
/** The last letter has 2 bits of the link, and 4 that are 0. */
const LINK = new RegExp(`(?<![\\w-])([\\w-]{${LINK_CHARACTERS - 1}}[AQgw])(\\.[\\w-]+)?(?![\\w-])`)
/** Letters that nobody sees: some programs put them into long words, so that these can be broken. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g
const ESCAPED = /%([0-7][0-9a-f])/gi

/** Characters that may stand before an address: brackets, quotes. */
const OPENING = /^[^a-z]+/i

/** The text as people see it. */
const seenIn = (text: string): string =>
  text.replaceAll(UNSEEN, '').replaceAll(ESCAPED, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/**
 * How many characters the link seems to have in a text that has none: those after the last "#", without an invitation, or those of a text
 * without "#" that has nothing else.
 */
export function charactersOfLink(text: string): number {
  const seen = seenIn(text)
  const at = seen.lastIndexOf('#')
  const link = at < 0 ? seen.trim() : seen.slice(at + 1).split('.')[0]!
  if (at < 0 && !/^[\w-]+$/.test(link)) return 0
  const rows = link.match(/[\w-]+/g) ?? []
  return greatestOf(
    rows.map((row) => row.length),
    0,
  )
}

/** The fragment of the first link in the text (without "#"), and the address before it, or "" if it stands alone; null if there is none. */
export function findLink(text: string): { readonly fragment: string; readonly address: string } | null {
  const seen = seenIn(text)
  const found = LINK.exec(seen)
  if (found === null) return null
  const [, link = '', invitation = ''] = found
  const word = seen.slice(0, found.index).replace(/#$/, '').split(/\s/).at(-1)!
  return { fragment: link + invitation, address: word.replace(OPENING, '') }
}
