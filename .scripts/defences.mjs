/**
 * `npm run -s defences`: that each test of an attack fails when the defence against it is taken out, one line at a time, and
 * passes with all of them in.
 *
 *   npm run -s defences                 all rows
 *   npm run -s defences -- B6 D4        these rows
 *   npm run -s defences -- --json       one object on standard output
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, exit, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { requireChromium } from './browser.mjs'
import { root } from './paths.mjs'

/** @typedef {import('../src/sim/defences.ts').Defence} Defence */
/** @typedef {{ title: string, status: string, failureMessages: string[] }} Case */
/** @typedef {'failed as it should' | 'NOT NOTICED' | 'NO SUCH TEST' | 'DOES NOT RUN'} Outcome */

const { values: options, positionals: rows } = parseArgs({
  args: argv.slice(2),
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const folder = join(root, 'node_modules/.cache/tabweave-defences')
/** Longer than any of the tests takes; a test that hangs has noticed something, but not said so. ms */
const PATIENCE = 180_000

/** @type {{ module: typeof import('../src/sim/defences.ts') }} */
const { module } = await runnerImport(join(root, 'src/sim/defences.ts'), { root, configFile: false, logLevel: 'error' })
const defences = module.DEFENCES.filter(({ row }) => rows.length === 0 || rows.includes(row))
const say = (/** @type {string} */ line) => (options.json ? console.error(line) : console.log(line))
const isInBrowser = (/** @type {string} */ file) => file.includes('.browser.test.')
const escaped = (/** @type {string} */ text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const chromium = defences.some(({ test }) => isInBrowser(test.file)) ? await requireChromium() : ''

/**
 * Runs the tests of these names in these files, with a defence taken out or with none. Gives their cases, or null when the run
 * came to nothing.
 * @param {string} name
 * @param {readonly Defence['test'][]} tests
 * @param {Defence | null} removed
 * @returns {Promise<Case[] | null>}
 */
async function run(name, tests, removed) {
  const report = join(folder, `${name}.json`)
  rmSync(report, { force: true })
  const files = [...new Set(tests.map(({ file }) => file))]
  const pattern = `(${[...new Set(tests.map((test) => escaped(test.name)))].join('|')})`
  const config = ['--config', '.scripts/defences.vitest.mjs', '--reporter', 'json', '--outputFile', report]
  const child = spawn(execPath, ['node_modules/vitest/vitest.mjs', 'run', ...config, '-t', pattern, ...files], {
    cwd: root,
    stdio: 'ignore',
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
    env: {
      ...env,
      DEFENCE: JSON.stringify(removed),
      DEFENCE_CACHE: join(folder, `${name}-cache`),
      IN_BROWSER: files.some(isInBrowser) ? '1' : '0',
      CHROMIUM_PATH: chromium,
    },
  })
  await new Promise((resolve) => child.once('close', resolve))
  try {
    const { testResults } = /** @type {{ testResults: { assertionResults: Case[] }[] }} */ (JSON.parse(readFileSync(report, 'utf8')))
    return testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed' || status === 'failed')
  } catch {
    return null
  }
}

/**
 * @param {Defence} defence
 * @param {number} i
 * @returns {Promise<Outcome>}
 */
async function tryWithout(defence, i) {
  const cases = await run(String(i), [defence.test], defence)
  if (cases === null) return 'DOES NOT RUN'
  const named = cases.filter(({ title }) => title.startsWith(defence.test.name))
  if (named.length === 0) return 'NO SUCH TEST'
  return named.some(({ status }) => status === 'failed') ? 'failed as it should' : 'NOT NOTICED'
}

mkdirSync(folder, { recursive: true })
const started = Date.now()

// With everything in, all of them pass; else it would say nothing that one fails.
const tests = defences.map(({ test }) => test)
/** @type {string[]} */
const broken = []
for (const [name, some] of /** @type {const} */ ([
  ['all', tests.filter(({ file }) => !isInBrowser(file))],
  ['all-in-browser', tests.filter(({ file }) => isInBrowser(file))],
])) {
  if (some.length === 0) continue
  const cases = (await run(name, some, null)) ?? []
  for (const test of new Set(some)) {
    const named = cases.filter(({ title }) => title.startsWith(test.name))
    if (named.length === 0 || named.some(({ status }) => status === 'failed')) broken.push(`${test.file}: ${test.name}`)
  }
}
for (const test of new Set(broken)) say(`does not pass with everything in: ${test}`)

/** @type {{ row: string, file: string, right: string, test: Defence['test'], outcome: Outcome }[]} */
const results = []
const queue = [...defences.entries()]
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [i, defence] = next
      const outcome = await tryWithout(defence, i)
      const { row, file, right, test } = defence
      results.push({ row, file, right, test, outcome })
      say(`${row.padEnd(4)} ${outcome.padEnd(20)} ${file}: ${right.trim().split('\n', 1)[0]}`)
      if (outcome !== 'failed as it should') say(`     ${test.file}: ${test.name}`)
    }
  }),
)
rmSync(folder, { recursive: true, force: true })
const noticed = results.filter(({ outcome }) => outcome === 'failed as it should').length
const covered = new Set(results.map(({ row }) => row)).size
const seconds = Math.round((Date.now() - started) / 1000)
if (options.json) stdout.write(`${JSON.stringify({ rows: covered, defences: results.length, noticed, broken, seconds, results })}\n`)
else console.log(`${noticed} of ${results.length} defences of ${covered} rows noticed when taken out, ${seconds} s`)
exit(noticed === results.length && broken.length === 0 ? 0 : 1)
