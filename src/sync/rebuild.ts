/** From the bytes of a bundle, inflated, to its ops: what the platform does when it decodes one, wherever it does it. */
import { refuse, type Refusal, type Result } from '../core/result.ts'
import type { Unit } from '../core/unit.ts'
import { decodeBundle } from './bundle.ts'

export interface Rebuilt {
  readonly units: Result<readonly Unit[], Refusal>
  /** The bytes that hold these units; null where there are none. */
  readonly columns: Uint8Array | null
  /** What it took, refused or not: columns read (bytes), and ops hashed. */
  readonly bytes: number
  readonly ops: number
}

/** As `decodeBundle`. @param columns null for bytes that could not be inflated @param most ops that the bundle may hold */
export function rebuild(columns: Uint8Array | null, most?: number): Rebuilt {
  if (columns === null) return { units: refuse('bad-deflate'), columns, bytes: 0, ops: 0 }
  const spent = { ops: 0 }
  const units = decodeBundle(columns, spent, most)
  return { units, columns: units.ok ? columns : null, bytes: columns.length, ops: spent.ops }
}
