/** A long room in Chromium, opened again and again: with the index that the node has written, and without it. */
import type { Page } from 'playwright'
import type { Handles } from '../ui/handles.ts'
import { type BenchBrowser, openApp } from './browser.ts'
import { reopen, workerMemory } from './ingest-chromium.ts'
import type { LongRoom } from './long-room.ts'

/** Where the page fetches the file from, on the app's own origin. */
const FILE_PATH = '/bench-room'

/** Joins the room as a new node, imports it and waits until all of it is stored and a node has nothing left to write. */
export async function importRoom(browser: BenchBrowser, { link, file, ops }: LongRoom): Promise<Page> {
  const page = await openApp(browser, link)
  await page.route(`**${FILE_PATH}`, (route) => route.fulfill({ body: Buffer.from(file), contentType: 'application/octet-stream' }))
  await page.evaluate(
    async ({ path, wanted }) => {
      const { tabweave } = window as unknown as { tabweave: Handles }
      await tabweave.import(new Uint8Array(await (await fetch(path)).arrayBuffer()))
      const data = document.documentElement.dataset
      while (data['stored'] !== `${wanted}`) await new Promise((resolve) => setTimeout(resolve, 100))
    },
    { path: FILE_PATH, wanted: ops },
  )
  return page
}

export interface Opening {
  /** From the start of a reload to all ops being there and the newest of the history on the screen (ms). */
  readonly ms: number
  /** Memory of the node's worker after it (bytes); null where the browser does not tell. */
  readonly workerBytes: number | null
}

export async function openAgain(page: Page, ops: number): Promise<Opening> {
  return { ms: await reopen(page, ops), workerBytes: await workerMemory(page) }
}
