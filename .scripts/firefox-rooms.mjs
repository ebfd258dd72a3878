/** Rooms in a real Firefox: alone, and shared with Chromium, by direct connections, with the relay gone once they are there. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright'
import { BROWSER_ARGS, findChromium } from './browser.mjs'
import { buildIfStale } from './build.mjs'
import { HOST, root } from './paths.mjs'

/**
 * @typedef {import('./firefox.mjs').Check} Check
 * @typedef {{ facts: () => Promise<Record<string, string | undefined>>, submit: (text: string) => Promise<void>, address: () => Promise<string> }} Tab
 */

/** How long tabs may take to start, to connect, and to agree (ms): beyond any machine's need. */
const WITHIN = 60_000
const LOOK_EVERY = 200

/** @param {(code: string) => Promise<unknown>} evaluate in the tab @returns {Tab} */
const tabOf = (evaluate) => ({
  facts: async () => /** @type {Record<string, string | undefined>} */ (await evaluate('({ ...document.documentElement.dataset })')),
  submit: async (text) => void (await evaluate(`window.tabweave.submit(${JSON.stringify(text)}).then(() => null)`)),
  address: async () => String(await evaluate('location.href')),
})

/**
 * Waits until all tabs say so of themselves.
 * @param {readonly Tab[]} tabs
 * @param {string} what
 * @param {(facts: Record<string, string | undefined>[]) => boolean} isSo
 */
async function until(tabs, what, isSo) {
  const end = Date.now() + WITHIN
  for (;;) {
    const facts = await Promise.all(tabs.map(({ facts }) => facts()))
    if (isSo(facts)) return
    if (Date.now() > end)
      throw new Error(`${what}: ${JSON.stringify(facts.map(({ ops, paths, digest, ready }) => ({ ops, paths, digest, ready })))}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }
}

/**
 * Two tabs meet through a relay, which is ended when each hears the other one directly; then both write, and agree.
 * @param {(address: string) => Promise<Tab>} openFirst
 * @param {(address: string) => Promise<Tab>} openSecond
 */
async function meet(openFirst, openSecond) {
  const { createRelayHost } = /** @type {typeof import('../relay/node.ts')} */ (await import(pathToFileURL(HOST.node).href))
  const host = await createRelayHost({ app: join(root, 'dist'), relay: true, host: 'localhost', port: 0, log: () => {} })
  let closing = /** @type {Promise<void> | null} */ (null)
  try {
    const first = await openFirst(`http://localhost:${host.port}/#new`)
    await until([first], 'it starts', ([facts]) => facts?.['ready'] === 'true')
    const second = await openSecond(await first.address())
    const both = [first, second]
    await until(both, 'they connect directly', (facts) => facts.every(({ paths }) => paths === 'webrtc'))
    closing = host.close()
    await closing
    await first.submit('one')
    await second.submit('two')
    await until(both, 'they agree', (facts) => facts.every(({ ops, digest }) => ops === '3' && digest === facts[0]?.['digest']))
  } finally {
    await (closing ?? host.close())
  }
}

/**
 * @param {string} name
 * @param {() => Promise<void>} act
 * @returns {Promise<Check>}
 */
async function check(name, act) {
  const began = Date.now()
  try {
    await act()
    return { name, status: 'passed', detail: `${((Date.now() - began) / 1_000).toFixed(1)} s` }
  } catch (error) {
    return { name, status: 'failed', detail: String(error) }
  }
}

/**
 * All of it, with this Firefox. Builds the app where it is not.
 * @param {import('puppeteer-core').Browser} firefox
 * @returns {Promise<Check[]>}
 */
export async function checkRooms(firefox) {
  await buildIfStale()
  const inFirefox = async (/** @type {string} */ address) => {
    const page = await (await firefox.createBrowserContext()).newPage()
    await page.goto(address)
    return tabOf((code) => page.evaluate(code))
  }
  const alone = await check('two devices with Firefox connect directly, and go on without the relay', () => meet(inFirefox, inFirefox))
  const name = 'a device with Firefox and one with Chromium connect directly, and go on without the relay'
  const executablePath = await findChromium()
  if (!executablePath) return [alone, { name, status: 'skipped', detail: '' }]
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGS })
  const inChromium = async (/** @type {string} */ address) => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(address)
    return tabOf((code) => page.evaluate(code))
  }
  try {
    return [alone, await check(name, () => meet(inChromium, inFirefox))]
  } finally {
    await browser.close()
  }
}
