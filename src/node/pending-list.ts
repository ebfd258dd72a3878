/** The pending ops as people see them: a few of the ops, and what each of them waits for. */
import { toHex } from '../core/bytes.ts'
import type { Pending, WaitingOp } from '../core/pending.ts'
import { isFile, type Link } from '../sync/effects.ts'
import type { Hex, PendingEntry, PendingList } from './views.ts'

/** Pending ops that are told: more than a person reads. Others decide how many there are. */
export const MAX_PENDING_TOLD = 64

/** Missing parents of one op that are told: its author decides how many there are. */
export const MAX_MISSING_TOLD = 8

/**
 * At most MAX_PENDING_TOLD of the ops that wait: one of each origin in turn, first those that have waited longest. So a peer that brings
 * thousands hides no ops that others brought. O(origins + MAX_PENDING_TOLD · parents of an op).
 */
export function pendingList({ byLink, waiting: count }: Pending): PendingList {
  const told = new Map<WaitingOp, PendingEntry>()
  let turns = [...byLink].map(([link, { waiting }]) => ({ link: link as Link, rest: waiting.values() }))
  while (turns.length > 0 && told.size < MAX_PENDING_TOLD) {
    turns = turns.filter(({ link, rest }) => {
      const { value, done } = rest.next()
      if (done !== true && !told.has(value) && told.size < MAX_PENDING_TOLD) told.set(value, entryOf(value, link))
      return done !== true
    })
  }
  return { count, ops: [...told.values()] }
}

function entryOf({ unitOp, missing }: WaitingOp, from: Link): PendingEntry {
  const { id, op } = unitOp
  const absent: Hex[] = []
  let missingCount = 0
  for (const { id: parent, op: waits } of missing) {
    if (waits !== null) continue
    missingCount++
    if (absent.length < MAX_MISSING_TOLD) absent.push(toHex(parent))
  }
  return {
    id: toHex(id),
    author: toHex(op.author),
    seq: op.seq,
    from: isFile(from) ? 'file' : from,
    missing: absent,
    missingCount,
    waitingParents: missing.size - missingCount,
  }
}
