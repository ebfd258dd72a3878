/** From the bytes of a bundle, inflated, to its ops: what the platform does when it decodes one, wherever it does it. */
import { refuse, type Refusal, type Result } from '../core/result.ts'
import type { Unit } from '../core/unit.ts'
import { decodeBundle } from './bundle.ts'

export interface Rebuilt {
  readonly units: Result<readonly Unit[], Refusal>
  /** What it took, refused or not: columns read (bytes), and ops hashed. */
  readonly bytes: number
  readonly ops: number
}

/** As `decodeBundle`; null for bytes that could not be inflated. */
export function rebuild(columns: Uint8Array | null): Rebuilt {
  if (columns === null) return { units: refuse('bad-deflate'), bytes: 0, ops: 0 }
  const spent = { ops: 0 }
  const units = decodeBundle(columns, spent)
  return { units, bytes: columns.length, ops: spent.ops }
}
