/**
 * To which devices a node connects. Up to FULL_MESH devices each is connected to each. If there are more, they stand in a ring by their
 * sender values, and each connects to those 1, 2, 4, … places further on. So each has some 2 log₂ n connections, and each is few steps
 * from each. If a third of them leave at once, the rest is still connected, except in a share of cases that `mesh.test.ts` measures.
 */

/** Devices that connect each to each: with eight, seven connections a device. */
export const FULL_MESH = 8

/** The devices of `others` to which `self` connects. Nodes that know the same devices get the same ring. Sender values as hex. O(n log n) */
export function reachFor(self: string, others: readonly string[]): string[] {
  if (others.length < FULL_MESH) return [...others]
  const ring = [...others, self].sort()
  const at = ring.indexOf(self)
  const reached: string[] = []
  for (let step = 1; step < ring.length; step *= 2) reached.push(ring[(at + step) % ring.length]!)
  return reached
}
