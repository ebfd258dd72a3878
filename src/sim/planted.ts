/**
 * Planted bugs: each makes one line of the product wrong, in the simulator's build only. The worlds do not know which one is
 * on; that every one is caught shows that the harness can see. `right` must stand in `file` exactly once.
 */
export interface Planted {
  readonly name: string
  /** Seen from src/. */
  readonly file: string
  readonly right: string
  readonly wrong: string
}

/** Random worlds within which each is to be caught. */
export const CAUGHT_WITHIN = 200

const REPLICA = 'core/replica.ts'
const ADMIT_WHOLE = 'core/admit-whole.ts'
const DAG = 'core/dag.ts'

export const PLANTED: readonly Planted[] = [
  {
    name: 'signatures are not looked at',
    file: 'sync/intake.ts',
    right: 'if (answer.valid[i] === true) continue',
    wrong: 'if (i >= 0) continue',
  },
  {
    name: 'only the first signature of a message is looked at',
    file: 'sync/intake.ts',
    right: 'if (answer.valid[i] === true) continue',
    wrong: 'if (i > 0 || answer.valid[i] === true) continue',
  },
  {
    name: 'an unsigned op is admitted',
    file: REPLICA,
    right: 'if (signature === null && vouched[place] === 0) {',
    wrong: 'if (signature === null && vouched[place] === 7) {',
  },
  {
    name: 'a bad signature condemns the op',
    file: REPLICA,
    right: "    if (fates[place] !== 'kept') outcomes.push({ type: 'dropped', id, reason: 'unauthentic', link })",
    wrong: "    if (fates[place] !== 'kept') replica.rejected.set(keyOf(id), 'parent-rejected')",
  },
  { name: 'seq may jump', file: ADMIT_WHOLE, right: "return dag.seq[prev]! + 1 === op.seq ? null : 'seq-gap'", wrong: 'return null' },
  {
    name: "prev may be another's op",
    file: ADMIT_WHOLE,
    right: "if (own < 0 || dag.author[prev] !== own) return 'prev-not-own'",
    wrong: "if (own < -1) return 'prev-not-own'",
  },
  { name: "the room's rules are not asked", file: REPLICA, right: 'replica.judge(op, { dag, parents })', wrong: 'null' },
  {
    name: 'a second genesis body is fine',
    file: 'rules/open.ts',
    right: "if ((body.value.kind === 'genesis') !== (op.room === null)) return 'bad-body'",
    wrong: '',
  },
  {
    name: 'an op with one missing parent is judged',
    file: REPLICA,
    right: 'if (placed.missing.size === 0) return',
    wrong: 'if (placed.missing.size <= 1) return',
  },
  {
    name: 'what waits is forgotten',
    file: REPLICA,
    right: "if (outcome.type === 'admitted') pushAll(work, freed(replica, outcome.unit))",
    wrong: "if (outcome.type === 'equivocation') work.push()",
  },
  {
    name: 'blame falls on whoever brought the parent',
    file: REPLICA,
    right: 'admitOrWait(replica, next.unit, next.link, outcomes)',
    wrong: 'admitOrWait(replica, next.unit, link, outcomes)',
  },
  { name: 'rejected ops stay in the graph', file: REPLICA, right: '    truncate(dag, start)\n', wrong: '' },
  {
    name: 'children of rejected ops are kept',
    file: REPLICA,
    right: "fates[place] = known ?? (parentFell ? 'parent-rejected' :",
    wrong: "fates[place] = known ?? (parentFell ? 'kept' :",
  },
  {
    name: 'what waits for one link has no bound',
    file: 'core/pending.ts',
    right: 'while (share.ops > MAX_PENDING_PER_LINK) evicted.push(evictOldest(pending, share))',
    wrong: '',
  },
  {
    name: 'ids are told apart by their first byte',
    file: 'core/id-table.ts',
    right: 'if (i === WIDTH) return slot',
    wrong: 'if (i > 0) return slot',
  },
  {
    name: 'depth is that of the last parent',
    file: DAG,
    right: 'deepest = Math.max(deepest, depth[before]!)',
    wrong: 'deepest = depth[before]!',
  },
  {
    name: 'a parent stays a head',
    file: DAG,
    right: '    dag.heads.delete(parent)\n',
    wrong: '    if (parent % 16 > 0) dag.heads.delete(parent)\n',
  },
  {
    name: 'an equivocation is seen only side by side',
    file: DAG,
    right: 'else dag.equivocations.push([twin, op])',
    wrong: 'else if (dag.prev[twin] === dag.prev[op]) dag.equivocations.push([twin, op])',
  },
  {
    name: 'history is in order of arrival',
    file: DAG,
    right: 'dag.depth[a]! - dag.depth[b]! || compareEntries(dag.ids, a, b)',
    wrong: 'dag.depth[a]! - dag.depth[b]! || a - b',
  },
  {
    name: 'history is not sorted again',
    file: 'core/history.ts',
    right: 'count[depth] = before === 0 ? 1 : -before - 1',
    wrong: 'count[depth] = before + 1',
  },
  {
    name: 'sent before it is stored',
    file: 'sync/persist.ts',
    right: '  engine.persisting = true\n',
    wrong: '  engine.persisting = true\n  for (const { whenStored } of batch) whenStored?.()\n',
  },
  {
    name: 'own ops are not written strictly',
    file: 'sync/persist.ts',
    right: "batch.some(({ own }) => own) ? 'strict' : 'relaxed'",
    wrong: "'relaxed'",
  },
  {
    name: 'a failed write counts as written',
    file: 'sync/persist.ts',
    right: 'if (answer.failure === null) {',
    wrong: "if (answer.failure !== 'failed') {",
  },
  {
    name: 'a restart forgets how much is stored',
    file: 'sync/engine.ts',
    right: '  engine.stored = engine.replica.dag.length\n',
    wrong: '',
  },
  { name: 'deps are not sorted', file: 'sync/submit.ts', right: '      .sort(compareBytes),', wrong: '      .slice(),' },
  { name: 'the last op asked for is not served', file: 'sync/serve.ts', right: 'engine.stored, op + 1)', wrong: 'engine.stored, op)' },
  { name: 'every answer begins at the beginning', file: 'sync/serve.ts', right: 'isExact ? 0 : (before?.to ?? 0)', wrong: '0' },
  {
    name: 'the digest is not worked out again',
    file: 'sync/gossip.ts',
    right: 'if (engine.digest?.stored !== engine.stored) {',
    wrong: 'if (engine.digest === null) {',
  },
  {
    name: 'a silent peer is waited for',
    file: 'sync/fetch.ts',
    right: 'else if (engine.now >= dueAt(fetch)) giveUp(engine, fetch)',
    wrong: '',
  },
  { name: 'the newest stranger is asked first', file: 'sync/peers.ts', right: 'askedAt: engine.now,', wrong: 'askedAt: -Infinity,' },
  {
    name: 'an empty answer is judged as a bundle',
    file: 'sync/intake.ts',
    right: 'begun: isEmpty,',
    wrong: 'begun: false,',
  },
  {
    name: 'heads are not told again',
    file: 'sync/gossip.ts',
    right: 'engine.heartbeatAt = engine.now + HEARTBEAT',
    wrong: 'engine.heartbeatAt = engine.now + 120 * HEARTBEAT',
  },
]
