/**
 * How the app is built, and how the unit, property and browser tests run. Nothing here may put script or style into the HTML:
 * the page runs under a strict content security policy with Trusted Types.
 */
import { availableParallelism } from 'node:os'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { BROWSER_ARGS, findChromium } from './.scripts/browser.mjs'
import { readVectors } from './.scripts/vectors.mjs'

const BROWSER_TESTS = 'src/**/*.browser.test.{ts,tsx}'

/** They start Cloudflare's runtime, and need what relay/package.json names. */
const WORKERD_TESTS = 'relay/*.workerd.test.ts'

/** ms. No test is about time: this only ends what hangs, on the slowest machine too. */
const TEST_TIMEOUT = 60_000

/** Precached: all of the app, so that a room already visited opens with the server stopped. */
const PRECACHE = ['**/*.{html,js,css,svg,png,wasm,woff2}']

const pwa = VitePWA({
  // Written by hand: the generated one answers for every address of its origin, and cannot be built in a folder with a quote in its name.
  strategies: 'injectManifest',
  srcDir: 'src/worker',
  filename: 'sw.ts',
  // A new version waits until the person agrees; the page registers the worker by hand, since Trusted Types refuse the generated call.
  registerType: 'prompt',
  injectRegister: false,
  injectManifest: { globPatterns: PRECACHE },
  integration: {
    configureCustomSWViteBuild(config) {
      // The bundler writes what it does to standard output, which may be for figures alone.
      config.logLevel = 'warn'
      // The plugin asks for one file by an option that this bundler warns of.
      const output = config.build?.rollupOptions?.output
      if (output === undefined || Array.isArray(output)) throw new Error('the plugin builds the service worker in another way than before')
      delete output.inlineDynamicImports
      output.codeSplitting = false
    },
  },
  manifest: {
    name: 'Tabweave',
    short_name: 'Tabweave',
    description: 'Every browser tab is a node: signed, hash-linked messages weave into one graph.',
    // As the addresses below: from the folder that it is in.
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#0f1115',
    theme_color: '#0f1115',
    icons: [
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
})

export default defineConfig(async () => {
  const executablePath = await findChromium()
  // A browser's tests cannot read files.
  const provide = { signatureVectors: readVectors() }
  return {
    // Each address begins at the page or at the script that names it, so that the app can be in any folder of its host.
    base: './',
    plugins: [react(), pwa],
    worker: { format: 'es' as const },
    // The packages in relay/node_modules, which only its tests on Cloudflare's runtime need, hold an older `ws`.
    resolve: { dedupe: ['ws'] },
    build: {
      outDir: 'dist',
      target: ['chrome128', 'edge128', 'firefox130', 'safari18'],
      // A `data:` address is refused by the policy, so nothing is inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // How long plugins took is nothing for a person who starts the app.
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
    test: {
      projects: [
        {
          extends: true as const,
          test: {
            name: 'pure',
            testTimeout: TEST_TIMEOUT,
            provide,
            environment: 'node',
            // One more than there are processors: tests of terminals and relays wait for a minute in all.
            maxWorkers: availableParallelism() + 1,
            // Files share what they import: loading it again for each of them takes a third of the time.
            isolate: false,
            include: ['src/**/*.test.{ts,tsx}', 'relay/*.test.ts'],
            exclude: [BROWSER_TESTS, WORKERD_TESTS],
          },
        },
        {
          extends: true as const,
          test: { name: 'workerd', testTimeout: TEST_TIMEOUT, environment: 'node', include: [WORKERD_TESTS] },
        },
        {
          extends: true as const,
          test: {
            name: 'browser',
            testTimeout: TEST_TIMEOUT,
            provide,
            include: [BROWSER_TESTS],
            globalSetup: ['relay/for-tests.ts'],
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              provider: playwright({ launchOptions: { ...(executablePath ? { executablePath } : {}), args: BROWSER_ARGS } }),
              instances: [{ browser: 'chromium' as const }],
            },
          },
        },
      ],
    },
  }
})
