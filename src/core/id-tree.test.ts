import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, randomBytes } from './bytes.naive.ts'
import { fromHex, toHex } from './bytes.ts'
import { digestOfHeads, digestOfTree } from './heads-digest.ts'
import { naiveDigest } from './heads-digest.naive.ts'
import { createIdTable, intern } from './id-table.ts'
import { addToTree, createIdTree, GROUP, type IdGroup, type IdTree, opsInTree, rankInTree, removeFromTree, sliceOfTree } from './id-tree.ts'
import { asOpId } from './op.ts'

const createWork = (): { hashed: number } => ({ hashed: 0 })

/** A tree that has all of these ids as members, by number. */
function treeOf(ids: readonly string[]): IdTree {
  const table = createIdTable(1, ids.length)
  const tree = createIdTree(table)
  for (const id of ids) addToTree(tree, intern(table, fromHex(id)!))
  return tree
}

const digest = (tree: IdTree): string => toHex(digestOfTree(tree, createWork()))

const depthOf = (group: IdGroup): number => ('ops' in group ? 0 : 1 + Math.max(...group.groups.map(depthOf)))

/** Ids that begin with the digits of `prefix`: as if somebody had searched for them. */
function ground(seed: number, prefix: string, count: number): string[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => prefix + toHex(randomBytes(random, 32)).slice(prefix.length))
}

const ids = fc.record({
  seed: fc.nat(),
  random: fc.nat(700),
  prefixes: fc.array(fc.tuple(fc.stringMatching(/^[0-9a-f]{0,63}$/), fc.integer({ min: 1, max: 300 })), { maxLength: 3 }),
})

test(
  'D17 in lockstep with the digest as the protocol says it: ids at random and ground ones, added and removed in any order',
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(ids, fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.nat(200)), { maxLength: 8 }), ({ seed, random, prefixes }, steps) => {
        const all = ground(seed, '', random)
        for (const [i, [prefix, count]] of prefixes.entries()) all.push(...ground(seed + i + 1, prefix, count))
        const known = [...new Set(all)]
        const tree = treeOf(known)
        const held = new Set(known)
        const expectEqual = (): void => {
          expect(digest(tree)).toBe(naiveDigest([...held]))
          const sorted = [...held].sort()
          expect(toHex(digestOfHeads(sorted.map((id) => asOpId(fromHex(id)!))))).toBe(naiveDigest(sorted))
          expect(opsInTree(tree)).toEqual(sorted.map((id) => known.indexOf(id)))
        }
        expectEqual()
        for (const [isAdded, from, count] of steps) {
          for (let i = 0; i < Math.min(count, known.length); i++) {
            const id = known[(from + i) % known.length]!
            if (held.has(id) === isAdded) continue
            if (isAdded) addToTree(tree, known.indexOf(id))
            else removeFromTree(tree, known.indexOf(id))
            if (isAdded) held.add(id)
            else held.delete(id)
          }
          expectEqual()
        }
      }),
      { numRuns: 60 },
    )
  },
)

describe('D17 at the border between a list and groups', () => {
  test.each([GROUP - 1, GROUP, GROUP + 1, GROUP + 2])('%i heads have one digest, whichever way they came about', (count) => {
    const all = ground(7, 'abc', GROUP + 5)
    const some = all.slice(0, count)
    const shrunk = treeOf(all)
    for (let op = all.length - 1; op >= count; op--) removeFromTree(shrunk, op)
    expect(digest(shrunk)).toBe(naiveDigest(some))
    expect(digest(treeOf(some.toReversed()))).toBe(naiveDigest(some))
  })

  test('what was worked out before a change is not told after it', () => {
    const all = ground(8, '', 1_000)
    const tree = treeOf(all)
    for (const op of [0, 999, 500]) {
      const before = digest(tree)
      removeFromTree(tree, op)
      expect(digest(tree)).not.toBe(before)
      addToTree(tree, op)
      expect(digest(tree)).toBe(before)
    }
  })
})

test('D17 the deepest tree that there can be has 62 levels: 257 ids share 61 half-bytes at most', () => {
  const all = Array.from({ length: 16 ** 3 }, (_, n) => 'f'.repeat(61) + n.toString(16).padStart(3, '0'))
  const tree = treeOf(all)
  expect(digest(tree)).toBe(naiveDigest(all))
  expect(depthOf(tree.root)).toBe(62)
  for (let op = all.length - 1; op >= 0; op--) removeFromTree(tree, op)
  expect(depthOf(tree.root)).toBe(0)
})

describe.each([60_000, 100_000])('D17 of %i heads', (count) => {
  const all = ground(count, '', count)
  const tree = treeOf(all)
  const work = createWork()
  const first = toHex(digestOfTree(tree, work))

  test('the digest is the one that the protocol says', () => {
    expect(first).toBe(naiveDigest(all))
    expect(work.hashed).toBeGreaterThan(count * 32)
  })

  test('one more or less hashes 12 kB at most, and as much as one path on average', () => {
    const at = work.hashed
    let most = 0
    for (let op = 0; op < 300; op++) {
      const before = work.hashed
      removeFromTree(tree, op)
      digestOfTree(tree, work)
      most = Math.max(most, work.hashed - before)
    }
    for (let op = 0; op < 300; op++) addToTree(tree, op)
    expect(digest(tree)).toBe(first)
    expect(most).toBeLessThan(12_000)
    expect((work.hashed - at) / 300).toBeLessThan(9_600)
  })

  test('ranks and slices are those of the sorted ids', () => {
    const sorted = all.toSorted()
    const numbers = opsInTree(tree)
    expect(numbers.map((op) => all[op])).toEqual(sorted)
    for (const rank of [0, 1, 255, 256, 30_000, count - 1]) {
      expect(rankInTree(tree, numbers[rank]!)).toBe(rank)
      expect(sliceOfTree(tree, rank, 100)).toEqual(numbers.slice(rank, rank + 100))
    }
    expect(sliceOfTree(tree, 0, 0)).toEqual([])
  })
})
