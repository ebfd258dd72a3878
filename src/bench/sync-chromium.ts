/** Catching up as whoever looks at it has it: a tab that holds a long room, and one that joins it, in one Chromium. */
import { deflateRawSync } from 'node:zlib'
import { openApp } from './browser.ts'
import { importInto, watchBlocks } from './ingest-chromium.ts'
import { longRoom } from './long-room.ts'
import { type Row, rowOf } from './report.ts'
import type { SuiteSetting } from './setting.ts'

/** Rows of joining a room of so many ops; each run a new node with an empty disk, beside the same tab. */
export async function joinRows(setting: SuiteSetting, ops: number, people: number): Promise<Row[]> {
  const { runs, say } = setting
  const browser = await setting.browser()
  const room = await longRoom(ops, people, deflateRawSync)
  const holder = await openApp(browser, room.link)
  await importInto(holder, room.file, ops)
  const rates: number[] = []
  const tasks: number[] = []
  const gaps: number[] = []
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'sync: a tab joins, warming up' : `sync: a tab joins, run ${run + 1} of ${runs}`)
    const joiner = await openApp(browser, room.link)
    const { ms, longestTask, longestGap } = await joiner.evaluate(watchBlocks, ops)
    await joiner.close()
    if (run < 0) continue
    rates.push((ops * 1000) / ms)
    tasks.push(longestTask)
    gaps.push(longestGap)
  }
  await holder.close()
  const block = { measure: 'longest-page-block-ms', unit: 'ms', better: 'lower' } as const
  return [
    rowOf(
      { measure: 'join-ops-per-second', params: { ops, path: 'broadcast', where: 'chromium' }, unit: 'ops/s', better: 'higher' },
      rates,
    ),
    rowOf({ ...block, params: { ops, by: 'long task' } }, tasks),
    rowOf({ ...block, params: { ops, by: 'frame gap' } }, gaps),
  ]
}
