/** Rows B: what a hostile graph cannot do, and why not. Long, since it is a list. */
import type { Defence } from '../defences.ts'

const REPLICA = 'src/core/replica.ts'
const PENDING = 'src/core/pending.ts'
const DAG = 'src/core/dag.ts'
const OP = 'src/core/op.ts'
const FETCH = 'src/sync/fetch.ts'
const SUBMIT = 'src/sync/submit.ts'
const REPLICA_TEST = 'src/core/replica.test.ts'
const EQUIVOCATORS = 'src/sim/attacks/equivocators.test.ts'
const WITHHOLDERS = 'src/sim/attacks/withholders.test.ts'
const FORGERS = 'src/sim/attacks/forgers.test.ts'
const ASKERS = 'src/sim/attacks/askers.test.ts'

const tested = (file: string, name: string): Defence['test'] => ({ file, name })

export const GRAPH: readonly Defence[] = [
  {
    row: 'B1',
    file: DAG,
    right: '  else dag.equivocations.push([twin, op])',
    wrong: '  else chain.bySeq[seq] = op',
    test: tested(EQUIVOCATORS, 'B1 both ops stand at every node'),
  },
  {
    row: 'B1',
    file: REPLICA,
    right: 'if (op.prev === null) return null\n',
    wrong: "if (opAt(dag, numberOfAuthor(dag, op.author), op.seq) >= 0) return 'seq-gap'\n  if (op.prev === null) return null\n",
    test: tested(EQUIVOCATORS, 'B1 both ops stand at every node'),
  },
  {
    row: 'B2',
    file: DAG,
    right: '  else dag.equivocations.push([twin, op])',
    wrong: '  else chain.bySeq[seq] = op',
    test: tested(EQUIVOCATORS, 'B2 split over a partition'),
  },
  {
    row: 'B2',
    file: 'src/sync/holdings.ts',
    right: 'return isWrong && guessed.length > 0 ? markPast(dag, known) : marks',
    wrong: 'return marks',
    test: tested('src/sync/holdings.test.ts', 'B2 a guess that holds what is asked for is given up'),
  },
  {
    row: 'B3',
    file: DAG,
    right: '  else dag.equivocations.push([twin, op])',
    wrong: '  else if (dag.prev[twin] !== dag.prev[op]) dag.equivocations.push([twin, op])',
    test: tested(EQUIVOCATORS, 'B3 merged by a colluder'),
  },
  {
    row: 'B4',
    file: PENDING,
    right: '  while (share.ops > MAX_PENDING_PER_LINK) evicted.push(evictOldest(pending, share))\n',
    wrong: '',
    test: tested(WITHHOLDERS, 'B4 that never were are waited for, within bounds'),
  },
  {
    row: 'B4',
    file: FETCH,
    right: 'peer.emptyUntil = engine.now + peer.emptyFor',
    wrong: 'peer.emptyUntil = engine.now + 10',
    test: tested(WITHHOLDERS, 'B4 that never were are not asked for again and again'),
  },
  {
    row: 'B5',
    file: PENDING,
    right: "unit.map(({ id }) => keyOf(id)).join('')",
    wrong: 'keyOf(unit[0]!.id)',
    test: tested(REPLICA_TEST, 'B5 an op waits also alone'),
  },
  {
    row: 'B5',
    file: FETCH,
    right: '(isMissing && peer.emptyUntil <= now) || hasMore',
    wrong: 'hasMore',
    test: tested(WITHHOLDERS, 'B5 that one peer withholds are asked of another'),
  },
  {
    row: 'B6',
    file: PENDING,
    right: '  while (share.ops > MAX_PENDING_PER_LINK) evicted.push(evictOldest(pending, share))\n',
    wrong: '',
    test: tested(WITHHOLDERS, "B6 of ops that wait for ghosts, by 'one key over one link'"),
  },
  {
    row: 'B6',
    file: PENDING,
    right: "  while (pending.ops > MAX_PENDING_TOTAL) evicted.push(evictOldest(pending, fullest(pending, 'ops')))\n",
    wrong: '',
    test: tested(WITHHOLDERS, "B6 of ops that wait for ghosts, by 'many keys over many links'"),
  },
  {
    row: 'B6',
    file: PENDING,
    right: "  while (pending.bytes > MAX_PENDING_BYTES) evicted.push(evictOldest(pending, fullest(pending, 'bytes')))\n",
    wrong: '',
    test: tested(REPLICA_TEST, 'B6 a flood of large ops'),
  },
  {
    row: 'B6',
    file: PENDING,
    right: 'if (most === null || share[measure] > most[measure]) most = share',
    wrong: 'if (most === null) most = share',
    test: tested(REPLICA_TEST, 'B6 a flood of small ops, from one link or many'),
  },
  {
    row: 'B6',
    file: PENDING,
    right: 'for (let i = turns.length - 1; i >= 0; i--) {',
    wrong: 'for (let i = 0; i < 1; i++) {',
    test: tested('src/core/pending.test.ts', 'B6 of missing parents every link gets its share'),
  },
  {
    row: 'B6',
    file: REPLICA,
    right: 'admitOrWait(replica, next.unit, next.link, outcomes)',
    wrong: 'admitOrWait(replica, next.unit, link, outcomes)',
    test: tested(FORGERS, 'B6 an honest peer is not blamed'),
  },
  {
    row: 'B6',
    file: 'src/sync/intake.ts',
    right: 'const queue = engine.intake.get(from) ?? {',
    wrong: 'const queue = [...engine.intake.values()][0] ?? {',
    test: tested(WITHHOLDERS, 'B6 while one link’s signatures are being verified'),
  },
  {
    row: 'B7',
    file: REPLICA,
    right: "if (placed[place]!.includes(place)) return 'self-parent'",
    wrong: '',
    test: tested(REPLICA_TEST, 'B7 self-parent'),
  },
  {
    row: 'B8',
    file: REPLICA,
    right: "if (outcome.type === 'admitted') work.push(...freed(replica, outcome.unit))",
    wrong:
      "if (outcome.type === 'admitted') for (const each of freed(replica, outcome.unit)) outcomes.push(...receive(replica, each.unit, each.link))",
    test: tested(REPLICA_TEST, 'B8 the longest chain that may wait, in reverse order'),
  },
  {
    row: 'B8',
    file: DAG,
    right: '        stack.push(parent)\n',
    wrong: '        markPast(dag, dag.parent.subarray(edge, edge + 1), ((marks[parent] = 0), marks))\n',
    test: tested('src/core/dag.test.ts', 'B8 a chain of 1,000,000'),
  },
  {
    row: 'B9',
    file: OP,
    right: "if (deps.length > MAX_DEPS) return 'too-many-deps'",
    wrong: '',
    test: tested('src/core/op.test.ts', 'B9 when its deps are too many'),
  },
  {
    row: 'B9',
    file: OP,
    right: "if (i > 0 && compareBytes(deps[i - 1]!, dep) >= 0) return 'deps-unsorted'",
    wrong: '',
    test: tested('src/core/op.test.ts', 'B9 when its deps are too many'),
  },
  {
    row: 'B9',
    file: OP,
    right: "if (prev !== null && equalBytes(prev, dep)) return 'prev-in-deps'",
    wrong: '',
    test: tested('src/core/op.test.ts', 'B9 when its deps are too many'),
  },
  {
    row: 'B10',
    file: 'src/sync/intake.ts',
    right: '!equalBytes(op.room ?? id, engine.replica.room)',
    wrong: 'engine.stored < 0 && !equalBytes(op.room ?? id, engine.replica.room)',
    test: tested('src/sim/attacks/links.test.ts', 'B10 an op that names an op of another room'),
  },
  {
    row: 'B10',
    file: DAG,
    right: '    if (dag.chains.at(-1)!.tips.size === 0) {',
    wrong: '    if (dag.chains.at(-1)!.tips.size < 0) {',
    test: tested(REPLICA_TEST, 'B10 refused ops leave no trace of their authors'),
  },
  {
    row: 'B11',
    file: REPLICA,
    right: "return equalBytes(id, room) ? null : 'second-genesis'",
    wrong: 'return null',
    test: tested(REPLICA_TEST, 'B11 second-genesis'),
  },
  {
    row: 'B11',
    file: 'src/rules/open.ts',
    right: "if ((body.value.kind === 'genesis') !== (op.room === null)) return 'bad-body'",
    wrong: '',
    test: tested('src/rules/open.test.ts', 'B11 bad-body'),
  },
  {
    row: 'B12',
    file: REPLICA,
    right: 'if (op.prev === null) return null\n',
    wrong: "if (op.time > 2 ** 40) return 'seq-gap'\n  if (op.prev === null) return null\n",
    test: tested(REPLICA_TEST, 'B12 any time is as good as any other'),
  },
  {
    row: 'B12',
    file: 'src/ui/messages.ts',
    right: 'const age = now - time',
    wrong: 'const age = Math.max(0, now - time)',
    test: tested('src/ui/messages.test.ts', 'B12 a time ahead of this clock is told as one'),
  },
  {
    row: 'B13',
    file: REPLICA,
    right: "return dag.seq[prev]! + 1 === op.seq ? null : 'seq-gap'",
    wrong: 'return null',
    test: tested(REPLICA_TEST, 'B13 seq-gap'),
  },
  {
    row: 'B16',
    file: REPLICA,
    right: 'replica.judge(op, { dag, parents })',
    wrong: 'replica.judge(op, { dag, parents: [...dag.heads] })',
    test: tested(REPLICA_TEST, 'B16 a verdict looks at the causal past'),
  },
  {
    row: 'B17',
    file: REPLICA,
    right: 'if (signature === null && vouched[place] === 0) {',
    wrong: 'if (signature === null && vouched[place] === 7) {',
    test: tested(FORGERS, 'B17 a unit that vouches for nothing stages nothing'),
  },
  {
    row: 'B17',
    file: 'src/sync/columns.ts',
    right: "if (unitSizes.some((size) => size > MAX_UNIT_OPS)) return refuse('unit-too-large')",
    wrong: '',
    test: tested('src/sync/bundle.test.ts', 'B17 when a unit has no ops'),
  },
  {
    row: 'B17',
    file: 'src/sync/bundle.ts',
    right: "if (bytesInUnit > MAX_UNIT_BYTES) return refuse('unit-too-large')",
    wrong: '',
    test: tested('src/sync/bundle.test.ts', 'B17 when a unit has no ops'),
  },
  {
    row: 'B18',
    file: 'src/sync/bundle.ts',
    right: 'signature === null && !rebuilding.vouchedFor.has(start + i)',
    wrong: 'signature === null && built.length < 0',
    test: tested('src/sync/bundle.test.ts', 'B18 when only one branch of a fork is signed'),
  },
  {
    row: 'B18',
    file: REPLICA,
    right: 'if (signature === null && vouched[place] === 0) {',
    wrong: 'if (signature === null && vouched[place] === 7) {',
    test: tested(FORGERS, 'B18 chains whose signed op never comes'),
  },
  {
    row: 'B18',
    file: 'src/sync/persist.ts',
    right: '    units.push(unit)\n',
    wrong: '    units.push(...unit.map((op) => [op]))\n',
    test: tested(FORGERS, 'B18 signatures stripped on the way'),
  },
  {
    row: 'B19',
    file: SUBMIT,
    right: '      .slice(0, MAX_DEPS)\n',
    wrong: '',
    test: tested(ASKERS, 'B19 of 700'),
  },
  {
    row: 'B19',
    file: 'src/sync/holdings.ts',
    right: 'ops.length <= MAX_HEADS_LISTED ? ops :',
    wrong: 'ops.length <= 1e9 ? ops :',
    test: tested(ASKERS, 'B19 of 10000'),
  },
  {
    row: 'B19',
    file: FETCH,
    right: ' && now >= allAskedAt + ASK_ALL_EVERY',
    wrong: ' && now >= allAskedAt',
    test: tested(ASKERS, 'B19 among 3,000 of them'),
  },
  {
    row: 'B20',
    file: REPLICA,
    right: 'if (!rejected.has(keyOf(parent))) missing.set(keyOf(parent), parent)',
    wrong: 'missing.set(keyOf(parent), parent)',
    test: tested(REPLICA_TEST, 'B20 parent-rejected: a child of a rejected op'),
  },
  {
    row: 'B20',
    file: REPLICA,
    right: "else if (outcome.type === 'rejected') work.push(...parentRejected(replica.pending, outcome.id))",
    wrong: '',
    test: tested(REPLICA_TEST, 'B20 parent-rejected: a child that came before'),
  },
  {
    row: 'B20',
    file: FETCH,
    right: 'numberOf(dag, id) < 0 && !rejected.has(keyOf(id))',
    wrong: 'numberOf(dag, id) < 0 && rejected.size >= 0',
    test: tested(WITHHOLDERS, 'B20 that were rejected are not asked for again'),
  },
]
