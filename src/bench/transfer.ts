/** Suite "transfer": bulk from one device to another, by our frames on a data channel and by a bare one. */
import type { Page } from 'playwright'
import { askWorker } from './ask-worker.ts'
import type { ChannelAnswer, ChannelTask, How } from './channel.worker.ts'
import { rowOf } from './report.ts'
import type { Suite } from './setting.ts'
import { openStage } from './stage.ts'
import { connectPages } from './stage-webrtc.ts'

/** A second or two a run, and many times what waits on both sides. */
const BYTES = 16 * 1024 * 1024
const WORKER = '/channel.js'

export const transfer: Suite = async (setting) => {
  const browser = await setting.browser()
  const stage = await openStage(browser, { [WORKER]: setting.channelWorker })
  const rates: Record<How, number[]> = { framed: [], bare: [] }
  try {
    const [a, b] = [await stage.openPage(0), await stage.openPage(1)]
    await connectPages([a, b], 2, WORKER)
    for (let run = -1; run < setting.runs; run++) {
      setting.say(run < 0 ? 'transfer: warming up' : `transfer: run ${run + 1} of ${setting.runs}`)
      for (const how of ['framed', 'bare'] as const) {
        const rate = await megabytesPerSecond(a, b, how)
        if (run >= 0) rates[how].push(rate)
      }
    }
  } finally {
    await stage.close()
  }
  const about = { measure: 'megabytes-per-second', params: { path: 'webrtc' }, unit: 'MB/s', better: 'higher' } as const
  return { rows: [rowOf(about, rates.framed, { bare: rates.bare })], assumptions: ASSUMPTIONS }
}

async function megabytesPerSecond(from: Page, to: Page, how: How): Promise<number> {
  const end = ask(to, { type: 'receive', bytes: BYTES })
  const start = await ask(from, { type: 'send', how, bytes: BYTES })
  return BYTES / 1_000 / ((await end)! - start!)
}

const ask = (page: Page, task: ChannelTask): Promise<ChannelAnswer> => askWorker(page, task)

const ASSUMPTIONS = [
  "`megabytes-per-second`: 16 MiB go from a page of one Chromium to a page of another one. Each has a profile of its own. Both are on one machine, with no network between them. Measured from the first byte given to the last one received, by both pages' clocks, in the pages' workers, where the app has its channels. Ours: frames of 1 MiB through `net/direct/channel`, with up to 4 MiB waiting in it. `bare`: a bare, ordered data channel of the same connection, with messages of 64 KiB. It is given up to 1 MiB at once, and more at `bufferedamountlow`. Nothing is sealed, checked or stored.",
]
