/**
 * Finds a Chromium for the tests and benchmarks: CHROMIUM_PATH, else an installed Chromium or Chrome, else Playwright's own
 * download, else (as root on Debian) the `chromium` package, else a sentence that says what to do. Tests prefer a headless shell, which
 * is Chromium without its own user interface. A Firefox is looked for only.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, getuid, platform } from 'node:process'

/**
 * @typedef {object} Program
 * @property {string[]} names on the PATH
 * @property {{ darwin: string[], win32: string[] }} places where installers put it, which are not on the PATH
 */

const PROGRAM_FOLDERS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']

/** @type {Program} */
const CHROMIUM = {
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  places: {
    darwin: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      `${env['HOME']}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${env['HOME']}/Applications/Chromium.app/Contents/MacOS/Chromium`,
    ],
    win32: PROGRAM_FOLDERS.flatMap((root) => [
      `${env[root]}\\Google\\Chrome\\Application\\chrome.exe`,
      `${env[root]}\\Chromium\\Application\\chrome.exe`,
    ]),
  },
}

/**
 * The same engine without windows, menus and toolbars: opening a tab costs it two thirds as much.
 * @type {Program}
 */
const HEADLESS_SHELL = { names: ['chromium-headless-shell', 'chrome-headless-shell'], places: { darwin: [], win32: [] } }

/** @type {Program} */
const FIREFOX = {
  names: ['firefox', 'firefox-esr'],
  places: {
    darwin: ['', env['HOME']].map((home) => `${home}/Applications/Firefox.app/Contents/MacOS/firefox`),
    win32: PROGRAM_FOLDERS.map((root) => `${env[root]}\\Mozilla Firefox\\firefox.exe`),
  },
}

/**
 * Features of Chromium that are switched off. Of several such lists Chromium takes the last one, which is ours: so ours begins with what
 * Playwright 1.65 switches off. The last two load pages of the browser's own user interface into each new window, hidden. That takes
 * more than half a second of CPU a window, and no test looks at them. Chromium ignores a name that it does not know.
 */
const FEATURES_OFF = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'TcpPortRandomizationWin',
  'ThirdPartyStoragePartitioning',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
]

/** Root has no sandbox to enter, and none of the rest may reach the network or a GPU that is not there. */
export const BROWSER_ARGS = [
  ...(getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${FEATURES_OFF.join()}`,
]

/** What to do when there is none; printed as it is. */
const ADVICE =
  'No Chromium was found. Install Chromium or Google Chrome, or run "npx playwright install chromium", or set CHROMIUM_PATH to its executable.'

/**
 * The path of a Chromium that is on this machine, or undefined. Looks only; installs nothing.
 * @returns {Promise<string | undefined>}
 */
export const findChromium = async () => chosen('CHROMIUM_PATH') ?? installed(CHROMIUM) ?? (await downloaded())

/**
 * The path of a Firefox that is on this machine, or undefined.
 * @throws {Error} when FIREFOX_PATH names no program
 */
export const findFirefox = () => chosen('FIREFOX_PATH') ?? installed(FIREFOX)

/**
 * The path of a Chromium, installing Debian's package when there is no other and we may.
 * @returns {Promise<string>}
 * @throws {Error} with a sentence that says what to do
 */
export const requireChromium = async () => {
  const found = (await findChromium()) ?? install('chromium', CHROMIUM)
  if (!found) throw new Error(ADVICE)
  return found
}

/**
 * The path of a Chromium for tests: a headless shell, installing Debian's package when we may, or else what `requireChromium` gives.
 * @returns {Promise<string>}
 * @throws {Error} with a sentence that says what to do
 */
export const requireTestChromium = async () =>
  chosen('CHROMIUM_PATH') ?? installed(HEADLESS_SHELL) ?? install('chromium-headless-shell', HEADLESS_SHELL) ?? (await requireChromium())

/** As root on Debian, installs the package. Gives the program, or undefined when that is not possible. */
const install = (/** @type {string} */ name, /** @type {Program} */ program) => {
  if (getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  // Commands with --json print nothing but their object on standard output.
  console.error(`Installing the Debian package "${name}" (apt-get) …`)
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', args, { stdio: ['inherit', 2, 2], env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0
  apt('update')
  apt('install', '-y', name)
  return installed(program)
}

/** What a variable of the environment names, or undefined when it is not set. */
const chosen = (/** @type {string} */ variable) => {
  const path = env[variable]
  if (path && !isExecutable(path)) throw new Error(`${variable} is "${path}", and no program is there.`)
  return path || undefined
}

const installed = (/** @type {Program} */ { names, places }) => {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const files = platform === 'win32' ? names.map((name) => `${name}.exe`) : names
  const onPath = files.flatMap((file) => folders.map((folder) => join(folder, file)))
  const usual = platform === 'darwin' || platform === 'win32' ? places[platform] : []
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
