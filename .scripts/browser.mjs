/**
 * Finds a Chromium for the tests and benchmarks: CHROMIUM_PATH, else an installed Chromium or Chrome, else Playwright's own
 * download, else (as root on Debian) the `chromium` package, else a sentence that says what to do.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, getuid, platform } from 'node:process'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** Places where installers put it, which are not on the PATH. */
const USUAL_PLACES = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    `${env['HOME']}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
    `${env['HOME']}/Applications/Chromium.app/Contents/MacOS/Chromium`,
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((root) => [
    `${env[root]}\\Google\\Chrome\\Application\\chrome.exe`,
    `${env[root]}\\Chromium\\Application\\chrome.exe`,
  ]),
}

/** Root has no sandbox to enter, and none of the rest may reach the network or a GPU that is not there. */
export const BROWSER_ARGS = [
  ...(getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What to do when there is none; printed as it is. */
const ADVICE =
  'No Chromium was found. Install Chromium or Google Chrome, or run "npx playwright install chromium", or set CHROMIUM_PATH to its executable.'

/**
 * The path of a Chromium that is on this machine, or undefined. Looks only; installs nothing.
 * @returns {Promise<string | undefined>}
 */
export const findChromium = async () => {
  const chosen = env['CHROMIUM_PATH']
  if (chosen) {
    if (!isExecutable(chosen)) throw new Error(`CHROMIUM_PATH is "${chosen}", and no program is there.`)
    return chosen
  }
  return installed() ?? (await downloaded())
}

/**
 * The path of a Chromium, installing Debian's package when there is no other and we may.
 * @returns {Promise<string>}
 * @throws {Error} with a sentence that says what to do
 */
export const requireChromium = async () => {
  const found = await findChromium()
  if (found) return found
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(ADVICE)
  console.log('No Chromium was found: installing the Debian package "chromium" (apt-get).')
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', args, { stdio: 'inherit', env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0
  apt('update')
  apt('install', '-y', 'chromium')
  const fresh = installed()
  if (!fresh) throw new Error(`apt-get could not install it. ${ADVICE}`)
  return fresh
}

const installed = () => {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const names = platform === 'win32' ? NAMES.map((name) => `${name}.exe`) : NAMES
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  const usual = platform === 'darwin' || platform === 'win32' ? USUAL_PLACES[platform] : []
  return [...onPath, ...usual].find(isExecutable)
}

const downloaded = async () => {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return isExecutable(path) ? path : undefined
}

const isExecutable = (/** @type {string} */ path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
