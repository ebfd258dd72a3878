/**
 * The verification rule in a real Firefox: what `src/node/verifier.contract.ts` asks of Node and Chromium, asked on a page of a
 * Firefox that is on this machine; then rooms in it (`firefox-rooms.mjs`). A stage of `npm test`; where there is no Firefox, it is skipped.
 *
 *   node .scripts/firefox.mjs [file]         prints what came of it; with a file, also writes it there as JSON
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { argv, exit } from 'node:process'
import { launch } from 'puppeteer-core'
import { build } from 'vite'
import { findFirefox } from './browser.mjs'
import { checkRooms } from './firefox-rooms.mjs'
import { root } from './paths.mjs'
import { readVectors } from './vectors.mjs'

/**
 * @typedef {typeof import('../src/node/verifier-page.naive.ts')} PageModule
 * @typedef {import('../src/node/verifier-page.naive.ts').Cases} Cases
 * @typedef {import('../src/core/adversarial-signatures.naive.ts').Row} Row
 * @typedef {{ name: string, status: 'passed' | 'failed' | 'skipped', detail: string }} Check
 * @typedef {import('puppeteer-core').Page} Page
 */

const COUNT = 20_000
/** Of each kind, by the pure path too; as in Chromium. */
const PURE_CASES = 64
const SEED = 1
/** @type {Row[]} */
const ROWS = ['A2', 'A3', 'A4', 'A5', 'A6']

/** ms. Beyond any machine's need, for the cases of one row. */
const TIMEOUT = 300_000

const folder = join(root, 'node_modules/.cache/tabweave-firefox')

/** Builds the module that the page imports, as one file. */
const buildModule = () =>
  build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      target: 'firefox130',
      outDir: folder,
      emptyOutDir: true,
      rolldownOptions: {
        input: join(root, 'src/node/verifier-page.naive.ts'),
        output: { entryFileNames: 'page.mjs' },
        preserveEntrySignatures: 'strict',
      },
    },
  })

/** Serves an empty page, and the module, on the loopback: without a secure context there is no WebCrypto. */
async function serve() {
  const page = readFileSync(join(folder, 'page.mjs'))
  const server = createServer(({ url }, response) => {
    if (url === '/page.mjs') response.setHeader('Content-Type', 'text/javascript').end(page)
    else response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Verifying</title>')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}

/**
 * @param {Page} page
 * @param {Cases} cases
 */
const judge = (page, cases) =>
  page.evaluate(
    async (/** @type {string} */ address, /** @type {Cases} */ asked) => /** @type {PageModule} */ (await import(address)).judge(asked),
    '/page.mjs',
    cases,
  )

/**
 * One check: on some cases, and on each of them both paths say what the rule says.
 * @param {Page} page
 * @param {string} name
 * @param {Cases} cases
 * @returns {Promise<Check & { cases: number, accepted: number }>}
 */
async function check(page, name, cases) {
  const { cases: count, accepted, faults, seconds } = await judge(page, cases)
  const figures = `${count} cases, ${accepted} accepted, ${faults.length} disagreements, ${seconds.toFixed(1)} s`
  const status = faults.length === 0 && count > 0 ? 'passed' : 'failed'
  return { name, status, detail: [figures, ...faults.slice(0, 10)].join('\n  '), cases: count, accepted }
}

/**
 * All checks, on a page.
 * @param {Page} page
 * @returns {Promise<Check[]>}
 */
async function checkAll(page) {
  const generated = []
  for (const row of ROWS) {
    generated.push(
      await check(page, `${row} native and pure agree on generated signatures`, { row, seed: SEED, count: COUNT, pureOfEach: PURE_CASES }),
    )
  }
  const cases = generated.reduce((sum, each) => sum + each.cases, 0)
  const accepted = generated.reduce((sum, each) => sum + each.accepted, 0)
  /** @type {Check} */
  const all = {
    name: `A2 A3 A4 A5 A6 all ${COUNT} generated signatures were judged, some good, some bad`,
    status: cases === COUNT && accepted > 0 && accepted < cases ? 'passed' : 'failed',
    detail: `${cases} judged, ${accepted} accepted`,
  }
  const path = await page.evaluate(
    async (/** @type {string} */ address) => /** @type {PageModule} */ (await import(address)).chosenPath(),
    '/page.mjs',
  )
  /** @type {Check} */
  const chosen = {
    name: 'A6 Firefox passes the test at the start, so it is used',
    status: path === 'native' ? 'passed' : 'failed',
    detail: `the ${path} path is taken`,
  }
  return [...generated, all, chosen, ...(await checkPublished(page))]
}

/**
 * @param {Page} page
 * @returns {Promise<Check[]>}
 */
async function checkPublished(page) {
  const files = readVectors()
  const published = /** @type {const} */ (['wycheproof', 'speccheck'])
  /** @type {Check[]} */
  const checks = []
  for (const which of published) {
    const name = `A4 A5 A6 native and pure agree on the vectors of ${which} (needs DATA_DIR)`
    checks.push(files ? await check(page, name, { published: which, files }) : { name, status: 'skipped', detail: '' })
  }
  return checks
}

/** @returns {Promise<Check[]>} */
async function run() {
  const executablePath = findFirefox()
  if (!executablePath)
    return [{ name: 'the verification rule in Firefox (needs Firefox; FIREFOX_PATH names one)', status: 'skipped', detail: '' }]
  await buildModule()
  const { origin, close } = await serve()
  const browser = await launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: TIMEOUT })
  try {
    console.log(await browser.version())
    const page = await browser.newPage()
    await page.goto(origin)
    const verified = await checkAll(page)
    return [...verified, ...(await checkRooms(browser))]
  } finally {
    await browser.close()
    close()
  }
}

const checks = await run()
for (const { name, status, detail } of checks) console.log(`${status.padEnd(7)} ${name}${detail && `\n  ${detail}`}`)
if (argv[2]) writeFileSync(argv[2], JSON.stringify(checks))
exit(checks.some(({ status }) => status === 'failed') ? 1 : 0)
