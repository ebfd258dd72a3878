/** Which parents of the waiting ops this node should ask for: those that are not here. */
import type { OpId } from './op.ts'
import type { Pending, Share, Slot, WaitingOp } from './pending.ts'

/**
 * Missing parents that are looked at for one question, and those of one more op: most of them may wait themselves. This is cheaper than
 * to check a signature.
 */
const MAX_LOOKS = 1_024

/**
 * At most `limit` of the missing parents that are not here, without repeats: one for each origin in turn. So an origin that brings many
 * parents that do not exist does not hide the parents of others. First come parents of ops that came since the last look, and then those
 * that were looked at longest ago. So each has its turn, however small the limit is. `turn` grows from call to call: it says with which
 * origin to begin. O(origins + MAX_LOOKS).
 */
export function missingIds({ byLink }: Pending, limit: number, turn: number): OpId[] {
  const shares = [...byLink.values()]
  const first = turn % shares.length
  return absentOf([...shares.slice(first), ...shares.slice(0, first)].slice(0, limit), limit)
}

/** Missing parents of ops that one origin brought, in the same order. O(MAX_LOOKS). */
export function missingFor({ byLink }: Pending, link: string, limit: number): OpId[] {
  const share = byLink.get(link)
  return share === undefined ? [] : absentOf([share], limit)
}

function absentOf(shares: readonly Share[], limit: number): OpId[] {
  const out = new Map<string, OpId>()
  const budget = { looks: MAX_LOOKS }
  let turns = shares.map((share) => absentIn(share, budget))
  while (turns.length > 0) {
    const unfinished: typeof turns = []
    for (const absent of turns) {
      if (out.size >= limit || budget.looks <= 0) return [...out.values()]
      const { value, done } = absent.next()
      if (done === true) continue
      if (value !== null) out.set(value.key, value.id)
      unfinished.push(absent)
    }
    turns = unfinished
  }
  return [...out.values()]
}

/** Parents of ops that one origin brought that are not here. Null for an op that has none: it is another origin's turn. */
function* absentIn({ fresh, seen }: Share, budget: { looks: number }): Generator<Slot | null, undefined> {
  let left = seen.size
  for (const waiting of fresh) {
    fresh.delete(waiting)
    seen.add(waiting)
    yield* absentParents(waiting, budget)
  }
  for (const waiting of seen) {
    if (left-- === 0) return
    seen.delete(waiting)
    seen.add(waiting)
    yield* absentParents(waiting, budget)
  }
}

function* absentParents({ missing }: WaitingOp, budget: { looks: number }): Generator<Slot | null, undefined> {
  budget.looks -= missing.size
  const absent: Slot[] = []
  for (const slot of missing) if (slot.op === null) absent.push(slot)
  if (absent.length === 0) yield null
  for (const slot of absent) {
    // Its turn comes last the next time.
    missing.delete(slot)
    missing.add(slot)
    yield slot
  }
}
