/** A Chromium with its profile on the disk, which can be killed at once, as by a power cut. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, expect, type BrowserContext } from '@playwright/test'
import { BROWSER_ARGS, requireChromium } from '../.scripts/browser.mjs'

interface KillableBrowser {
  readonly context: BrowserContext
  /** Ends all its processes without a word. */
  kill(): Promise<void>
}

export async function launchBrowser(profile: string): Promise<KillableBrowser> {
  const portFile = join(profile, 'DevToolsActivePort')
  rmSync(portFile, { force: true })
  const options = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-default-browser-check']
  // Its own process group, so that one signal reaches all of it.
  const child = spawn(await requireChromium(), [...BROWSER_ARGS, ...options], { stdio: 'ignore', detached: true })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await expect
    .poll(() => existsSync(portFile) && readFileSync(portFile, 'utf8').includes('/'), { message: 'the browser started' })
    .toBe(true)
  const [port] = readFileSync(portFile, 'utf8').split('\n')
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
  return {
    context: browser.contexts()[0]!,
    async kill() {
      process.kill(-child.pid!, 'SIGKILL')
      await ended
    },
  }
}
