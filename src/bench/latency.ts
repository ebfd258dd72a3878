/** Suite "latency": from a key in one tab to its message in another tab's history, by each path. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchBrowser } from './browser.ts'
import { type Typists, typeOnce } from './keyboard.ts'
import { type AppPath, openTabs } from './latency-app.ts'
import { openBare } from './latency-bare.ts'
import { createYServer, openY, type YServer } from './peers/y-websocket.ts'
import { sentenceOf } from './peers/measure.ts'
import { type Row, rowOf } from './report.ts'
import type { Suite, SuiteSetting } from './setting.ts'
import { createForwarder, openStage, type Stage } from './stage.ts'

const PATHS: readonly AppPath[] = ['broadcast', 'webrtc', 'relay']
/** Messages of each kind and path, over all runs, at least; a run at least; and to warm up. */
const LEAST = 60
const LEAST_A_RUN = 12
const TO_WARM_UP = 6
/** After each message, and up to as much again by chance (ms): longer than what it makes the tabs say to each other. */
const PAUSE = 150

export const latency: Suite = async (setting) => {
  const browser = await setting.browser()
  let y: YServer | null = null
  let absent: string | null = null
  try {
    y = createYServer(setting.peers)
  } catch (error) {
    absent = sentenceOf(error)
  }
  const stage = await openStage(browser, { '/y.js': setting.yScript }, { '/echo': createForwarder(), ...(y && { '/y': y.serve }) })
  const rows: Row[] = []
  try {
    for (const path of PATHS) rows.push(await rowOfPath(setting, browser, stage, path, absent))
  } finally {
    await stage.close()
    y?.close()
  }
  return { rows, assumptions: ASSUMPTIONS }
}

async function rowOfPath(
  { runs, say }: SuiteSetting,
  browser: BenchBrowser,
  stage: Stage,
  path: AppPath,
  absent: string | null,
): Promise<Row> {
  say(`latency: ${path}, opening`)
  const all: Record<string, Typists> = {
    ours: await openTabs(browser, path),
    ...(absent === null && { 'y-websocket': await openY(stage, path) }),
    bare: await openBare(stage, path),
  }
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(all).map((name) => [name, []]))
  const messages = Math.max(LEAST_A_RUN, Math.ceil(LEAST / runs))
  let typed = 0
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? `latency: ${path}, warming up` : `latency: ${path}, run ${run + 1} of ${runs}`)
    for (let i = 0; i < (run < 0 ? TO_WARM_UP : messages); i++, typed++) {
      for (const [name, pages] of Object.entries(all)) {
        const ms = await typeOnce(pages, (typed % 2) as 0 | 1, `m${typed};`)
        if (run >= 0) times[name]!.push(ms)
        await sleep(PAUSE * (1 + Math.random()))
      }
    }
  }
  for (const page of Object.values(all).flat()) await page.close()
  const { ours, ...peers } = times
  const row = rowOf({ measure: 'typed-to-shown-ms', params: { path }, unit: 'ms', better: 'lower' }, ours!, peers)
  return absent === null ? row : { ...row, absent: { 'y-websocket': absent } }
}

const ASSUMPTIONS = [
  '`typed-to-shown-ms`: the time from the keyboard in one tab to the screen of the other. It begins when the keydown of Enter reaches a capture listener of the first page. It ends when a MutationObserver in the other page finds the message in the list "History". There are at least 60 messages. Each kind of tab takes its turn, and the two tabs of each kind write in turn. Times are `performance.timeOrigin + performance.now()` of two pages on one machine. Not included are the time of the keyboard and the browser before the page hears of a key, and the frame that then draws the item (up to 16.7 ms more on a screen of 60 Hz). If the clocks differed, that would widen the spread more than move the median, because the tabs write in turn.',
  'Our op is signed, and on the disk of the tab that wrote it (IndexedDB, durability "strict"), before it is sent. It is sealed for the path, and verified and judged before it is shown. "broadcast": two tabs of one Chromium. "webrtc", "relay": two Chromiums, each with a profile on the disk, and with the other path cut by hand in both. There is no network between them. For a real network, add its one-way time: once for "webrtc", twice for "relay" (to the relay, and from it).',
  'y-websocket: a Yjs array in two pages of these two Chromiums, always over a y-websocket server. A list shows it, with the same keys and the same observer. Neither side signs or stores anything, and the page shows nothing else.',
  '`bare`: on Enter, 200 bytes go from one blank page to another one by the bare path: a BroadcastChannel, an RTCDataChannel or a forwarded websocket. Measured until the listener has them. Nothing is shown.',
  'Each page is in a window of its own, as if a person watched one window and wrote in another. All servers are in the process that also drives the browsers. Everything shares the cores of this machine, also the drawing of all pages.',
]
