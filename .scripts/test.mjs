/**
 * `npm test`: everything that must hold, one stage after the other, going on after a failure; what a stage said is shown when it
 * fails. Ends with one line, "N passed, N failed".
 *
 *   npm test                              all of it
 *   npm test -- unit [files]              also: browser, e2e (with file filters), types, lint
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { argv, env, execPath, exit, stdout } from 'node:process'
import { requireChromium } from './browser.mjs'
import { root } from './paths.mjs'

/**
 * A tool that passes or fails as a whole counts as one test; a runner of tests writes a report, which says how many there were.
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 * @typedef {{ part: string, name: string, command: string[], browser?: true, report?: (report: unknown) => Count }} Stage
 */

const reportFile = join(root, 'node_modules/.cache/test-report.json')
const [part, ...filters] = argv.slice(2)

/** @type {Stage[]} */
const STAGES = [
  { part: 'types', name: 'types', command: ['typescript/bin/tsc', '-b'] },
  { part: 'lint', name: 'lint', command: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { part: 'lint', name: 'format', command: ['oxfmt/bin/oxfmt', '--check'] },
  { part: 'lint', name: 'unused code', command: ['knip/bin/knip.js', '--config', '.knip.json', '--treat-config-hints-as-errors'] },
  { part: 'lint', name: 'lock file', command: ['../.scripts/lock.mjs'] },
  { part: 'unit', name: 'unit and property tests', command: vitest('pure'), report: countVitest },
  { part: 'browser', name: 'tests in the browser', command: vitest('browser'), browser: true, report: countVitest },
  { part: 'e2e', name: 'build', command: ['../.scripts/build.mjs'] },
  {
    part: 'e2e',
    name: 'end-to-end tests',
    command: ['@playwright/test/cli.js', 'test', '--config', 'e2e/playwright.config.ts', '--reporter', 'list,json', ...filters],
    browser: true,
    report: countPlaywright,
  },
]

/** @param {string} project */
function vitest(project) {
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', reportFile]
  return ['vitest/vitest.mjs', 'run', '--project', project, '--passWithNoTests', ...reporters, ...filters]
}

/** @param {unknown} report */
function countVitest(report) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = /** @type {Record<string, number>} */ (report)
  return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 0, skipped: (numPendingTests ?? 0) + (numTodoTests ?? 0) }
}

/** @param {unknown} report */
function countPlaywright(report) {
  const { stats } = /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} */ (report)
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped }
}

/**
 * Runs one stage and says how it went.
 * @param {Stage} stage
 * @returns {Promise<Count>}
 */
async function run({ name, command: [program = '', ...args], browser, report }) {
  const started = Date.now()
  stdout.write(`${name} … `)
  const chromium = browser ? await requireChromium() : undefined
  rmSync(reportFile, { force: true })
  const { status, stdout: said } = spawnSync(execPath, [join('node_modules', program), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile, ...(chromium && { CHROMIUM_PATH: chromium }) },
  })
  const count = { passed: 0, failed: 0, skipped: 0, ...(report ? readReport(report) : { passed: status === 0 ? 1 : 0 }) }
  // A tool that fails, or a runner that fails beside its tests (a file that does not load, an error nobody caught), is one failure.
  if (status !== 0 && count.failed === 0) count.failed = 1
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  const ran = report ? `${count.passed} of ${count.passed + count.failed}, ` : ''
  console.log(`${count.failed === 0 ? 'ok' : 'FAILED'} (${ran}${seconds} s)`)
  if (count.failed > 0) console.log(said)
  return count
}

/** @param {NonNullable<Stage['report']>} count */
function readReport(count) {
  try {
    return count(JSON.parse(readFileSync(reportFile, 'utf8')))
  } catch {
    return {}
  }
}

const stages = STAGES.filter((stage) => part === undefined || stage.part === part)
if (stages.length === 0) {
  console.error(`There is no part "${part}": ${[...new Set(STAGES.map((stage) => stage.part))].join(', ')}.`)
  exit(1)
}

mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
const total = { passed: 0, failed: 0, skipped: 0 }
for (const stage of stages) {
  const count = await run(stage).catch((/** @type {Error} */ error) => {
    console.log(`FAILED\n${error.message}`)
    return { passed: 0, failed: 1, skipped: 0 }
  })
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
exit(total.failed === 0 ? 0 : 1)
