/**
 * The app as a person has it, for benchmarks: served by the relay's host, in a real Chromium with a profile on the disk (a
 * private window's IndexedDB would be in memory), and beside it an empty page for the same work done bare.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright'
import { createRelayHost } from '../../relay/node.ts'
import { assert } from '../core/result.ts'
import { askWorker } from './ask-worker.ts'
import type { BareAnswer, BareTask } from './bare.ts'

export interface BenchBrowser {
  readonly version: string
  /** Where the app is. */
  readonly origin: string
  readonly context: BrowserContext
  /**
   * A page in a window of its own, as of somebody who looks at several: tabs behind another one are run with less priority. On device
   * 0, which is `context`, or on device 1: another Chromium with a profile of its own, opened when it is asked for.
   */
  openWindow(device: 0 | 1): Promise<Page>
  /** One more device, with an empty disk. */
  openDevice(): Promise<Device>
  /** A worker of an empty page, which answers tasks one after the other. */
  bare(task: BareTask): Promise<BareAnswer>
  close(): Promise<void>
}

export interface Device {
  readonly context: BrowserContext
  close(): Promise<void>
}

export interface BenchSetting {
  /** The repository. */
  readonly root: string
  readonly chromium: string
  readonly chromiumArgs: readonly string[]
  /** The built `bare.worker.ts`. */
  readonly bareWorker: string
  /** The folder of the built `relay-host.ts` and `relay-load.ts`, which run as processes of their own. */
  readonly processes: string
  /** The built `channel.worker.ts`. */
  readonly channelWorker: string
  /** Where the packages of `src/bench/package.json` are, if they are. */
  readonly peers: string
  /** The bundle of those that pages load. */
  readonly yScript: string
}

export async function openBrowser({ root, chromium: executablePath, chromiumArgs, bareWorker }: BenchSetting): Promise<BenchBrowser> {
  const host = await createRelayHost({ app: join(root, 'dist'), relay: true, host: '127.0.0.1', port: 0, log: () => {} })
  const worker = readFileSync(bareWorker)
  const empty = createServer((request, response) => {
    const isWorker = request.url === '/worker.js'
    response
      .setHeader('Content-Type', isWorker ? 'text/javascript' : 'text/html')
      .end(isWorker ? worker : '<!doctype html><title>bare</title>')
  })
  await new Promise<void>((resolve) => void empty.listen(0, '127.0.0.1', resolve))
  const profiles: string[] = []
  const launch = (): Promise<BrowserContext> => {
    const profile = mkdtempSync(join(tmpdir(), 'tabweave-bench-'))
    profiles.push(profile)
    return chromium.launchPersistentContext(profile, { executablePath, headless: true, args: [...chromiumArgs] })
  }
  const context = await launch()
  let second: Promise<BrowserContext> | null = null

  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(empty.address() as AddressInfo).port}/`)
  await page.evaluate(() => void (window.benchWorker = new Worker('/worker.js', { type: 'module' })))

  return {
    version: context.browser()?.version() ?? '',
    origin: `http://127.0.0.1:${host.port}`,
    context,
    openWindow: async (device) => windowOf(device === 0 ? context : await (second ??= launch())),
    async openDevice() {
      const device = await launch()
      return { context: device, close: () => device.close() }
    },
    bare: (task) => askWorker<BareTask, BareAnswer>(page, task),
    async close() {
      await context.close()
      await (await second)?.close()
      await host.close()
      empty.closeAllConnections()
      await new Promise((resolve) => empty.close(resolve))
      for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function windowOf(context: BrowserContext): Promise<Page> {
  const session = await context.browser()!.newBrowserCDPSession()
  const opened = context.waitForEvent('page')
  await session.send('Target.createTarget', { url: 'about:blank', newWindow: true })
  await session.detach()
  return opened
}

/**
 * Opens the app at `link`, in a new tab or in a page that is there, and waits until its node runs. A browser that has another node of the
 * room takes that one up, or copies its ops: see `openEmptyNode`.
 */
export async function openApp({ context, origin }: BenchBrowser, link: string, opened?: Page): Promise<Page> {
  const page = opened ?? (await context.newPage())
  await page.goto(`${origin}/#${link}`)
  await page.waitForFunction(() => document.documentElement.dataset['ready'] === 'true')
  return page
}

/**
 * Opens the app at the link of a room, and waits until its node runs. The node holds nothing of the room.
 * @param device that has nothing of the room either
 */
export async function openEmptyNode(browser: BenchBrowser, link: string, device: Device): Promise<Page> {
  const page = await openApp(browser, link, await device.context.newPage())
  assert((await page.evaluate(() => document.documentElement.dataset['ops'])) === '0', 'the node holds nothing of the room')
  return page
}
