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
  setting.say(`sync: writing ${SHARED_OPS} ops`)
  const shared = createShared(SHARED_OPS, AUTHORS, SEED)
  const peers = preparePeers(setting.peers, shared, setting.say)
  const rows: Row[] = []
  for (const equivocators of [0, 1] as const) {
    for (const differ of DIFFERENCES) pushAll(rows, firstContactRows(setting, shared, peers, { differ, equivocators }))
  }
  pushAll(rows, cutRows(setting, shared, CUTS))
  rows.push(await differenceRow(setting, LARGE, SEED))
  rows.push(await bundleRow(setting))
  pushAll(rows, await joinRows(setting, SHARED_OPS, AUTHORS))
  return { rows, assumptions: ASSUMPTIONS }
}

const ASSUMPTIONS = [
  '`overhead-bytes`: all bytes of protocol messages in both directions, before they are sealed, until both sides have everything on their disks. ("until both know": until each was also told that the other holds the same.) The two bundles that hold exactly the missing ops are subtracted: in as few units and with as few signatures as the rules allow, deflated if that is smaller. Two of our engines that never met are driven as a node drives them. The shared history is packed on both disks. Ops that differ are there one by one, as they were written, each signed. Half of the authors write on one side, half on the other. An equivocator begins with a different op on each side, with the same seq. Signatures are simulated: 64 bytes that do not compress, computed with one hash.',
  '`round-trips`: the number of one-way flights, one after the other, divided by 2, until both sides hold everything. Both sides speak first. All protocol messages of a flight arrive together. Disk and cryptography answer at once. Time stands still while anything is on its way. `waited-ms` is the time that the engines waited for their timers.',
  'automerge: its sync protocol between two documents. Each op is one change of one operation (append a text to a list), with the same author, parents and text. Overhead: all its messages, minus `saveSince` the shared heads of both documents, which gives these changes in their saved form. It refuses to hold two changes of one author with one seq.',
  'yjs: each op is one push to an array by the same author. Both sides send their state vectors, and then the ops that the other lacks. Overhead: all bytes sent, minus `encodeStateAsUpdate` since the shared state. A state vector is a count for each author, and has no hash. So with an equivocator both sides believe that they agree.',
  'negentropy: protocol V1 by the package nostr-tools, without a limit of frames. It runs over the 32-byte ids with their times, and over ids alone, which is the case when the ops that differ are not the newest. Overhead: its messages, and 32 bytes for each id that the side which learned the difference then asks for. Two more flights are counted for that and for the ops. A side that receives a list of ids does not answer with its own, which is a little less than the protocol says.',
  'riblt: our implementation of the SIGCOMM 2024 paper, with 32-byte ids and 8-byte checksums. Overhead: only as many coded symbols as are needed, as if the stream stopped at once, and 8 bytes for each id that is then asked for. Negentropy and riblt know only ids: no order, no authors, no signatures.',
  "`difference-cpu-ms`: the engine's CPU time from the other side's first protocol message until it reads what it will send, on the slower of the two sides. Ops and ids are real; there are no bodies. negentropy: both sides, by ids and depths, sorted beforehand. riblt: one side, only subtracting and peeling. The coded symbols, which take seconds to make, are there already. It is the CPU time of the process, after a garbage collection.",
  '`bundle-bytes`: our file as it is exported, with hashes of parents and signatures that vouch for all of it. automerge: `save()` after one change for each edit, with its time. yjs: `encodeStateAsUpdate` and its version 2, after one transaction for each edit. Neither signs or hashes. (Our edits are plain positions, theirs have ids.)',
  `\`refetched-share\`: a node with nothing joins one with ${SHARED_OPS.toLocaleString('en-US')} ops. The path is cut at random points of the stream of bytes, spread evenly over as many bytes as an undisturbed join carries. Frames on their way are lost. Both sides are told "gone", and a second later "linked", and keep their sender values, like nodes whose socket closed. The joiner's disk answers one message late, and before the path is back. The figure is the share of the ops that arrived whole a second time. \`repeated-bytes-share\` also counts ops that were cut: it is the bytes beyond those of the undisturbed join, as a share of these.`,
  '`join-ops-per-second`, `longest-page-block-ms`: two tabs of a new device join the room, and the second one goes offline. The first one imports all of it, and the second one goes online: it fetches all by BroadcastChannel. (A tab that joins later copies the ops from the disk of the first one.) Measured from the moment when it goes online until every op is verified and on its disk; for the blocks, half a second longer. Both tabs share the cores of this machine. "long task": as the browser reports them, 0 when none was above 50 ms. "frame gap": the time between two animation frames, beyond one frame of 60 Hz, for any reason.',
]
