/** Packages that only some commands need, with a lock file of their own: installed when such a command runs. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, platform } from 'node:process'

/**
 * Installs the packages of the folder's lock file when others are there, saying so on standard error. False when that fails.
 * @param {string} folder
 * @param {string} what the packages are, for people
 */
export function installPackages(folder, what) {
  if (isInstalled(folder)) return true
  console.error(`Installing ${what} …`)
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: platform === 'win32',
    env: { ...env, NODE_ENV: 'development' },
  })
  return status === 0
}

/** True when every package of the lock is there in its version; those for other platforms are left out. */
function isInstalled(/** @type {string} */ folder) {
  const wanted = packagesOf(join(folder, 'package-lock.json'))
  const present = packagesOf(join(folder, 'node_modules/.package-lock.json'))
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const there = present[path]
    return path === '' || (there ? there.version === version : optional === true)
  })
}

/**
 * @param {string} file a lock file; none: no packages
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  try {
    return /** @type {{ packages: ReturnType<typeof packagesOf> }} */ (JSON.parse(readFileSync(file, 'utf8'))).packages
  } catch {
    return {}
  }
}
