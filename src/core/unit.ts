/**
 * A unit: what ops travel, are admitted and are stored in. At most MAX_UNIT_OPS ops and MAX_UNIT_BYTES, topologically
 * ordered, every parent in the unit or already held, every op that is no unit-mate's prev carrying a signature.
 */
import type { Op, OpId } from './op.ts'

export interface UnitOp {
  readonly op: Op
  readonly id: OpId
  /** Canonical bytes of the op. */
  readonly bytes: Uint8Array
  readonly signature: Uint8Array | null
}

export type Unit = readonly UnitOp[]

/** A key for Maps: ids are compared by content, and a JavaScript Map compares arrays by identity. O(32). */
export function keyOf(id: Uint8Array): string {
  let key = ''
  for (let i = 0; i < id.length; i += 2) key += String.fromCharCode((id[i]! << 8) | id[i + 1]!)
  return key
}
