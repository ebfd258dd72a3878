/** How the end-to-end tests run: against the built app and its real relay, in a real Chromium. */
import { defineConfig } from '@playwright/test'
import { BROWSER_ARGS, requireChromium } from '../.scripts/browser.mjs'

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // Each test waits for most of its time, and needs a processor for some of it.
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    headless: true,
    screenshot: 'off',
    trace: 'off',
    launchOptions: { executablePath: await requireChromium(), args: BROWSER_ARGS },
  },
})
