/**
 * From bytes to admitted ops: inflate, decode, verify the signatures of what is new, admit. Every link has a queue of its
 * own, judged in order of arrival, so that a unit is never pending only because an earlier one of the same link is still
 * being verified, and a link that brings much delays nobody else. The asynchronous stages of a link's first few bundles
 * overlap; the others wait as they came, so that a bundle that inflates a thousandfold takes its memory when it is its turn.
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

/** Bundles of one link in work at once: enough to inflate and decode while the one before is verified. */
const IN_WORK = 4

/** Signatures handed over at a time: a bundle may hold 16,384, and who brings bad ones is cut after the first few. */
const VERIFY_AT_ONCE = 256
/** The same for a link without credit; after each such part others that wait for the same budget have their turn. */
const VERIFY_IN_TURN = 32

/** Ops rebuilt and admitted in one step, with one for each bundle, and one bundle more: some 50 ms. What is left of the queues goes on in the next step. */
const MAX_JUDGED_IN_STEP = 2_048

/** How often waiting ops are looked at again that were not looked at for their price (ms): some 0.1 s of work at most. */
const LOOK_AGAIN = 5_000

/**
 * Takes in one wrapped bundle; `done` is called when its ops were judged (at once, in this step, or later), after those of
 * the same link before it. No bytes: nothing to judge, a place in the queue all the same.
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
  engine.intake.set(from, queue)
  push(engine, queue, { wrapped, ...how, result, done })
  advance(engine, from, queue)
}

/** False once the link was cut, or had to make room for others: no more work is done for it. */
const isWanted = (engine: Engine, from: Link, queue: IntakeQueue, item: IntakeItem): boolean =>
  engine.intake.get(from) === queue && queue.items.includes(item)

/**
 * Admits what is ready at the front of a queue, and begins with what has moved up.
 * @param turn the budget for which the link has waited and has its turn now, for one bundle; null: it waits behind those that do
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

/** What is to be begun next of a queue; undefined when enough of it is in work: of an answer only one, until it has brought something. */
function nextOf({ fetches }: Engine, from: Link, { items }: IntakeQueue): IntakeItem | undefined {
  const most = fetches.get(from)?.got === 0 ? 1 : IN_WORK
  for (let i = 0; i < most && i < items.length; i++) if (!items[i]!.begun || items[i]!.resume !== null) return items[i]
  return undefined
}

/**
 * Begins with what was held back as far as the budgets go, a bundle of each link in turn: were the smallest first, there
 * would always be a smaller one. Gives the time at which it wants to be called again.
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

/** Pays for what was decoded, and has it verified. */
function take(engine: Engine, from: Link, queue: IntakeQueue, item: IntakeItem, { units, columns, bytes, ops }: Rebuilt): void {
  engine.judgedInStep += ops
  const claims = units.ok ? claimsOf(engine.replica.dag, units.value) : []
  const holdsMany = units.ok ? claims.length > SMALL_SIGNATURES : units.reason === 'too-many-ops' || units.reason === 'too-large'
  const isNotSmall = isSmall(item) && holdsMany && !isFile(from)
  // Signatures of an answer are paid for as they are verified: who brings wrong ones is cut before the rest.
  const signatures = item.isAnswer || isNotSmall ? 0 : claims.length
  const built = units.ok ? units.value.reduce((sum, unit) => sum + bytesOf(unit), 0) : bytes
  const cost = costOf(ops, signatures, built)
  // It was begun for what it costs at least. If its link has not earned the rest, it waits for its turn; so nobody takes what others share by a little credit.
  const due = cost + (item.isAnswer ? Math.min(claims.length, VERIFY_IN_TURN) : 0)
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
  // No verdict: whoever needs these ops asks for them, and nobody answers with more than a unit at a time.
  if (item.isAnswer ? claims.length > MAX_UNIT_OPS && !isFile(from) : !isPaid) {
    item.result.refused += claims.length
    item.units = []
    return
  }
  // A bundle is of one room, so its first op tells.
  const first = units.value[0]?.[0]
  if (first !== undefined && !equalBytes(first.op.room ?? first.id, engine.replica.room)) {
    return refuseItem(engine, from, item, 'not-for-this-room')
  }
  if (isWellMerged(shapeOfUnits(units.value), engine.limits.wholeFrom)) item.columns = columns
  verify(engine, from, queue, item, units.value, claims)
}

/** Whether others have their turn before a link without credit goes on. */
const othersWait = (engine: Engine, from: Link, { payer }: IntakeItem): boolean =>
  !hasCredit(engine, from, VERIFY_IN_TURN) && (engine.heldBack[payer].size > 0 || leftAt(engine.judging[payer], engine.now) <= 0)

/** Verifies a part at a time, so that who brings bad ones is cut before the others are looked at. */
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
    const most = hasCredit(engine, from, VERIFY_AT_ONCE) ? VERIFY_AT_ONCE : VERIFY_IN_TURN
    const part = at === 0 && claims.length <= most ? claims : claims.slice(at, at + most)
    if (isAnswer) {
      item.isInTurn ||= !hasCredit(engine, from, part.length)
      pay(engine, from, item, part.length)
    }
    ask(engine, { type: 'verify', job: newJob(engine), claims: part }, (answer) => {
      if (answer.type !== 'verified') return
      for (const [i, { id, signature, author }] of part.entries()) {
        if (answer.valid[i] === true) {
          if (equalBytes(author, engine.author)) hearOwn(engine, from, id)
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

/** Looks again at waiting ops that may be admitted, and were not looked at because too much was looked at in vain. Once in LOOK_AGAIN. */
export function lookAgain(engine: Engine): number {
  const { pending } = engine.replica
  if (pending.touched.size === 0) return Infinity
  if (engine.now < engine.lookAgainAt) return engine.lookAgainAt
  engine.lookAgainAt = engine.now + LOOK_AGAIN
  pending.vain = 0
  const item = { units: null, columns: null, isAlone: false, result: noResult() }
  for (const outcome of receive(engine.replica, [], engine.senderId)) settle(engine, engine.senderId, outcome, item)
  return pending.touched.size === 0 ? Infinity : engine.lookAgainAt
}

/** What waits of a link's answer is no answer any more: it brought too much in vain. */
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

/** Ops are held against the link that brought them, which need not be the one whose ops set them free. */
function settle(
  engine: Engine,
  from: Link,
  outcome: Outcome,
  { units, columns, isAlone, result }: Pick<IntakeItem, 'units' | 'columns' | 'isAlone' | 'result'>,
): void {
  switch (outcome.type) {
    case 'admitted':
      result.admitted += outcome.unit.length
      reward(engine, from, outcome.unit)
      if (isAlone) noteAlone(engine, outcome.unit)
      keep(engine, outcome.unit, { columns: units?.[0] === outcome.unit ? columns : null })
      notify(engine, { type: 'admitted', first: outcome.first, unit: outcome.unit, from })
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
      result.refused++
      refuseFrom(engine, outcome.link, outcome.reason, outcome.id, outcome.reason === 'parent-rejected' ? 0 : 3)
      return
    case 'dropped':
      result.refused++
      refuseFrom(engine, outcome.link, outcome.reason, outcome.id, outcome.reason === 'pending-full' ? 0 : 1)
      return
    case 'equivocation':
      notify(engine, { type: 'changed' })
  }
}
