/**
 * Bounds the waiting ops, for each origin and in all, in ops, bytes and parents. An op counts for every origin that brought it. Beyond a
 * bound, the origin with most waiting loses its oldest ops. An op is removed when it waits for no origin any more. So an origin with less
 * than an equal part loses nothing. With hundreds of origins that part is small. This node can ask for the lost ops again.
 */
import { MAX_PENDING_BYTES, MAX_PENDING_PARENTS, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL } from './limits.ts'
import { type Amount, type Pending, remove, type WaitingOp, waitNoMore } from './pending.ts'
import { assert } from './result.ts'

/** An op that does not wait any more, and the origin that had too many. */
export interface Evicted {
  readonly waiting: WaitingOp
  readonly link: string
}

/** Removes ops until the waiting ops are within the limits, after `link` brought some. O(origins) for each. */
export function evict(pending: Pending, link: string): Evicted[] {
  const evicted: Evicted[] = []
  for (;;) {
    const loser = overLimit(pending, link)
    if (loser === null) return evicted
    const [oldest] = pending.byLink.get(loser)!.waiting
    assert(oldest !== undefined, 'a link that has too much has an op to lose')
    if (oldest.links.size > 1) waitNoMore(pending, oldest, loser)
    else for (const waiting of remove(pending, oldest)) evicted.push({ waiting, link: loser })
  }
}

/** The origin that must lose an op; null when the waiting ops are within the limits. Only `link` may have more than before. */
function overLimit(pending: Pending, link: string): string | null {
  if ((pending.byLink.get(link)?.ops ?? 0) > MAX_PENDING_PER_LINK) return link
  if (pending.ops > MAX_PENDING_TOTAL) return fullest(pending, 'ops')
  if (pending.bytes > MAX_PENDING_BYTES) return fullest(pending, 'bytes')
  if (pending.parents > MAX_PENDING_PARENTS) return fullest(pending, 'parents')
  return null
}

/** The origin that brought most of the waiting ops; of several that brought as much, the one that has waited longest. */
function fullest({ byLink }: Pending, measure: keyof Amount): string {
  let fullest: string | null = null
  let most = 0
  for (const [link, share] of byLink) {
    if (share[measure] <= most) continue
    fullest = link
    most = share[measure]
  }
  assert(fullest !== null, 'a limit is exceeded by someone')
  return fullest
}
