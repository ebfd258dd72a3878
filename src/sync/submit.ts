/**
 * Writes an own op: the node chooses its parents, signs it, admits it and stores it. Others are sent it only after it is stored. The node signs one op
 * at a time, so it never signs two ops with one seq.
 */
import { compareBytes } from '../core/bytes.ts'
import { type Dag, idOf } from '../core/dag.ts'
import { signedBytes } from '../core/keys.ts'
import { MAX_DEPS } from '../core/limits.ts'
import { greatest, hasNumber, least } from '../core/number-set.ts'
import { type Author, checkOp, hashOp, type Op } from '../core/op.ts'
import { receive } from '../core/replica.ts'
import { assert } from '../core/result.ts'
import type { Input } from './effects.ts'
import { ownTip } from './own.ts'
import { keep } from './persist.ts'
import { ask, type Engine, newJob, notify } from './state.ts'
import { maySign } from './trust.ts'

/**
 * Submissions that wait at once: a person's typing and a script's burst. Further ones are refused, so that nothing is lost without
 * notice.
 */
const MAX_SUBMISSIONS = 10_000

export function submit(engine: Engine, input: Extract<Input, { type: 'submit' }>): void {
  if (engine.submissions.length >= MAX_SUBMISSIONS) notify(engine, { type: 'notAccepted', ref: input.ref, reason: 'pending-full' })
  else engine.submissions.push(input)
}

/** Writes the next op when that is possible. */
export function submitDue(engine: Engine): void {
  if (engine.submitting || engine.submissions.length === 0 || engine.replica.dag.length === 0 || engine.storage === 'full') return
  if (!maySign(engine)) return
  for (let input = engine.submissions.shift(); input !== undefined; input = engine.submissions.shift()) {
    const op = compose(engine, input)
    const refusal = checkOp(op)
    if (refusal === null) {
      signAndKeep(engine, input, op)
      break
    }
    notify(engine, { type: 'notAccepted', ref: input.ref, reason: refusal })
  }
}

function signAndKeep(engine: Engine, input: Extract<Input, { type: 'submit' }>, op: Op): void {
  engine.submitting = true
  const prev = ownTip(engine)
  const id = hashOp(op)
  ask(engine, { type: 'sign', job: newJob(engine), message: signedBytes(id) }, (answer) => {
    if (answer.type !== 'signed') return
    engine.submitting = false
    if (ownTip(engine) !== prev || !maySign(engine)) {
      // An own op that the disk had lost came meanwhile. This op would have the same seq. No peer has seen it.
      engine.submissions.unshift(input)
      return
    }
    engine.trust.waitsForLost = false
    const unit = [{ op, id, signature: answer.signature }]
    for (const outcome of receive(engine.replica, unit, 'self')) {
      if (outcome.type === 'admitted') {
        const own = outcome.unit[0]!.id === id
        keep(engine, outcome.unit, own ? { own, whenStored: () => notify(engine, { type: 'accepted', ref: input.ref, id, op }) } : {})
        notify(engine, { type: 'admitted', first: outcome.first, unit: outcome.unit, brought: outcome.brought })
      } else if (outcome.type === 'rejected') notify(engine, { type: 'notAccepted', ref: input.ref, reason: outcome.reason })
    }
  })
}

/** If there are more heads than an op can follow, half of its places go to the authors who were here first. */
const SENIORS = MAX_DEPS / 2
/** Only this many first authors are looked at. */
const SENIORS_AMONG = 1_024
/** This many places at least go to the oldest of the other heads. So each head is followed in the end, however many others come. */
const OLDEST = 8

/**
 * The heads that an own op is to follow: all but `prev`. If there are too many, first come heads of the authors who were here first, so
 * that no flood keeps them out. Then come the newest heads of authors who have not forked, so that no later author is kept out for ever.
 * The oldest heads of all have the places that are left: others hold these, and need not ask for them before they can show the op.
 * O(MAX_DEPS + SENIORS_AMONG).
 */
function headsToFollow(dag: Dag, prev: number): number[] {
  const newest = greatest(dag.heads, 2 * MAX_DEPS + 1).filter((op) => op !== prev)
  if (newest.length <= MAX_DEPS) return newest
  const isTip = (op: number): boolean => dag.tip[dag.author[op]!] === op
  const chosen = new Set<number>()
  for (let author = 0; author < Math.min(SENIORS_AMONG, dag.authors.length) && chosen.size < SENIORS; author++) {
    // An author who has forked has no tip.
    const tip = dag.tip[author]!
    if (tip >= 0 && tip !== prev && hasNumber(dag.heads, tip)) chosen.add(tip)
  }
  for (const op of newest) if (chosen.size < MAX_DEPS - OLDEST && isTip(op)) chosen.add(op)
  for (const op of least(dag.heads, MAX_DEPS + chosen.size + 1)) if (chosen.size < MAX_DEPS && op !== prev) chosen.add(op)
  return [...chosen]
}

/** An op on top of everything this node holds: prev is its own tip, deps are other heads. */
function compose(engine: Engine, { body, time }: Extract<Input, { type: 'submit' }>): Op {
  const { dag, room } = engine.replica
  const prev = ownTip(engine)
  assert(dag.length > 0, 'a room has its genesis before anyone writes')
  return {
    room,
    author: engine.author as Author,
    seq: prev < 0 ? 0 : dag.seq[prev]! + 1,
    prev: prev < 0 ? null : idOf(dag, prev),
    deps: headsToFollow(dag, prev)
      .map((op) => idOf(dag, op))
      .sort(compareBytes),
    time,
    body,
  }
}
