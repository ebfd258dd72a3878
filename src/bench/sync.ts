/** Suite "sync": what catching up costs, beside what others pay for the same. */
import { pushAll } from '../core/lists.ts'
import { preparePeers } from './peers/measure.ts'
import type { Row } from './report.ts'
import type { Suite } from './setting.ts'
import { bundleRow } from './sync-bundle.ts'
import { joinRows } from './sync-chromium.ts'
import { createShared } from './sync-first-contact.ts'
import { cutRows, differenceRow, firstContactRows } from './sync-rows.ts'

const SHARED_OPS = 100_000
const AUTHORS = 10
const DIFFERENCES = [1, 10, 100, 1_000]
const LARGE = { shared: 1_000_000, differ: 100, authors: AUTHORS }
const CUTS = 100
const SEED = 20_261_125

export const sync: Suite = async (setting) => {
  // First, since it needs a trace that may not be there: minutes of measuring would be lost.
  const bundle = await bundleRow(setting)
  setting.say(`sync: writing ${SHARED_OPS} ops`)
  const shared = createShared(SHARED_OPS, AUTHORS, SEED)
  const peers = preparePeers(setting.peers, shared, setting.say)
  const rows: Row[] = []
  for (const equivocators of [0, 1] as const) {
    for (const differ of DIFFERENCES) pushAll(rows, firstContactRows(setting, shared, peers, { differ, equivocators }))
  }
  pushAll(rows, cutRows(setting, shared, CUTS))
  rows.push(await differenceRow(setting, LARGE, SEED))
  rows.push(bundle)
  pushAll(rows, await joinRows(setting, SHARED_OPS, AUTHORS))
  return { rows, assumptions: ASSUMPTIONS }
}

const ASSUMPTIONS = [
  '`overhead-bytes`: all message bytes both ways before sealing, until both sides have everything on their disks ("both know": until each was also told that the other holds the same), minus the two bundles that hold exactly the missing ops in the fewest units, with the fewest signatures that the rule asks, deflated where that is smaller. Two of our engines, driven as a node drives them, that never met: the shared history lies packed on both disks, what differs lies there op by op as it was written, each signed. Half of the authors write on one side, half on the other; an equivocator begins with an op on each side, different and with the same seq. Signatures are 64 bytes that do not compress and take the time of a hash.',
  '`round-trips`: flights one way, one after the other, ÷ 2, until both hold everything; both sides speak first. All messages of a flight arrive together, answers of disk and crypto come at once, and time stands still until nothing is on its way: `waited-ms` is what the engines then waited for by their alarms.',
  'automerge: its sync protocol between two documents, each op as one change of one operation (append a text to a list) with the same author, parents and text; overhead: all its messages, minus `saveSince` the shared heads of both documents, which is those changes, each in the form that it is saved in. It refuses to hold two changes of an author with one seq.',
  'yjs: each op one push to an array by the same author; both send their state vectors and then what the other lacks; overhead: what is sent, minus `encodeStateAsUpdate` since the shared state. A state vector is a count for each author and no hash: with an equivocator both sides believe that they agree.',
  'negentropy: protocol V1 by the package nostr-tools, without a limit of frames, over the 32-byte ids with their times, and over ids alone as when what differs is not the newest; overhead: its messages, and 32 bytes for each id that whoever learned the difference then asks for; two flights more for that and for the ops. A side that is sent a list of ids does not answer with its own, which is a little less than the protocol says.',
  'riblt: 32-byte ids and 8-byte checksums, our implementation of the SIGCOMM 2024 paper; overhead: just as many coded symbols as are needed, as if the stream stopped at once, and 8 bytes for each id that is then asked for. Negentropy and riblt know ids only: no order, no authors, no signatures.',
  "`difference-cpu-ms`: the engine's CPU time from the other's first message until it reads what it will send, of the slower of the two. Real ops and ids, no bodies. negentropy: both sides, by ids and depths, sorted beforehand. riblt: one side, subtracting and peeling alone; the coded symbols, which take seconds to make, are there. CPU time of the process, garbage collected before.",
  '`bundle-bytes`: our file as it is exported, with hashes of parents and signatures that vouch for all of it; automerge: `save()` after one change an edit, with its time; yjs: `encodeStateAsUpdate` and its version 2 after one transaction an edit. Neither signs or hashes. (Our edits are plain positions, theirs have ids.)',
  `\`refetched-share\`: a node with nothing joins one with ${SHARED_OPS.toLocaleString('en-US')} ops; places in the stream of bytes, spread evenly by chance over as many as an undisturbed join carries, cut the path. What is on its way is lost, both sides are told "gone" and a second later "linked", and keep their sender values, as nodes whose socket closed. The joiner's disk answers one message late, and before the path is back. Share of the ops that arrived whole once more; \`repeated-bytes-share\` also counts what was cut: bytes carried beyond those of the undisturbed join, as a share of these.`,
  '`join-ops-per-second`, `longest-page-block-ms`: a tab that has never been in the room joins it beside one that holds all of it, by BroadcastChannel: from the node running to every op verified and on its disk, and half a second more for the blocks. Both tabs share the cores of this machine. "long task": as the browser reports them, 0 when none was above 50 ms; "frame gap": between two animation frames, beyond one frame of 60 Hz, whatever took the cores.',
]
