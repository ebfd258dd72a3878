/**
 * A replica: the admitted set of one room and what waits for it. `receive` takes units whose signatures were checked and
 * says, op by op, what became of them. The admitted set is the largest set T of received ops in which every op is
 * structurally and semantically valid, has all its parents in T, and carries its author's valid signature or is `prev` of
 * an op in T by the same author; so it does not depend on the order in which units arrive.
 *
 * How a unit is admitted:
 *  1. Ops held already are set aside, and dropped what is neither signed nor prev of a unit-mate that stays. If a parent of
 *     what is left is neither held nor in the unit, the unit waits (`pending.ts`).
 *  2. Structure is checked forwards; a child of a rejected op is rejected with it.
 *  3. Of the rest, the largest part is kept in which every op is signed or is prev of a kept op, and whose parents are kept.
 *  4. The kept ops are appended and judged by the room's rules, each against its causal past. If some are rejected, the
 *     tail is taken back, step 3 is repeated without them, and what is left is appended again. No op is judged twice:
 *     an op that stays has the same causal past as before.
 *     Where nothing is to be dropped, refused or awaited, all of that is one pass (`admit-whole.ts`), tried first.
 *  5. Units that waited for what came are tried in turn, by a work list, never by recursion.
 */
import { admitWhole, checkPrev } from './admit-whole.ts'
import { append, createDag, type Dag, numberOf, truncate } from './dag.ts'
import { catchUp, createHistory, type History } from './history.ts'
import { createIdTable, intern, lookup } from './id-table.ts'
import { MAX_REJECTED_REMEMBERED } from './limits.ts'
import type { Op, OpId } from './op.ts'
import { createPending, isWaiting, parentCame, parentRejected, type Pending, type PendingUnit, wait } from './pending.ts'
import type { MeaningRefusal, StructureRefusal } from './result.ts'
import { equalBytes } from './bytes.ts'
import { keyOf, type Unit, type UnitOp } from './unit.ts'
import { pushAll } from './lists.ts'

/** Rejected ops kept to be shown. */
const MAX_REFUSED_SHOWN = 32

/** What a verdict may look at: the DAG up to the op's parents, and nothing else. */
export interface Past {
  readonly dag: Dag
  /** The op's parents as numbers, prev first. */
  readonly parents: readonly number[]
}

/** The room's rules: a pure function of the op and its causal past. Null: accepted. */
export type Judge = (op: Op, past: Past) => MeaningRefusal | null

export interface Replica {
  /** The room's genesis op: that one and no other. */
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

/** Why an op is rejected for good. */
export type Verdict = StructureRefusal | MeaningRefusal

/** What became of an op. `link` is who brought it, which need not be who brought the parent that it waited for. */
export type Outcome =
  /** A unit, or what was kept of one: still a unit. Its ops have the numbers `first`, `first` + 1, … */
  | { readonly type: 'admitted'; readonly first: number; readonly unit: Unit }
  | { readonly type: 'pending'; readonly id: OpId }
  | { readonly type: 'duplicate'; readonly id: OpId }
  /** Never admitted by any node: a verdict on the op itself. */
  | { readonly type: 'rejected'; readonly id: OpId; readonly reason: Verdict; readonly link: string }
  /** Not admitted this time, without a verdict on the op: nothing in its unit vouches for it, or there was no room to wait. */
  | { readonly type: 'dropped'; readonly id: OpId; readonly reason: 'unauthentic' | 'pending-full'; readonly link: string }
  /** Two admitted ops with one author and seq. */
  | { readonly type: 'equivocation'; readonly ops: readonly [number, number] }

export function createReplica(room: OpId, judge: Judge, seed: number): Replica {
  const dag = createDag(seed)
  return { room, dag, history: createHistory(dag), pending: createPending(), rejected: new Map(), refusedOps: [], judge }
}

/** Takes in one unit from `link`, and what waited for it. Admitted units come in order of admission. */
export function receive(replica: Replica, unit: Unit, link: string): Outcome[] {
  const outcomes: Outcome[] = []
  const work: Pick<PendingUnit, 'unit' | 'link'>[] = [{ unit, link }]
  // The list grows while it is walked.
  for (const next of work) {
    const first = outcomes.length
    admitOrWait(replica, next.unit, next.link, outcomes)
    for (let i = first, end = outcomes.length; i < end; i++) {
      const outcome = outcomes[i]!
      if (outcome.type === 'admitted') pushAll(work, freed(replica, outcome.unit))
      else if (outcome.type === 'rejected') pushAll(work, parentRejected(replica.pending, outcome.id))
    }
  }
  catchUp(replica.history)
  return outcomes
}

/** Units that waited for these ops alone. */
function freed({ pending }: Replica, admitted: Unit): PendingUnit[] {
  return pending.ops === 0 ? [] : admitted.flatMap(({ id }) => parentCame(pending, id))
}

function admitOrWait(replica: Replica, received: Unit, link: string, outcomes: Outcome[]): void {
  const first = replica.dag.length
  if (admitWhole(replica, received)) {
    outcomes.push({ type: 'admitted', first, unit: received })
    return reportEquivocations(replica, first, outcomes)
  }
  const fresh = withoutHeld(replica, received, outcomes)
  const fates: Fate[] = fresh.map(() => 'kept')
  let placed = placeParents(replica, fresh)
  keepVouched(fresh, placed.parents, fates)
  const unit = fresh.filter((_, place) => fates[place] === 'kept')
  if (unit.length < fresh.length) placed = placeParents(replica, unit)
  for (const [place, { id }] of fresh.entries()) {
    if (fates[place] !== 'kept') outcomes.push({ type: 'dropped', id, reason: 'unauthentic', link })
  }
  if (placed.missing.size === 0) return admit(replica, unit, placed.parents, link, outcomes)
  if (isWaiting(replica.pending, unit)) {
    for (const { id } of unit) outcomes.push({ type: 'duplicate', id })
    return
  }
  for (const { id } of unit) outcomes.push({ type: 'pending', id })
  for (const gone of wait(replica.pending, unit, [...placed.missing.values()], link)) {
    for (const { id } of gone.unit) outcomes.push({ type: 'dropped', id, reason: 'pending-full', link: gone.link })
  }
}

/** What of a unit is not admitted yet, each op once, signed if one of its copies is. */
function withoutHeld({ dag }: Replica, unit: Unit, outcomes: Outcome[]): Unit {
  const ids = createIdTable(dag.ids.seed, unit.length)
  const fresh: UnitOp[] = []
  for (const unitOp of unit) {
    const copy = lookup(ids, unitOp.id)
    if (copy >= 0) {
      outcomes.push({ type: 'duplicate', id: unitOp.id })
      if (fresh[copy]!.signature === null) fresh[copy] = unitOp
    } else if (numberOf(dag, unitOp.id) >= 0) outcomes.push({ type: 'duplicate', id: unitOp.id })
    else fresh[intern(ids, unitOp.id)] = unitOp
  }
  return fresh
}

/**
 * Where a parent of a unit's op is: its place in the unit when it is before its child (0, 1, …), else HELD − its number in
 * the DAG, else ABSENT: rejected, or missing.
 */
type Parent = number
const ABSENT = -1
const HELD = -2

interface PlacedParents {
  /** Per op, prev first. */
  readonly parents: readonly (readonly Parent[])[]
  /** Absent ones that are not known to be rejected, by key. */
  readonly missing: ReadonlyMap<string, OpId>
}

function placeParents({ dag, rejected }: Replica, unit: Unit): PlacedParents {
  const ids = createIdTable(dag.ids.seed, unit.length)
  const missing = new Map<string, OpId>()
  const placeOf = (parent: OpId): Parent => {
    const mate = lookup(ids, parent)
    if (mate >= 0) return mate
    const held = numberOf(dag, parent)
    if (held >= 0) return HELD - held
    if (!rejected.has(keyOf(parent))) missing.set(keyOf(parent), parent)
    return ABSENT
  }
  const parents = unit.map(({ op, id }) => {
    intern(ids, id)
    return parentIds(op).map(placeOf)
  })
  return { parents, missing }
}

type Fate = 'kept' | 'unauthentic' | Verdict

function admit(replica: Replica, unit: Unit, placed: PlacedParents['parents'], link: string, outcomes: Outcome[]): void {
  const { dag, rejected } = replica
  const fates: Fate[] = unit.map(() => 'kept')
  for (const [place, { id }] of unit.entries()) {
    const known = rejected.size === 0 ? undefined : rejected.get(keyOf(id))
    // Nothing is missing: an absent parent is a rejected one.
    const parentFell = placed[place]!.some((parent) => (parent >= 0 ? fates[parent] !== 'kept' : parent === ABSENT))
    fates[place] = known ?? (parentFell ? 'parent-rejected' : (checkStructure(replica, unit, placed, place) ?? 'kept'))
  }
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
  report(replica, unit, fates, start, link, outcomes)
}

/** Place of an op's prev in the unit, or −1. */
function prevMate({ prev }: Op, parents: readonly Parent[]): number {
  return prev === null ? -1 : Math.max(-1, parents[0]!)
}

/**
 * Shrinks the kept part of a unit to the largest one in which every op is signed or is prev of a kept op by the same
 * author, and has no parent in the unit that is not kept. Repeats until nothing changes: O(parents) for well-formed units,
 * O(ops · parents) for one made to be slow, with nothing but small integers inside.
 */
function keepVouched(unit: Unit, placed: PlacedParents['parents'], fates: Fate[]): void {
  for (let changed = true; changed;) {
    changed = false
    const vouched = new Uint8Array(unit.length)
    for (let place = unit.length - 1; place >= 0; place--) {
      if (fates[place] !== 'kept') continue
      const { op, signature } = unit[place]!
      const prev = prevMate(op, placed[place]!)
      if (signature === null && vouched[place] === 0) {
        fates[place] = 'unauthentic'
        changed = true
      } else if (prev >= 0 && equalBytes(unit[prev]!.op.author, op.author)) vouched[prev] = 1
    }
    for (const [place, parents] of placed.entries()) {
      if (fates[place] !== 'kept') continue
      const fallen = parents.find((parent) => parent >= 0 && fates[parent] !== 'kept')
      if (fallen === undefined) continue
      fates[place] = fates[fallen] === 'unauthentic' ? 'unauthentic' : 'parent-rejected'
      changed = true
    }
  }
}

/** The rules that need the parents, in the protocol's order; null when all hold. */
function checkStructure(replica: Replica, unit: Unit, placed: PlacedParents['parents'], place: number): StructureRefusal | null {
  const { dag, room } = replica
  const { op, id } = unit[place]!
  if (op.room === null) return equalBytes(id, room) ? null : 'second-genesis'
  if (!equalBytes(op.room, room)) return 'wrong-room'
  if (placed[place]!.includes(place)) return 'self-parent'
  if (op.prev === null) return null
  const mate = unit[prevMate(op, placed[place]!)]?.op
  if (mate !== undefined) {
    if (!equalBytes(mate.author, op.author)) return 'prev-not-own'
    return mate.seq + 1 === op.seq ? null : 'seq-gap'
  }
  return checkPrev(dag, op, HELD - placed[place]![0]!)
}

function report(replica: Replica, unit: Unit, fates: readonly Fate[], start: number, link: string, outcomes: Outcome[]): void {
  const kept = unit.filter((_, place) => fates[place] === 'kept')
  if (kept.length > 0) outcomes.push({ type: 'admitted', first: start, unit: kept })
  for (const [place, { id, op }] of unit.entries()) {
    const fate = fates[place]!
    if (fate === 'kept') continue
    if (fate === 'unauthentic') outcomes.push({ type: 'dropped', id, reason: fate, link })
    else {
      remember(replica, id, op, fate)
      outcomes.push({ type: 'rejected', id, reason: fate, link })
    }
  }
  reportEquivocations(replica, start, outcomes)
}

/** Those that the ops from number `start` on made. */
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

/** parents(op) = {prev} ∪ deps, prev first. */
export function parentIds(op: Op): readonly OpId[] {
  return op.prev === null ? op.deps : [op.prev, ...op.deps]
}
