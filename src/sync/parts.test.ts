import { expect, test } from 'vitest'
import { append, createDag, type Dag } from '../core/dag.ts'
import { authorNumber, idNumber } from '../core/room.naive.ts'
import { numbersIn } from '../core/number-set.ts'
import { addToParts, createParts, describeParts, PART_BYTES, removeFromParts, sameParts as samePartsOf } from './parts.ts'

const [salt, other] = [1, 2].map((n) => authorNumber(n) as Uint8Array) as [Uint8Array, Uint8Array]
const HEADS = 200

type Room = { readonly dag: Dag; readonly heads: readonly number[] }

/** The description of the heads of a room in `count` parts. */
function tell({ dag, heads }: Room, by: Uint8Array, count: number): Uint8Array {
  const parts = createParts(dag.ids, by, count)
  for (const op of heads) addToParts(parts, op)
  return describeParts(parts, { hashed: 0 })
}

const sameParts = ({ dag, heads }: Room, by: Uint8Array, told: Uint8Array): number[] => samePartsOf(dag, heads, by, told, { hashed: 0 })

/** A genesis, and so many ops after it in this order. */
function roomOf(ids: readonly number[]): { dag: Dag; heads: number[] } {
  const dag = createDag(1)
  append(dag, { id: idNumber(0), author: authorNumber(0), seq: 0, prev: -1, parents: [] })
  for (const id of ids) append(dag, { id: idNumber(id), author: authorNumber(id), seq: 0, prev: -1, parents: [0] })
  return { dag, heads: [...numbersIn(dag.heads)] }
}

const ids = Array.from({ length: HEADS }, (_, i) => i + 1)
const mine = roomOf(ids)

test('nodes with the same heads tell the same of all parts, in whatever order these came', () => {
  const yours = roomOf(ids.toReversed())
  const parts = tell(mine, salt, 16)
  expect(parts.length).toBe(16 * PART_BYTES)
  expect(tell(yours, salt, 16)).toEqual(parts)
  expect(sameParts(yours, salt, parts).sort((a, b) => a - b)).toEqual(yours.heads.sort((a, b) => a - b))
})

test.each([
  ['less', ids.slice(1)],
  ['more', [...ids, 999]],
])('one head %s is seen in its part, and in no other', (_, others) => {
  const yours = roomOf(others)
  const parts = tell(mine, salt, 16)
  const told = tell(yours, salt, 16)
  const differ = Array.from({ length: 16 }, (__, part) => part).filter(
    (part) =>
      parts.slice(part * PART_BYTES, (part + 1) * PART_BYTES).join() !== told.slice(part * PART_BYTES, (part + 1) * PART_BYTES).join(),
  )
  expect(differ).toHaveLength(1)
  const same = sameParts(yours, salt, parts).length
  expect(same).toBeLessThan(HEADS - 1)
  // Of sixteen parts one has some twelve heads.
  expect(same).toBeGreaterThan(HEADS - 40)
})

test('who falls into which part, and what is told of it, is another for another sender', () => {
  const parts = tell(mine, salt, 16)
  expect(sameParts(mine, other, parts)).toEqual([])
  expect(tell(mine, other, 1)).not.toEqual(tell(mine, salt, 1))
})

test('where nothing is told, nothing is the same', () => {
  expect(sameParts(mine, salt, new Uint8Array())).toEqual([])
})

test('D17 parts that are kept while heads come and go tell what parts tell that are made at once, and hash what changed', () => {
  const kept = createParts(mine.dag.ids, salt, 16)
  const work = { hashed: 0 }
  for (const op of mine.heads) addToParts(kept, op)
  describeParts(kept, work)
  const all = work.hashed
  for (const op of mine.heads.slice(0, 3)) removeFromParts(kept, op)
  expect(describeParts(kept, work)).toEqual(tell({ dag: mine.dag, heads: mine.heads.slice(3) }, salt, 16))
  expect(work.hashed - all).toBeLessThanOrEqual((all * 4) / 16)
  const before = work.hashed
  describeParts(kept, work)
  expect(work.hashed).toBe(before)
})
