/**
 * Suite "ingest": taking in ops. Recorded sessions, each transaction an op with its true parents, are imported through the app's
 * worker, verified, and written to disk.
 */
import { deflateRawSync } from 'node:zlib'
import { quickenHashing } from '../node/sha256.ts'
import { type BareTask, doBare } from './bare.ts'
import type { BenchBrowser } from './browser.ts'
import { importInChromium, type ChromiumImport } from './ingest-chromium.ts'
import { importInNode } from './ingest-node.ts'
import { receiveLive } from './live.ts'
import { absentRow, type Row, rowOf } from './report.ts'
import { type Suite, toBase64 } from './setting.ts'
import { fileOf, type Signed, type SignedTrace, signTrace } from './trace-to-bundle.ts'
import { loadTrace, type TraceName } from './traces.ts'

const SEED = 'tabweave bench'
/** Short, by two people at the same time, signed in both ways; and long enough for the rate of joining to settle. */
const ROOMS = [
  { name: 'friendsforever', signed: 'unit' },
  { name: 'friendsforever', signed: 'each' },
  { name: 'automerge-paper', signed: 'unit' },
] as const satisfies { name: TraceName; signed: Signed }[]
/** Enough for the rate to settle. */
const LIVE_OPS = 16_384
/** One op a frame, as people write; and as many as a node that is busy tells at once. */
const OPS_PER_FRAME = [1, 16] as const
const VERIFIED = 4_096

interface Room extends SignedTrace {
  readonly name: TraceName
  readonly signed: Signed
  readonly file: Uint8Array
  readonly ops: number
}

const IMPORT = { measure: 'import-ops-per-second', unit: 'ops/s', better: 'higher' } as const
const LIVE = { measure: 'live-ops-per-second', unit: 'ops/s', better: 'higher' } as const

/** The room of a trace, or the row that says why there is none. */
async function roomOf(name: TraceName, signed: Signed, cache: string): Promise<Room | Row> {
  const loaded = await loadTrace(name, cache)
  if ('absent' in loaded) return absentRow({ ...IMPORT, params: { trace: name, signed } }, loaded.absent)
  const room = await signTrace(loaded.trace, name, signed, SEED)
  return { name, signed, ...room, file: fileOf(room.units, deflateRawSync), ops: room.units.flat().length }
}

/** What is measured of one room, a figure a run. */
interface Measured {
  readonly chromium: ChromiumImport[]
  readonly nodeMs: number[]
  readonly bare: Readonly<Record<'hash' | 'noble' | 'written' | 'nodeHash' | 'nodeNoble', number[]>>
}

export const ingest: Suite = async (setting) => {
  const { runs, cache, say } = setting
  const found = await Promise.all(ROOMS.map(({ name, signed }) => roomOf(name, signed, cache)))
  const rooms = found.filter((each) => 'units' in each)
  const absent = found.filter((each): each is Row => !('units' in each))
  if (rooms.length === 0) return { rows: absent, assumptions: [] }
  const each = rooms.find(({ signed }) => signed === 'each')
  const browser = await setting.browser()
  await quickenHashing()

  const measured = rooms.map((): Measured => ({
    chromium: [],
    nodeMs: [],
    bare: { hash: [], noble: [], written: [], nodeHash: [], nodeNoble: [] },
  }))
  const live = OPS_PER_FRAME.map((): number[] => [])
  const verified: number[] = []
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'ingest: warming up' : `ingest: run ${run + 1} of ${runs}`)
    for (const [i, room] of rooms.entries()) {
      const once = await measureRoom(browser, room)
      if (run < 0) continue
      const { chromium, nodeMs, bare } = measured[i]!
      chromium.push(once.chromium)
      nodeMs.push(once.nodeMs)
      for (const name of Object.keys(bare) as (keyof typeof bare)[]) bare[name].push(once.bare[name])
    }
    if (each === undefined) continue
    for (const [i, perFrame] of OPS_PER_FRAME.entries()) {
      const rate = await receiveLive(browser, each, LIVE_OPS, perFrame)
      if (run >= 0) live[i]!.push(rate)
    }
    const verify = await browser.bare({ type: 'verify', file: toBase64(each.file), path: 'bare', count: VERIFIED })
    if (run >= 0) verified.push(verify!)
  }

  const rows = rooms.flatMap((room, i) => roomRows(room, measured[i]!))
  for (const [i, perFrame] of OPS_PER_FRAME.entries()) {
    const about = { ...LIVE, params: { 'ops-per-frame': perFrame, where: 'chromium' } }
    rows.push(each === undefined ? absentRow(about, 'friendsforever is absent') : rowOf(about, live[i]!, { bare: verified }))
  }
  return { rows: [...rows, ...absent], assumptions: assumptionsOf(rooms) }
}

async function measureRoom(browser: BenchBrowser, { link, file, ops, genesis, secret }: Room) {
  const base64 = toBase64(file)
  const bare = async (task: BareTask): Promise<number> => (await browser.bare(task))!
  return {
    chromium: await importInChromium(browser, link, file, ops),
    nodeMs: await importInNode(genesis, secret, file, ops),
    bare: {
      hash: await bare({ type: 'hash', file: base64, by: 'app' }),
      noble: await bare({ type: 'hash', file: base64, by: 'noble' }),
      written: await bare({ type: 'write', file: base64 }),
      nodeHash: (await doBare({ type: 'hash', file: base64, by: 'app' }, null))!,
      nodeNoble: (await doBare({ type: 'hash', file: base64, by: 'noble' }, null))!,
    },
  }
}

function roomRows({ signed, ops: count }: Room, { chromium, nodeMs, bare }: Measured): Row[] {
  const params = { ops: count, signed }
  const rates = (ms: readonly number[]): number[] => ms.map((each) => (count * 1000) / each)
  const rows = [
    rowOf({ ...IMPORT, params: { ...params, where: 'chromium' } }, rates(chromium.map(({ ms }) => ms)), {
      bare: bare.hash,
      noble: bare.noble,
      written: bare.written,
    }),
    rowOf({ ...IMPORT, params: { ...params, where: 'node' } }, rates(nodeMs), {
      bare: bare.nodeHash,
      noble: bare.nodeNoble,
    }),
    rowOf(
      { measure: 'longest-page-block-ms', params: { ...params, by: 'long task' }, unit: 'ms', better: 'lower' },
      chromium.map(({ longestTask }) => longestTask),
    ),
    rowOf(
      { measure: 'longest-page-block-ms', params: { ...params, by: 'frame gap' }, unit: 'ms', better: 'lower' },
      chromium.map(({ longestGap }) => longestGap),
    ),
  ]
  const bytes = chromium.flatMap(({ workerBytes }) => (workerBytes === null ? [] : [workerBytes / 1e6]))
  if (bytes.length > 0) rows.push(rowOf({ measure: 'worker-megabytes', params, unit: 'MB', better: 'lower' }, bytes))
  rows.push(
    rowOf(
      { measure: 'open-ms', params, unit: 'ms', better: 'lower' },
      chromium.map(({ reopenMs }) => reopenMs),
    ),
  )
  return rows
}

function assumptionsOf(rooms: readonly Room[]): string[] {
  const sizes = rooms.map(({ name, signed, ops, file, units }) => {
    const signatures = units.flat().filter(({ signature }) => signature !== null).length
    return `${name}, ${ops.toLocaleString('en-US')} ops, "${signed}": ${file.length.toLocaleString('en-US')} B with ${signatures.toLocaleString('en-US')} signatures`
  })
  const pair = rooms.find(({ name }) => name === 'friendsforever')
  return [
    `Files are traces (josephg/editing-traces, CC BY 4.0), one op for each transaction, and the room's genesis: ${sizes.join('; ')}. friendsforever is by two people at the same time, automerge-paper by one.`,
    `An op's prev is the op that its author wrote before it. ${pair?.chained ?? 'Some'} transactions of friendsforever do not name that op as a parent, but it is in their causal past. So the causality is that of the trace.`,
    'Chromium: from the call of `tabweave.import` in the page until the page is told that every op is on the disk. This includes copying to the worker, inflating, rebuilding and hashing every op, verifying, judging, writing to IndexedDB (durability "relaxed", as for all ops of others), and telling page and graph. Each run has a new node and a new database. The profile is on the disk. Nothing is warmed up first: neither the worker that decodes, nor the code itself.',
    'Node: the same engine and cryptography in one thread, without paths, with a store in memory, without a page.',
    '`bare` is only SHA-256 of the same canonical bytes, with the code that the app uses (hash-wasm). `noble` is the same in JavaScript. `written` is encoding, hashing, deflating and writing to IndexedDB, without reading, DAG, rules or signatures. Each runs in one thread; the app decodes in a second one.',
    '`longest-page-block-ms` covers the import and half a second after it. "long task": as the browser reports them, 0 when none was above 50 ms. "frame gap": the time between two animation frames, beyond one frame of 60 Hz. It includes the time that other processes take of the cores.',
    "`open-ms`: from the start of a reload until the node runs, all ops are admitted, and the newest of the history are on the screen, with the app's files in the browser's cache.",
    `live: ${LIVE_OPS.toLocaleString('en-US')} ops, each signed and verified by itself. Another tab sends them over a BroadcastChannel in sealed frames of "ops-per-frame" ops, with at most 768 frames on their way. Measured until all are on the disk. The frames were sealed beforehand. So only the receiver is measured, and the browser's own work to carry the frames. \`bare\` is WebCrypto that only verifies signatures, with keys imported beforehand.`,
  ]
}
