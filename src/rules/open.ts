/**
 * The rule set "open", version 1: anyone who holds the link writes messages, merges and patches. Anyone with the link can fill the
 * storage of the others. Budgets belong to origins, not to authors.
 */
import { decodeBody } from '../crdt/body.ts'
import type { Judge } from '../core/replica.ts'

export const OPEN = { rules: 'open', rulesVersion: 1 } as const

/** Accepts the genesis of an open room as its first op and, after it, every well-shaped body that is not a genesis. */
export const judgeOpen: Judge = (op) => {
  const body = decodeBody(op.body)
  if (!body.ok) return body.reason
  if ((body.value.kind === 'genesis') !== (op.room === null)) return 'bad-body'
  if (body.value.kind !== 'genesis') return null
  return body.value.rules === OPEN.rules && body.value.rulesVersion === OPEN.rulesVersion ? null : 'unknown-rules'
}
