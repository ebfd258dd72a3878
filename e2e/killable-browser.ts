/** A Chromium with its profile on the disk, which can be killed at once, as by a power cut. */
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
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
  // Chromium writes "host-pid" there, so that a second one does not use the profile.
  const pid = Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1))
  return {
    context,
    async kill() {
      process.kill(pid, 'SIGKILL')
      await ended
    },
  }
}
