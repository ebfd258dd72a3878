/** Messages between a node's worker and the worker that decodes for it. */
import { ID_BYTES } from '../core/limits.ts'
import { asOpId } from '../core/op.ts'
import { ok, refuse, type Refusal } from '../core/result.ts'
import { type BundleLimits, reopenBundle } from '../sync/bundle.ts'
import { type Inflated, rebuild, type Rebuilt } from '../sync/rebuild.ts'

export interface DecodeRequest {
  readonly job: number
  readonly deflated: Uint8Array
  /** The limits on its content. */
  readonly most: BundleLimits
}

export type DecodeReply =
  /** It decodes from now on. */
  | { readonly type: 'ready' }
  /** The columns, and the ids of their ops, 32 bytes each: with these nothing need be hashed again. */
  | { readonly type: 'good'; readonly job: number; readonly columns: Uint8Array<ArrayBuffer>; readonly ids: Uint8Array<ArrayBuffer> }
  | { readonly type: 'refused'; readonly job: number; readonly reason: Refusal; readonly bytes: number; readonly ops: number }

/** The result of a job whose bytes were inflated. */
export function replyOf(job: number, inflated: Inflated<Uint8Array<ArrayBuffer>>, most: BundleLimits): DecodeReply {
  const { units, bytes, ops } = rebuild(inflated, most)
  if (!inflated.ok) return { type: 'refused', job, reason: inflated.reason, bytes, ops }
  if (!units.ok) return { type: 'refused', job, reason: units.reason, bytes, ops }
  const columns = inflated.value
  const ids = new Uint8Array(ID_BYTES * ops)
  let at = 0
  for (const unit of units.value) for (const { id } of unit) ids.set(id, ID_BYTES * at++)
  return { type: 'good', job, columns, ids }
}

/** The result on the other side. */
export function rebuiltOf(reply: Exclude<DecodeReply, { type: 'ready' }>): Rebuilt {
  if (reply.type === 'refused') return { units: refuse(reply.reason), columns: null, bytes: reply.bytes, ops: reply.ops }
  const { columns, ids } = reply
  const units = reopenBundle(columns, (n) => asOpId(ids.subarray(ID_BYTES * n, ID_BYTES * (n + 1))))
  // A bundle that was decoded there can be reopened here: it is the same code.
  return { units: units === null ? refuse('bad-bundle') : ok(units), columns, bytes: columns.length, ops: ids.length / ID_BYTES }
}
