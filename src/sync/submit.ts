/**
 * Writing an own op: chosen parents, signed, admitted, stored strictly, and only then shown to anyone. One at a time, so
 * that a node never signs two ops with one seq.
 */
import { compareBytes } from '../core/bytes.ts'
import { compareOps, idOf, numberOfAuthor, tipsOf } from '../core/dag.ts'
import { signedBytes } from '../core/keys.ts'
import { MAX_DEPS } from '../core/limits.ts'
import { type Author, checkOp, hashOp, type Op } from '../core/op.ts'
import { receive } from '../core/replica.ts'
import { assert } from '../core/result.ts'
import type { Input } from './effects.ts'
import { keep } from './persist.ts'
import { ask, type Engine, newJob, notify } from './state.ts'

/**
 * A resumed node may have ops of its own at its peers that its disk lost; it waits this long (ms) for whom it can reach
 * before its first op, so as not to sign a seq twice.
 */
const ASK_BEFORE_WRITING = 1_000
/** It waits longer while it is still getting what it asked for, but not for ever: a peer could drip (ms). */
const ASK_AT_MOST = 30_000

/** Submissions waiting at once: a person's typing and a script's burst; more are refused, not lost silently. */
const MAX_SUBMISSIONS = 10_000

export function submit(engine: Engine, input: Extract<Input, { type: 'submit' }>): void {
  if (engine.submissions.length >= MAX_SUBMISSIONS) notify(engine, { type: 'notAccepted', ref: input.ref, reason: 'pending-full' })
  else engine.submissions.push(input)
}

/** Writes the next op when that is possible. Gives the time at which it wants to be called again. */
export function submitDue(engine: Engine): number {
  if (engine.submitting || engine.submissions.length === 0 || engine.replica.dag.length === 0 || engine.storage === 'full') return Infinity
  const { resumed, startedAt, fetch } = engine
  const askUntil = resumed ? startedAt + (fetch === null ? ASK_BEFORE_WRITING : ASK_AT_MOST) : -Infinity
  if (engine.now < askUntil) return askUntil
  for (let input = engine.submissions.shift(); input !== undefined; input = engine.submissions.shift()) {
    const op = compose(engine, input)
    const refusal = checkOp(op)
    if (refusal === null) {
      signAndKeep(engine, input, op)
      break
    }
    notify(engine, { type: 'notAccepted', ref: input.ref, reason: refusal })
  }
  return Infinity
}

function signAndKeep(engine: Engine, input: Extract<Input, { type: 'submit' }>, op: Op): void {
  engine.submitting = true
  const prev = ownTip(engine)
  const id = hashOp(op)
  ask(engine, { type: 'sign', job: newJob(engine), message: signedBytes(id) }, (answer) => {
    if (answer.type !== 'signed') return
    engine.submitting = false
    if (ownTip(engine) !== prev) {
      // An own op that the disk had lost came back meanwhile: this one would have its seq a second time. Nobody saw it.
      engine.submissions.unshift(input)
      return
    }
    const unit = [{ op, id, signature: answer.signature }]
    for (const outcome of receive(engine.replica, unit, 'self')) {
      if (outcome.type === 'admitted') {
        const own = outcome.unit[0]!.id === id
        keep(engine, outcome.unit, own ? { own, whenStored: () => notify(engine, { type: 'accepted', ref: input.ref, id, op }) } : {})
        notify(engine, { type: 'admitted', first: outcome.first, unit: outcome.unit })
      } else if (outcome.type === 'rejected') notify(engine, { type: 'notAccepted', ref: input.ref, reason: outcome.reason })
    }
  })
}

/** This node's latest own op, or −1: the one that comes last in the history, should its key have forked. */
function ownTip({ replica: { dag }, author }: Engine): number {
  const [tip] = [...tipsOf(dag, numberOfAuthor(dag, author))].sort((a, b) => compareOps(dag, b, a))
  return tip ?? -1
}

/** An op on top of everything this node holds: prev is its own tip, deps are the other heads. */
function compose(engine: Engine, { body, time }: Extract<Input, { type: 'submit' }>): Op {
  const { dag, room } = engine.replica
  const prev = ownTip(engine)
  assert(dag.length > 0, 'a room has its genesis before anyone writes')
  const heads = [...dag.heads].filter((op) => op !== prev)
  if (heads.length > MAX_DEPS) heads.sort((a, b) => dag.author[a]! - dag.author[b]! || compareOps(dag, a, b))
  return {
    room,
    author: engine.author as Author,
    seq: prev < 0 ? 0 : dag.seq[prev]! + 1,
    prev: prev < 0 ? null : idOf(dag, prev),
    deps: heads
      .slice(0, MAX_DEPS)
      .map((op) => idOf(dag, op))
      .sort(compareBytes),
    time,
    body,
  }
}
