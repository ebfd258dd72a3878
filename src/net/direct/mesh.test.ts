/** Whom devices reach for: all of them while they are few, and then few, and still one network when a third are gone. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../../sim/random.ts'
import { FULL_MESH, reachFor } from './mesh.ts'

const named = (count: number, seed: number): string[] => {
  const random = createRandom(seed)
  return Array.from(
    { length: count },
    (_, i) =>
      `${random
        .below(2 ** 31)
        .toString(16)
        .padStart(8, '0')}${i}`,
  )
}

/** Connections that come of everybody knowing everybody. */
function connectionsOf(ids: readonly string[]): Map<string, Set<string>> {
  const all = new Map(ids.map((id) => [id, new Set<string>()]))
  for (const id of ids) {
    for (const other of reachFor(
      id,
      ids.filter((each) => each !== id),
    )) {
      all.get(id)!.add(other)
      all.get(other)!.add(id)
    }
  }
  return all
}

/** How many of `left` can be reached from the first of them. */
function reachable(connections: ReadonlyMap<string, ReadonlySet<string>>, left: ReadonlySet<string>): number {
  const [first] = left
  const found = new Set([first!])
  for (const id of found) for (const other of connections.get(id)!) if (left.has(other)) found.add(other)
  return found.size
}

test('up to FULL_MESH devices each is connected to each', () => {
  for (let count = 1; count <= FULL_MESH; count++) {
    for (const others of connectionsOf(named(count, count)).values()) expect(others.size).toBe(count - 1)
  }
})

test('of more, each has some 2 log₂ n connections, and nobody is left out', () => {
  fc.assert(
    fc.property(fc.integer({ min: FULL_MESH + 1, max: 250 }), fc.nat(), (count, seed) => {
      const connections = connectionsOf(named(count, seed))
      for (const others of connections.values()) expect(others.size).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)))
      expect(reachable(connections, new Set(connections.keys()))).toBe(count)
    }),
    { numRuns: 60 },
  )
})

test('when any third vanish at once, the others are still one network', () => {
  let parted = 0
  const tries = 600
  for (let seed = 0; seed < tries; seed++) {
    const random = createRandom(seed, 'gone')
    const ids = named(FULL_MESH + 1 + random.below(80), seed)
    const connections = connectionsOf(ids)
    const left = new Set(ids)
    while (left.size > Math.ceil((2 * ids.length) / 3)) left.delete(random.pick(ids))
    if (reachable(connections, left) < left.size) parted++
  }
  expect(parted).toBe(0)
})
