/**
 * Planted bugs: each makes one place of the product wrong, in the simulator's build only. The worlds do not know which bug is
 * planted. That each one is caught shows that the checks can see.
 */
import type { Edit } from './source/edit.ts'

export type Planted = Edit & {
  readonly name: string
  /** From the repository's root. */
  readonly file: string
}

/** Random worlds within which each is to be caught. */
export const CAUGHT_WITHIN = 200

const REPLICA = 'src/core/replica.ts'
const ADMIT_WHOLE = 'src/core/admit-whole.ts'
const DAG = 'src/core/dag.ts'

export const PLANTED: readonly Planted[] = [
  {
    name: 'signatures are not looked at',
    file: 'src/sync/intake.ts',
    in: 'verifyFrom',
    replace: 'condition of if',
    mentions: ['valid'],
    with: 'i >= 0',
  },
  {
    name: 'only the first signature of a message is looked at',
    file: 'src/sync/intake.ts',
    in: 'verifyFrom',
    replace: 'condition of if',
    mentions: ['valid'],
    with: 'i > 0 || answer.valid[i] === true',
  },
  {
    name: 'an unsigned op is admitted',
    file: ADMIT_WHOLE,
    in: 'admitWhole',
    replace: 'call isVouchedFor',
    with: 'true',
  },
  {
    name: 'a bad signature condemns the op',
    file: REPLICA,
    in: 'admitOrWait',
    replace: 'call push',
    mentions: ['unauthentic'],
    with: "replica.rejected.set(keyOf(id), 'parent-rejected')",
  },
  { name: 'seq may jump', file: ADMIT_WHOLE, in: 'checkPrev', replace: 'choice', mentions: ['seq-gap'], with: 'null' },
  {
    name: "prev may be another's op",
    file: ADMIT_WHOLE,
    in: 'checkPrev',
    replace: 'condition of if',
    mentions: ['prev-not-own'],
    with: 'own < -1',
  },
  { name: "the room's rules are not asked", file: REPLICA, in: 'admit', replace: 'call judge', with: 'null' },
  {
    name: 'a second genesis body is fine',
    file: 'src/rules/open.ts',
    in: 'judgeOpen',
    drop: 'if',
    mentions: ['bad-body'],
  },
  {
    name: 'an op with one missing parent is judged',
    file: 'src/core/admit-whole.ts',
    in: 'admitNext',
    replace: 'if',
    mentions: ['number'],
    with: 'if (number < 0) continue',
  },
  {
    name: 'what waits is forgotten',
    file: REPLICA,
    in: 'reportAdmitted',
    drop: 'call cameIn',
  },
  {
    name: 'blame falls on whoever brought the parent',
    file: 'src/core/pending.ts',
    in: 'wait',
    replace: 'call add',
    mentions: ['links'],
    with: "waiting.links.add('somebody else')",
  },
  { name: 'rejected ops stay in the graph', file: REPLICA, in: 'admit', drop: 'call truncate' },
  {
    name: 'children of rejected ops are kept',
    file: 'src/core/vouched.ts',
    in: 'keepVouched',
    drop: 'for',
    mentions: ['child'],
  },
  {
    name: 'what waits for one link has no bound',
    file: 'src/core/evict.ts',
    in: 'overLimit',
    drop: 'if',
    mentions: ['MAX_PENDING_PER_LINK'],
  },
  {
    name: 'ids are told apart by their first byte',
    file: 'src/core/id-table.ts',
    in: 'slotOf',
    replace: 'condition of if',
    mentions: ['WIDTH'],
    with: 'i > 0',
  },
  {
    name: 'depth is that of the last parent',
    file: DAG,
    in: 'addEdges',
    replace: 'call max',
    with: 'depth[before]!',
  },
  {
    name: 'a parent stays a head',
    file: DAG,
    in: 'addEdges',
    replace: 'call deleteNumber',
    with: 'if (before % 16 > 0) $it',
  },
  {
    name: 'an equivocation is seen only side by side',
    file: DAG,
    in: 'link',
    replace: 'call push',
    with: 'if (dag.prev[twin] === dag.prev[op]) $it',
  },
  {
    name: 'history is in order of arrival',
    file: DAG,
    in: 'compareOps',
    replace: 'call compareEntries',
    with: 'a - b',
  },
  {
    name: 'history is not sorted again',
    file: 'src/core/history.ts',
    in: 'add',
    replace: 'value of set count',
    with: 'before + 1',
  },
  {
    name: 'sent before it is stored',
    file: 'src/sync/persist.ts',
    in: 'persistDue',
    after: 'set persisting',
    mentions: ['true'],
    add: 'for (const { whenStored } of batch) whenStored?.()',
  },
  {
    name: 'own ops are not written strictly',
    file: 'src/sync/persist.ts',
    in: 'persistDue',
    replace: 'choice',
    mentions: ['strict'],
    with: "'relaxed'",
  },
  {
    name: 'a failed write counts as written',
    file: 'src/sync/persist.ts',
    in: 'persistDue',
    replace: 'condition of if',
    mentions: ['failure'],
    with: "answer.failure !== 'failed'",
  },
  {
    name: 'a restart forgets how much is stored',
    file: 'src/sync/engine.ts',
    in: 'restore',
    drop: 'set stored',
  },
  { name: 'deps are not sorted', file: 'src/sync/submit.ts', in: 'compose', drop: 'call sort', mentions: ['compareBytes'] },
  { name: 'the last op asked for is not served', file: 'src/sync/serving.ts', in: 'findLacking', drop: 'term', mentions: ['1'] },
  {
    name: 'every answer begins at the beginning',
    file: 'src/sync/serving.ts',
    in: 'findLacking',
    replace: 'value of const from',
    with: '0',
  },
  {
    name: 'the digest is not worked out again',
    file: 'src/core/id-tree.ts',
    in: 'addToTree',
    drop: 'set digest',
    n: 2,
  },
  {
    name: 'a silent peer is waited for',
    file: 'src/sync/fetch.ts',
    in: 'endDue',
    drop: 'if',
    mentions: ['giveUp'],
  },
  {
    name: 'what was said before is believed now',
    file: 'src/sync/peers.ts',
    in: 'hearEchoes',
    replace: 'value of set echoedAt',
    with: 'Infinity',
  },
  {
    name: 'an empty answer is judged as a bundle',
    file: 'src/sync/intake-queue.ts',
    in: 'push',
    replace: 'value of property begun',
    with: 'false',
  },
  {
    name: 'heads are not told again',
    file: 'src/sync/gossip.ts',
    in: 'told',
    replace: 'term',
    mentions: ['HEARTBEAT'],
    with: '120 * HEARTBEAT',
  },
]
