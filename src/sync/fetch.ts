/**
 * Asks for missing ops: ids that peers name as heads, and parents that pending units wait for.
 *
 * One peer is asked first. While its answer goes well, no other peer is asked, so that nothing is fetched twice. While no answer goes
 * well, twice as many peers are asked every HEDGE ms, and whenever an answer ends that brought little. Sender values cost nothing. So a
 * peer that is silent or slow delays the node by HEDGE ms, not by a whole answer. As soon as one answer goes well, answers that
 * are much slower are given up. A server sends no more than a few bundles without acknowledgement (`pace.ts`), so little is sent in vain.
 *
 * An answer that goes well may still bring only ops that its sender writes meanwhile. So when it has gone on alone for COMPARE_AFTER ms,
 * other peers are asked beside it in the same way for COMPARE_FOR ms, each once. This does not depend on how well the peers answer that
 * were asked first: liars answer well. Each of the others has at least HEDGE ms to answer. If its answer repeats ops that are held, it is
 * given up. Otherwise, if one of two answers is four times slower, it is given up; if not, both go on.
 *
 * `turns.ts` says whose turn it is, and `questions.ts` writes the question.
 */
import { waitingOp } from '../core/pending.ts'
import { isDecided } from '../core/replica.ts'
import type { PeerId } from './effects.ts'
import { countHeldBack, isAnswerHeldBack } from './held-back.ts'
import { answersNoMore } from './intake.ts'
import { hasAnswerToJudge, type IntakeResult } from './intake-queue.ts'
import { encodeMessage, type Units } from './messages.ts'
import { FIRST_NEAR, MAX_NEAR } from './near.ts'
import { type Fetch, goesWell, HEDGE, makesWay, noteBytes, openQuestion } from './open-fetch.ts'
import { PEER_SILENT } from './peers.ts'
import { askBringers, start } from './questions.ts'
import type { Peer } from './peer.ts'
import { dropQueue, type Engine, leave, notify, send } from './state.ts'
import { noteProgress } from './trust.ts'
import { BENCH, bench, choose, HANDICAP, nextUnbenched } from './turns.ts'

/** A question is given up when no answer has come for this long (ms). Other peers are asked before that. */
const STALL = 2_000
/** After each HEDGE in which no answer went well, twice as many peers are asked, but at most so many. */
export const MAX_QUESTIONS = 64
/**
 * An answer that goes well goes on alone for COMPARE_AFTER ms: most answers take less. Then other peers are asked beside it for
 * COMPARE_FOR ms.
 */
const COMPARE_AFTER = 4_000
const COMPARE_FOR = 4_000
/**
 * A turn is over after TURN ms, with TURN_PER_OP more for each op it brought. So an answer that drips without end keeps no other peer
 * waiting.
 */
const TURN = 5_000
const TURN_PER_OP = 50
/** A turn lasts this much longer for each op that it repeated (ms): thousands of ops of an honest peer are judged in a second. */
const TURN_PER_REPEAT = 0.5
/** The longest turn (ms). Bundles that are on their way when it ends are still taken in. */
const LONGEST_TURN = 60_000
/**
 * An answer may bring so many useless ops, and one more for each op that is admitted. It may repeat as many held ops as there are, and so
 * many more.
 */
const MAX_IN_VAIN = 1_024
/**
 * Before the node asks, it waits for ops that are being judged or stored, so that it does not ask for them again; no longer than this
 * (ms).
 */
const PATIENCE = 1_000

/** True while ops are being judged or stored for which the node would ask again. */
export const isBusy = ({ intake, heldBack, persisting, storage }: Engine): boolean =>
  intake.size > countHeldBack(heldBack) || (persisting && storage === 'ok')

/** Stops asking, or goes on. Bundles of answers that are not judged yet are dropped: the node will ask for them again. */
export function pause(engine: Engine, on: boolean): void {
  engine.paused = on
  if (on) {
    for (const from of engine.fetches.keys()) dropQueue(engine, from)
    engine.fetches.clear()
    engine.question = null
  }
  notify(engine, { type: 'changed' })
}

/** The answer that brought most, to show how far catching up is; null when nothing is asked for. */
export function mainFetch({ fetches }: Engine): Fetch | null {
  let main: Fetch | null = null
  for (const fetch of fetches.values()) if (main === null || fetch.got > main.got) main = fetch
  return main
}

/** Ends, gives up or starts fetches as the state wants it. Gives the time at which it wants to be called again. */
export function fetchDue(engine: Engine): number {
  if (engine.paused) return Infinity
  // This comes first, also while ops are being stored: a typed message is shown only when its parents are here.
  endDue(engine, true)
  const bringersAt = askBringers(engine)
  engine.busySince = isBusy(engine) ? (engine.busySince ?? engine.now) : null
  if (engine.busySince !== null && engine.now < engine.busySince + PATIENCE) return Math.min(bringersAt, engine.busySince + PATIENCE)
  endDue(engine, false)
  const question = openQuestion(engine)
  if (question === null) startDue(engine)
  let next = Math.min(bringersAt, question?.until ?? nextUnbenched(engine))
  for (const fetch of engine.fetches.values()) next = Math.min(next, dueAt(engine, fetch))
  if (engine.fetches.size > 0 && question === null) next = Math.min(next, engine.hedge.nextAt)
  return next
}

/**
 * Ends fetches that are over, and gives up those whose time is over. `brought`: of the questions for parents of ops that peers brought,
 * or of the others.
 */
function endDue(engine: Engine, brought: boolean): void {
  // Each removes only itself, so the loop may go through the list as it is.
  for (const fetch of engine.fetches.values()) {
    if (fetch.brought !== brought) continue
    if (fetch.ended) end(engine, fetch)
    else if (engine.now >= dueAt(engine, fetch)) giveUp(engine, fetch)
  }
}

function dueAt(engine: Engine, fetch: Fetch): number {
  const { heardAt, startedAt, got, again } = fetch
  // If bundles of the peer wait here to be judged, the peer is not silent.
  const stalls = hasAnswerToJudge(engine, fetch.from) ? Infinity : heardAt + STALL
  // In a room of many heads no node can say all that it holds. So an answer may have to repeat held ops before it comes to others.
  return Math.min(stalls, startedAt + Math.min(LONGEST_TURN, TURN + TURN_PER_OP * got + TURN_PER_REPEAT * again))
}

/** Asks as many peers as are needed: one. But while no answer goes well, or one has gone on alone for long, more and more. */
function startDue(engine: Engine): void {
  const { fetches, hedge, now } = engine
  const goesOn = someGoesWell(engine)
  if (now >= comparesFrom(engine) + COMPARE_FOR) hedge.comparedAt = now
  const isEnough = goesOn && now < comparesFrom(engine)
  if (isEnough) hedge.doublings = 0
  if (isEnough || fetches.size === 0) hedge.nextAt = now + HEDGE
  if (isEnough) return
  for (; now >= hedge.nextAt; hedge.nextAt += HEDGE) hedge.doublings++
  // Questions for parents, late answers, and answers that wait for this node's budget do not count here.
  let open = 0
  for (const { brought, isLate, from } of fetches.values()) if (!brought && !isLate && !isAnswerHeldBack(engine, from)) open++
  for (const most = Math.min(MAX_QUESTIONS, 2 ** hedge.doublings); open < most; open++) {
    // A peer that was asked beside an answer is not asked again while the two are compared.
    const peer = choose(engine, goesOn ? comparesFrom(engine) : Infinity)
    if (peer === null) {
      // No op is lacking for which a peer could be asked.
      if (fetches.size === 0) Object.assign(hedge, { doublings: 0, comparedAt: now })
      return
    }
    start(engine, peer)
  }
}

function someGoesWell(engine: Engine): boolean {
  for (const fetch of engine.fetches.values()) if (goesWell(engine, fetch)) return true
  return false
}

/** From when on (ms) other peers are asked beside an answer that goes well. */
const comparesFrom = ({ hedge: { comparedAt } }: Engine): number => comparedAt + COMPARE_AFTER

/**
 * Other answers go on. This one has brought nothing, or much less. It is given up without blame. It may still come late: a round trip may
 * take longer than HEDGE.
 */
function drop(engine: Engine, fetch: Fetch): void {
  engine.fetches.delete(fetch.from)
  answersNoMore(engine, fetch.from)
  noteGivenUp(engine, fetch)
}

function noteGivenUp({ peers }: Engine, { from, ref, bundles, brought, near }: Fetch): void {
  const peer = peers.get(from)
  if (peer !== undefined) peer.gaveUpOn = { ref, bundles, brought, near }
}

/** Units that answer a fetch (or the first units of many) were judged. */
export function fetched(
  engine: Engine,
  from: PeerId,
  message: Units,
  { admitted, duplicate, pending, refused, waiting }: IntakeResult,
): void {
  const peer = engine.peers.get(from)
  if (peer !== undefined) peer.broughtWell += admitted + duplicate
  if (message.ref === 0 && waiting > 0 && peer !== undefined) engine.bringers.add(from)
  const fetch = engine.fetches.get(from)
  if (fetch?.ref !== message.ref) return
  // An answer without new or held ops is no progress, however often it comes.
  if (admitted + duplicate > 0) fetch.heardAt = engine.now
  fetch.got += admitted
  if (admitted > 0) noteBytes(fetch, message.bundle.length, engine.now)
  fetch.bundles++
  engine.caughtUp.ops += admitted
  engine.caughtUp.bytes += message.bundle.length
  fetch.vain += pending + refused
  fetch.again += duplicate
  fetch.left = message.left
  fetch.ended ||= message.last
  if (isInVain(engine, fetch)) {
    giveUp(engine, fetch)
    answersNoMore(engine, from)
  } else if (repeatsAnother(engine, fetch)) {
    // Without acknowledgement the answer stops. If it were remembered as given up, all of it would come late.
    engine.fetches.delete(from)
    answersNoMore(engine, from)
  } else if (!message.last) send(engine, from, encodeMessage({ type: 'more', ref: fetch.ref, taken: fetch.bundles }))
  if (admitted > 0) dropOthers(engine, fetch)
  notify(engine, { type: 'changed' })
}

/** This answer brought ops: answers that are much slower are given up. */
function dropOthers(engine: Engine, fetch: Fetch): void {
  if (engine.fetches.size < 2 || !goesWell(engine, fetch)) return
  const { now } = engine
  for (const other of [...engine.fetches.values()]) {
    // A question that was asked beside this one has the time that an answer takes. So has an answer that comes late.
    const isAwaited = other.got === 0 && (other.isLate || wasAskedBeside(engine, other)) && now < other.startedAt + HEDGE
    if (!isAwaited && makesWay(other, fetch, now)) drop(engine, other)
  }
}

/** Whether this question was asked beside an answer that went well, to be compared with it. */
const wasAskedBeside = (engine: Engine, { startedAt, isLate }: Fetch): boolean => !isLate && startedAt >= comparesFrom(engine)

/** Whether an answer that was asked beside another one repeats held ops: then it is no other source. */
const repeatsAnother = (engine: Engine, fetch: Fetch): boolean =>
  wasAskedBeside(engine, fetch) && fetch.again > fetch.got && engine.fetches.size > 1 && !fetch.ended

function end(engine: Engine, fetch: Fetch): void {
  engine.fetches.delete(fetch.from)
  // If answers end at once and bring little, peers must not be asked one after the other.
  if (!fetch.brought && !goesWell(engine, fetch)) engine.hedge.doublings++
  engine.caughtUp.at = engine.now
  const peer = engine.peers.get(fetch.from)
  if (peer === undefined) return
  if (fetch.brought) askAgain(engine, peer, fetch)
  const served = fetch.named.every(
    (id) => isDecided(engine.replica, id) || (fetch.near > 0 && waitingOp(engine.replica.pending, id) !== null),
  )
  if (fetch.got > 0) peer.isUseful = true
  // If an answer was cut, ops that are held already lie before ops that are not.
  const goesOn = fetch.got > 0 || (fetch.again > 0 && fetch.left !== 0)
  if (fetch.vain === 0 && fetch.near === 0) peer.takenIn = fetch.ref
  // If a peer repeats held ops, and has no parents of the ops that it brought, it must not be asked for them again and again.
  if (served || (fetch.brought ? fetch.got > 0 : goesOn)) peer.failures = 0
  // Where everything was asked for, tips may have said too much. Asked by id, the peer will send the ops.
  else if (!fetch.all) bench(engine, peer)
  if (fetch.all && fetch.got === 0 && fetch.left === 0) peer.exhaustedAt = fetch.ops
  // Ops that a cut answer left out are asked for at once.
  if (goesOn) peer.allAskedAt = -Infinity
  peer.emptyFor = goesOn || !fetch.missing ? 0 : Math.min(HANDICAP, Math.max(BENCH, peer.emptyFor * 2))
  peer.emptyUntil = engine.now + peer.emptyFor
  notify(engine, { type: 'changed' })
}

/**
 * A question for parents of ops that the peer brought was answered, or given up. The peer may lack other parents. If ops of a short
 * answer wait, the next question goes further down.
 */
function askAgain(engine: Engine, peer: Peer, { near, vain }: Fetch): void {
  // Until a chain of short answers comes down to held ops, it brings only ops that wait.
  if (near > 0 && vain > 0) noteProgress(engine, peer)
  peer.near = vain === 0 ? FIRST_NEAR : Math.min(MAX_NEAR, Math.max(peer.near, 2 * near))
  engine.bringers.add(peer.id)
}

/**
 * Whether an answer brought too much in vain. An answer repeats ops of which its asker could not say that it holds them: at most all
 * there are, and a unit more if a disk was packed meanwhile.
 */
const isInVain = ({ replica: { dag } }: Engine, { vain, again, got }: Fetch): boolean =>
  vain > MAX_IN_VAIN + got || again > MAX_IN_VAIN + dag.length

function giveUp(engine: Engine, fetch: Fetch): void {
  engine.fetches.delete(fetch.from)
  engine.caughtUp.at = engine.now
  const peer = engine.peers.get(fetch.from)
  if (peer === undefined) return
  if (fetch.brought) askAgain(engine, peer, fetch)
  if (engine.now >= peer.heardAt + PEER_SILENT) leave(engine, peer.id)
  else if (isInVain(engine, fetch)) {
    bench(engine, peer)
    peer.isUseful = false
  } else if (engine.now >= fetch.heardAt + STALL && !hasAnswerToJudge(engine, fetch.from)) {
    bench(engine, peer)
    noteGivenUp(engine, fetch)
  }
  notify(engine, { type: 'changed' })
}
