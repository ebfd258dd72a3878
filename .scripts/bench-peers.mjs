/** Installs what the benchmarks measure beside us, into a folder that nothing else reads. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, platform } from 'node:process'
import { root } from './paths.mjs'

const source = join(root, 'src/bench')

/** Where they are. Not in src/, whose files are checked and watched. */
export const peersFolder = join(root, 'node_modules/.cache/tabweave-bench/peers')

/** Installs the packages of src/bench/package.json when its lock file says other than what is there. Without them, the peers are absent from the rows. */
export function installPeers() {
  if (isInstalled()) return
  console.error('Installing the peers of the benchmarks …')
  mkdirSync(peersFolder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(source, file), join(peersFolder, file))
  const { status } = spawnSync('npm', ['ci', '--prefix', peersFolder, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: ['ignore', 2, 2],
    shell: platform === 'win32',
    env: { ...env, NODE_ENV: 'development' },
  })
  if (status !== 0) console.error('They could not be installed: the figures will be ours alone.')
}

function isInstalled() {
  const wanted = packagesOf(join(source, 'package-lock.json'))
  const present = packagesOf(join(peersFolder, 'node_modules/.package-lock.json'))
  return Object.entries(wanted).every(([path, { version }]) => path === '' || present[path]?.version === version)
}

/** @param {string} file a lock file; none: no packages */
function packagesOf(file) {
  try {
    return /** @type {{ packages: Record<string, { version?: string }> }} */ (JSON.parse(readFileSync(file, 'utf8'))).packages
  } catch {
    return {}
  }
}
