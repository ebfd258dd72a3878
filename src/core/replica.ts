/**
 * A replica: the admitted set of one room, and the ops that wait to be admitted. `receive` takes units whose signatures were checked, and
 * says for each op what became of it.
 *
 * The admitted set is the largest set T of received ops in which every op is structurally and semantically valid, has all its parents in
 * T, and carries its author's valid signature or is `prev` of an op in T by the same author. So it does not depend on the order in which
 * units arrive. This is true after every unit, for all ops that their units did not drop: `sim/exhaustive/` tries it in all small rooms.
 * There are two exceptions, which only liars can cause:
 *
 * - Ops that need each other, and are more than one unit may hold, wait until they come in units that are cut in another way.
 * - If liars had more ops looked at in vain than `gather.ts` allows, waiting ops are looked at again only when enough units have come.
 *
 * Neither exception delays a unit that comes after its parents.
 *
 * How a unit is admitted:
 * 1. If all its ops are new, valid and vouched for, and have their parents, they are admitted in one pass (`admit-whole.ts`). Otherwise:
 * 2. Ops that are held already are set aside. An op is rejected if it, or a parent of it, is known to be rejected, or if it breaks a rule
 *    that needs no parent. An op that is neither signed nor prev of a unit-mate that stays is dropped. The rest waits (`pending.ts`),
 *    each op for itself.
 * 3. Waiting ops that may be admitted together now are gathered, a unit at a time (`gather.ts`).
 * 4. The structure of these ops is checked forwards. The largest part is kept in which every op is signed or is prev of a kept op, and
 *    whose parents are kept (`vouched.ts`). The kept ops are appended and judged by the room's rules, each against its causal past. If
 *    some are rejected, the tail is taken back, the largest part is computed again without them, and the rest of it is appended again.
 * 5. Each op that was admitted or rejected may decide other ops that wait. These are looked at in turn, by work lists, never by
 *    recursion.
 */
import { admitWhole, checkPrev } from './admit-whole.ts'
import { append, createDag, type Dag, numberOf, truncate } from './dag.ts'
import { evict } from './evict.ts'
import { gather, notInVain, payVain } from './gather.ts'
import { catchUp, createHistory, type History } from './history.ts'
import { createIdTable, type IdTable, intern, lookup } from './id-table.ts'
import { MAX_REJECTED_REMEMBERED } from './limits.ts'
import { type Op, type OpId, parentIds } from './op.ts'
import { cameIn, createPending, type Pending, remove, wait, waitingFor, waitingOp } from './pending.ts'
import type { MeaningRefusal, StructureRefusal, Verdict } from './result.ts'
import { equalBytes } from './bytes.ts'
import { keyOf, type Unit, type UnitOp } from './unit.ts'
import { type Fate, HELD, isVerdict, keepVouched, MISSING, type Parent, type Parents, prevMate, REJECTED } from './vouched.ts'

/** Rejected ops kept to be shown. */
const MAX_REFUSED_SHOWN = 32

/** The data that a verdict may use: the DAG up to the op's parents, and nothing else. */
export interface Past {
  readonly dag: Dag
  /** The op's parents as numbers, prev first. */
  readonly parents: readonly number[]
}

/** The room's rules: a pure function of the op and its causal past. Null: accepted. */
export type Judge = (op: Op, past: Past) => MeaningRefusal | null

export interface Replica {
  /** The room's genesis op: this one and no other. */
  readonly room: OpId
  readonly dag: Dag
  readonly history: History
  readonly pending: Pending
  /** Ids known to be rejected, oldest first; bounded. */
  readonly rejected: Map<string, Verdict>
  /** The last few rejected ops themselves, oldest first: for people to look at, never for a verdict. */
  readonly refusedOps: { readonly id: OpId; readonly op: Op; readonly reason: Verdict }[]
  readonly judge: Judge
}

/** What became of an op. `link` is the origin that brought it. Another origin may have brought the parent for which it waited. */
export type Outcome =
  /**
   * A unit, or the kept part of one, which is a unit too. Its ops have the numbers `first`, `first` + 1, … `brought`: its ops by the origin
   * that brought them; of an op that waited for several, the one that it has waited for longest.
   */
  | { readonly type: 'admitted'; readonly first: number; readonly unit: Unit; readonly brought: ReadonlyMap<string, Unit> }
  | { readonly type: 'pending'; readonly id: OpId }
  /** Known before. `waits`: it waits, for this link too from now on. */
  | { readonly type: 'duplicate'; readonly id: OpId; readonly waits: boolean }
  /** Never admitted by any node: a verdict on the op itself. */
  | { readonly type: 'rejected'; readonly id: OpId; readonly reason: Verdict; readonly link: string }
  /** Not admitted this time, without a verdict on the op: nothing in its unit vouches for it, or there was no space to wait. */
  | { readonly type: 'dropped'; readonly id: OpId; readonly reason: 'unauthentic' | 'pending-full'; readonly link: string }
  /** Two admitted ops with one author and seq. */
  | { readonly type: 'equivocation'; readonly ops: readonly [number, number] }

export function createReplica(room: OpId, judge: Judge, seed: number): Replica {
  const dag = createDag(seed)
  return { room, dag, history: createHistory(dag), pending: createPending(), rejected: new Map(), refusedOps: [], judge }
}

/** Whether an op was admitted, or is known to be rejected: then no peer need be asked for it. */
export const isDecided = ({ dag, rejected }: Replica, id: OpId): boolean => numberOf(dag, id) >= 0 || rejected.has(keyOf(id))

/** Takes in one unit from `link`, which may be empty, and ops that waited for it. Admitted units come in order of admission. */
export function receive(replica: Replica, unit: Unit, link: string): Outcome[] {
  const { pending } = replica
  const outcomes: Outcome[] = []
  payVain(pending)
  const waiting = unit.length === 0 ? [] : admitOrWait(replica, unit, link, outcomes)
  for (let next = gather(pending); next.length > 0; next = gather(pending)) {
    const before = pending.ops
    admit(
      replica,
      next.map(({ unitOp }) => unitOp),
      outcomes,
    )
    notInVain(pending, before - pending.ops)
  }
  for (const { id } of waiting) if (waitingOp(pending, id) !== null) outcomes.push({ type: 'pending', id })
  for (const gone of evict(pending, link))
    outcomes.push({ type: 'dropped', id: gone.waiting.unitOp.id, reason: 'pending-full', link: gone.link })
  catchUp(replica.history)
  return outcomes
}

/** Admits a unit whole, or has its ops wait; returns those that did not wait before. */
function admitOrWait(replica: Replica, received: Unit, link: string, outcomes: Outcome[]): UnitOp[] {
  if (tryWhole(replica, received, link, outcomes)) return []
  const ids = createIdTable(replica.dag.ids.seed, received.length)
  const unit = withoutHeld(replica, received, ids, outcomes)
  if (unit.length === 0 || (unit.length < received.length && tryWhole(replica, unit, link, outcomes))) return []
  const placed = placeParents(replica, unit, ids)
  const fates = unit.map((unitOp, place) => fateAtOnce(replica, unitOp, placed[place]!))
  keepVouched(unit, placed, fates)
  const waiting: UnitOp[] = []
  for (const [place, unitOp] of unit.entries()) {
    if (fates[place] !== 'kept') continue
    if (wait(replica.pending, unitOp, missingOf(unitOp, placed[place]!), link)) waiting.push(unitOp)
    else outcomes.push({ type: 'duplicate', id: unitOp.id, waits: true })
  }
  // These come after the others: they may wait for a rejected op, and are rejected with it.
  for (const [place, unitOp] of unit.entries()) {
    const fate = fates[place]!
    if (fate === 'unauthentic') outcomes.push({ type: 'dropped', id: unitOp.id, reason: 'unauthentic', link })
    else if (isVerdict(fate)) reject(replica, unitOp, fate, link, outcomes)
  }
  return waiting
}

function tryWhole(replica: Replica, unit: Unit, link: string, outcomes: Outcome[]): boolean {
  const first = replica.dag.length
  if (!admitWhole(replica, unit)) return false
  reportAdmitted(replica, first, unit, new Map([[link, unit]]), outcomes)
  return true
}

/** The fate of an op, as far as it is known before its parents are here. */
function fateAtOnce(replica: Replica, { op, id }: UnitOp, placed: readonly Parent[]): Fate {
  const known = replica.rejected.size === 0 ? undefined : replica.rejected.get(keyOf(id))
  if (known !== undefined) return known
  return placed.includes(REJECTED) ? 'parent-rejected' : (checkAlone(replica, op, id) ?? 'kept')
}

/** The parents of an op that are not admitted, prev first. */
const missingOf = ({ op }: UnitOp, placed: readonly Parent[]): OpId[] => parentIds(op).filter((_, i) => placed[i]! > HELD)

/** The ops of a unit that are not admitted yet, each once, signed if one of its copies is. Adds them to `ids`, an empty table. */
function withoutHeld({ dag }: Replica, unit: Unit, ids: IdTable, outcomes: Outcome[]): Unit {
  const fresh: UnitOp[] = []
  for (const unitOp of unit) {
    const copy = lookup(ids, unitOp.id)
    if (copy >= 0) {
      outcomes.push({ type: 'duplicate', id: unitOp.id, waits: false })
      if (fresh[copy]!.signature === null) fresh[copy] = unitOp
    } else if (numberOf(dag, unitOp.id) >= 0) outcomes.push({ type: 'duplicate', id: unitOp.id, waits: false })
    else fresh[intern(ids, unitOp.id)] = unitOp
  }
  return fresh
}

/** `ids`: those of the unit, each with the number of its place. */
function placeParents({ dag, rejected }: Replica, unit: Unit, ids: IdTable): Parents {
  const placeOf = (parent: OpId, child: number): Parent => {
    const mate = lookup(ids, parent)
    if (mate >= 0 && mate < child) return mate
    const held = numberOf(dag, parent)
    if (held >= 0) return HELD - held
    return rejected.size > 0 && rejected.has(keyOf(parent)) ? REJECTED : MISSING
  }
  return unit.map(({ op }, place) => parentIds(op).map((parent) => placeOf(parent, place)))
}

/** Admits or rejects ops that waited and lack nothing, parents first. If only rejected ops vouch for an op, it waits on, or is dropped. */
function admit(replica: Replica, unit: Unit, outcomes: Outcome[]): void {
  const { dag } = replica
  const ids = createIdTable(dag.ids.seed, unit.length)
  for (const { id } of unit) intern(ids, id)
  const placed = placeParents(replica, unit, ids)
  const fates = unit.map((_, place): Fate => checkPlaced(replica, unit, placed, place) ?? 'kept')
  keepVouched(unit, placed, fates)

  const start = dag.length
  let judged = 0
  for (;;) {
    // Ops before `judged` have been accepted before; their causal past has not changed since.
    let anyRejected = false
    /** Per place: the op's number, or −1. */
    const numbers = new Int32Array(unit.length).fill(-1)
    const numberAt = (parent: Parent): number => (parent >= 0 ? numbers[parent]! : HELD - parent)
    for (const [place, { op, id }] of unit.entries()) {
      if (fates[place] !== 'kept') continue
      const parents = placed[place]!.map(numberAt)
      if (place >= judged) {
        const refusal = anyRejected && parents.includes(-1) ? 'parent-rejected' : replica.judge(op, { dag, parents })
        if (refusal !== null) {
          fates[place] = refusal
          anyRejected = true
          continue
        }
      }
      numbers[place] = append(dag, { id, author: op.author, seq: op.seq, prev: op.prev === null ? -1 : parents[0]!, parents })
    }
    if (!anyRejected) break
    judged = unit.length
    truncate(dag, start)
    keepVouched(unit, placed, fates)
  }
  report(replica, unit, fates, start, outcomes)
}

/** The rules that need no parent; null when all hold. */
function checkAlone({ room }: Replica, op: Op, id: OpId): StructureRefusal | null {
  if (op.room === null) return equalBytes(id, room) ? null : 'second-genesis'
  if (!equalBytes(op.room, room)) return 'wrong-room'
  return parentIds(op).some((parent) => equalBytes(parent, id)) ? 'self-parent' : null
}

/** The rules that need the parents; null when all hold. */
function checkPlaced({ dag }: Replica, unit: Unit, placed: Parents, place: number): StructureRefusal | null {
  const { op } = unit[place]!
  if (op.prev === null) return null
  const mate = unit[prevMate(op, placed[place]!)]?.op
  if (mate === undefined) return checkPrev(dag, op, HELD - placed[place]![0]!)
  if (!equalBytes(mate.author, op.author)) return 'prev-not-own'
  return mate.seq + 1 === op.seq ? null : 'seq-gap'
}

function report(replica: Replica, unit: Unit, fates: readonly Fate[], start: number, outcomes: Outcome[]): void {
  const kept = unit.filter((_, place) => fates[place] === 'kept')
  if (kept.length > 0) reportAdmitted(replica, start, kept, broughtOf(replica, kept), outcomes)
  for (const [place, unitOp] of unit.entries()) {
    const fate = fates[place]!
    if (isVerdict(fate)) reject(replica, unitOp, fate, null, outcomes)
  }
}

/** Ops that wait, by the origin for which each has waited longest. */
function broughtOf({ pending }: Replica, unit: Unit): Map<string, UnitOp[]> {
  const brought = new Map<string, UnitOp[]>()
  for (const unitOp of unit) {
    const [link] = waitingOp(pending, unitOp.id)?.links ?? []
    if (link === undefined) continue
    const ops = brought.get(link)
    if (ops === undefined) brought.set(link, [unitOp])
    else ops.push(unitOp)
  }
  return brought
}

function reportAdmitted(replica: Replica, first: number, unit: Unit, brought: ReadonlyMap<string, Unit>, outcomes: Outcome[]): void {
  outcomes.push({ type: 'admitted', first, unit, brought })
  reportEquivocations(replica, first, outcomes)
  if (replica.pending.ops > 0) for (const { id } of unit) cameIn(replica.pending, id)
}

/** Rejects an op that waits, or that came by `link`, and all ops that wait for it. Ops for which only these vouch are dropped. */
function reject(replica: Replica, rejected: UnitOp, reason: Verdict, link: string | null, outcomes: Outcome[]): void {
  const { pending } = replica
  const work: UnitOp[] = [rejected]
  // The list grows during the loop.
  for (const unitOp of work) {
    const { id, op } = unitOp
    const waiting = waitingOp(pending, id)
    const links = new Set(waiting?.links)
    if (unitOp === rejected && link !== null) links.add(link)
    if (links.size === 0) continue
    const verdict = unitOp === rejected ? reason : 'parent-rejected'
    remember(replica, id, op, verdict)
    for (const each of links) outcomes.push({ type: 'rejected', id, reason: verdict, link: each })
    const [, ...orphans] = waiting === null ? [] : remove(pending, waiting)
    for (const orphan of orphans) {
      for (const each of orphan.links) outcomes.push({ type: 'dropped', id: orphan.unitOp.id, reason: 'unauthentic', link: each })
    }
    for (const child of waitingFor(pending, id)) work.push(child.unitOp)
  }
}

/** Reports the equivocations that the ops from number `start` on caused. */
function reportEquivocations({ dag: { equivocations } }: Replica, start: number, outcomes: Outcome[]): void {
  let first = equivocations.length
  while (first > 0 && equivocations[first - 1]![1] >= start) first--
  for (let i = first; i < equivocations.length; i++) outcomes.push({ type: 'equivocation', ops: equivocations[i]! })
}

function remember({ rejected, refusedOps }: Replica, id: OpId, op: Op, reason: Verdict): void {
  if (!rejected.has(keyOf(id))) refusedOps.push({ id, op, reason })
  if (refusedOps.length > MAX_REFUSED_SHOWN) refusedOps.shift()
  rejected.set(keyOf(id), reason)
  if (rejected.size <= MAX_REJECTED_REMEMBERED) return
  const [oldest] = rejected.keys()
  rejected.delete(oldest!)
}
