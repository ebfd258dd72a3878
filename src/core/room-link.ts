/**
 * Finds a room's link in a text: as people copy it, and as messengers, mail and documents pass it on. A link is a row of LINK_LETTERS
 * letters of base64url (64 bytes), and perhaps an invitation after a point. The text is not checked, only searched.
 */

/** 64 bytes in base64url. */
const LINK_LETTERS = 86
const LINK = new RegExp(`(?<![\\w-])([\\w-]{${LINK_LETTERS}})(\\.[\\w-]+)?(?![\\w-])`)
/** Letters that nobody sees: some programs put them into long words, so that these can be broken. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g
const ESCAPED = /%([0-7][0-9a-f])/gi

/** Characters that may stand before an address: brackets, quotes. */
const OPENING = /^[^a-z]+/i

/** The fragment of the first link in the text (without "#"), and the address before it, or "" if it stands alone; null if there is none. */
export function findLink(text: string): { readonly fragment: string; readonly address: string } | null {
  const seen = text.replaceAll(UNSEEN, '').replaceAll(ESCAPED, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  const found = LINK.exec(seen)
  if (found === null) return null
  const [, link = '', invitation = ''] = found
  const word = seen.slice(0, found.index).replace(/#$/, '').split(/\s/).at(-1)!
  return { fragment: link + invitation, address: word.replace(OPENING, '') }
}
