/**
 * Meeting: when a path opens, a node asks everybody there for what it lacks, and says what it holds, in one protocol message. One of the
 * others answers. So two nodes that ask each other at the same time hold the same ops after one question and one answer each, if each
 * answer fits into a first share. Ops that do not come are asked for afterwards (`fetch.ts`).
 */
import type { PeerId } from './effects.ts'
import { isBusy } from './fetch.ts'
import { askedAll, holdingsOf, tellHeads } from './gossip.ts'
import { encodeMessage, type Units, type Want } from './messages.ts'
import { type GivenUp, openQuestion } from './open-fetch.ts'
import type { Peer } from './peer.ts'
import { isSenior } from './peers.ts'
import { begin, isAnswer } from './questions.ts'
import { serve } from './serve.ts'
import { type Engine, send } from './state.ts'
import { unknownHeads } from './turns.ts'

/** If no answer to a question to everybody has come for so long (ms), one peer is asked: a round trip takes less on most paths. */
const OPEN_QUESTION = 300

/** A question to everybody. */
export interface OpenQuestion {
  readonly ref: number
  /** Until when (ms) the node waits for its answer before it asks another peer. */
  readonly until: number
}

/**
 * A path opened: asks everybody there for what this node lacks, and says what it holds; one of them answers (`isNearest`). A question
 * that nobody has answered is repeated, since other nodes may be there. While ops are being fetched or judged, the node only says what it
 * holds: peers that hold other ops tell their heads, and are asked beside the others (`fetch.ts`). So a liar that keeps a question open
 * delays them by seconds.
 */
export function askAll(engine: Engine): void {
  if (engine.fetches.size > 0 || engine.paused || isBusy(engine)) {
    tellHeads(engine, null)
    return
  }
  const { stored, now } = engine
  // Asking again does not prolong the question: paths that come and go must not keep it open.
  engine.question = openQuestion(engine) ?? { ref: engine.nextRef++, until: now + OPEN_QUESTION }
  const { ref } = engine.question
  send(
    engine,
    null,
    encodeMessage({
      type: 'want',
      ref,
      ids: [],
      ...holdingsOf(engine),
      ops: stored,
      ofAll: true,
      after: 0,
    }),
  )
  askedAll(engine)
}

/** Answers a question to everybody, once, if this node is the one that is to answer it. */
export function answerAll(engine: Engine, peer: Peer, want: Want): void {
  if (peer.answered === want.ref || !isNearest(engine, peer.id)) return
  if (serve(engine, peer, want)) peer.answered = want.ref
}

/**
 * Whether this node is to answer a question that `asker` put to everybody. Of the authors who have written and hold much of what this
 * node has, the one whose sender value is nearest to the asker's answers. So nodes that know the same peers come to the same result. A
 * wrong result does no harm: if no answer comes, the asker asks again, and a second answer costs only its bytes.
 */
export function isNearest(engine: Engine, asker: PeerId): boolean {
  const { peers, stored, senderId } = engine
  for (const peer of peers.values()) {
    const { id, ops } = peer
    // It is easy to find a sender value near the asker's. It is a little harder if its author must have ops here.
    if (id === asker || 2 * ops < stored || !isSenior(engine, peer)) continue
    if (isNearer(id, senderId, asker)) return false
  }
  return true
}

/** By the XOR of sender values, as hexadecimal numbers. */
function isNearer(a: PeerId, b: PeerId, to: PeerId): boolean {
  let i = 0
  while (i < to.length && a[i] === b[i]) i++
  const digit = (id: PeerId): number => Number.parseInt(id[i] ?? '0', 16)
  return (digit(a) ^ digit(to)) < (digit(b) ^ digit(to))
}

/**
 * Whether units answer a question of this node. A question to everybody becomes a question to the peer that answers it first. A question
 * that was given up is open again when its answer comes late: a peer answers many others, each in its turn.
 */
export function takeAnswer(engine: Engine, peer: Peer, { ref }: Units): boolean {
  const isOfAll = engine.question?.ref === ref
  const isInTime = openQuestion(engine)?.ref === ref
  const ofAll: GivenUp = { ref, bundles: 0, brought: false, near: 0 }
  const late = isInTime ? null : isOfAll ? ofAll : peer.gaveUpOn
  if (isInTime || (late?.ref === ref && !engine.fetches.has(peer.id))) {
    if (isOfAll) engine.question = null
    const { brought, near } = late ?? ofAll
    begin(engine, peer, { ref, named: unknownHeads(engine, peer), missing: false, brought, near, all: isOfAll }, late)
  }
  return isAnswer(engine, peer.id, ref)
}
