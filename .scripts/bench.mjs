/**
 * `npm run bench`: builds what is stale, then runs the benchmarks against the app as it is built.
 *
 *   npm run bench                            all suites; writes docs/performance.md
 *   npm run -s bench -- ingest [--json]      one suite: ingest, latency, open, relay, siege, sync, transfer, verify; with --json one object on standard output
 *   npm run bench -- ingest --runs 9         more runs
 *   npm run -s bench -- siege --only D18     one attack of those in docs/threat-model.md
 */
import { join } from 'node:path'
import { argv, exit } from 'node:process'
import { pathToFileURL } from 'node:url'
import { bundleY, installPeers, peersFolder } from './bench-peers.mjs'
import { BROWSER_ARGS, requireChromium } from './browser.mjs'
import { buildForNode } from './build-for-node.mjs'
import { buildForPage } from './build-for-page.mjs'
import { buildIfStale } from './build.mjs'
import { root } from './paths.mjs'

const folder = join(root, 'node_modules/.cache/tabweave-bench/built')

// Standard output is for figures alone.
const print = console.log
console.log = console.error
try {
  const chromium = await requireChromium()
  const suites = argv.slice(2).filter((word) => /^[a-z]/.test(word))
  const wants = (/** @type {string} */ suite) => suites.length === 0 || suites.includes(suite)
  if (wants('sync') || wants('latency')) installPeers()
  if (wants('latency')) await bundleY(join(folder, 'y'))
  await buildIfStale()
  await buildForNode(
    {
      main: 'src/bench/main.ts',
      'relay-host': 'src/bench/relay-host.ts',
      'relay-load': 'src/bench/relay-load.ts',
      besieger: 'src/bench/siege/besieger.ts',
    },
    join(folder, 'node'),
  )
  await buildForPage('src/bench/bare.worker.ts', join(folder, 'worker'))
  await buildForPage('src/bench/channel.worker.ts', join(folder, 'channel'))
  console.log = print
  const { bench } = /** @type {typeof import('../src/bench/main.ts')} */ (await import(pathToFileURL(join(folder, 'node/main.mjs')).href))
  await bench(argv.slice(2), {
    root,
    chromium,
    chromiumArgs: BROWSER_ARGS,
    bareWorker: join(folder, 'worker/main.mjs'),
    processes: join(folder, 'node'),
    channelWorker: join(folder, 'channel/main.mjs'),
    peers: peersFolder,
    yScript: join(folder, 'y/main.mjs'),
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  exit(1)
}
