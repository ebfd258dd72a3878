/** Catching up as people see it: a tab that holds a long room, and one that has nothing of it and goes online, in one Chromium. */
import { deflateRawSync } from 'node:zlib'
import { type BenchBrowser, openEmptyNode } from './browser.ts'
import { type Blocks, importInto, watchBlocks } from './ingest-chromium.ts'
import { longRoom } from './long-room.ts'
import { type Row, rowOf } from './report.ts'
import type { SuiteSetting } from './setting.ts'

/** Measures how a node joins a room with `ops` ops. Each run has two new nodes on a new device. */
export async function joinRows(setting: SuiteSetting, ops: number, people: number): Promise<Row[]> {
  const { runs, say } = setting
  const browser = await setting.browser()
  const room = await longRoom(ops, people, deflateRawSync)
  const rates: number[] = []
  const tasks: number[] = []
  const gaps: number[] = []
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'sync: a tab joins, warming up' : `sync: a tab joins, run ${run + 1} of ${runs}`)
    const { ms, longestTask, longestGap } = await join(browser, room.link, room.file, ops)
    if (run < 0) continue
    rates.push((ops * 1000) / ms)
    tasks.push(longestTask)
    gaps.push(longestGap)
  }
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

/**
 * The second tab of a device would copy the ops of the first one from the disk. So it is there before the first one has any, and offline
 * until the first one has all.
 */
async function join(browser: BenchBrowser, link: string, file: Uint8Array, ops: number): Promise<Blocks> {
  const device = await browser.openDevice()
  const holder = await openEmptyNode(browser, link, device)
  const joiner = await openEmptyNode(browser, link, device)
  const offline = joiner.getByRole('switch', { name: 'Offline', exact: true })
  await offline.click()
  await importInto(holder, file, ops)
  const joined = joiner.evaluate(watchBlocks, ops)
  await offline.click()
  const blocks = await joined
  await device.close()
  return blocks
}
