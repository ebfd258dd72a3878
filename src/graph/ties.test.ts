import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLayout, type Layout } from './layout.ts'
import { addIds, place } from './place.ts'
import { addTie, createTies, MAX_TIES_KEPT, type Ties, tiesOf } from './ties.ts'

/** A layout of an op and so many others on it, all by one author and with one seq, with ids from 1 on in this order; and their ties. */
function rivals(ids: readonly number[]): { layout: Layout; ties: Ties; told: [number, number][] } {
  const [layout, ties] = [createLayout(), createTies()]
  const put = (id: number, parents: readonly number[]): void => {
    const bytes = new Uint8Array(32)
    new DataView(bytes.buffer).setUint32(0, id)
    addIds(layout, bytes)
    place(layout, 0, parents.length, Int32Array.from(parents))
  }
  put(0, [])
  for (const [i, id] of ids.entries()) {
    put(id, [0])
    if (i > 0) addTie(ties, layout, 1, i + 1)
  }
  return { layout, ties, told: [...tiesOf(ties)].map(([op, least]) => [ids[op - 1]!, ids[least - 1]!]) }
}

test('three rivals or more are tied to the least of them, whichever came first', () => {
  for (const ids of ['1 2 3', '1 3 2', '2 1 3', '2 3 1', '3 1 2', '3 2 1'])
    expect({ ids, ties: rivals(ids.split(' ').map(Number)).told }).toEqual({
      ids,
      ties: [
        [3, 1],
        [2, 1],
      ],
    })
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        Array.from({ length: 40 }, (_, i) => i + 1),
        { minLength: 2 },
      ),
      (ids) => {
        const [least, ...others] = [...ids].sort((a, b) => a - b)
        expect(rivals(ids).told).toEqual(others.reverse().map((id) => [id, least]))
      },
    ),
  )
})

test('D17 of more rivals than MAX_TIES_KEPT the ties of the latest are kept, in whatever order they came', () => {
  const ids = Array.from({ length: MAX_TIES_KEPT + 3 }, (_, i) => i + 1)
  const latest = ids
    .slice(3)
    .reverse()
    .map((id) => [id, 1])
  expect(latest).toHaveLength(MAX_TIES_KEPT)
  expect(rivals(ids).told).toEqual(latest)
  expect(rivals([...ids].reverse()).told).toEqual(latest)
  expect(rivals(ids.slice(0, -2)).told).toHaveLength(MAX_TIES_KEPT)
})
