/**
 * `npm run -s defences`: takes the defences out of the product, one at a time. The test of the attack must then fail. With
 * all defences in place every test must pass.
 *
 *   npm run -s defences                 all rows
 *   npm run -s defences -- B6 D4        these rows
 *   npm run -s defences -- --json       one object on standard output
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process, { env, exit, stdout } from 'node:process'
import { runnerImport } from 'vite'
import { requireTestChromium } from './browser.mjs'
import { said, spliceIn } from './edits.mjs'
import { optionsOf } from './options.mjs'
import { root } from './paths.mjs'

/** @typedef {import('../src/sim/defences.ts').Defence} Defence */
/** @typedef {import('./defences.runner.mjs').Task} Task */
/** @typedef {import('./defences.runner.mjs').Case} Case */
/** @typedef {'failed as it should' | 'NOT NOTICED' | 'NO SUCH TEST' | 'DOES NOT RUN'} Outcome */

const { values: options, positionals: rows } = optionsOf({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const folder = join(root, 'node_modules/.cache/tabweave-defences')
/** Longer than any of the tests takes; a test that hangs has noticed something, but not said so. ms */
const PATIENCE = 180_000

/** @type {{ module: typeof import('../src/sim/defences.ts') }} */
const { module } = await runnerImport(join(root, 'src/sim/defences.ts'), { root, configFile: false, logLevel: 'error' })
const defences = module.DEFENCES.filter(({ row }) => rows.length === 0 || rows.includes(row))
// Fails at once when a pattern does not match: it must not be found after an hour.
for (const defence of defences) spliceIn(defence.row, defence.file, defence)
const say = (/** @type {string} */ line) => (options.json ? console.error(line) : console.log(line))
const isInBrowser = (/** @type {string} */ file) => file.includes('.browser.test.')
const chromium = defences.some(({ test }) => isInBrowser(test.file)) ? await requireTestChromium() : ''

/** @typedef {import('node:child_process').ChildProcess} Runner */
/** @type {Set<Runner>} */
const runners = new Set()
/** @type {Set<Runner>} */
const idle = new Set()
let started = 0

/** @param {boolean} inBrowser */
function startRunner(inBrowser) {
  // The head of a group, since what hangs is a process of its own.
  const runner = fork(join(root, '.scripts/defences.runner.mjs'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
    env: { ...env, DEFENCE_CACHE: join(folder, String(started++)), IN_BROWSER: inBrowser ? '1' : '0', CHROMIUM_PATH: chromium },
  })
  runners.add(runner)
  runner.once('exit', () => {
    runners.delete(runner)
    idle.delete(runner)
  })
  return runner
}

/** @param {Runner} runner */
async function stop(runner) {
  const ended = once(runner, 'exit')
  runner.disconnect()
  await ended
}

/** @param {Runner} runner */
function kill(runner) {
  if (runner.pid === undefined) return
  try {
    process.kill(-runner.pid, 'SIGKILL')
  } catch {
    // A platform without groups.
    runner.kill('SIGKILL')
  }
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const runner of runners) kill(runner)
    exit(1)
  })

/**
 * Runs tests of one file, with a line taken out or with none, in a runner that is idle or new; in one of its own if that is a
 * browser, which keeps what it was served. Null when the run came to nothing.
 * @param {Task} task
 * @returns {Promise<Case[] | null>}
 */
async function run(task) {
  const inBrowser = isInBrowser(task.file)
  const [free] = inBrowser ? [] : idle
  const runner = free ?? startRunner(inBrowser)
  idle.delete(runner)
  const timer = setTimeout(() => kill(runner), PATIENCE)
  /** @type {Case[] | null} */
  const cases = await new Promise((resolve) => {
    const ended = () => resolve(null)
    runner.once('exit', ended)
    runner.once('message', (/** @type {Case[]} */ some) => {
      runner.off('exit', ended)
      resolve(some)
    })
    runner.send(task)
  })
  clearTimeout(timer)
  if (cases === null) return null
  if (inBrowser) await stop(runner)
  else idle.add(runner)
  return cases
}

/** @param {Case[] | null} cases @param {string} name */
const named = (cases, name) => (cases ?? []).filter((each) => each.name.startsWith(name))

/** @type {string[]} */
const broken = []

/** That tests of a file pass with everything in; else it would say nothing that one fails. @param {string} file */
async function tryAsItIs(file) {
  const names = [...new Set(defences.flatMap(({ test }) => (test.file === file ? [test.name] : [])))]
  const cases = await run({ file, names, removed: null })
  for (const name of names) {
    const some = named(cases, name)
    if (some.length > 0 && some.every(({ failed }) => !failed)) continue
    broken.push(`${file}: ${name}`)
    say(`does not pass with everything in: ${file}: ${name}`)
  }
}

/** @type {{ row: string, file: string, removed: string, test: Defence['test'], outcome: Outcome }[]} */
const results = []

/** @param {Defence} defence */
async function tryWithout(defence) {
  const { row, file, test } = defence
  const cases = await run({ file: test.file, names: [test.name], removed: { file, splice: spliceIn(row, file, defence) } })
  const some = named(cases, test.name)
  /** @type {Outcome} */
  const outcome =
    cases === null
      ? 'DOES NOT RUN'
      : some.length === 0
        ? 'NO SUCH TEST'
        : some.some(({ failed }) => failed)
          ? 'failed as it should'
          : 'NOT NOTICED'
  results.push({ row, file, removed: said(defence), test, outcome })
  say(`${row.padEnd(4)} ${outcome.padEnd(20)} ${file}: ${said(defence)}`)
  if (outcome !== 'failed as it should') say(`     ${test.file}: ${test.name}`)
}

const startedAt = Date.now()
const files = [...new Set(defences.map(({ test }) => test.file))]
const queue = [...files.map((file) => () => tryAsItIs(file)), ...defences.map((defence) => () => tryWithout(defence))]
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next()
  }),
)
await Promise.all([...idle].map(stop))
rmSync(folder, { recursive: true, force: true })
const noticed = results.filter(({ outcome }) => outcome === 'failed as it should').length
const covered = new Set(results.map(({ row }) => row)).size
const seconds = Math.round((Date.now() - startedAt) / 1000)
if (options.json) stdout.write(`${JSON.stringify({ rows: covered, defences: results.length, noticed, broken, seconds, results })}\n`)
else console.log(`${noticed} of ${results.length} defences of ${covered} rows noticed when taken out, ${seconds} s`)
exit(noticed === results.length && broken.length === 0 ? 0 : 1)
