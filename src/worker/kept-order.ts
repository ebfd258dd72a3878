/** The order of kept nodes. Pure; tried in `kept-order.test.ts`. */
import type { KnownNode } from '../store/store.ts'

/**
 * Rooms (by their links) in the order in which they were used, the latest first. Within a room, the node that somebody wrote as last comes
 * first: whoever comes back is that node. A node that was opened later, and wrote nothing, does not take its place.
 * @param nodes latest used first
 */
export function inOrder(nodes: readonly KnownNode[]): KnownNode[] {
  const place = new Map<string, number>()
  for (const { link } of nodes) if (!place.has(link)) place.set(link, place.size)
  return nodes.toSorted((a, b) => place.get(a.link)! - place.get(b.link)! || (b.lastWritten ?? 0) - (a.lastWritten ?? 0))
}
