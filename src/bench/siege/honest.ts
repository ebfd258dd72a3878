/** The honest side: two tabs of two devices that hear each other by the relay, a reload, and a newcomer. */
import type { Page } from 'playwright'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchBrowser, openApp } from '../browser.ts'
import { type Typists, typeOnce, watchPage } from '../keyboard.ts'
import { cut, openTabs } from '../latency-app.ts'
import type { LongRoom } from '../long-room.ts'
import { importInto } from '../open-chromium.ts'

/** What takes longer counts as never (ms). */
const NEVER = 60_000
/** Pause between two looks at what a newcomer holds (ms). */
const LOOK_EVERY = 50
/** Between two messages (ms), and up to as much again by chance. */
const PAUSE = 400

export interface Honest {
  readonly pages: Typists
  readonly link: string
}

/** Two tabs that hold the room. */
export async function openHonest(browser: BenchBrowser, room: LongRoom): Promise<Honest> {
  const pages = await openTabs(browser, 'relay', room.link, (page) => importInto(page, room))
  await pages[1].waitForFunction((wanted) => Number(document.documentElement.dataset['stored']) >= wanted, room.ops)
  return { pages, link: room.link }
}

let typed = 0

/** Types messages by turns; gives how long each took to be seen by the other (ms). Infinity for one that was not. */
export async function typeSome({ pages }: Honest, count: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    await pages[i % 2]!.getByRole('textbox', { name: 'Message', exact: true }).focus()
    times.push(await typeOnce(pages, (i % 2) as 0 | 1, `m${typed++};`).catch(() => Infinity))
    await sleep(PAUSE * (1 + Math.random()))
  }
  return times
}

/** Reloads the first tab; gives the seconds until it holds what the other one holds and a message from it is seen there. */
export async function reload({ pages }: Honest): Promise<number> {
  const [page, other] = pages
  const began = performance.now()
  await page.reload()
  await page.waitForFunction(() => document.documentElement.dataset['ready'] === 'true')
  const seconds = await untilHeard(page, other, began)
  await cut(page, 'direct')
  await watchPage(page)
  await page.getByRole('list', { name: 'History' }).evaluate((list) => window.watchList(list))
  return seconds
}

/** Seconds since a new device came. */
export interface Joined {
  /** Until it holds `ops`. */
  readonly has: number
  /** Until it holds as many ops as a tab that was there held when it came, and a message of its own is seen by that tab. */
  readonly heard: number
}

/** Joins as a new device. */
export async function joinAsNew(browser: BenchBrowser, { pages, link }: Honest, ops: number): Promise<Joined> {
  const all = await pages[1].evaluate(() => Number(document.documentElement.dataset['stored']))
  const device = await browser.openDevice()
  try {
    const began = performance.now()
    const page = await openApp(browser, link, await device.context.newPage())
    const has = await untilStored(page, ops, began)
    if (has === Infinity) return { has, heard: Infinity }
    // Before that its message can stand on the middle of the history, and is shown there.
    const hasAll = await untilStored(page, all, began)
    return { has, heard: hasAll === Infinity ? Infinity : await untilHeard(page, pages[1], began) }
  } finally {
    await device.close()
  }
}

/** Waits until a page holds `ops` ops. Gives the seconds since `began`. */
async function untilStored(page: Page, ops: number, began: number): Promise<number> {
  // Asked at an interval: with each frame, as by default, asking keeps a newcomer's page drawing all the time.
  const options = { timeout: NEVER, polling: LOOK_EVERY }
  const has = page.waitForFunction((wanted) => Number(document.documentElement.dataset['stored']) >= wanted, ops, options)
  return (await has.catch(() => null)) === null ? Infinity : (performance.now() - began) / 1_000
}

/** Writes in one tab and waits until the other shows it; gives the seconds since `began`. */
async function untilHeard(page: Page, other: Page, began: number): Promise<number> {
  const text = `m${typed++};`
  const seen = other.evaluate((wanted) => window.seenAt(wanted), text)
  await page.evaluate((wanted) => window.tabweave.submit(wanted), text)
  const at = await Promise.race([seen, sleep(NEVER, null, { ref: false })])
  return at === null ? Infinity : (performance.now() - began) / 1_000
}
