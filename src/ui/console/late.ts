/** Entries that arrived late, as far as people have seen them. Pure; tried in `late.test.ts`. */
import type { Hex } from '../../worker/api.ts'

/** `new`: nobody knows yet whether it is in sight. `unseen`: it came in out of sight. `seen`: it did, and has been in sight since. */
export type Late = 'new' | 'unseen' | 'seen'

/** In the order in which they came. */
export type LateEntries = ReadonlyMap<Hex, Late>

/** So many are kept, the newest: more than people go through one by one. Others decide how many come. */
export const MAX_LATE = 256

export function addLate(late: LateEntries, ids: readonly Hex[]): LateEntries {
  const all = new Map([...late, ...ids.map((id) => [id, 'new'] as const)])
  return new Map([...all].slice(-MAX_LATE))
}

/** After a look at the history. What came in in sight needs no mark; what did not has one from now on. The same object if nothing changes. */
export function lookAtLate(late: LateEntries, isInSight: (id: Hex) => boolean): LateEntries {
  const next = [...late].flatMap(([id, state]): [Hex, Late][] => {
    if (!isInSight(id)) return [[id, state === 'new' ? 'unseen' : state]]
    return state === 'new' ? [] : [[id, 'seen']]
  })
  const isSame = next.length === late.size && next.every(([id, state]) => late.get(id) === state)
  return isSame ? late : new Map(next)
}

/** True for what came in out of sight. */
export const isMarked = (late: Late | undefined): boolean => late === 'unseen' || late === 'seen'

/** Those that people have not seen, the first that came first. */
export const unseenOf = (late: LateEntries): Hex[] => [...late].flatMap(([id, state]) => (state === 'unseen' ? [id] : []))
