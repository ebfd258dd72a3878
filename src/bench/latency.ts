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
    ceiling: await openBare(stage, path),
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
  '`typed-to-shown-ms`: from a key of the keyboard in one tab, when the keydown of Enter reaches a capture listener of its page, to the other tab, when a MutationObserver there finds the message in the list "History". At least 60 messages; each kind of tab in turn, and both tabs of each write in turn. Times are `performance.timeOrigin + performance.now()` of two pages on one machine. Left out is what the keyboard and the browser take before the page hears of a key, and the frame that then draws the item (up to 16.7 ms more on a screen of 60 Hz). Clocks that differ would widen the spread more than move the median, since either tab writes every other message.',
  'Our op is signed, and on the disk of the tab that wrote it (IndexedDB, durability "strict"), before it is sent; it is sealed on its way, verified and judged before it is shown. "broadcast": two tabs of one Chromium. "webrtc", "relay": two Chromiums, each with a profile on the disk, where the other path is cut by hand in both. No network lies between them: what one takes is to be added (once for "webrtc", to the relay and on for "relay").',
  'y-websocket: a Yjs array in two pages of these two Chromiums, over a y-websocket server, whatever our path; a list shows it, by the same keys and the same observer. It neither signs nor stores, on either side, and its page has nothing else to show.',
  '`ceiling`: on Enter 200 bytes from one blank page to another one by the bare path, a BroadcastChannel, an RTCDataChannel or a websocket that is forwarded, until its listener has them: nothing is shown.',
  'Each page is in a window of its own, as of somebody who watches one while writing in another. All servers are in the one process that also drives the browsers. Everything shares the cores of this machine, the drawing of all pages too.',
]
