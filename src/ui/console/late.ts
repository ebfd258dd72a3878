/** Entries that arrived late, and whether they have been shown. Pure; tried in `late.test.ts`. */
import { shareOut } from '../../core/shares.ts'
import type { Hex, LateEntry } from '../../worker/api.ts'

export interface Late {
  /** As in `LateEntry`. */
  readonly author: number
  /** `new`: it is not known yet whether it is in sight. `waiting`: it arrived out of sight. `shown`: it did, and has been in sight since. */
  readonly state: 'new' | 'waiting' | 'shown'
}

/** In the order in which they came. */
export type LateEntries = ReadonlyMap<Hex, Late>

/**
 * At most so many late entries are kept, the newest of each author. Other authors decide how many arrive, so there must be a limit. An
 * author with many takes no mark from the entries of others.
 */
export const MAX_LATE_KEPT = 256

export function addLate(late: LateEntries, entries: readonly LateEntry[]): LateEntries {
  const all = new Map<Hex, Late>([...late, ...entries.map(({ id, author }) => [id, { author, state: 'new' }] as const)])
  return new Map(shareOut([...all].reverse(), MAX_LATE_KEPT, ([, { author }]) => author).toReversed())
}

/**
 * After a look at the history. An entry that arrives in sight gets no mark; one that arrives out of sight gets one. Gives the same object if
 * nothing changes.
 */
export function lookAtLate(late: LateEntries, isInSight: (id: Hex) => boolean): LateEntries {
  const next = [...late].flatMap(([id, { author, state }]): [Hex, Late][] => {
    if (!isInSight(id)) return [[id, { author, state: state === 'new' ? 'waiting' : state }]]
    return state === 'new' ? [] : [[id, { author, state: 'shown' }]]
  })
  const isSame = next.length === late.size && next.every(([id, { state }]) => late.get(id)?.state === state)
  return isSame ? late : new Map(next)
}

/** True for an entry that arrived out of sight. */
export const isMarked = (late: Late | undefined): boolean => late?.state === 'waiting' || late?.state === 'shown'

/** True for an entry that has not been in sight yet, as far as is known. */
export const isUnseen = (late: Late | undefined): boolean => late?.state === 'new' || late?.state === 'waiting'

/** Entries that have not been in sight, the one that arrived first at the beginning. */
export const waitingOf = (late: LateEntries): Hex[] => [...late].flatMap(([id, { state }]) => (state === 'waiting' ? [id] : []))
