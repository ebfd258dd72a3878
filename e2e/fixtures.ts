/** What every end-to-end test gets: a host of its own, devices, and the promise that nothing went wrong unnoticed. */
import { test as base, type BrowserContext, type Page } from '@playwright/test'
import { expect } from './expect.ts'
import { startHost, type Host } from './host.ts'
import { startHostileRelay, type HostileRelay } from './hostile-relay.ts'
import { openTab } from './tabs.ts'

/** One person's browser: its tabs share storage and BroadcastChannel, and nothing with another device. */
export interface Device {
  readonly context: BrowserContext
  /** Opens the app's address with this fragment and waits for the node. `expected`: console errors that are no fault here. */
  open(url: string, expected?: RegExp): Promise<Page>
}

export interface Fixtures {
  readonly host: Host
  readonly hostile: HostileRelay
  /** Devices without WebRTC, for what is about the relay alone. */
  readonly relayOnly: boolean
  /** Devices with a service worker, for what is about it. To install it takes a device half a second of CPU. */
  readonly serviceWorker: boolean
  /** Makes a device. */
  readonly device: () => Promise<Device>
  /** Uncaught errors, console errors and policy violations of all tabs; must be empty in the end. */
  readonly problems: string[]
}

const SEED = 20_261_122

export const test = base.extend<Fixtures>({
  problems: async ({ browserName: _browserName }, use) => {
    const problems: string[] = []
    await use(problems)
    expect(problems, 'errors and policy violations in the tabs').toEqual([])
  },
  host: async ({ browserName: _browserName }, use) => {
    const host = await startHost()
    await use(host)
    await host.kill()
  },
  hostile: async ({ host }, use) => {
    const hostile = await startHostileRelay(host.port, SEED)
    await use(hostile)
    await hostile.close()
  },
  relayOnly: [false, { option: true }],
  serviceWorker: [false, { option: true }],
  device: async ({ browser, problems, relayOnly, serviceWorker }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      // Six tabs at once, all of them visible and without a GPU: what moves would be most of the work. Movement has tests of its own.
      const context = await browser.newContext({ reducedMotion: 'reduce' })
      if (relayOnly) await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'))
      if (!serviceWorker) await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'))
      contexts.push(context)
      return { context, open: (url, expected) => openTab(context, url, problems, expected) }
    })
    for (const context of contexts) await context.close()
  },
})

export { expect } from './expect.ts'
