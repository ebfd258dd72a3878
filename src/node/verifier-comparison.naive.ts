/** For tests of the verification rule: the platform's path beside the pure one, and both beside the verdict that is known. */
import { type JudgedSignature, KINDS, type Row } from '../core/adversarial-signatures.naive.ts'
import { toHex } from '../core/bytes.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import type { SignatureClaim } from '../sync/effects.ts'
import { createNative, createPure } from './verifier.ts'

/** The results of the cases of one kind. */
export interface Tally {
  readonly kind: string
  readonly cases: number
  /** By the native path. */
  readonly accepted: number
  /** A sentence for each case on which one path differs from the other or from the known verdict. */
  readonly faults: readonly string[]
}

/** The generated cases of one row of the catalogue. */
export function casesOf(row: Row, cases: readonly JudgedSignature[]): JudgedSignature[] {
  const kinds = new Set(KINDS.flatMap((kind) => (kind.row === row ? [kind.name] : [])))
  return cases.filter(({ kind }) => kinds.has(kind))
}

/**
 * Judges every case by the native path, which is another one on each platform, and the first `pureOfEach` of each kind by the pure one,
 * which is the same code everywhere. In batches, as the engine hands them over. 0.1 ms a case, and 1 to 2 ms where the pure path
 * judges too. @throws where there is no WebCrypto
 */
export async function compareVerifiers(cases: readonly JudgedSignature[], pureOfEach = Infinity): Promise<Tally[]> {
  const [native, pure] = [createNative(), createPure()]
  if (native === null) throw new Error('there is no WebCrypto here')
  const tallies = new Map<string, { kind: string; cases: number; accepted: number; faults: string[] }>()
  for (let first = 0; first < cases.length; first += MAX_UNIT_OPS) {
    const batch = cases.slice(first, first + MAX_UNIT_OPS)
    const claims = batch.map((each) => ({ ...each, author: each.author as SignatureClaim['author'] }))
    const byNative = await native.verify(claims)
    for (const [i, each] of batch.entries()) {
      const tally = tallies.get(each.kind) ?? { kind: each.kind, cases: 0, accepted: 0, faults: [] }
      tallies.set(each.kind, tally)
      const byPure = tally.cases < pureOfEach ? (await pure.verify([claims[i]!]))[0] : each.valid
      tally.cases++
      if (byNative[i]) tally.accepted++
      if (byNative[i] !== each.valid || byPure !== each.valid) tally.faults.push(faultOf(each, byNative[i], byPure))
    }
  }
  return [...tallies.values()]
}

function faultOf({ kind, valid, signature, message, author }: JudgedSignature, native?: boolean, pure?: boolean): string {
  return `${kind}: ${valid} by the rule, native ${native}, pure ${pure}; R ‖ S ${toHex(signature)}, A ${toHex(author)}, M ${toHex(message)}`
}
