/**
 * The web addresses in a text of others: http and https addresses, as they were typed, that go where a reader sees that they go. What is not surely
 * that stays plain text:
 *
 * - an address with another scheme;
 * - a host that is not plain ASCII, or that the URL parser reads as another one than is typed (`http://1.1`);
 * - a host behind which an invisible character stands: more letters may seem to be part of it;
 * - user information (`https://bank.com@evil.com`);
 * - an address that goes on behind what is shown: at the end of a text that is cut, or where "…" stands.
 *
 * One pass over the text: the next address is looked for behind the end of this one.
 */

/** Web addresses that browsers and servers take for sure. What is longer is data, and no reader checks it. UTF-16 units. */
export const MAX_WEB_ADDRESS_LENGTH = 2_000

/** Web addresses in one text: more than people write in a message. Each is an element and a stop of the Tab key, and a text has room for 7,000. */
export const MAX_WEB_ADDRESSES = 64

/** A web address in a text, in UTF-16 units. */
export interface WebAddress {
  readonly from: number
  /** Behind its last character. */
  readonly to: number
  /** As the URL parser writes it. */
  readonly href: string
}

const START = /https?:\/\//gi

/** Characters of a scheme: `view-source+https://…` is none of ours. */
const SCHEME = /[a-z0-9+.-]/i

/**
 * What ends an address: white space, control characters, the invisible ones that turn the direction or join letters, quotation marks, brackets that no
 * address has, a backslash (which parsers read differently), and the punctuation of CJK texts, which has no space before it.
 */
const END = /[\s\p{C}\p{Z}"<>\\^`\p{Pi}\p{Pf}\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]/gu

/** What nobody sees. (Line breaks and tabs are seen.) */
const INVISIBLE = /\p{Cf}|(?!\s)\p{Cc}/u

/** Scheme, host and port, as they must be typed: nothing in them that a parser would change, but for capitals. */
const ORIGIN = /^https?:\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)/i

/** The web addresses in a text, in its order. O(length). `isCut`: the text goes on. */
export function webAddressesIn(text: string, isCut: boolean): WebAddress[] {
  const found: WebAddress[] = []
  START.lastIndex = 0
  for (let start = START.exec(text); start !== null && found.length < MAX_WEB_ADDRESSES; start = START.exec(text)) {
    const from = start.index
    END.lastIndex = START.lastIndex
    const end = END.exec(text)?.index ?? text.length
    START.lastIndex = end
    if (from > 0 && SCHEME.test(text[from - 1]!)) continue
    if (isCut && end === text.length) continue
    const typed = text.slice(from, end)
    if (INVISIBLE.test(text[end] ?? '') && ORIGIN.exec(typed)?.[0] === typed) continue
    const address = withoutPunctuation(typed)
    const href = hrefOf(address)
    if (href !== null) found.push({ from, to: from + address.length, href })
  }
  return found
}

/** Brackets that may belong to an address or to the sentence around it. */
const BRACKETS = ['()', '[]', '{}'] as const

/** An address without the punctuation of its sentence: a closing bracket belongs to it if it has the opening one. O(length). */
function withoutPunctuation(address: string): string {
  const unopened = new Map(BRACKETS.map((pair) => [pair[1]!, count(address, pair[1]!) - count(address, pair[0]!)]))
  let end = address.length
  for (; end > 0; end--) {
    const last = address[end - 1]!
    const excess = unopened.get(last)
    if (excess === undefined ? !".,;:!?'*".includes(last) : excess <= 0) break
    if (excess !== undefined) unopened.set(last, excess - 1)
  }
  return address.slice(0, end)
}

const count = (text: string, part: string): number => text.split(part).length - 1

/** Where an address leads, if that is what a reader sees; or null. */
function hrefOf(address: string): string | null {
  const host = ORIGIN.exec(address)?.[1]
  if (host === undefined || address.length > MAX_WEB_ADDRESS_LENGTH || address.includes('…')) return null
  const url = URL.parse(address)
  return url?.hostname === host.toLowerCase() ? url.href : null
}
