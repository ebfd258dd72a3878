/** The order of kept nodes. Pure; tried in `kept-order.test.ts`. */
import type { KnownNode } from '../store/store.ts'

/**
 * Rooms (by their links) in the order in which they were used, the latest first. Within a room, the node as which a person wrote or typed
 * as last comes first: a person who comes back is that node. A draft and a name are use too, and the draft is kept with its node. A node that was only
 * opened later does not take its place, and neither does a node that was added to a page: it is not the node that the tab was.
 * @param nodes latest used first
 */
export function inOrder(nodes: readonly KnownNode[]): KnownNode[] {
  const place = new Map<string, number>()
  for (const { link } of nodes) if (!place.has(link)) place.set(link, place.size)
  return nodes.toSorted(
    (a, b) => place.get(a.link)! - place.get(b.link)! || Number(isAdded(a)) - Number(isAdded(b)) || actedAt(b) - actedAt(a),
  )
}

/** Nodes of one room in the order in which they are taken up: who adds a node to a page gets one that was added before, if one is free. */
export const forTaking = (nodes: readonly KnownNode[], asAdded: boolean): KnownNode[] =>
  nodes.toSorted((a, b) => Number(isAdded(a) !== asAdded) - Number(isAdded(b) !== asAdded))

const actedAt = ({ lastWritten = 0, lastTyped = 0 }: KnownNode): number => Math.max(lastWritten, lastTyped)

const isAdded = ({ added }: KnownNode): boolean => added === true
