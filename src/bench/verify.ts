/** Suite "verify": the two ways to check a signature, and whether they agree. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { deflateRawSync } from 'node:zlib'
import { adversarialSignatures, type JudgedSignature } from '../core/adversarial-signatures.naive.ts'
import { toHex } from '../core/bytes.ts'
import { speccheckVectors, wycheproofVectors } from '../core/signature-vectors.naive.ts'
import { doBare, type BareTask } from './bare.ts'
import { absentRow, type Row, rowOf } from './report.ts'
import { type Suite, type SuiteSetting, toBase64 } from './setting.ts'
import { fileOf, signTrace } from './trace-to-bundle.ts'
import { loadTrace } from './traces.ts'

/** Signatures a run: a quarter of a second each, about. */
const COUNT = { native: 3_000, bare: 3_000, pure: 250 } as const
/** Generated cases on which the paths may disagree: some ninety of each kind, a few seconds of the pure path. */
const GENERATED = 3_000
const SEED = 1
const TRACE = 'friendsforever'

type Path = keyof typeof COUNT
const PATHS: readonly Path[] = ['native', 'bare', 'pure']

const RATE = { measure: 'verify-per-second', unit: 'signatures/s', better: 'higher' } as const

export const verify: Suite = async (setting) => {
  const places = await placesOf(setting)
  const rows = await rateRows(setting, places)
  for (const { where, ask } of places) rows.push(await disagreements(where, ask))
  return { rows, assumptions: ASSUMPTIONS }
}

/** How many signatures of a trace are verified in a second. */
export async function rateRows(setting: SuiteSetting, places: readonly Place[]): Promise<Row[]> {
  const loaded = await loadTrace(TRACE, setting.cache)
  if ('absent' in loaded) return places.map(({ where }) => absentRow({ ...RATE, params: { trace: TRACE, where } }, loaded.absent))
  const start = { ...loaded.trace, transactions: loaded.trace.transactions.slice(0, COUNT.native) }
  const file = toBase64(fileOf((await signTrace(start, TRACE, 'each', 'tabweave bench')).units, deflateRawSync))
  const runs = places.map(() => ({ native: [] as number[], bare: [] as number[], pure: [] as number[] }))
  for (let run = -1; run < setting.runs; run++) {
    setting.say(run < 0 ? 'verify: warming up' : `verify: run ${run + 1} of ${setting.runs}`)
    for (const [i, { ask }] of places.entries()) {
      for (const path of PATHS) {
        const rate = await ask({ type: 'verify', file, path, count: COUNT[path] })
        if (run >= 0 && rate !== null) runs[i]![path].push(rate)
      }
    }
  }
  const rows: Row[] = []
  for (const [i, { where }] of places.entries()) {
    const { native, bare, pure } = runs[i]!
    if (native.length > 0) rows.push(rowOf({ ...RATE, params: { path: 'native', where } }, native, { bare, pure }))
    rows.push(rowOf({ ...RATE, params: { path: 'pure', where } }, pure))
  }
  return rows
}

const ASSUMPTIONS = [
  '"native" is WebCrypto after our byte checks. All signatures of a run are handed over at once, as the engine does. `bare` is WebCrypto alone, with keys imported and arguments copied beforehand. "pure" is point arithmetic in JavaScript. Each uses one worker, or one thread of Node.',
  '`disagreements` counts the vectors on which the two paths differ from each other or from the known verdict: Project Wycheproof (151 cases) and the 12 edge cases of ed25519-speccheck, of which our rule accepts only number 3, both from the folder that DATA_DIR names; and 3,000 generated ones (src/core/adversarial-signatures.naive.ts).',
]

interface Place {
  readonly where: string
  readonly ask: (task: BareTask) => Promise<number | null>
}

async function placesOf(setting: SuiteSetting): Promise<readonly Place[]> {
  const browser = await setting.browser()
  return [
    { where: 'chromium', ask: browser.bare },
    { where: 'node', ask: (task) => doBare(task, null) },
  ]
}

async function disagreements(where: string, ask: Place['ask']): Promise<Row> {
  const published = readPublished()
  const vectors = [...published, ...adversarialSignatures(SEED, GENERATED)].map(({ message, author, signature, valid }) => ({
    message: toHex(message),
    author: toHex(author),
    signature: toHex(signature),
    valid,
  }))
  const found = await ask({ type: 'vectors', vectors })
  const absent = {
    ...(published.length === 0 && {
      published: `the vectors are in the folder that DATA_DIR names, and ${env['DATA_DIR'] ? 'there are none' : 'it is not set'}`,
    }),
    ...(found === null && { ours: 'no native Ed25519 here' }),
  }
  return {
    measure: 'disagreements',
    unit: 'vectors',
    better: 'lower',
    params: { vectors: vectors.length, where },
    ours: found,
    peers: {},
    ...(Object.keys(absent).length > 0 && { absent }),
  }
}

/** None without DATA_DIR, or where there are none. */
function readPublished(): readonly JudgedSignature[] {
  const folder = join(env['DATA_DIR'] || '', 'vectors')
  if (!env['DATA_DIR'] || !existsSync(folder)) return []
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const files = { wycheproof: read('wycheproof-ed25519.json'), speccheck: read('ed25519-speccheck.json') }
  return [...wycheproofVectors(files), ...speccheckVectors(files)]
}
