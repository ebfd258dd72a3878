/** How many units go into one bundle of a file. A file's bundles should be as large as possible. */
import { equalBytes } from '../core/bytes.ts'
import { ID_BYTES, SIGNATURE_BYTES } from '../core/limits.ts'
import { type Op, opLength } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { HEADER_COST, MAX_BUNDLE_BYTES, OP_COST } from './bundle.ts'
import { MAX_BUNDLE_OPS } from './columns.ts'

/** The size of a bundle so far: at most MAX_BUNDLE_OPS, and so many bytes of columns at most. */
export interface Filling {
  readonly ops: number
  readonly columnBytes: number
}

export const EMPTY: Filling = { ops: 0, columnBytes: HEADER_COST }

/**
 * A bundle's filling with one more unit, or null when that might not fit. Ops by one author in a row count less than `unitCost`, and no
 * less than they take. So a bundle holds as many ops as it may, since larger bundles deflate better. The other two limits keep
 * MAX_BUNDLE_OP_BYTES, because an op has at most 96 bytes more than are counted.
 */
export function filledWith(filling: Filling, unit: Unit): Filling | null {
  let { columnBytes } = filling
  let before: UnitOp | null = null
  for (const each of unit) {
    const { op, signature } = each
    columnBytes += opLength(op) + OP_COST + (signature === null ? 0 : SIGNATURE_BYTES) - (before === null ? 0 : saved(before, op))
    before = each
  }
  const ops = filling.ops + unit.length
  return ops > MAX_BUNDLE_OPS || columnBytes > MAX_BUNDLE_BYTES ? null : { ops, columnBytes }
}

/** Bytes of an op's author and prev that its columns do not hold, if the op before is by the same author. The room is never in them. */
function saved({ op: { author, seq }, id }: UnitOp, op: Op): number {
  return op.prev !== null && op.seq === seq + 1 && equalBytes(op.author, author) && equalBytes(op.prev, id) ? 3 * ID_BYTES : 0
}
