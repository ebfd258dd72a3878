/**
 * Suite "ingest": taking in ops. A recorded session of two people, each transaction a signed op with its true parents, is
 * imported through the app's worker, verified, and written to disk.
 */
import { deflateRawSync } from 'node:zlib'
import type { Unit } from '../core/unit.ts'
import { importInChromium, type ChromiumImport } from './ingest-chromium.ts'
import { importInNode } from './ingest-node.ts'
import { receiveLive, typeAndWatch } from './live.ts'
import { doBare } from './bare.ts'
import { type Row, rowOf } from './report.ts'
import { type Suite, toBase64 } from './setting.ts'
import { fileOf, type Signed, signTrace } from './trace-to-bundle.ts'
import { loadTrace } from './traces.ts'

const SEED = 'tabweave bench'
const SIGNED: readonly Signed[] = ['unit', 'each']
/** Enough for the rate to settle; each is a frame of its own. */
const LIVE_OPS = 4_096
const TYPED = 30

export const ingest: Suite = async (setting) => {
  const { runs, cache, say } = setting
  const trace = await loadTrace('friendsforever', cache)
  const rooms = await Promise.all(SIGNED.map(async (signed) => ({ signed, ...(await signTrace(trace, 'friendsforever', signed, SEED)) })))
  const inputs = rooms.map((room) => ({ ...room, file: fileOf(room.units, deflateRawSync), ops: room.units.flat().length }))
  const each = inputs.find(({ signed }) => signed === 'each')!
  const browser = await setting.browser()

  const imports: Record<Signed, ChromiumImport[]> = { unit: [], each: [] }
  const nodeMs: Record<Signed, number[]> = { unit: [], each: [] }
  const hash = { chromium: [] as number[], node: [] as number[] }
  const write: number[] = []
  const live: number[] = []
  const typed: number[] = []
  const frames: number[] = []
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'ingest: warming up' : `ingest: run ${run + 1} of ${runs}`)
    const measured = run >= 0
    for (const { signed, link, file, ops, genesis, secret } of inputs) {
      const result = await importInChromium(browser, link, file, ops)
      const ms = await importInNode(genesis, secret, file, ops)
      if (measured) imports[signed].push(result)
      if (measured) nodeMs[signed].push(ms)
    }
    const base64 = toBase64(each.file)
    const inChromium = await browser.bare({ type: 'hash', file: base64 })
    const inNode = await doBare({ type: 'hash', file: base64 }, null)
    const written = await browser.bare({ type: 'write', file: base64 })
    const received = await receiveLive(browser, each, LIVE_OPS)
    const typing = await typeAndWatch(browser, TYPED)
    if (!measured) continue
    hash.chromium.push(inChromium!)
    hash.node.push(inNode!)
    write.push(written!)
    live.push(received)
    typed.push(...typing.ms)
    frames.push(typing.frameMs)
  }

  const ops = trace.transactions.length
  const rows: Row[] = []
  for (const { signed, ops: count } of inputs) {
    const rate = (ms: number): number => (count * 1000) / ms
    const about = { measure: 'import-ops-per-second', unit: 'ops/s', better: 'higher' } as const
    rows.push(
      rowOf(
        { ...about, params: { ops, signed, where: 'chromium' } },
        imports[signed].map(({ ms }) => rate(ms)),
        { ceiling: hash.chromium, written: write },
      ),
      rowOf({ ...about, params: { ops, signed, where: 'node' } }, nodeMs[signed].map(rate), { ceiling: hash.node }),
    )
  }
  for (const signed of SIGNED) {
    const about = { measure: 'longest-page-block-ms', unit: 'ms', better: 'lower' } as const
    rows.push(
      rowOf(
        { ...about, params: { ops, signed, by: 'long task' } },
        imports[signed].map(({ longestTask }) => longestTask),
      ),
      rowOf(
        { ...about, params: { ops, signed, by: 'frame gap' } },
        imports[signed].map(({ longestGap }) => longestGap),
      ),
    )
  }
  const bytes = imports.unit.flatMap(({ workerBytes }) => (workerBytes === null ? [] : [workerBytes / 1e6]))
  if (bytes.length > 0) rows.push(rowOf({ measure: 'worker-megabytes', params: { ops }, unit: 'MB', better: 'lower' }, bytes))
  rows.push(
    rowOf(
      { measure: 'open-ms', params: { ops }, unit: 'ms', better: 'lower' },
      imports.unit.map(({ reopenMs }) => reopenMs),
    ),
    rowOf({ measure: 'live-ops-per-second', params: { where: 'chromium' }, unit: 'ops/s', better: 'higher' }, live, {
      ceiling: hash.chromium,
    }),
    rowOf({ measure: 'typed-to-shown-ms', params: { path: 'broadcast' }, unit: 'ms', better: 'lower' }, typed, { frame: frames }),
  )
  return { rows, assumptions: assumptionsOf(inputs) }
}

function assumptionsOf(inputs: readonly { signed: Signed; units: readonly Unit[]; file: Uint8Array; chained: number }[]): string[] {
  const sizes = inputs.map(({ signed, file, units }) => {
    const signatures = units.flat().filter(({ signature }) => signature !== null).length
    return `"${signed}": ${file.length.toLocaleString('en-US')} B with ${signatures.toLocaleString('en-US')} signatures`
  })
  return [
    `The file is the trace friendsforever (josephg/editing-traces, CC BY 4.0): 26,078 transactions by two people, one op each, and the room's genesis. ${sizes.join('; ')}.`,
    `An op's prev is its author's op before it: ${inputs[0]!.chained} transactions do not name it as a parent; it is in their causal past all the same, so causality is the trace's.`,
    'Chromium: from the call of `tabweave.import` in the page to the page being told that every op is on the disk: copying to the worker, inflating, rebuilding and hashing every op, verifying, judging, writing to IndexedDB (durability "relaxed", as for whatever came from others), telling page and graph. A new node and a new database each run; the profile is on the disk.',
    'Node: the same engine and crypto, no links, a store in memory, no page.',
    '`ceiling` is SHA-256 (noble) of the same canonical bytes and nothing else; `written` is encoding, hashing, deflating and writing to IndexedDB, without reading, DAG, rules or signatures.',
    '`longest-page-block-ms` covers the import and half a second after it. "long task": as the browser reports them, 0 when none was above 50 ms. "frame gap": between two animation frames, beyond one frame of 60 Hz; it includes what other processes take of the cores.',
    "`open-ms`: from the start of a reload to the node running, all ops admitted and the newest of the history on the screen, with the app's files in the browser's cache.",
    `live: ${LIVE_OPS.toLocaleString('en-US')} ops, each signed and in a sealed frame of its own, sent by another tab over a BroadcastChannel with at most 768 on their way; until all are on the disk.`,
    '`typed-to-shown-ms`: from Enter going down to the frame that shows the message in the other tab; the op is signed, and on the writer\'s disk (durability "strict"), before it is sent. `frame` is the median frame of the reading tab.',
  ]
}
