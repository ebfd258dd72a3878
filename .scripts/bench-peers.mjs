/** Installs what the benchmarks measure beside us, into a folder that nothing else reads. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
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
