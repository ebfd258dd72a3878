/**
 * How tests run without a defence: the one that the environment names, or with all of them. The plugin looks when a module is
 * read, since `defences.runner.mjs` takes out one after the other.
 */
import { env } from 'node:process'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { BROWSER_ARGS } from './browser.mjs'
import { splicing } from './edits.mjs'
import { root } from './paths.mjs'

const inBrowser = env['IN_BROWSER'] === '1'

/** @typedef {import('./defences.runner.mjs').Removed} Removed */

const plugins = () => [
  {
    name: 'take out',
    enforce: /** @type {const} */ ('pre'),
    transform: (/** @type {string} */ code, /** @type {string} */ id) => {
      const removed = /** @type {Removed | null} */ (JSON.parse(env['DEFENCE'] ?? 'null'))
      return removed === null ? undefined : splicing(removed.file, removed.splice).transform(code, id)
    },
  },
]

export default defineConfig({
  root,
  // One for each: what one run has taken out must not be found in another's.
  cacheDir: env['DEFENCE_CACHE'] ?? 'node_modules/.vite',
  plugins: plugins(),
  worker: { format: 'es', plugins },
  // As in vite.config.ts.
  resolve: { dedupe: ['ws'] },
  test: {
    testTimeout: 60_000,
    maxWorkers: 1,
    reporters: [{}],
    ...(inBrowser
      ? {
          include: ['src/**/*.browser.test.{ts,tsx}'],
          globalSetup: ['relay/for-tests.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { ...(env['CHROMIUM_PATH'] ? { executablePath: env['CHROMIUM_PATH'] } : {}), args: BROWSER_ARGS },
            }),
            instances: [{ browser: 'chromium' }],
          },
        }
      : { include: ['src/**/*.test.{ts,tsx}', 'relay/*.test.ts'], exclude: ['src/**/*.browser.test.{ts,tsx}', 'relay/*.workerd.test.ts'] }),
  },
})
