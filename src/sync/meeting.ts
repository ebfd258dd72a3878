/**
 * Meeting: when a path opens, everybody there is asked for what this node lacks and told what it holds, in one message, and one of
 * them answers. So two nodes that ask each other at the same time hold the same after one question and one answer each, if each answer fits into a
 * first share; whatever does not come is asked for afterwards (`fetch.ts`).
 */
import type { PeerId } from './effects.ts'
import { isBusy } from './fetch.ts'
import { holdingsOf, tellHeads, told } from './gossip.ts'
import { encodeMessage, type Units, type Want } from './messages.ts'
import { type GivenUp, openQuestion } from './open-fetch.ts'
import type { Peer } from './peer.ts'
import { isSenior } from './peers.ts'
import { begin, isAnswer } from './questions.ts'
import { serve } from './serve.ts'
import { type Engine, send } from './state.ts'
import { unknownHeads } from './turns.ts'

/** If nobody has answered a question to everybody for so long (ms), one peer is asked: most paths take less there and back. */
const OPEN_QUESTION = 300

/** A question to everybody. */
export interface OpenQuestion {
  readonly ref: number
  /** Until when (ms) its answer is waited for before anybody else is asked. */
  readonly until: number
}

/**
 * A path opened: everybody there is asked for what this node lacks, and told what it holds; one of them answers (`isNearest`). A
 * question that nobody has answered is repeated, since others may be there. While something is being fetched or judged, they are only told.
 */
export function askAll(engine: Engine): void {
  if (engine.fetches.size > 0 || engine.paused || isBusy(engine)) {
    tellHeads(engine, null)
    return
  }
  const { stored, now } = engine
  // Its time is not longer for being asked again: paths that come and go must not keep it open.
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
  told(engine, null)
}

/** Answers what a peer asked of everybody, once, if that is for this node to do. */
export function answerAll(engine: Engine, peer: Peer, want: Want): void {
  if (peer.answered === want.ref || !isNearest(engine, peer.id)) return
  if (serve(engine, peer, want)) peer.answered = want.ref
}

/**
 * Whether this node is to answer what `asker` asked of everybody: of those who have written and have much of what this node has, the one whose sender
 * value is nearest to the asker's, so that who knows the same peers comes to the same result. Nobody need be right: an answer that
 * does not come is asked for again, and one that comes twice costs its bytes.
 */
export function isNearest(engine: Engine, asker: PeerId): boolean {
  const { peers, stored, senderId } = engine
  for (const peer of peers.values()) {
    const { id, ops } = peer
    // A name near the asker's is easily found; an author whose ops are here is a little less so.
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
 * Whether units answer what was asked. A question to everybody is from then on one to the peer that answers it first. A question that was given up
 * is open again when its answer comes after all: a peer answers many, each in its turn.
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
