/** Which signatures of a bundle are to be verified, and what becomes of ops whose signatures are wrong. */
import { type Dag, numberOf } from '../core/dag.ts'
import { signedBytes } from '../core/keys.ts'
import type { OpId } from '../core/op.ts'
import { keyOf, type Unit, type UnitOp } from '../core/unit.ts'
import type { SignatureClaim } from './effects.ts'

/** An op and its signature, by content. */
export const keyOfSigned = (id: OpId, signature: Uint8Array): string => keyOf(id) + keyOf(signature)

export interface Claim extends SignatureClaim {
  readonly id: OpId
  /** The seq of its op. */
  readonly seq: number
}

/**
 * The signatures that are to be verified: those of ops that are not held. If an op comes many times with one signature, the signature is
 * verified once.
 */
export function claimsOf(dag: Dag, units: readonly Unit[]): Claim[] {
  const claims: Claim[] = []
  const seen = new Set<string>()
  const isAlone = units.length === 1 && units[0]!.length === 1
  for (const unit of units) {
    for (const { op, id, signature } of unit) {
      if (signature === null || numberOf(dag, id) >= 0) continue
      if (!isAlone) {
        const key = keyOfSigned(id, signature)
        if (seen.has(key)) continue
        seen.add(key)
      }
      claims.push({ signature, message: signedBytes(id), author: op.author, id, seq: op.seq })
    }
  }
  return claims
}

/** The op without its signature, if the signature is one of the wrong ones. */
export function withoutWrong(unitOp: UnitOp, wrong: ReadonlySet<string>): UnitOp {
  const { id, signature } = unitOp
  return signature !== null && wrong.has(keyOfSigned(id, signature)) ? { ...unitOp, signature: null } : unitOp
}
