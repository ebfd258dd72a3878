/** A Chromium with its profile on the disk, which can be killed at once, as by a power cut. */
import { chromium, type BrowserContext } from '@playwright/test'
import { BROWSER_ARGS, requireChromium } from '../.scripts/browser.mjs'

interface KillableBrowser {
  readonly context: BrowserContext
  /** Ends it without a word. */
  kill(): Promise<void>
}

export async function launchBrowser(profile: string): Promise<KillableBrowser> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await requireChromium(),
    args: BROWSER_ARGS,
    headless: true,
  })
  const ended = new Promise<void>((resolve) => context.once('close', () => resolve()))
  const session = await context.browser()!.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const pid = processInfo.find(({ type }) => type === 'browser')!.id
  return {
    context,
    async kill() {
      process.kill(pid, 'SIGKILL')
      await ended
    },
  }
}
