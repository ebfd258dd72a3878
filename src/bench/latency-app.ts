/** Two tabs of the app that hear each other by one path and no other. */
import type { Page } from 'playwright'
import { type BenchBrowser, openApp } from './browser.ts'
import { type Typists, watchPage } from './keyboard.ts'

/** As the app names it. */
export type AppPath = 'broadcast' | 'webrtc' | 'relay'

/** Which other path is cut by hand, by its name in the Peers place: two tabs of one device have no other. */
const OTHER = { broadcast: null, webrtc: 'relay', relay: 'direct' } as const

/**
 * A room in two tabs: of one device for "broadcast", else of two.
 * @param link of the room; "new": a fresh one
 * @param prepare is done in the first tab before the second one is there
 */
export async function openTabs(
  browser: BenchBrowser,
  path: AppPath,
  link = 'new',
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Typists> {
  const a = await openApp(browser, link, await browser.openWindow(0))
  await prepare(a)
  const room = await a.evaluate(() => location.hash.slice(1))
  const b = await openApp(browser, room, await browser.openWindow(path === 'broadcast' ? 0 : 1))
  const other = OTHER[path]
  // The direct path is found by the relay: it is there before that is cut.
  if (path === 'webrtc') for (const page of [a, b]) await hears(page, path)
  if (other !== null) for (const page of [a, b]) await cut(page, other)
  for (const page of [a, b]) {
    await hears(page, path)
    await watchPage(page)
    await page.getByRole('list', { name: 'History' }).evaluate((list) => window.watchList(list))
    await page.getByRole('textbox', { name: 'Message', exact: true }).focus()
  }
  return [a, b]
}

/** Waits until the tab hears its one peer by this path alone. */
async function hears(page: Page, path: AppPath): Promise<void> {
  await page.waitForFunction((wanted) => document.documentElement.dataset['paths'] === wanted, path)
}

/** Cuts a path by hand. */
export async function cut(page: Page, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('menuitem', { name: 'Peers' }).click()
  await page.getByRole('button', { name: `Cut the path “${path}”`, exact: true }).click()
  await page.keyboard.press('Escape')
}
