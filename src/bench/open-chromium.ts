/** A long room in Chromium, opened again and again: by the index that the node has written, and without it. */
import type { Page } from 'playwright'
import type { Handles } from '../ui/handles.ts'
import { type BenchBrowser, openApp } from './browser.ts'
import { reopen, workerMemory } from './ingest-chromium.ts'
import type { LongRoom } from './long-room.ts'

/** Where the page fetches the file from, on the app's own origin. */
const FILE_PATH = '/bench-room'
/** Ops that a node may leave out of its index (`node/packer.ts`). */
const LEFT_OUT = 2_048

/** Joins the room as a new node, imports it, and waits until all of it is stored and indexed. */
export async function importRoom(browser: BenchBrowser, room: LongRoom): Promise<Page> {
  const page = await openApp(browser, room.link)
  await importInto(page, room)
  while ((await onIndex(page, 'measure')).ops < room.ops - LEFT_OUT) await page.waitForTimeout(500)
  return page
}

/** Imports the room's file into a page that has joined the room, and waits until all of it is stored. */
export async function importInto(page: Page, { file, ops }: LongRoom): Promise<void> {
  await page.route(`**${FILE_PATH}`, (route) => route.fulfill({ body: Buffer.from(file), contentType: 'application/octet-stream' }))
  await page.evaluate(async (path) => {
    const { tabweave } = window as unknown as { tabweave: Handles }
    await tabweave.import(new Uint8Array(await (await fetch(path)).arrayBuffer()))
  }, FILE_PATH)
  await page.waitForFunction((wanted) => document.documentElement.dataset['stored'] === `${wanted}`, ops, { timeout: 0 })
}

export interface Opening {
  /** From the start of a reload to all ops being there and the newest of the history on the screen (ms). */
  readonly ms: number
  /** Memory of the node's worker after it (bytes); null where the browser does not tell. */
  readonly workerBytes: number | null
  /** To read its index and check it, bare (ms). */
  readonly readMs: number
}

export async function openAgain(page: Page, ops: number, how: 'by index' | 'without index' = 'by index'): Promise<Opening> {
  if (how === 'without index') await onIndex(page, 'delete')
  const ms = await reopen(page, ops)
  return { ms, workerBytes: await workerMemory(page), readMs: (await onIndex(page, 'measure')).ms }
}

/** Deletes the index of the page's node, or reads it whole and checks it; gives how many ops it tells of, and the time that took. */
function onIndex(page: Page, what: 'measure' | 'delete'): Promise<{ readonly ops: number; readonly ms: number }> {
  return page.evaluate(async (asked) => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(new Error(String(request.error)))
      })
    const db = await done(indexedDB.open(`tabweave/${document.documentElement.dataset['node']}`))
    const store = db.transaction('index', asked === 'delete' ? 'readwrite' : 'readonly').objectStore('index')
    try {
      if (asked === 'delete') {
        await done(store.clear())
        return { ops: 0, ms: 0 }
      }
      const start = performance.now()
      const [keys, parts] = await Promise.all([done(store.getAllKeys()), done<unknown[]>(store.getAll())])
      await Promise.all((parts as { bytes: Uint8Array<ArrayBuffer> }[]).map(({ bytes }) => crypto.subtle.digest('SHA-256', bytes)))
      const [first, count] = (keys.at(-1) ?? [0, 0]) as [number, number]
      return { ops: first + count, ms: performance.now() - start }
    } finally {
      db.close()
    }
  }, what)
}
