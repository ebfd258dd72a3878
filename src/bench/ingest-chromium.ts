/** The app in Chromium, importing a room's file and opening it again: measured in the page, as whoever looks at it would. */
import type { Page } from 'playwright'
import type { Handles } from '../ui/handles.ts'
import { type BenchBrowser, openEmptyNode } from './browser.ts'
import { toBase64 } from './setting.ts'

/** How long it took to have all ops on the disk, and the page's longest blocks meanwhile. */
export interface Blocks {
  /** ms. */
  readonly ms: number
  /** Longest task of the page's thread that the browser reports (it reports those above 50 ms; 0: none), and longest gap between two frames beyond one frame (ms). */
  readonly longestTask: number
  readonly longestGap: number
}

export interface ChromiumImport extends Blocks {
  /** Memory of the node's worker after it (bytes); null where the browser does not tell. */
  readonly workerBytes: number | null
  /** From the start of a reload to all ops being there and the history on the screen (ms). */
  readonly reopenMs: number
}

/** Joins the room as a new node of a new device, imports, reloads. */
export async function importInChromium(browser: BenchBrowser, link: string, file: Uint8Array, ops: number): Promise<ChromiumImport> {
  const device = await browser.openDevice()
  const page = await openEmptyNode(browser, link, device)
  const imported = await importInto(page, file, ops)
  const workerBytes = await workerMemory(page)
  const reopenMs = await reopen(page, ops)
  await device.close()
  return { ...imported, workerBytes, reopenMs }
}

/** Imports a file into the page's node, which holds nothing yet. */
export async function importInto(page: Page, file: Uint8Array, ops: number): Promise<Blocks> {
  await page.evaluate((base64) => {
    document.title = 'bench'
    Object.assign(window, { benchFile: Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) })
  }, toBase64(file))
  const imported = page.evaluate(watchBlocks, ops)
  await page.evaluate(() => {
    const { benchFile, tabweave } = window as unknown as { benchFile: Uint8Array; tabweave: Handles }
    void tabweave.import(benchFile)
  })
  return imported
}

/** Runs in the page: from now until so many ops are on its disk, and for half a second more. */
export async function watchBlocks(ops: number): Promise<Blocks> {
  const data = document.documentElement.dataset
  let longestTask = 0
  let longestGap = 0
  const start = performance.now()
  let frame = start
  let watching = true
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration)
  })
  tasks.observe({ type: 'longtask' })
  const onFrame = (now: number): void => {
    longestGap = Math.max(longestGap, now - frame - 1000 / 60)
    frame = now
    if (watching) requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
  const end = await new Promise<number>((resolve) => {
    const look = (): void => {
      if (data['stored'] === `${ops}`) resolve(performance.now())
    }
    new MutationObserver(look).observe(document.documentElement, { attributes: true })
    look()
  })
  // The page is still drawing what came.
  await new Promise((resolve) => setTimeout(resolve, 500))
  watching = false
  tasks.disconnect()
  return { ms: end - start, longestTask, longestGap }
}

/** Reloads, and asks the page when it was usable (ms from the start of the reload). */
export async function reopen(page: Page, ops: number): Promise<number> {
  await page.addInitScript((wanted) => {
    const usable = new Promise<number>((resolve) => {
      const look = (): void => {
        const { dataset } = document.documentElement
        if (dataset['ready'] === 'true' && dataset['ops'] === `${wanted}` && document.querySelector('.history li') !== null)
          resolve(performance.now())
      }
      new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true })
    })
    Object.assign(window, { benchUsable: usable })
  }, ops)
  await page.reload()
  return page.evaluate(() => (window as unknown as { benchUsable: Promise<number> }).benchUsable)
}

/** JavaScript heap and array buffers of the node's worker, after a collection (bytes); null where the browser does not tell. */
export async function workerMemory(page: Page): Promise<number | null> {
  const session = await page.context().newCDPSession(page)
  const waiting = new Map<number, (result: { usedSize?: number; backingStorageSize?: number }) => void>()
  let lastId = 0
  const workers: string[] = []
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker' && targetInfo.url.includes('node.worker')) workers.push(sessionId)
  })
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result = {} } = JSON.parse(message) as { id: number; result?: object }
    waiting.get(id)?.(result)
  })
  const ask = (sessionId: string, method: string): Promise<{ usedSize?: number; backingStorageSize?: number }> =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, resolve)
      session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params: {} }) }).catch(reject)
    })
  try {
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
    const [worker] = workers
    if (worker === undefined) return null
    await ask(worker, 'HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize = 0 } = await ask(worker, 'Runtime.getHeapUsage')
    return usedSize === undefined ? null : usedSize + backingStorageSize
  } finally {
    await session.detach()
  }
}
