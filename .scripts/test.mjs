/**
 * `npm test`: everything that must hold, one stage after the other. A failed stage shows its output and the next one begins. Prints
 * how long each stage took, how long all took, and the names of skipped tests. The last line is "N passed, N failed" and, if any were
 * skipped, ", N skipped".
 *
 *   npm test                              all of it but "relay", which takes a minute more
 *   npm test -- unit [files]              also: sim, browser, e2e (with file filters), relay, firefox, types, lint
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { argv, env, execPath, exit, stdout } from 'node:process'
import { requireTestChromium } from './browser.mjs'
import { root } from './paths.mjs'

/**
 * A tool that passes or fails as a whole counts as one test; a runner of tests writes a report, which says how many there were.
 * @typedef {{ passed: number, failed: number, skipped: string[] }} Count skipped: by name
 * @typedef {{ part: string, name: string, command: string[], browser?: true, report?: (report: unknown) => Count }} Stage
 */

const reportFile = join(root, 'node_modules/.cache/test-report.json')
const [part, ...filters] = argv.slice(2)

/** Enough for every scenario, and for each strategy to show whether it bites. */
const WORLDS = 200

/** @type {Stage[]} */
const STAGES = [
  { part: 'types', name: 'types', command: ['typescript/bin/tsc', '-b'] },
  { part: 'lint', name: 'lint', command: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { part: 'lint', name: 'format', command: ['oxfmt/bin/oxfmt', '--check'] },
  { part: 'lint', name: 'unused code', command: ['knip/bin/knip.js', '--config', '.knip.json', '--treat-config-hints-as-errors'] },
  { part: 'lint', name: 'lock files', command: ['../.scripts/lock.mjs'] },
  { part: 'unit', name: 'unit and property tests', command: vitest('pure'), report: countVitest },
  { part: 'sim', name: `${WORLDS} simulated worlds`, command: ['../.scripts/sim.mjs', '--scenario', 'all', '--seeds', `${WORLDS}`] },
  { part: 'sim', name: 'all rooms of 4 ops', command: ['../.scripts/sim.mjs', '--exhaustive', '4', '--all'] },
  { part: 'browser', name: 'tests in the browser', command: vitest('browser'), browser: true, report: countVitest },
  { part: 'e2e', name: 'build', command: ['../.scripts/build.mjs'] },
  {
    part: 'e2e',
    name: 'end-to-end tests',
    command: ['@playwright/test/cli.js', 'test', '--config', 'e2e/playwright.config.ts', '--reporter', 'list,json', ...filters],
    browser: true,
    report: countPlaywright,
  },
  { part: 'relay', name: "the relay in Cloudflare's runtime", command: vitest('workerd'), report: countVitest },
  { part: 'firefox', name: 'verifying, and rooms, in Firefox', command: ['../.scripts/firefox.mjs', reportFile], report: countChecks },
]

/** @param {string} project */
function vitest(project) {
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', reportFile]
  return ['vitest/vitest.mjs', 'run', '--project', project, '--passWithNoTests', ...reporters, ...filters]
}

/** @param {unknown} report */
function countVitest(report) {
  const { numPassedTests, numFailedTests, testResults } =
    /** @type {{ numPassedTests: number, numFailedTests: number, testResults: { assertionResults: { status: string, fullName: string }[] }[] }} */ (
      report
    )
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName)
  return { passed: numPassedTests, failed: numFailedTests, skipped }
}

/**
 * @typedef {{ title: string, tests: { status: string }[] }} Spec
 * @typedef {{ specs: Spec[], suites?: Suite[] }} Suite
 */

/** @param {unknown} report */
function countPlaywright(report) {
  const { stats, suites } = /** @type {{ stats: { expected: number, unexpected: number, flaky: number }, suites: Suite[] }} */ (report)
  const skipped = suites.flatMap(specsOf).filter(({ tests }) => tests.some(({ status }) => status === 'skipped'))
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: skipped.map(({ title }) => title) }
}

/**
 * @param {Suite} suite
 * @returns {Spec[]}
 */
function specsOf({ specs, suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)]
}

/** @param {unknown} report of firefox.mjs */
function countChecks(report) {
  const checks = /** @type {{ name: string, status: string }[]} */ (report)
  const namesOf = (/** @type {string} */ wanted) => checks.filter(({ status }) => status === wanted).map(({ name }) => name)
  return { passed: namesOf('passed').length, failed: namesOf('failed').length, skipped: namesOf('skipped') }
}

/**
 * Runs one stage and says how it went.
 * @param {Stage} stage
 * @returns {Promise<Count>}
 */
async function run({ name, command: [program = '', ...args], browser, report }) {
  const started = Date.now()
  stdout.write(`${name} … `)
  const chromium = browser ? await requireTestChromium() : undefined
  rmSync(reportFile, { force: true })
  const { status, stdout: said } = spawnSync(execPath, [join('node_modules', program), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile, ...(chromium && { CHROMIUM_PATH: chromium }) },
  })
  /** @type {Count} */
  const count = { passed: 0, failed: 0, skipped: [], ...(report ? readReport(report) : { passed: status === 0 ? 1 : 0 }) }
  // A tool that fails, or a runner that fails beside its tests (a file that does not load, an error nobody caught), is one failure.
  if (status !== 0 && count.failed === 0) count.failed = 1
  const seconds = secondsSince(started)
  const ran = report ? `${count.passed} of ${count.passed + count.failed}, ` : ''
  const verdict = count.passed === 0 && count.skipped.length > 0 ? 'skipped' : 'ok'
  console.log(`${count.failed === 0 ? verdict : 'FAILED'} (${ran}${seconds} s)`)
  for (const test of count.skipped) console.log(`  skipped: ${test}`)
  if (count.failed > 0) console.log(said)
  return count
}

const secondsSince = (/** @type {number} */ time) => ((Date.now() - time) / 1000).toFixed(1)

/** @param {NonNullable<Stage['report']>} count */
function readReport(count) {
  try {
    return count(JSON.parse(readFileSync(reportFile, 'utf8')))
  } catch {
    return {}
  }
}

const stages = STAGES.filter((stage) => (part === undefined ? stage.part !== 'relay' : stage.part === part))
if (stages.length === 0) {
  console.error(`There is no part "${part}": ${[...new Set(STAGES.map((stage) => stage.part))].join(', ')}.`)
  exit(1)
}

mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
const began = Date.now()
const total = { passed: 0, failed: 0, skipped: 0 }
for (const stage of stages) {
  const count = await run(stage).catch((/** @type {Error} */ error) => {
    console.log(`FAILED\n${error.message}`)
    return { passed: 0, failed: 1, skipped: [] }
  })
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped.length
}
console.log(`all stages took ${secondsSince(began)} s`)
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
exit(total.failed === 0 ? 0 : 1)
