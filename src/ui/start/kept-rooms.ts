/** Kept nodes as rooms. Pure. */
import type { KeptNode } from '../../worker/api.ts'

export interface KeptRoom {
  readonly link: string
  /** Empty while no node of it knows it. */
  readonly name: string
  /** The one that somebody wrote as last first. */
  readonly nodes: readonly [KeptNode, ...KeptNode[]]
}

/** Rooms and their nodes in the order in which they come. By the link: two secrets of one genesis are two rooms. */
export function roomsOf(nodes: readonly KeptNode[]): readonly KeptRoom[] {
  const rooms = new Map<string, [KeptNode, ...KeptNode[]]>()
  for (const node of nodes) {
    const room = rooms.get(node.link)
    if (room === undefined) rooms.set(node.link, [node])
    else room.push(node)
  }
  return Array.from(rooms, ([link, of]) => ({ link, nodes: of, name: of.find(({ roomName }) => roomName !== '')?.roomName ?? '' }))
}
