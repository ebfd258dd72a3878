/**
 * Units that wait for a parent. Bounded per link, in ops, in bytes and in parents; when full, the link that holds most of what there is
 * too much of loses its oldest unit, so that no liar can push out what others wait for. What was evicted can come back:
 * nothing here is a verdict.
 */
import { MAX_PENDING_BYTES, MAX_PENDING_PARENTS, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL } from './limits.ts'
import type { OpId } from './op.ts'
import { assert } from './result.ts'
import { keyOf, type Unit, unitBytes } from './unit.ts'

export interface PendingUnit {
  readonly unit: Unit
  /** Who brought it. */
  readonly link: string
  readonly bytes: number
  /** Missing parents, by key, and how many there were when it came. */
  readonly missing: Map<string, OpId>
  readonly parents: number
}

/** How much waits: ops, canonical bytes, and missing parents, each as often as a unit names it. */
interface Amount {
  ops: number
  bytes: number
  parents: number
}

/** What waits for one link, in order of arrival. */
interface Share extends Amount {
  readonly units: Set<PendingUnit>
}

export interface Pending extends Amount {
  /** By the ids of a unit's ops, all of them: the same unit is not kept twice, a differently cut one is. */
  readonly byOps: Map<string, PendingUnit>
  readonly byMissing: Map<string, Set<PendingUnit>>
  readonly byLink: Map<string, Share>
}

export function createPending(): Pending {
  return { byOps: new Map(), byMissing: new Map(), byLink: new Map(), ops: 0, bytes: 0, parents: 0 }
}

const keyOfUnit = (unit: Unit): string => unit.map(({ id }) => keyOf(id)).join('')

/** True when this very unit waits here. O(ops). */
export const isWaiting = (pending: Pending, unit: Unit): boolean => pending.byOps.has(keyOfUnit(unit))

/** Keeps a unit until its missing parents come; gives the units that had to go for it (itself, if it is the one). */
export function wait(pending: Pending, unit: Unit, missing: readonly OpId[], link: string): PendingUnit[] {
  const entry: PendingUnit = {
    unit,
    link,
    bytes: unitBytes(unit),
    missing: new Map(missing.map((id) => [keyOf(id), id])),
    parents: missing.length,
  }
  const share = pending.byLink.get(link) ?? { units: new Set(), ops: 0, bytes: 0, parents: 0 }
  pending.byLink.set(link, share)
  share.units.add(entry)
  pending.byOps.set(keyOfUnit(unit), entry)
  for (const key of entry.missing.keys()) {
    const waiting = pending.byMissing.get(key)
    if (waiting === undefined) pending.byMissing.set(key, new Set([entry]))
    else waiting.add(entry)
  }
  count(pending, share, entry, 1)
  const evicted: PendingUnit[] = []
  while (share.ops > MAX_PENDING_PER_LINK) evicted.push(evictOldest(pending, share))
  while (pending.ops > MAX_PENDING_TOTAL) evicted.push(evictOldest(pending, fullest(pending, 'ops')))
  while (pending.bytes > MAX_PENDING_BYTES) evicted.push(evictOldest(pending, fullest(pending, 'bytes')))
  while (pending.parents > MAX_PENDING_PARENTS) evicted.push(evictOldest(pending, fullest(pending, 'parents')))
  return evicted
}

/** A missing parent came: gives the units that now wait for nothing, and forgets them. */
export function parentCame(pending: Pending, id: OpId): PendingUnit[] {
  const key = keyOf(id)
  const ready: PendingUnit[] = []
  for (const entry of pending.byMissing.get(key) ?? []) {
    entry.missing.delete(key)
    if (entry.missing.size === 0) ready.push(entry)
  }
  pending.byMissing.delete(key)
  for (const entry of ready) remove(pending, entry)
  return ready
}

/** A missing parent was rejected, so what waits for it will be too: gives those units, and forgets them. */
export function parentRejected(pending: Pending, id: OpId): PendingUnit[] {
  const waiting = [...(pending.byMissing.get(keyOf(id)) ?? [])]
  for (const entry of waiting) remove(pending, entry)
  return waiting
}

/**
 * At most `limit` of the ids that pending units wait for, without repeats: one for each link in turn, so that whoever
 * brings many unresolvable ones does not hide what others wait for. `turn` grows from call to call: it says which link begins, and
 * with which of its units, so that each has its turn however small the limit is. O(limit + pending units).
 */
export function missingIds(pending: Pending, limit: number, turn: number): OpId[] {
  if (pending.ops === 0) return []
  const out = new Map<string, OpId>()
  const links = [...pending.byLink.values()]
  const first = turn % links.length
  const turns = [...links.slice(first), ...links.slice(0, first)].reverse().map((link) => missingOf(link, Math.floor(turn / links.length)))
  while (turns.length > 0) {
    for (let i = turns.length - 1; i >= 0; i--) {
      if (out.size >= limit) return [...out.values()]
      const { value, done } = turns[i]!.next()
      if (done === true) turns.splice(i, 1)
      else out.set(keyOf(value), value)
    }
  }
  return [...out.values()]
}

/** Missing parents of what one link brought, oldest first. O(limit). */
export function missingFor({ byLink }: Pending, link: string, limit: number): OpId[] {
  const share = byLink.get(link)
  const out = new Map<string, OpId>()
  if (share === undefined || limit === 0) return []
  for (const unit of share.units) {
    for (const id of unit.missing.values()) {
      out.set(keyOf(id), id)
      if (out.size === limit) return [...out.values()]
    }
  }
  return [...out.values()]
}

function* missingOf({ units }: Share, turn: number): Generator<OpId, undefined> {
  const all = [...units]
  for (let i = 0; i < all.length; i++) yield* all[(i + turn) % all.length]!.missing.values()
}

/** The link that brought most of what waits; of links that brought as much, the one that is waiting longest. */
function fullest({ byLink }: Pending, measure: keyof Amount): Share {
  let most: Share | null = null
  for (const share of byLink.values()) if (most === null || share[measure] > most[measure]) most = share
  assert(most !== null, 'a budget is exceeded by someone')
  return most
}

function evictOldest(pending: Pending, share: Share): PendingUnit {
  const [oldest] = share.units
  assert(oldest !== undefined, 'a link over its budget has a unit to lose')
  remove(pending, oldest)
  return oldest
}

function remove(pending: Pending, entry: PendingUnit): void {
  pending.byOps.delete(keyOfUnit(entry.unit))
  for (const key of entry.missing.keys()) {
    const waiting = pending.byMissing.get(key)
    waiting?.delete(entry)
    if (waiting?.size === 0) pending.byMissing.delete(key)
  }
  const share = pending.byLink.get(entry.link)!
  share.units.delete(entry)
  if (share.units.size === 0) pending.byLink.delete(entry.link)
  count(pending, share, entry, -1)
}

function count(pending: Pending, share: Share, entry: PendingUnit, sign: 1 | -1): void {
  for (const total of [pending, share]) {
    total.ops += sign * entry.unit.length
    total.bytes += sign * entry.bytes
    total.parents += sign * entry.parents
  }
}
