/** How a test runs with one line of the product taken out: that of the defence whose number is in DEFENCE, or none. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { BROWSER_ARGS } from './browser.mjs'
import { root } from './paths.mjs'

const removed = /** @type {Pick<import('../src/sim/defences.ts').Defence, 'file' | 'right' | 'wrong'> | null} */ (
  JSON.parse(env['DEFENCE'] ?? 'null')
)
const inBrowser = env['IN_BROWSER'] === '1'

/** @param {NonNullable<typeof removed>} defence */
function remove({ file, right, wrong }) {
  const path = join(root, file)
  if (readFileSync(path, 'utf8').split(right).length !== 2) throw new Error(`${file} does not hold its line exactly once: ${right}`)
  return {
    name: 'remove',
    enforce: /** @type {const} */ ('pre'),
    transform: (/** @type {string} */ code, /** @type {string} */ id) =>
      id.split('?', 1)[0] === path ? code.replace(right, () => wrong) : undefined,
  }
}

const plugins = () => (removed ? [remove(removed)] : [])

export default defineConfig({
  root,
  // One for each: what one run has taken out must not be found in another's.
  cacheDir: env['DEFENCE_CACHE'] ?? 'node_modules/.vite',
  plugins: plugins(),
  worker: { format: 'es', plugins },
  test: {
    testTimeout: 60_000,
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
      : { include: ['src/**/*.test.{ts,tsx}', 'relay/**/*.test.ts'], exclude: ['src/**/*.browser.test.{ts,tsx}'] }),
  },
})
