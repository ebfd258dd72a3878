/**
 * Finds which of the ops that wait may be admitted together, as one unit. Only what is touched (`pending.ts`) can be, and what it needs.
 * An op needs its parents that wait and, if it is unsigned, an op that vouches for it; and what these need.
 */
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from './limits.ts'
import { ownPrev, type Pending, type WaitingOp } from './pending.ts'

/**
 * Takes touched ops with all that they need, until they are as much as one unit may be. Returns the largest part of these in which every op
 * is signed or vouched for, and has its parents: parents first, perhaps nothing. What one op needs may be more than a unit; then it may have
 * to wait until it comes in a unit that is cut otherwise. Call it until nothing is touched. O(MAX_UNIT_OPS, their parents, and the ops that
 * vouch for them).
 */
export function gather(pending: Pending): WaitingOp[] {
  const batch: Batch = { pass: ++pending.clock, ops: [], bytes: 0, isFull: false }
  for (const seed of pending.touched) {
    if (seed.pass !== batch.pass && mayBeNext(seed, batch)) {
      const before = batch.ops.length
      addNeeded(batch, seed)
      if (batch.isFull && before > 0) {
        for (const waiting of batch.ops.splice(before)) waiting.pass = 0
        break
      }
    }
    pending.touched.delete(seed)
  }
  return vouchedOf(batch).sort((a, b) => a.wholeSince - b.wholeSince)
}

interface Batch {
  /** Ops with this number are in the batch. */
  readonly pass: number
  readonly ops: WaitingOp[]
  bytes: number
  /** More is needed than a unit may hold. */
  isFull: boolean
}

/**
 * False when this op cannot be among the next that are admitted: it stands on one that waits, nothing waits for it, and it vouches for nothing.
 * Were it admitted with others, these could be admitted without it. So what is heaped on ops that cannot be admitted costs nothing.
 * If all that it stands on is in the batch, it may go with it.
 */
function mayBeNext(seed: WaitingOp, { pass }: Batch): boolean {
  return seed.slot.children.size > 0 || ownPrev(seed)?.unitOp.signature === null || hasParents(seed, pass)
}

function hasParents({ missing }: WaitingOp, pass: number): boolean {
  for (const { op } of missing) if (op!.pass !== pass) return false
  return true
}

/** Adds an op and what it needs, as far as there is room. Parents come before what vouches, of which any one may do. */
function addNeeded(batch: Batch, seed: WaitingOp): void {
  const { pass, ops } = batch
  const unsigned: WaitingOp[] = []
  const add = (waiting: WaitingOp): void => {
    if (batch.isFull || waiting.pass === pass) return
    batch.isFull = ops.length === MAX_UNIT_OPS || batch.bytes + waiting.amount.bytes > MAX_UNIT_BYTES
    if (batch.isFull) return
    waiting.pass = pass
    batch.bytes += waiting.amount.bytes
    ops.push(waiting)
    if (waiting.unitOp.signature === null) unsigned.push(waiting)
  }
  let expanded = ops.length
  let vouchedFor = 0
  add(seed)
  while (!batch.isFull) {
    if (expanded < ops.length) {
      for (const { op } of ops[expanded++]!.missing) add(op!)
    } else if (vouchedFor < unsigned.length) {
      for (const voucher of unsigned[vouchedFor++]!.vouchers) if (voucher.lacking === 0) add(voucher)
    } else {
      break
    }
  }
}

/** What is left when all is struck out that is neither signed nor vouched for, or lacks a parent. */
function vouchedOf({ pass, ops }: Batch): WaitingOp[] {
  for (const waiting of ops) waiting.vouchedBy = 0
  for (const waiting of ops) {
    const prev = ownPrev(waiting)
    if (prev !== null) prev.vouchedBy++
  }
  const struck: WaitingOp[] = []
  const strike = (waiting: WaitingOp): void => {
    if (waiting.pass !== pass) return
    waiting.pass = 0
    struck.push(waiting)
  }
  const isUnvouched = ({ unitOp, vouchedBy }: WaitingOp): boolean => unitOp.signature === null && vouchedBy === 0
  for (const waiting of ops) if (isUnvouched(waiting) || !hasParents(waiting, pass)) strike(waiting)
  // The list grows while it is walked.
  for (const waiting of struck) {
    for (const child of waiting.slot.children) strike(child)
    const prev = ownPrev(waiting)
    if (prev === null) continue
    prev.vouchedBy--
    if (isUnvouched(prev)) strike(prev)
  }
  return ops.filter((waiting) => waiting.pass === pass)
}
