/** Rows E: disks, keys, clocks, and what is shown. Rows that only whole browsers show are in docs/threat-model.md. */
import type { Defence } from '../defences.ts'

const PERSIST = 'src/sync/persist.ts'
const SUBMIT = 'src/sync/submit.ts'
const DISKS = 'src/sim/attacks/disks.test.ts'
const OWN_OPS = 'src/sim/attacks/own-ops.test.ts'

const tested = (file: string, name: string): Defence['test'] => ({ file, name })

export const BROWSER_AND_DISK: readonly Defence[] = [
  {
    row: 'E1',
    file: PERSIST,
    right: 'if (answer.failure === null) {',
    wrong: "if (answer.failure !== 'failed') {",
    test: tested(DISKS, 'E1 (full)'),
  },
  {
    row: 'E1',
    file: PERSIST,
    right: "      engine.storage = 'full'\n      engine.retryPersistAt = engine.now + RETRY_FULL\n",
    wrong: "      engine.storage = 'full'\n      engine.retryPersistAt = Infinity\n",
    test: tested(DISKS, 'E1 (failed)'),
  },
  {
    row: 'E1',
    file: 'src/sync/intake.ts',
    right: 'return engine.unstoredBytes > MAX_UNSTORED_BYTES',
    wrong: 'return false',
    test: tested(DISKS, 'E1 what others write meanwhile fills a budget'),
  },
  {
    row: 'E1',
    file: 'src/store/memory.ts',
    right: '      map.clear()\n',
    wrong: '',
    test: tested('src/store/memory.test.ts', 'E1 a full disk is refused by name, writes all or nothing'),
  },
  {
    row: 'E2',
    file: PERSIST,
    right: '  engine.persisting = true\n',
    wrong: '  engine.persisting = true\n  pushOwn(\n    engine,\n    batch.map(({ unit }) => unit),\n  )\n',
    test: tested(OWN_OPS, 'E2 is mentioned to nobody before its "persist" was answered'),
  },
  {
    row: 'E2',
    file: PERSIST,
    right: "batch.some(({ own }) => own) ? 'strict' : 'relaxed'",
    wrong: "'relaxed'",
    test: tested(DISKS, 'E2 at any moment of writing'),
  },
  {
    row: 'E2',
    file: SUBMIT,
    right: 'if (ownTip(engine) !== prev) {',
    wrong: 'if (ownTip(engine) < prev) {',
    test: tested(OWN_OPS, 'E2 that comes back from others'),
  },
  {
    row: 'E2',
    file: SUBMIT,
    right: '  if (engine.now < askUntil) return askUntil\n',
    wrong: '',
    test: tested(DISKS, 'E2 with an old disk'),
  },
  {
    row: 'E2',
    file: SUBMIT,
    right: '(fetch === null ? ASK_BEFORE_WRITING : ASK_AT_MOST)',
    wrong: '(fetch === null ? ASK_BEFORE_WRITING : Infinity)',
    test: tested(OWN_OPS, 'E2 is not held up for ever'),
  },
  {
    row: 'E3',
    file: SUBMIT,
    right: ' || engine.replica.dag.length === 0',
    wrong: '',
    test: tested(OWN_OPS, 'E3 a node without its room’s genesis'),
  },
  {
    row: 'E3',
    file: 'src/store/memory.ts',
    right: "    if (closed) throw new StoreError('closed')\n",
    wrong: '',
    test: tested('src/node/node.test.ts', 'E3 a node whose store is deleted while it runs stops'),
  },
  {
    row: 'E4',
    file: 'src/node/open-node.ts',
    right: '.catch(() => resolve(null))',
    wrong: '.catch(() => resolve(() => {}))',
    test: tested('src/worker/node.worker.browser.test.ts', 'E4 a node that runs elsewhere is not run twice'),
  },
  {
    row: 'E4',
    file: 'src/core/dag.ts',
    right: '  else dag.equivocations.push([twin, op])',
    wrong: '  else chain.bySeq[seq] = op',
    test: tested(DISKS, 'E4 a twin that slips through'),
  },
  {
    row: 'E5',
    file: SUBMIT,
    right: '  if (engine.now < askUntil) return askUntil\n',
    wrong: '',
    test: tested(DISKS, 'E5 a clock that is put back while a returned node asks'),
  },
  {
    row: 'E5',
    file: 'src/node/node.ts',
    right: 'Math.max(0, Math.floor(Date.now() / 1000))',
    wrong: 'Math.floor(Date.now() / 1000)',
    test: tested('src/node/node.test.ts', 'E5 a clock before 1970'),
  },
  {
    row: 'E6',
    file: 'src/node/node.ts',
    right: ".slice(0, MAX_NAME).join('')",
    wrong: ".join('')",
    test: tested('src/node/node.test.ts', 'E6 of a room name as long as a page'),
  },
  {
    row: 'E6',
    file: 'src/node/library.ts',
    right: 'pages.size <= MAX_PAGES && bytes <= MAX_PAGES_BYTES',
    wrong: 'pages.size <= MAX_PAGES',
    test: tested('src/node/bounds.test.ts', 'E6 pages of MAX_PAGES_BYTES'),
  },
  {
    row: 'E7',
    file: 'src/worker/check.ts',
    right: ' || !Object.hasOwn(FIELDS, type)',
    wrong: ' || !(type in FIELDS)',
    test: tested('src/worker/check.test.ts', 'E7 what is no message at all is not'),
  },
  {
    row: 'E7',
    file: 'src/worker/check.ts',
    right: 'check((data as Record<string, unknown>)[field])',
    wrong: 'check((data as Record<string, unknown>)[field]) || field in data',
    test: tested('src/worker/check.test.ts', 'E7 a message with a field missing'),
  },
  {
    row: 'E7',
    file: 'src/net/broadcast-channel.ts',
    right: 'data instanceof Uint8Array && data.length <= MAX_FRAME_BYTES',
    wrong: 'data instanceof Uint8Array',
    test: tested('src/net/broadcast-channel.browser.test.ts', 'E7 what another script of the origin says'),
  },
  {
    row: 'E9',
    file: 'src/store/segment-record.ts',
    right: ' && equalBytes(written, checksum(first, count, bytes))',
    wrong: '',
    test: tested('src/node/node.test.ts', 'E9 a damaged disk gives what is whole'),
  },
  {
    row: 'E9',
    file: 'src/store/segment-record.ts',
    right: 'return equalBytes(written, new Uint8Array(found)) ?',
    wrong: 'return found.byteLength > 0 ?',
    test: tested('src/store/memory.test.ts', 'E9 a flipped bit in the index is reported'),
  },
  {
    row: 'E9',
    file: 'src/node/segments.ts',
    right: ' || !ops.every(({ id }, i) => equalBytes(id, idOf(first + i)))',
    wrong: '',
    test: tested('src/node/segments.test.ts', 'E9 a segment with a flipped bit'),
  },
  {
    row: 'E9',
    file: 'src/node/open-node.ts',
    right: ' || first + count > expected',
    wrong: '',
    test: tested('src/node/packer.test.ts', 'E9 an index that tells of more ops'),
  },
]
