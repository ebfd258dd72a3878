/** Suite "open": coming back to a long room. */
import { deflateRawSync } from 'node:zlib'
import { longRoom } from './long-room.ts'
import { importRoom, openAgain, type Opening } from './open-chromium.ts'
import { rowOf } from './report.ts'
import type { Suite } from './setting.ts'

const OPS = 1_000_000
const PEOPLE = 10

export const open: Suite = async ({ runs, say, ...setting }) => {
  say(`open: writing a room of ${OPS.toLocaleString('en-US')} ops`)
  const room = await longRoom(OPS, PEOPLE, deflateRawSync)
  const browser = await setting.browser()
  say('open: importing it')
  const page = await importRoom(browser, room)
  const opened: Opening[] = []
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'open: warming up' : `open: run ${run + 1} of ${runs}`)
    const opening = await openAgain(page, OPS)
    if (run >= 0) opened.push(opening)
  }
  say('open: once without its index')
  const replayed = await openAgain(page, OPS, 'without index')
  await page.close()

  const params = { ops: OPS }
  const bytes = opened.flatMap(({ workerBytes }) => (workerBytes === null ? [] : [workerBytes / 1e6]))
  const rows = [
    rowOf(
      { measure: 'open-ms', params, unit: 'ms', better: 'lower' },
      opened.map(({ ms }) => ms),
      {
        read: opened.map(({ readMs }) => readMs),
        replay: [replayed.ms],
      },
    ),
  ]
  if (bytes.length > 0) rows.push(rowOf({ measure: 'worker-megabytes', params, unit: 'MB', better: 'lower' }, bytes))
  return { rows, assumptions: assumptionsOf(room.file.length) }
}

const assumptionsOf = (fileBytes: number): string[] => [
  `The room is a conversation of ${PEOPLE} people. One in eight ops was written by somebody who had not seen the op before it. The room's file, which the app imported, has ${fileBytes.toLocaleString('en-US')} B.`,
  "`open-ms`: from the start of a reload until the node runs, all ops are there, and the newest of the history are on the screen, with the app's files in the browser's cache.",
  "`worker-megabytes`: JavaScript heap and array buffers of the node's worker after that, and after a garbage collection.",
  '`read` is the time to read and check (SHA-256 by the browser) the same index from IndexedDB, in a page that does nothing else, after each run. `replay` is one opening after the index was deleted: every op is read, rebuilt, hashed and admitted again.',
]
