/**
 * Installs what is missing, and nothing when all is there. Runs before `npm start`, `npm test` and the others, so it uses only
 * what Node itself brings. Always `npm ci`: `npm install` may rewrite the lock file.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, exit, platform, versions } from 'node:process'

/** Vite's floor, and so ours. */
const OLDEST_NODE = [20, 19]

const root = join(import.meta.dirname, '..')

const fail = (/** @type {string} */ sentence) => {
  console.error(sentence)
  exit(1)
}

const [major = 0, minor = 0] = versions.node.split('.').map(Number)
const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  fail(`Tabweave needs Node ${OLDEST_NODE.join('.')} or newer; this is ${versions.node}. Install a newer one from https://nodejs.org.`)
}

if (!isInstalled()) {
  // Not on standard output: what a script prints there may be for a machine to read.
  console.error('Installing dependencies (npm ci) …')
  const { status, error } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: platform === 'win32',
    // The caller's flags (such as --omit=dev in a production shell) are not ours.
    env: { ...env, NODE_ENV: 'development' },
  })
  if (error) fail(`npm could not be run (${error.message}). Is it installed and on the PATH?`)
  if (status !== 0) {
    fail("The dependencies could not be installed: see npm's message above. Is the network reachable? Then run the same command again.")
  }
}

/**
 * True when every package of the lock file is in node_modules in its version. npm writes what it installed, in the lock's own
 * form, beside the packages; times of change tell nothing after a fresh clone. Packages for other platforms are left out there.
 */
function isInstalled() {
  const wanted = packagesOf('package-lock.json')
  const present = packagesOf(join('node_modules', '.package-lock.json'))
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true
    const there = present[path]
    return there ? there.version === version : optional === true
  })
}

/**
 * @param {string} file relative to the repository
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined} by path; undefined when unreadable
 */
function packagesOf(file) {
  try {
    const lock = /** @type {{ packages?: ReturnType<typeof packagesOf> }} */ (JSON.parse(readFileSync(join(root, file), 'utf8')))
    return lock.packages
  } catch {
    return undefined
  }
}
