/**
 * Ops that wait: for a parent, or for an op that vouches for them. An op waits once, however many origins brought it and however their
 * units were cut. It is signed if one of its copies is. Nothing here is a verdict: an op that was evicted can come back.
 *
 * An op is *whole* when all its ancestors are admitted or wait. Only whole ops can be admitted; `gather.ts` finds out which of them can.
 * Once an op was whole, its id counts as whole for as long as ops here name it, even while the op is evicted. So an op may seem whole
 * although it lacks an ancestor, which `gather.ts` notices. But an op that is whole always seems whole. Each unsigned op here has an op
 * here that vouches for it; when the last of these goes, it goes too. Bounded by `evict.ts`.
 *
 * Cost: O(1 + parents + origins that bring it) for each op that comes, amortised, however often other ops are evicted and come again. An
 * edge from an op to a missing parent is made when the op comes. It is walked when the parent's id first counts as whole, when the
 * parent's author is first known, when the parent is admitted or rejected, and when the op leaves: each at most once.
 */
import { equalBytes } from './bytes.ts'
import { type Author, type OpId, opLength } from './op.ts'
import { assert } from './result.ts'
import { keyOf, type UnitOp } from './unit.ts'

/** An id: of an op that waits, or of a parent that is not here. */
export interface Slot {
  readonly id: OpId
  readonly key: string
  op: WaitingOp | null
  /** The waiting ops that have it as a parent. */
  readonly children: Set<WaitingOp>
  /** Those of them that have it as prev and are by the same author, as far as the author is known. Null: none has come. */
  vouchers: Set<WaitingOp> | null
  /** The author of its op, once the op has come. */
  author: Author | null
  /** Whether its op was whole since the slot was made. */
  wasWhole: boolean
}

export interface WaitingOp {
  /** Signed if one of its copies is. */
  unitOp: UnitOp
  readonly slot: Slot
  /** The origins that brought it. */
  readonly links: Set<string>
  /** Its parents that are not admitted. */
  readonly missing: Set<Slot>
  /** Its prev, if the prev is among these. */
  readonly prev: Slot | null
  /** The waiting ops by the same author that have this one as prev. */
  readonly vouchers: Set<WaitingOp>
  readonly amount: Amount
  /** How many missing parents do not count as whole. 0: the op seems whole, and its slot counts as whole. */
  lacking: number
  /** For `gather.ts`: the batch that it is in, its place there (parents first), and how many ops in that batch vouch for it. */
  pass: number
  place: number
  vouchedBy: number
  /** For `gather.ts`: this op needs more ops than a unit may hold. So another op should vouch for its prev, if there is one. */
  passedOver: boolean
}

/** An amount of waiting ops: how many, their canonical bytes, and how many of their parents were not admitted when they came. */
export interface Amount {
  ops: number
  bytes: number
  parents: number
}

/** The ops that wait for one origin, in order of arrival. */
export interface Share extends Amount {
  readonly waiting: Set<WaitingOp>
  /** For `missing.ts`: the ops whose parents were not looked at yet; and the others, the one that was looked at longest ago first. */
  readonly fresh: Set<WaitingOp>
  readonly seen: Set<WaitingOp>
}

/** The amounts are sums over all origins: an op counts for each origin that brought it. */
export interface Pending extends Amount {
  /** How many ops wait, each counted once. */
  waiting: number
  readonly slots: Map<string, Slot>
  readonly byLink: Map<string, Share>
  /**
   * Ops that seem whole and are to be looked at: if waiting ops can be admitted together, one of them is in this set. Between two units
   * it is empty, unless too many ops were looked at in vain.
   */
  readonly touched: Set<WaitingOp>
  /** The last batch of `gather.ts`. */
  pass: number
  /** How many ops and parents were looked at in vain (`gather.ts`), without those for which later units have paid. */
  vain: number
}

export function createPending(): Pending {
  return { slots: new Map(), byLink: new Map(), touched: new Set(), pass: 0, vain: 0, waiting: 0, ops: 0, bytes: 0, parents: 0 }
}

/** The op with this id, if it waits. */
export const waitingOp = ({ slots }: Pending, id: OpId): WaitingOp | null => (slots.size === 0 ? null : (slots.get(keyOf(id))?.op ?? null))

/** All ops that wait. O(ops and missing parents) to the end. */
export function* waitingOps({ slots }: Pending): Generator<WaitingOp, void> {
  for (const { op } of slots.values()) if (op !== null) yield op
}

/** The ops that wait for this one. */
export const waitingFor = ({ slots }: Pending, id: OpId): WaitingOp[] => [...(slots.get(keyOf(id))?.children ?? [])]

/** The prev for which this op vouches: one that waits, and is by the same author. */
export function ownPrev({ prev, unitOp }: WaitingOp): WaitingOp | null {
  const op = prev?.op ?? null
  return op !== null && equalBytes(op.unitOp.op.author, unitOp.op.author) ? op : null
}

/**
 * Keeps an op until it is admitted, rejected, dropped or evicted. `missing`: its parents that are not admitted, prev first. Returns false if
 * it waited already. Call `evict` (`evict.ts`) when the whole unit is in. Amortised O(parents).
 */
export function wait(pending: Pending, unitOp: UnitOp, missing: readonly OpId[], link: string): boolean {
  const slot = slotOf(pending, unitOp.id)
  const known = slot.op
  const waiting = known ?? enter(pending, slot, unitOp, missing)
  if (waiting.unitOp.signature === null && unitOp.signature !== null) {
    waiting.unitOp = unitOp
    if (waiting.lacking === 0) pending.touched.add(waiting)
  }
  if (!waiting.links.has(link)) {
    waiting.links.add(link)
    const share = pending.byLink.get(link) ?? { waiting: new Set(), fresh: new Set(), seen: new Set(), ops: 0, bytes: 0, parents: 0 }
    pending.byLink.set(link, share)
    share.waiting.add(waiting)
    share.fresh.add(waiting)
    count(pending, share, waiting, 1)
  }
  return known === null
}

function slotOf({ slots }: Pending, id: OpId): Slot {
  const key = keyOf(id)
  const known = slots.get(key)
  if (known !== undefined) return known
  const slot: Slot = { id, key, op: null, children: new Set(), vouchers: null, author: null, wasWhole: false }
  slots.set(key, slot)
  return slot
}

function enter(pending: Pending, slot: Slot, unitOp: UnitOp, parents: readonly OpId[]): WaitingOp {
  const { op } = unitOp
  const missing = new Set(parents.map((id) => slotOf(pending, id)))
  const [first = null] = missing
  const waiting: WaitingOp = {
    unitOp,
    slot,
    links: new Set(),
    missing,
    prev: first !== null && op.prev !== null && equalBytes(first.id, op.prev) ? first : null,
    vouchers: vouchersOf(slot, op.author),
    amount: { ops: 1, bytes: opLength(op), parents: missing.size },
    lacking: 0,
    pass: 0,
    place: 0,
    vouchedBy: 0,
    passedOver: false,
  }
  slot.op = waiting
  pending.waiting++
  for (const parent of missing) {
    parent.children.add(waiting)
    if (!parent.wasWhole) waiting.lacking++
  }
  if (waiting.prev !== null) vouchFor(waiting.prev, waiting)
  if (waiting.lacking === 0) {
    pending.touched.add(waiting)
    countAsWhole(pending, slot)
  }
  return waiting
}

/** The ops that vouch for the op that comes, by `author`. Other ops that have it as prev are forgotten, the first time. */
function vouchersOf(slot: Slot, author: Author): Set<WaitingOp> {
  const vouchers = (slot.vouchers ??= new Set())
  if (slot.author === null) for (const child of vouchers) if (!equalBytes(child.unitOp.op.author, author)) vouchers.delete(child)
  slot.author = author
  return vouchers
}

function vouchFor(prev: Slot, waiting: WaitingOp): void {
  if (prev.author !== null && !equalBytes(prev.author, waiting.unitOp.op.author)) return
  prev.vouchers ??= new Set()
  prev.vouchers.add(waiting)
}

/**
 * An id whose op is whole or admitted counts as whole from now on, and so do all ops that seem whole because of it. The first time, these
 * are to be looked at.
 */
function countAsWhole({ touched }: Pending, first: Slot): void {
  if (first.wasWhole) return
  first.wasWhole = true
  const work = [first]
  // The list grows during the loop.
  for (const { children } of work) {
    for (const child of children) {
      if (--child.lacking > 0) continue
      touched.add(child)
      if (child.slot.wasWhole) continue
      child.slot.wasWhole = true
      work.push(child.slot)
    }
  }
}

/**
 * An op was admitted, after its parents. It does not wait any more, and no op waits for it. O(ops that waited for it), and
 * `countAsWhole`.
 */
export function cameIn(pending: Pending, id: OpId): void {
  const slot = pending.slots.get(keyOf(id))
  if (slot === undefined) return
  const waited = slot.op
  assert(waited === null || waited.lacking === 0, 'what is admitted lacks no ancestor')
  pending.slots.delete(slot.key)
  if (waited !== null) leave(pending, waited)
  for (const child of slot.children) child.missing.delete(slot)
  countAsWhole(pending, slot)
  for (const child of slot.children) if (child.lacking === 0) pending.touched.add(child)
}

/** Removes an op that is not admitted. Returns it, and those of the unsigned ops below for which no op vouches any more. */
export function remove(pending: Pending, waiting: WaitingOp): WaitingOp[] {
  const removed: WaitingOp[] = []
  for (let next: WaitingOp | null = waiting; next !== null;) {
    const prev = ownPrev(next)
    leave(pending, next)
    forgetEmpty(pending, next.slot)
    removed.push(next)
    next = prev !== null && prev.unitOp.signature === null && prev.vouchers.size === 0 ? prev : null
  }
  return removed
}

function leave(pending: Pending, waiting: WaitingOp): void {
  waiting.prev?.vouchers?.delete(waiting)
  waiting.slot.op = null
  pending.waiting--
  pending.touched.delete(waiting)
  for (const parent of waiting.missing) {
    parent.children.delete(waiting)
    forgetEmpty(pending, parent)
  }
  for (const link of waiting.links) discharge(pending, waiting, link)
}

function forgetEmpty({ slots }: Pending, { key, op, children }: Slot): void {
  if (op === null && children.size === 0) slots.delete(key)
}

/** An op does not wait for this origin any more. */
export function waitNoMore(pending: Pending, waiting: WaitingOp, link: string): void {
  waiting.links.delete(link)
  discharge(pending, waiting, link)
}

function discharge(pending: Pending, waiting: WaitingOp, link: string): void {
  const share = pending.byLink.get(link)!
  for (const each of [share.waiting, share.fresh, share.seen]) each.delete(waiting)
  if (share.waiting.size === 0) pending.byLink.delete(link)
  count(pending, share, waiting, -1)
}

function count(pending: Pending, share: Share, { amount }: WaitingOp, sign: 1 | -1): void {
  for (const total of [pending, share]) {
    total.ops += sign * amount.ops
    total.bytes += sign * amount.bytes
    total.parents += sign * amount.parents
  }
}
