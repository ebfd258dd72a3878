/**
 * Finds which of the waiting ops can be admitted now, and cuts them into units. Only touched ops (`pending.ts`), and the ops that they
 * need, can be admitted. An op needs those of its parents that wait and, if it is unsigned, one of the ops that vouch for it; and all ops
 * that these need.
 */
import { groupsOf } from './groups.ts'
import { MAX_PENDING_PARENTS, MAX_PENDING_TOTAL, MAX_UNIT_BYTES, MAX_UNIT_OPS } from './limits.ts'
import { ownPrev, type Pending, type WaitingOp } from './pending.ts'

/**
 * So many ops and parents may be looked at in vain. Then the node must wait for more units before it looks again. The number is twice all
 * ops and parents that may wait. Units of correct nodes hardly ever cause such looks.
 */
const MAX_VAIN = 2 * (MAX_PENDING_TOTAL + MAX_PENDING_PARENTS)

/** Judging an op costs as much as looking at 128 ops. The cost is forgiven when the op is admitted or rejected. */
const JUDGED_AS = 128

/** With each unit that comes, so many of them are forgiven: a twentieth of the cost of checking one signature. */
const VAIN_PER_UNIT = 256

/** A unit came: it pays for some of the ops that were looked at in vain. */
export const payVain = (pending: Pending): void => forgive(pending, VAIN_PER_UNIT)

/** Ops were admitted or rejected: they were not looked at in vain. */
export const notInVain = (pending: Pending, ops: number): void => forgive(pending, (JUDGED_AS + 2) * ops)

function forgive(pending: Pending, looks: number): void {
  pending.vain = Math.max(0, pending.vain - looks)
}

/**
 * The next unit of ops that can be admitted, parents first; empty when there are no more. Ops that cannot be admitted are not touched any
 * more. Ops that need each other go into one unit. If they do not fit, an op that vouches for another is passed over if a third op
 * vouches for that one too: each at most once while it waits. If they never fit, they wait until they come in a unit that is cut in
 * another way, and ops that need them wait too. O(touched ops, ops that they need, and the parents of these). But when too many were
 * looked at in vain: O(1), and touched ops stay touched until enough units have come.
 */
export function gather(pending: Pending): WaitingOp[] {
  while (pending.touched.size > 0 && pending.vain < MAX_VAIN) {
    const batch = neededByTouched(pending)
    strike(pending, batch)
    const unit = nextUnit(pending, batch)
    pending.vain += JUDGED_AS * unit.length
    // An empty unit: no op is touched any more, or an op that vouched for another was passed over.
    if (unit.length > 0) return unit
  }
  return []
}

/** Ops of the batch have its number as `pass`, until they are struck out. */
interface Batch {
  readonly pass: number
  readonly ops: readonly WaitingOp[]
}

function neededByTouched(pending: Pending): Batch {
  const pass = ++pending.pass
  const ops: WaitingOp[] = []
  const add = (waiting: WaitingOp): void => {
    if (waiting.pass === pass) return
    waiting.pass = pass
    ops.push(waiting)
  }
  for (const seed of pending.touched) add(seed)
  // The list grows during the loop.
  for (const { missing, vouchers, unitOp } of ops) {
    pending.vain += 1 + missing.size
    for (const { op } of missing) if (op !== null) add(op)
    if (unitOp.signature !== null) continue
    pending.vain += vouchers.size
    for (const voucher of vouchers) if (voucher.lacking === 0) add(voucher)
  }
  return { pass, ops }
}

/**
 * Strikes out ops that are neither signed nor vouched for, and ops that lack a parent, until there are none. The largest part that can be
 * admitted stays.
 */
function strike(pending: Pending, { pass, ops }: Batch): void {
  for (const waiting of ops) waiting.vouchedBy = 0
  for (const waiting of ops) {
    const prev = ownPrev(waiting)
    if (prev !== null) prev.vouchedBy++
  }
  const isUnvouched = ({ unitOp, vouchedBy }: WaitingOp): boolean => unitOp.signature === null && vouchedBy === 0
  const struck = ops.filter((waiting) => isUnvouched(waiting) || needsOther(waiting, pass))
  if (struck.length === 0) return
  const children = childrenIn(ops)
  for (const waiting of struck) leaveOut(pending, waiting)
  const strikeToo = (waiting: WaitingOp): void => {
    if (waiting.pass !== pass) return
    leaveOut(pending, waiting)
    struck.push(waiting)
  }
  // The list grows during the loop.
  for (const waiting of struck) {
    for (const child of children.get(waiting) ?? []) strikeToo(child)
    const prev = ownPrev(waiting)
    if (prev === null) continue
    prev.vouchedBy--
    if (isUnvouched(prev)) strikeToo(prev)
  }
}

/** The children of each op that are among `ops`. It does not look at all children: there may be more than anybody has paid for. */
function childrenIn(ops: readonly WaitingOp[]): Map<WaitingOp, WaitingOp[]> {
  const children = new Map<WaitingOp, WaitingOp[]>()
  for (const waiting of ops) {
    for (const { op } of waiting.missing) {
      if (op === null) continue
      const known = children.get(op)
      if (known === undefined) children.set(op, [waiting])
      else known.push(waiting)
    }
  }
  return children
}

/** Whether an op has a missing parent that is not in the batch. */
function needsOther({ missing }: WaitingOp, pass: number): boolean {
  for (const { op } of missing) if (op?.pass !== pass) return true
  return false
}

/** The op cannot be admitted now. */
function leaveOut(pending: Pending, waiting: WaitingOp): void {
  waiting.pass = 0
  pending.touched.delete(waiting)
}

/** As many groups of ops that need each other as a unit can hold. */
function nextUnit(pending: Pending, { pass, ops }: Batch): WaitingOp[] {
  const able = parentsFirst(ops.filter((waiting) => waiting.pass === pass))
  const unit: WaitingOp[] = []
  let bytes = 0
  for (const group of groupsOf(able, (waiting) => needsOf(waiting, pass))) {
    const size = group.reduce((sum, { amount }) => sum + amount.bytes, 0)
    const fits = group.length <= MAX_UNIT_OPS && size <= MAX_UNIT_BYTES
    if (!fits || group.some((waiting) => needsOther(waiting, pass))) {
      const again = fits ? [] : group.filter((waiting) => passOver(waiting, pass))
      for (const waiting of group) leaveOut(pending, waiting)
      for (const waiting of again) pending.touched.add(waiting)
      continue
    }
    if (unit.length + group.length > MAX_UNIT_OPS || bytes + size > MAX_UNIT_BYTES) break
    for (const waiting of group.sort((a, b) => a.place - b.place)) unit.push(waiting)
    bytes += size
  }
  return unit
}

/** Ops whose missing parents are all among them, each after its parents. Sets their places. */
function parentsFirst(ops: readonly WaitingOp[]): WaitingOp[] {
  const ordered = [...groupsOf(ops, missingParents)].flat()
  for (const [place, waiting] of ordered.entries()) waiting.place = place
  return ordered
}

function* missingParents({ missing }: WaitingOp): Generator<WaitingOp, void> {
  for (const { op } of missing) yield op!
}

/** The ops that an op needs of its batch. */
function* needsOf(waiting: WaitingOp, pass: number): Generator<WaitingOp, void> {
  yield* missingParents(waiting)
  const voucher = voucherOf(waiting, pass)
  if (voucher !== null) yield voucher
}

/** The op of the batch that an unsigned op is admitted with: the first that vouches for it and was not passed over, or else the first. */
function voucherOf({ unitOp, vouchers }: WaitingOp, pass: number): WaitingOp | null {
  let first: WaitingOp | null = null
  if (unitOp.signature !== null) return null
  for (const voucher of vouchers) {
    if (voucher.pass !== pass) continue
    if (!voucher.passedOver) return voucher
    first ??= voucher
  }
  return first
}

/** Passes over the op that an unsigned op would be admitted with. False if there is no other that was not passed over. */
function passOver(waiting: WaitingOp, pass: number): boolean {
  const voucher = voucherOf(waiting, pass)
  if (voucher === null || voucher.passedOver) return false
  voucher.passedOver = true
  return voucherOf(waiting, pass)?.passedOver === false
}
