/** Installs what the benchmarks measure beside us, into a folder that nothing else reads. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, platform } from 'node:process'
import { root } from './paths.mjs'

const folder = join(root, 'src/bench')

/** Installs the packages of src/bench/package.json if its lock file says other than what is there. Without them, the peers are absent from the rows. */
export function installPeers() {
  if (isInstalled()) return
  console.error('Installing the peers of the benchmarks (npm ci in src/bench) …')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: platform === 'win32',
    env: { ...env, NODE_ENV: 'development' },
  })
  if (status !== 0) console.error('They could not be installed: the figures will be ours alone.')
}

function isInstalled() {
  const wanted = packagesOf('package-lock.json')
  const present = packagesOf('node_modules/.package-lock.json')
  return Object.entries(wanted).every(([path, { version }]) => path === '' || present[path]?.version === version)
}

/** @param {string} file in the peers' folder */
function packagesOf(file) {
  try {
    return /** @type {{ packages: Record<string, { version?: string }> }} */ (JSON.parse(readFileSync(join(folder, file), 'utf8'))).packages
  } catch {
    return {}
  }
}
