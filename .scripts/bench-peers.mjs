/** Installs what the benchmarks measure beside us, into a folder that nothing else reads. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildForPage } from './build-for-page.mjs'
import { installPackages } from './packages.mjs'
import { root } from './paths.mjs'

/** Where they are. Not in src/, whose files are checked and watched. */
export const peersFolder = join(root, 'node_modules/.cache/tabweave-bench/peers')

/** Installs the packages of src/bench/package.json when its lock file says other than what is there. Without them, the peers are absent from the rows. */
export function installPeers() {
  mkdirSync(peersFolder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, 'src/bench', file), join(peersFolder, file))
  if (!installPackages(peersFolder, 'the peers of the benchmarks'))
    console.error('They could not be installed: the figures will be ours alone.')
}

/**
 * Bundles what a page needs of yjs and y-websocket as one module, `window.y`, if they are installed.
 * @param {string} outDir
 */
export async function bundleY(outDir) {
  if (!existsSync(join(peersFolder, 'node_modules/y-websocket'))) return
  const entry = join(peersFolder, 'y.mjs')
  writeFileSync(
    entry,
    "import { Doc } from 'yjs'\nimport { WebsocketProvider } from 'y-websocket'\nwindow.y = { Doc, WebsocketProvider }\n",
  )
  await buildForPage(entry, outDir)
}
