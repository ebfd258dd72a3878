/**
 * Units that wait for a parent. Bounded per link, in ops and in bytes; when full, the link that holds most loses its
 * oldest unit, so that no liar can push out what others wait for. What was evicted can come back: nothing here is a verdict.
 */
import { MAX_PENDING_BYTES, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL } from './limits.ts'
import type { OpId } from './op.ts'
import { keyOf, type Unit } from './unit.ts'

export interface PendingUnit {
  readonly unit: Unit
  /** Who brought it. */
  readonly link: string
  readonly bytes: number
  /** Missing parents, by key. */
  readonly missing: Map<string, OpId>
}

export interface Pending {
  /** In order of arrival. */
  readonly units: Set<PendingUnit>
  readonly byOp: Map<string, PendingUnit>
  readonly byMissing: Map<string, Set<PendingUnit>>
  readonly perLink: Map<string, number>
  ops: number
  bytes: number
}

export function createPending(): Pending {
  return { units: new Set(), byOp: new Map(), byMissing: new Map(), perLink: new Map(), ops: 0, bytes: 0 }
}

/** True when an op with this id waits here. */
export const isPending = (pending: Pending, id: Uint8Array): boolean => pending.byOp.has(keyOf(id))

/** Keeps a unit until its missing parents come; gives the units that had to go for it (itself, if it is the one). */
export function wait(pending: Pending, unit: Unit, missing: readonly OpId[], link: string): PendingUnit[] {
  const entry: PendingUnit = {
    unit,
    link,
    bytes: unit.reduce((sum, { bytes }) => sum + bytes.length, 0),
    missing: new Map(missing.map((id) => [keyOf(id), id])),
  }
  pending.units.add(entry)
  for (const { id } of unit) pending.byOp.set(keyOf(id), entry)
  for (const key of entry.missing.keys()) {
    const waiting = pending.byMissing.get(key)
    if (waiting === undefined) pending.byMissing.set(key, new Set([entry]))
    else waiting.add(entry)
  }
  count(pending, entry, 1)
  const evicted: PendingUnit[] = []
  while ((pending.perLink.get(link) ?? 0) > MAX_PENDING_PER_LINK) evicted.push(evictOldestOf(pending, link))
  while (pending.ops > MAX_PENDING_TOTAL || pending.bytes > MAX_PENDING_BYTES) evicted.push(evictOldestOf(pending, fullestLink(pending)))
  return evicted
}

/** A missing parent came: gives the units that now wait for nothing, and forgets them. */
export function parentCame(pending: Pending, id: OpId): PendingUnit[] {
  const key = keyOf(id)
  const waiting = pending.byMissing.get(key)
  if (waiting === undefined) return []
  pending.byMissing.delete(key)
  const ready: PendingUnit[] = []
  for (const entry of waiting) {
    entry.missing.delete(key)
    if (entry.missing.size === 0) {
      remove(pending, entry)
      ready.push(entry)
    }
  }
  return ready
}

/** A missing parent was rejected, so what waits for it will be too: gives those units, and forgets them. */
export function parentRejected(pending: Pending, id: OpId): PendingUnit[] {
  const waiting = [...(pending.byMissing.get(keyOf(id)) ?? [])]
  for (const entry of waiting) remove(pending, entry)
  return waiting
}

/** Ids that pending units wait for, without repeats. O(pending). */
export function missingIds(pending: Pending): OpId[] {
  const out = new Map<string, OpId>()
  for (const { missing } of pending.units) for (const [key, id] of missing) out.set(key, id)
  return [...out.values()]
}

/** The link that brought most of what waits; links that brought as much lose in order of arrival. */
function fullestLink(pending: Pending): string {
  let fullest = ''
  let most = -1
  for (const [link, ops] of pending.perLink) {
    if (ops > most) {
      fullest = link
      most = ops
    }
  }
  return fullest
}

function evictOldestOf(pending: Pending, link: string): PendingUnit {
  for (const entry of pending.units) {
    if (entry.link === link) {
      remove(pending, entry)
      return entry
    }
  }
  throw new Error('assertion failed: a link over its budget has a unit to lose')
}

function remove(pending: Pending, entry: PendingUnit): void {
  pending.units.delete(entry)
  for (const { id } of entry.unit) pending.byOp.delete(keyOf(id))
  for (const key of entry.missing.keys()) {
    const waiting = pending.byMissing.get(key)
    waiting?.delete(entry)
    if (waiting?.size === 0) pending.byMissing.delete(key)
  }
  count(pending, entry, -1)
}

function count(pending: Pending, entry: PendingUnit, sign: 1 | -1): void {
  pending.ops += sign * entry.unit.length
  pending.bytes += sign * entry.bytes
  const held = (pending.perLink.get(entry.link) ?? 0) + sign * entry.unit.length
  if (held === 0) pending.perLink.delete(entry.link)
  else pending.perLink.set(entry.link, held)
}
