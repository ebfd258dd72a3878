/** Entries that arrived late, and whether they have been shown. Pure; tried in `late.test.ts`. */
import type { Hex } from '../../worker/api.ts'

/** `new`: it is not known yet whether it is in sight. `waiting`: it arrived out of sight. `shown`: it did, and has been in sight since. */
export type Late = 'new' | 'waiting' | 'shown'

/** In the order in which they came. */
export type LateEntries = ReadonlyMap<Hex, Late>

/** At most so many late entries are kept, the newest. Other authors decide how many arrive, so there must be a limit. */
export const MAX_LATE_KEPT = 256

export function addLate(late: LateEntries, ids: readonly Hex[]): LateEntries {
  const all = new Map([...late, ...ids.map((id) => [id, 'new'] as const)])
  return new Map([...all].slice(-MAX_LATE_KEPT))
}

/**
 * After a look at the history. An entry that arrives in sight gets no mark; one that arrives out of sight gets one. Gives the same object if
 * nothing changes.
 */
export function lookAtLate(late: LateEntries, isInSight: (id: Hex) => boolean): LateEntries {
  const next = [...late].flatMap(([id, state]): [Hex, Late][] => {
    if (!isInSight(id)) return [[id, state === 'new' ? 'waiting' : state]]
    return state === 'new' ? [] : [[id, 'shown']]
  })
  const isSame = next.length === late.size && next.every(([id, state]) => late.get(id) === state)
  return isSame ? late : new Map(next)
}

/** True for an entry that arrived out of sight. */
export const isMarked = (late: Late | undefined): boolean => late === 'waiting' || late === 'shown'

/** True for an entry that has not been in sight yet, as far as is known. */
export const isUnseen = (late: Late | undefined): boolean => late === 'new' || late === 'waiting'

/** Entries that have not been in sight, the one that arrived first at the beginning. */
export const waitingOf = (late: LateEntries): Hex[] => [...late].flatMap(([id, state]) => (state === 'waiting' ? [id] : []))
