/** From the inflated bytes of a bundle to its ops. The platform runs this when it decodes a bundle, in any thread. */
import type { Refusal, Result } from '../core/result.ts'
import type { Unit } from '../core/unit.ts'
import { type BundleLimits, decodeBundle } from './bundle.ts'

export interface Rebuilt {
  readonly units: Result<readonly Unit[], Refusal>
  /** The bytes of exactly these units; null where there are no such bytes. */
  readonly columns: Uint8Array | null
  /** The work that it took, also for a refused bundle: columns read (bytes), and ops hashed. */
  readonly bytes: number
  readonly ops: number
}

/** Bytes that were inflated up to a limit, or why they were not. */
export type Inflated<Bytes extends Uint8Array = Uint8Array> = Result<Bytes, 'bad-deflate' | 'too-large'>

/** As `decodeBundle`, for bytes that were inflated up to `most.bytes`. */
export function rebuild(inflated: Inflated, most?: BundleLimits): Rebuilt {
  if (!inflated.ok) return { units: inflated, columns: null, bytes: 0, ops: 0 }
  const columns = inflated.value
  const spent = { ops: 0 }
  const units = decodeBundle(columns, spent, most)
  return { units, columns: units.ok ? columns : null, bytes: columns.length, ops: spent.ops }
}
