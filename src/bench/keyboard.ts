/**
 * From a key to another page: the real keyboard in one page, and what was seen of it in the other one. The key's time is that of
 * the keydown of Enter in a capture listener of the typing page; both pages' clocks are `performance.timeOrigin + performance.now()`
 * of one machine.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright'

/** Between two letters (ms): a quick typist's, so that what a letter costs the page is done before the next one. */
const LETTER_EVERY = 25
/** A text that is not seen by then is never seen (ms). */
const SEEN_WITHIN = 30_000
/** Every text is like this one: no other text of a page is. */
const TEXT = /m\d+;/

declare global {
  interface Window {
    /** When Enter was last pressed (ms since 1970). */
    pressedAt: number
    /** Notes that a text came to be seen here. */
    saw(text: string): void
    /** When a text came to be seen here (ms since 1970), as soon as it is. */
    seenAt(text: string): Promise<number>
    /** Notes every text that comes as a new item into a list. */
    watchList(list: Element): void
  }
}

/** Makes a page note keys, and what it comes to see. */
export async function watchPage(page: Page): Promise<void> {
  await page.evaluate((pattern) => {
    const seen = new Map<string, number>()
    const awaited = new Map<string, (at: number) => void>()
    const now = (): number => performance.timeOrigin + performance.now()
    window.saw = (text) => {
      const at = now()
      seen.set(text, at)
      awaited.get(text)?.(at)
    }
    window.seenAt = (text) => new Promise((resolve) => (seen.has(text) ? resolve(seen.get(text)!) : awaited.set(text, resolve)))
    window.watchList = (list) => {
      new MutationObserver((records) => {
        for (const item of records.flatMap(({ addedNodes }) => [...addedNodes])) {
          const text = new RegExp(pattern).exec(item.textContent ?? '')?.[0]
          if (text !== undefined && !seen.has(text)) window.saw(text)
        }
      }).observe(list, { childList: true })
    }
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === 'Enter') window.pressedAt = now()
    }
    document.addEventListener('keydown', onKey, true)
  }, TEXT.source)
}

/** Two pages in which one types what the other sees; each has `watchPage`, and the keyboard goes where it types. */
export type Typists = readonly [Page, Page]

/** Types the text into the page and presses Enter; gives how long that took to be seen in the other one (ms). Rejects if it is not seen. */
export async function typeOnce(pages: Typists, from: 0 | 1, text: string): Promise<number> {
  const [writer, reader] = [pages[from], pages[1 - from]!]
  const seen = reader.evaluate((wanted) => window.seenAt(wanted), text)
  await writer.keyboard.type(text, { delay: LETTER_EVERY })
  await sleep(LETTER_EVERY)
  await writer.keyboard.press('Enter')
  const at = await Promise.race([seen, sleep(SEEN_WITHIN, null, { ref: false })])
  if (at === null) throw new Error(`"${text}" was typed and not seen within ${SEEN_WITHIN / 1_000} s.`)
  return at - (await writer.evaluate(() => window.pressedAt))
}
