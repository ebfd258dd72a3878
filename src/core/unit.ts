/**
 * A unit: ops that travel, are admitted and are stored together. At most MAX_UNIT_OPS ops and MAX_UNIT_BYTES, topologically ordered.
 * Every parent is in the unit or already held. Every op that is no unit-mate's prev carries a signature.
 */
import { type Op, type OpId, opLength } from './op.ts'

export interface UnitOp {
  readonly op: Op
  readonly id: OpId
  readonly signature: Uint8Array | null
}

export type Unit = readonly UnitOp[]

/** Canonical bytes of a unit's ops. */
export const unitBytes = (unit: Unit): number => unit.reduce((sum, { op }) => sum + opLength(op), 0)

/** A key for Maps of 32-byte ids (or of several in a row): these are compared by content, and a JavaScript Map compares arrays by identity. */
export function keyOf(ids: Uint8Array): string {
  let key = keyAt(ids, 0)
  for (let at = 32; at < ids.length; at += 32) key += keyAt(ids, at)
  return key
}

/** 32 bytes as 16 characters. All in one call: a text that is put together from pieces is flattened before it can be looked up. */
function keyAt(b: Uint8Array, i: number): string {
  return String.fromCharCode(
    (b[i]! << 8) | b[i + 1]!,
    (b[i + 2]! << 8) | b[i + 3]!,
    (b[i + 4]! << 8) | b[i + 5]!,
    (b[i + 6]! << 8) | b[i + 7]!,
    (b[i + 8]! << 8) | b[i + 9]!,
    (b[i + 10]! << 8) | b[i + 11]!,
    (b[i + 12]! << 8) | b[i + 13]!,
    (b[i + 14]! << 8) | b[i + 15]!,
    (b[i + 16]! << 8) | b[i + 17]!,
    (b[i + 18]! << 8) | b[i + 19]!,
    (b[i + 20]! << 8) | b[i + 21]!,
    (b[i + 22]! << 8) | b[i + 23]!,
    (b[i + 24]! << 8) | b[i + 25]!,
    (b[i + 26]! << 8) | b[i + 27]!,
    (b[i + 28]! << 8) | b[i + 29]!,
    (b[i + 30]! << 8) | b[i + 31]!,
  )
}
