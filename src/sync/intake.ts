/**
 * From bytes to admitted ops: inflates, decodes, verifies the signatures of new ops, and admits. Each origin has a queue of its own,
 * which is judged in order of arrival. So a unit is never pending only because an earlier unit of the same origin is still being
 * verified, and an origin that brings much delays no other. The asynchronous stages of an origin's first few bundles overlap. The others
 * wait as they came. So a bundle that inflates a thousandfold takes its memory only in its turn.
 */
import { equalBytes } from '../core/bytes.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import { type Outcome, receive } from '../core/replica.ts'
import { ok, type Refusal } from '../core/result.ts'
import type { Unit } from '../core/unit.ts'
import { backAt, leftAt } from '../core/budget.ts'
import { type Claim, claimsOf, keyOfSigned, withoutWrong } from './claims.ts'
import { isFile, type Link } from './effects.ts'
import { holdBack, letGo } from './held-back.ts'
import { noteAlone } from './lately.ts'
import { keep } from './persist.ts'
import { isWellMerged, shapeOfUnits } from './bundle.ts'
import { type IntakeItem, type IntakeQueue, type IntakeResult, isFull, makeRoom, noResult, push, takenOut } from './intake-queue.ts'
import { ask, type Engine, newJob, notify, refuseFrom } from './state.ts'
import { rebuild, type Rebuilt } from './rebuild.ts'
import {
  budgetOf,
  bytesOf,
  costOf,
  hasCredit,
  inflatingCost,
  isSmall,
  JUDGE_BUDGETS,
  type JudgeBudget,
  mayBegin,
  mayHold,
  pay,
  reserve,
  reward,
  SMALL_SIGNATURES,
} from './strangers.ts'
import { hearOwn } from './trust.ts'
import { unwrapBundle } from './wrap.ts'

/** Bundles of one origin that are worked on at the same time: enough to inflate and decode one while the one before is verified. */
const IN_WORK = 4

/**
 * Signatures verified at a time, fewer where they are dear (`signaturesFor`). A bundle may hold 16,384, and a peer that brings wrong ones is
 * cut after the first few.
 */
const VERIFY_AT_ONCE = 256
/**
 * Signatures verified at a time for an origin without credit. After each such part, other origins that wait for the same budget have
 * their turn.
 */
const VERIFY_IN_TURN = 32

/** How many signatures cost so much here; one at least. */
const signaturesFor = ({ signatureCost }: Engine, cost: number): number => Math.max(1, Math.floor(cost / signatureCost))

/**
 * Ops rebuilt and admitted in one step (each bundle counts as one op more), and one bundle more: some 50 ms. The rest of the queues is
 * judged in the next step.
 */
const MAX_JUDGED_IN_STEP = 2_048

/**
 * How often the node looks again at waiting ops that it skipped because looking would have cost too much (ms): 0.1 s of work at
 * most.
 */
const LOOK_AGAIN = 1_000

/**
 * Takes in one wrapped bundle. `done` is called when its ops were judged (at once, in this step, or later), after the earlier bundles of
 * the same origin. No bytes: nothing is judged, but it has a place in the queue all the same.
 */
export function takeIn(
  engine: Engine,
  from: Link,
  wrapped: Uint8Array,
  how: Pick<IntakeItem, 'isAnswer' | 'isAlone'>,
  done: (result: IntakeResult) => void,
): void {
  const queue = engine.intake.get(from) ?? { items: [], bytes: 0, answers: 0 }
  const result = noResult()
  if (!isFile(from) && (isFull(engine, queue, wrapped.length) || !makeRoom(engine, queue, wrapped.length))) return done(result)
  const bytes = isFile(from) ? 0 : wrapped.length
  engine.intake.set(from, queue)
  push(engine, queue, { wrapped, bytes, ...how, result, done })
  advance(engine, from, queue)
}

/** False when the origin was cut, or had to make space for others: no more work is done for it. */
const isWanted = (engine: Engine, from: Link, queue: IntakeQueue, item: IntakeItem): boolean =>
  engine.intake.get(from) === queue && queue.items.includes(item)

/**
 * Admits the bundles at the front of a queue that are ready, and begins work on those that have moved up.
 * @param turn the budget for which the origin has waited and has its turn now, for one bundle; null: it waits behind the origins that
 * have waited
 */
function advance(engine: Engine, from: Link, queue: IntakeQueue, turn: JudgeBudget | null = null): void {
  while (engine.intake.get(from) === queue) {
    if (engine.judgedInStep >= MAX_JUDGED_IN_STEP) {
      engine.unfinished.add(from)
      return
    }
    const first = queue.items[0]
    if (first === undefined) {
      engine.intake.delete(from)
      return
    }
    if (first.units !== null) {
      takenOut(engine, queue, queue.items.shift()!)
      engine.judgedInStep++
      for (const unit of first.units) {
        engine.judgedInStep += unit.length
        for (const outcome of receive(engine.replica, unit, from)) settle(engine, from, outcome, first)
      }
      first.done(first.result)
      continue
    }
    const next = nextOf(engine, from, queue)
    if (next === undefined) return
    next.payer = budgetOf(engine, from, queue, next)
    if (!mayBegin(engine, from, next, turn)) {
      holdBack(engine, from, next.payer)
      return
    }
    turn = null
    const { resume } = next
    next.begun = true
    next.resume = null
    if (resume === null) begin(engine, from, queue, next)
    else resume()
  }
}

/**
 * The next bundle of a queue on which work begins; undefined when there is enough work already. Of an answer that has brought nothing
 * yet, only one bundle is worked on.
 */
function nextOf({ fetches }: Engine, from: Link, { items }: IntakeQueue): IntakeItem | undefined {
  const most = fetches.get(from)?.got === 0 ? 1 : IN_WORK
  for (let i = 0; i < most && i < items.length; i++) if (!items[i]!.begun || items[i]!.resume !== null) return items[i]
  return undefined
}

/**
 * Begins work on bundles that were held back, as far as the budgets go: one bundle of each origin in turn. (If the smallest were first,
 * there would always be a smaller one.) Gives the time at which it wants to be called again.
 */
export function intakeDue(engine: Engine): number {
  for (const link of takeAll(engine.unfinished)) {
    const queue = engine.intake.get(link)
    if (queue !== undefined) advance(engine, link, queue)
  }
  for (const link of engine.proven.splice(0)) {
    const queue = engine.intake.get(link)
    if (queue !== undefined && letGo(engine.heldBack, link)) advance(engine, link, queue)
  }
  let next = Infinity
  for (const name of JUDGE_BUDGETS) next = Math.min(next, goOn(engine, name))
  return engine.unfinished.size > 0 ? engine.now + 1 : next
}

function takeAll(links: Set<Link>): Link[] {
  const all = [...links]
  links.clear()
  return all
}

function goOn(engine: Engine, name: JudgeBudget): number {
  const { heldBack, intake, judging, now } = engine
  const budget = judging[name]
  for (const link of heldBack[name]) {
    if (leftAt(budget, now) <= 0) return backAt(budget, now)
    letGo(heldBack, link)
    const queue = intake.get(link)
    // If it must wait again, it waits behind the others.
    if (queue !== undefined) advance(engine, link, queue, name)
  }
  return Infinity
}

/** Sets the item's units, now or in a later step. */
function begin(engine: Engine, from: Link, queue: IntakeQueue, item: IntakeItem): void {
  const unwrapped = unwrapBundle(item.wrapped)
  if (!unwrapped.ok) return refuseItem(engine, from, item, unwrapped.reason)
  const { codec, payload } = unwrapped.value
  const most = mayHold(engine, from, item)
  if (codec === 'raw') return take(engine, from, queue, item, rebuild(ok(payload), most))
  pay(engine, from, item, inflatingCost(item))
  const giveBack = reserve(engine, item, most)
  ask(engine, { type: 'decode', job: newJob(engine), bytes: payload, most }, (answer) => {
    giveBack()
    if (answer.type !== 'decoded' || !isWanted(engine, from, queue, item)) return
    take(engine, from, queue, item, answer.rebuilt)
    advance(engine, from, queue)
  })
}

/** Pays for a bundle that was decoded, and has its signatures verified. */
function take(engine: Engine, from: Link, queue: IntakeQueue, item: IntakeItem, { units, columns, bytes, ops }: Rebuilt): void {
  engine.judgedInStep += ops
  const claims = units.ok ? claimsOf(engine.replica.dag, units.value) : []
  const holdsMany = units.ok ? claims.length > SMALL_SIGNATURES : units.reason === 'too-many-ops' || units.reason === 'too-large'
  const isNotSmall = isSmall(item) && holdsMany && !isFile(from)
  // Signatures of an answer are paid for when they are verified: a peer that brings wrong ones is cut before the rest.
  const signatures = item.isAnswer || isNotSmall ? 0 : claims.length
  const built = units.ok ? units.value.reduce((sum, unit) => sum + bytesOf(unit), 0) : bytes
  const cost = costOf(engine, ops, signatures, built)
  // Work began at the least price that it could have. If the origin has not earned the rest, it waits for its turn. So a little credit
  // gives nobody a shared budget out of turn.
  const due = cost + (item.isAnswer ? Math.min(claims.length * engine.signatureCost, VERIFY_IN_TURN) : 0)
  const isTooDear = units.ok && !item.isInTurn && !hasCredit(engine, from, due)
  const isPaid = pay(engine, from, item, cost)
  if (isNotSmall || isTooDear) {
    item.hasMany ||= isNotSmall
    item.cost = isNotSmall ? null : due
    item.begun = false
    return
  }
  item.cost = VERIFY_IN_TURN
  if (!units.ok) return refuseItem(engine, from, item, units.reason)
  // No verdict. A node that needs these ops asks for them, and no answer has more than a unit at a time.
  if (item.isAnswer ? claims.length > MAX_UNIT_OPS && !isFile(from) : !isPaid) {
    item.result.refused += claims.length
    item.units = []
    return
  }
  // A bundle is of one room, so its first op tells which.
  const first = units.value[0]?.[0]
  if (first !== undefined && !equalBytes(first.op.room ?? first.id, engine.replica.room)) {
    return refuseItem(engine, from, item, 'not-for-this-room')
  }
  if (isWellMerged(shapeOfUnits(units.value), engine.limits.wholeFrom)) item.columns = columns
  verify(engine, from, queue, item, units.value, claims)
}

/** Whether other origins have their turn before an origin without credit goes on. */
const othersWait = (engine: Engine, from: Link, { payer }: IntakeItem): boolean =>
  !hasCredit(engine, from, VERIFY_IN_TURN) && (engine.heldBack[payer].size > 0 || leftAt(engine.judging[payer], engine.now) <= 0)

/** Verifies a part at a time. So a peer that brings wrong signatures is cut before the others are looked at. */
function verify(engine: Engine, from: Link, queue: IntakeQueue, item: IntakeItem, units: readonly Unit[], claims: readonly Claim[]): void {
  const wrong = new Set<string>()
  const { isAnswer } = item
  const verifyFrom = (at: number): void => {
    if (at >= claims.length) {
      item.units = units
      if (wrong.size === 0) return
      item.units = units.map((unit) => unit.map((each) => withoutWrong(each, wrong)))
      item.columns = null
      return
    }
    const most = signaturesFor(engine, hasCredit(engine, from, VERIFY_AT_ONCE) ? VERIFY_AT_ONCE : VERIFY_IN_TURN)
    const part = at === 0 && claims.length <= most ? claims : claims.slice(at, at + most)
    if (isAnswer) {
      const price = part.length * engine.signatureCost
      item.isInTurn ||= !hasCredit(engine, from, price)
      pay(engine, from, item, price)
    }
    ask(engine, { type: 'verify', job: newJob(engine), claims: part }, (answer) => {
      if (answer.type !== 'verified') return
      for (const [i, { id, seq, signature, author }] of part.entries()) {
        if (answer.valid[i] === true) {
          if (equalBytes(author, engine.author)) hearOwn(engine, from, id, seq)
          continue
        }
        wrong.add(keyOfSigned(id, signature))
        refuseFrom(engine, from, 'bad-signature', id, 3)
      }
      if (!isWanted(engine, from, queue, item)) return
      const next = at + part.length
      if (next < claims.length && isAnswer && othersWait(engine, from, item)) item.resume = () => verifyFrom(next)
      else verifyFrom(next)
      if (item.resume !== null) holdBack(engine, from, item.payer)
      else advance(engine, from, queue)
    })
  }
  verifyFrom(0)
}

/**
 * Looks again at waiting ops that may be admitted, and that were skipped because too many ops had been looked at in vain. Once in
 * LOOK_AGAIN.
 */
export function lookAgain(engine: Engine): number {
  const { pending } = engine.replica
  if (pending.touched.size === 0) return Infinity
  if (engine.now < engine.lookAgainAt) return engine.lookAgainAt
  engine.lookAgainAt = engine.now + LOOK_AGAIN
  pending.vain = 0
  const item = { units: null, columns: null, isAnswer: false, isAlone: false, result: noResult() }
  for (const outcome of receive(engine.replica, [], engine.senderId)) settle(engine, engine.senderId, outcome, item)
  return pending.touched.size === 0 ? Infinity : engine.lookAgainAt
}

/** The answer of an origin brought too much in vain. Its waiting bundles do not count as an answer any more. */
export function answersNoMore(engine: Engine, from: Link): void {
  const queue = engine.intake.get(from)
  if (queue === undefined) return
  for (const item of queue.items) item.isAnswer = false
  queue.answers = 0
}

function refuseItem(engine: Engine, from: Link, item: IntakeItem, reason: Refusal): void {
  refuseFrom(engine, from, reason, null, reason === 'too-many-ops' ? 0 : 5)
  item.result.refused++
  item.units = []
}

function settle(
  engine: Engine,
  from: Link,
  outcome: Outcome,
  { units, columns, isAnswer, isAlone, result }: Pick<IntakeItem, 'units' | 'columns' | 'isAnswer' | 'isAlone' | 'result'>,
): void {
  switch (outcome.type) {
    case 'admitted':
      result.admitted += outcome.unit.length
      if (isAnswer) engine.tookInAt = engine.now
      for (const [link, unit] of outcome.brought) reward(engine, link, unit)
      if (isAlone) noteAlone(engine, outcome.unit)
      keep(engine, outcome.unit, { columns: units?.[0] === outcome.unit ? columns : null })
      notify(engine, { type: 'admitted', first: outcome.first, unit: outcome.unit, brought: outcome.brought })
      return
    case 'duplicate':
      result.duplicate++
      if (outcome.waits) result.waiting++
      return
    case 'pending':
      result.pending++
      result.waiting++
      notify(engine, { type: 'changed' })
      return
    case 'rejected':
      return refuseOp(engine, from, outcome, result, outcome.reason === 'parent-rejected' ? 0 : 3)
    case 'dropped':
      return refuseOp(engine, from, outcome, result, outcome.reason === 'pending-full' ? 0 : 1)
    case 'equivocation':
      notify(engine, { type: 'changed' })
  }
}

/**
 * A refused op counts against the origin that brought it, and against its answer. That need not be the origin whose op let it be judged:
 * liars leave ops waiting for an op that an honest peer will bring.
 */
function refuseOp(
  engine: Engine,
  from: Link,
  { link, reason, id }: Extract<Outcome, { type: 'rejected' | 'dropped' }>,
  result: IntakeResult,
  strikes: number,
): void {
  if (link === from) result.refused++
  refuseFrom(engine, link, reason, id, strikes)
}
