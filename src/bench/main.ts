/** Runs the suites that were asked for and says what came of them; `.scripts/bench.mjs` builds and starts this. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchBrowser, type BenchSetting, openBrowser } from './browser.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'
import { describeCommit, describeMachine } from './machine.ts'
import { open } from './open.ts'
import { relay } from './relay.ts'
import { type Report, type SuiteResult, tableOf } from './report.ts'
import type { Suite } from './setting.ts'
import { siege } from './siege.ts'
import { sync } from './sync.ts'
import { transfer } from './transfer.ts'
import { verify } from './verify.ts'

const SUITES: Readonly<Record<string, Suite>> = { ingest, latency, open, relay, siege, sync, transfer, verify }
const DEFAULT_RUNS = 5

/** @param args of the command line: [suite] [--json] [--runs n] [--only case]. @throws with a sentence for arguments that mean nothing */
export async function bench(args: readonly string[], setting: BenchSetting): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: `${DEFAULT_RUNS}` }, only: { type: 'string' } },
  })
  const runs = Number(values.runs)
  const names = positionals.length > 0 ? positionals : Object.keys(SUITES)
  const unknown = names.find((name) => SUITES[name] === undefined)
  if (unknown !== undefined) throw new Error(`There is no suite "${unknown}". There are: ${Object.keys(SUITES).join(', ')}.`)
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs is a whole number above 0.')
  if (values.json && names.length !== 1) throw new Error('--json prints one suite: name it.')

  let opened: Promise<BenchBrowser> | null = null
  const browser = (): Promise<BenchBrowser> => (opened ??= openBrowser(setting))
  const results: { suite: string; result: SuiteResult }[] = []
  const failed: string[] = []
  try {
    for (const suite of names) {
      const cache = join(setting.root, 'node_modules/.cache/tabweave-bench')
      try {
        const say = (line: string): void => console.error(line)
        results.push({ suite, result: await SUITES[suite]!({ ...setting, runs, only: values.only ?? null, cache, browser, say }) })
      } catch (error) {
        // What the others measure takes minutes, and is not lost.
        console.error(error)
        failed.push(suite)
      }
    }
    if (results.length === 0) throw new Error('Nothing was measured.')
    const machine = describeMachine(opened === null ? null : (await browser()).version)
    const commit = describeCommit(setting.root)
    if (values.json) {
      const { suite, result } = results[0]!
      console.log(JSON.stringify({ suite, commit, machine, rows: result.rows } satisfies Report))
      return
    }
    const sections = results.map(({ suite, result }) => sectionOf(suite, result)).join('\n\n')
    console.log(sections)
    if (failed.length > 0) throw new Error(`These suites failed: ${failed.join(', ')}.`)
    if (positionals.length > 0) return
    mkdirSync(join(setting.root, 'docs'), { recursive: true })
    writeFileSync(join(setting.root, 'docs/performance.md'), `${introduction(commit, machine, runs)}\n\n${sections}\n`)
  } finally {
    if (opened !== null) await (await browser()).close()
  }
}

function sectionOf(suite: string, { rows, assumptions }: SuiteResult): string {
  return [`## ${suite}`, '', tableOf(rows), '', ...assumptions.map((sentence) => `- ${sentence}`)].join('\n')
}

function introduction(commit: string, machine: string, runs: number): string {
  return [
    '# Performance',
    '',
    `Written by \`npm run bench\` on commit ${commit} (${machine}). The figures are medians of ${runs} runs of all measurements in turn, after one run to warm up,`,
    'with the least and the greatest value. Measure on your own machine before you rely on a figure. One suite as JSON: `npm run -s bench -- ingest --json`.',
    '`bare` is a small program that does only the main step of the same work. It is no upper bound: our code can be faster, because it handles many items at once.',
    'Traces come from the folder that `DATA_DIR` names. Without it they are downloaded and checked by their SHA-256.',
  ].join('\n')
}
