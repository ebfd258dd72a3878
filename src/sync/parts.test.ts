import { expect, test } from 'vitest'
import { append, createDag, type Dag } from '../core/dag.ts'
import { authorNumber, idNumber } from '../core/room.naive.ts'
import { describeParts, PART_BYTES, sameParts } from './parts.ts'

const [salt, other] = [1, 2].map((n) => authorNumber(n) as Uint8Array) as [Uint8Array, Uint8Array]
const HEADS = 200

/** A genesis, and so many ops after it in this order. */
function roomOf(ids: readonly number[]): { dag: Dag; heads: number[] } {
  const dag = createDag(1)
  append(dag, { id: idNumber(0), author: authorNumber(0), seq: 0, prev: -1, parents: [] })
  for (const id of ids) append(dag, { id: idNumber(id), author: authorNumber(id), seq: 0, prev: -1, parents: [0] })
  return { dag, heads: [...dag.heads] }
}

const ids = Array.from({ length: HEADS }, (_, i) => i + 1)
const mine = roomOf(ids)

test('nodes with the same heads tell the same of all parts, in whatever order these came', () => {
  const yours = roomOf(ids.toReversed())
  const parts = describeParts(mine.dag, mine.heads, salt, 16)
  expect(parts.length).toBe(16 * PART_BYTES)
  expect(describeParts(yours.dag, yours.heads, salt, 16)).toEqual(parts)
  expect(sameParts(yours.dag, yours.heads, salt, parts).sort((a, b) => a - b)).toEqual(yours.heads.sort((a, b) => a - b))
})

test.each([
  ['less', ids.slice(1)],
  ['more', [...ids, 999]],
])('one head %s is seen in its part, and in no other', (_, others) => {
  const yours = roomOf(others)
  const parts = describeParts(mine.dag, mine.heads, salt, 16)
  const told = describeParts(yours.dag, yours.heads, salt, 16)
  const differ = Array.from({ length: 16 }, (__, part) => part).filter(
    (part) =>
      parts.slice(part * PART_BYTES, (part + 1) * PART_BYTES).join() !== told.slice(part * PART_BYTES, (part + 1) * PART_BYTES).join(),
  )
  expect(differ).toHaveLength(1)
  const same = sameParts(yours.dag, yours.heads, salt, parts).length
  expect(same).toBeLessThan(HEADS - 1)
  // Of sixteen parts one has some twelve heads.
  expect(same).toBeGreaterThan(HEADS - 40)
})

test('who falls into which part, and what is told of it, is another for another sender', () => {
  const parts = describeParts(mine.dag, mine.heads, salt, 16)
  expect(sameParts(mine.dag, mine.heads, other, parts)).toEqual([])
  expect(describeParts(mine.dag, mine.heads, other, 1)).not.toEqual(describeParts(mine.dag, mine.heads, salt, 1))
})

test('where nothing is told, nothing is the same', () => {
  expect(sameParts(mine.dag, mine.heads, salt, new Uint8Array())).toEqual([])
})
