/** After every step, the kept state of the stored heads is the same as if it were computed from the stored ops alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { append, createDag, idOf, numberOf, truncate, type Vertex } from '../core/dag.ts'
import { naiveDag, verticesOf } from '../core/dag.naive.ts'
import { naiveDigest } from '../core/heads-digest.naive.ts'
import { opsInTree } from '../core/id-tree.ts'
import { numbersIn } from '../core/number-set.ts'
import { asOpId, type OpId } from '../core/op.ts'
import { authorNumber } from '../core/room.naive.ts'
import { createRandom, randomBytes } from '../core/bytes.naive.ts'
import { describeHoldings, lackingOf, listHeads } from './holdings.ts'
import { LIMITS } from './limits.ts'
import { addToParts, createParts, describeParts } from './parts.ts'
import { createStoredHeads, digestOfStored, type StoredHeads, takeInStored } from './stored-heads.ts'

const authors = [0, 1, 2, 3].map(authorNumber)
const pick = fc.tuple(fc.nat(3), fc.nat(3), fc.array(fc.nat(8), { maxLength: 2 }))
const rooms = fc.array(pick, { maxLength: 60, size: 'max' }).map((picks) => verticesOf(picks, authors))
const limits = { ...LIMITS, heads: 3, newestHeads: 2, tips: 4, newestTips: 2, sparseTips: 1, parts: 3 }
const sender = authors[0]!

function expectEqual(held: StoredHeads, vertices: readonly Vertex[]): void {
  const { dag } = held
  const twin = naiveDag(vertices)
  const tips = authors.flatMap((author) => twin.tips(author))
  const hex = (op: number): string => toHex(vertices[op]!.id)
  expect([...numbersIn(held.heads)]).toEqual(twin.heads)
  expect([...numbersIn(held.otherTips)]).toEqual(tips.filter((op) => !twin.heads.includes(op)).sort((a, b) => a - b))
  expect(toHex(digestOfStored(held))).toBe(naiveDigest(twin.heads.map(hex)))
  const newest = twin.heads.toReversed().slice(0, twin.heads.length > limits.heads ? limits.newestHeads : Infinity)
  expect(listHeads(held)).toEqual({
    heads: newest.map((op) => idOf(dag, op)).sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1)),
    headCount: twin.heads.length,
  })
  const { parts, headCount } = describeHoldings(held)
  const fresh = createParts(dag.ids, sender, limits.parts)
  for (const op of twin.heads) addToParts(fresh, op)
  expect(parts).toEqual(headCount > limits.tips ? describeParts(fresh, { hashed: 0 }) : new Uint8Array())
}

test(
  'D17 in lockstep with a naive twin: ops are stored one by one or many at a time, and what is not stored is taken back',
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(rooms, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 60, maxLength: 60 }), (room, steps) => {
        const dag = createDag(1)
        const held = createStoredHeads(dag, sender, limits)
        let stored = 0
        for (const step of steps) {
          // As many again are admitted, and those that are not stored are tried anew.
          while (dag.length < Math.min(room.length, stored + 2 * step)) append(dag, room[dag.length]!)
          stored = Math.min(room.length, stored + step)
          takeInStored(held, stored)
          truncate(dag, stored)
          expect(held.stored).toBe(stored)
          expectEqual(held, room.slice(0, stored))
          if (stored === room.length) return
        }
      }),
      { numRuns: 40 },
    )
  },
)

/** A genesis, and `count` seq-0 ops by one key on it. */
function flooded(count: number): StoredHeads {
  const random = createRandom(count)
  const dag = createDag(1)
  const held = createStoredHeads(dag, sender)
  append(dag, { id: asOpId(randomBytes(random, 32)), author: authors[0]!, seq: 0, prev: -1, parents: [] })
  for (let i = 0; i < count; i++) append(dag, { id: asOpId(randomBytes(random, 32)), author: authors[1]!, seq: 0, prev: -1, parents: [0] })
  takeInStored(held, dag.length)
  return held
}

describe.each([60_000, 100_000])('D17 of %i heads', (count) => {
  const held = flooded(count)
  const { dag, work } = held
  const random = createRandom(7)
  const write = (prev: number, parents: readonly number[]): number => {
    const op = append(dag, {
      id: asOpId(randomBytes(random, 32)),
      author: authors[2]!,
      seq: prev < 0 ? 0 : dag.seq[prev]! + 1,
      prev,
      parents,
    })
    takeInStored(held, dag.length)
    return op
  }

  test('the digest and the parts are those of all of them', () => {
    const ids = opsInTree(held.tree).map((op) => toHex(idOf(dag, op)))
    expect(ids.length).toBe(count)
    expect(toHex(digestOfStored(held))).toBe(naiveDigest(ids))
    const fresh = createParts(dag.ids, sender, LIMITS.parts)
    for (const op of numbersIn(held.heads)) addToParts(fresh, op)
    expect(describeHoldings(held).parts).toEqual(describeParts(fresh, { hashed: 0 }))
  })

  test('an op more, and all that is told after it, hashes some paths, and a question says as much as ever', () => {
    digestOfStored(held)
    describeHoldings(held)
    const before = work.hashed
    let prev = -1
    for (let i = 0; i < 100; i++) {
      prev = write(prev, prev < 0 ? [0] : [prev])
      digestOfStored(held)
      listHeads(held)
      expect(describeHoldings(held).tips.length).toBeLessThanOrEqual(LIMITS.newestHeads + LIMITS.newestTips)
    }
    // Two paths of the tree, for the head that went and the one that came, and as many parts.
    expect((work.hashed - before) / 100).toBeLessThan(2 * (9_600 + (48 * count) / LIMITS.parts))
  })

  test('a peer that tells parts is given the parts that differ, and what that costs is said', () => {
    const newest = numberOf(dag, idOf(dag, dag.length - 1))
    const told = listHeads(held)
    const tip = (id: OpId) => ({ hint: new Uint8Array(2), seq: 0, id, isHead: true })
    const hashed = work.hashed
    // It lists what it can, its own parts among it, and so says all heads but the newest.
    const fresh = createParts(dag.ids, authors[3]!, LIMITS.parts)
    for (const op of numbersIn(held.heads)) if (op !== newest) addToParts(fresh, op)
    const parts = describeParts(fresh, { hashed: 0 })
    const { count: lacking, visited } = lackingOf(held, { tips: told.heads.slice(0, 9).map(tip), parts, headCount: count }, [], authors[3])
    expect(lacking).toBeLessThan(2 + (4 * count) / LIMITS.parts)
    // Comparing another's parts hashes all heads, and says so.
    expect(work.hashed - hashed).toBeGreaterThan(32 * count)
    expect(visited).toBeGreaterThan(32 * count)
  })
})
