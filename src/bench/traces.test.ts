/** A benchmark whose trace is absent says so, and all else is measured. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ingest } from './ingest.ts'
import { tableOf } from './report.ts'
import type { SuiteSetting } from './setting.ts'
import { bundleRow } from './sync-bundle.ts'
import { loadTrace } from './traces.ts'
import { rateRows } from './verify.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traces-'))
  vi.stubEnv('DATA_DIR', folder)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  rmSync(folder, { recursive: true })
})

/** What is absent, with a reason that has these words. */
const absentAs = (words: string): unknown => ({ absent: expect.stringContaining(words) as unknown })

const noBrowser = (): never => {
  throw new Error('no browser is wanted here')
}
const setting = (): SuiteSetting => ({ cache: folder, browser: noBrowser, say: () => {}, runs: 1, only: null }) as unknown as SuiteSetting

test('a trace that is not in the folder of DATA_DIR, or is another file, is absent, and the reason names the file', async () => {
  expect(await loadTrace('friendsforever', folder)).toEqual(absentAs('traces/friendsforever.json.gz cannot be read'))
  mkdirSync(join(folder, 'traces'))
  writeFileSync(join(folder, 'traces/friendsforever.json.gz'), 'another')
  expect(await loadTrace('friendsforever', folder)).toEqual(absentAs('friendsforever.json.gz has the SHA-256'))
})

test('a trace that cannot be downloaded is absent', async () => {
  vi.stubEnv('DATA_DIR', '')
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('no network')))
  expect(await loadTrace('friendsforever', folder)).toEqual(absentAs('cannot be reached'))
  vi.stubGlobal('fetch', async () => new Response(null, { status: 404 }))
  expect(await loadTrace('friendsforever', folder)).toEqual(absentAs('answered 404'))
})

test('suites give a row for what an absent trace would have been measured by, with the reason', async () => {
  const { rows: imports } = await ingest(setting())
  expect(imports.map(({ params }) => params['trace'])).toEqual(['friendsforever', 'friendsforever', 'automerge-paper'])
  const rows = [...imports, await bundleRow(setting()), ...(await rateRows(setting(), [{ where: 'node', ask: noBrowser }]))]
  expect(rows.map(({ ours }) => ours)).toEqual([null, null, null, null, null])
  const lines = tableOf(rows).split('\n').slice(2)
  for (const line of lines) expect(line).toMatch(/\| – \|.*ours: .*json\.gz cannot be read/)
})
