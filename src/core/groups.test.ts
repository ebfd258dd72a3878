import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupsOf } from './groups.ts'

/** Who is reached from each member, itself among them: by asking again until nothing is new. */
function reachedNaive(needs: readonly (readonly number[])[]): Set<number>[] {
  const reached = needs.map((_, member) => new Set([member]))
  for (let changed = true; changed;) {
    changed = false
    for (const set of reached) {
      for (const member of [...set]) {
        for (const need of needs[member]!) {
          if (set.has(need)) continue
          set.add(need)
          changed = true
        }
      }
    }
  }
  return reached
}

const graph = fc
  .integer({ min: 0, max: 12 })
  .chain((size) => fc.array(fc.array(fc.nat(Math.max(0, size - 1)), { maxLength: 3 }), { minLength: size, maxLength: size }))

test('two members are in one group if each needs the other, and a group comes after all that it needs', () => {
  fc.assert(
    fc.property(graph, (needs) => {
      const groups = [...groupsOf(needs.keys(), (member) => needs[member]!)]
      expect(groups.flat().sort((a, b) => a - b)).toEqual([...needs.keys()])
      const reached = reachedNaive(needs)
      const place = new Map(groups.flatMap((group, at) => group.map((member) => [member, at] as const)))
      for (const a of needs.keys()) {
        for (const b of reached[a]!) {
          if (reached[b]!.has(a)) expect(place.get(a)).toBe(place.get(b))
          else expect(place.get(b)).toBeLessThan(place.get(a)!)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a ring, and a chain, of 30,000 members', () => {
  const size = 30_000
  const members = Array.from({ length: size }, (_, member) => member)
  expect([...groupsOf(members, (member) => [(member + 1) % size])].map(({ length }) => length)).toEqual([size])
  expect([...groupsOf(members, (member) => (member + 1 < size ? [member + 1] : []))].length).toBe(size)
})
