/** What peers lack, against the definition. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advanceFrontier, createFrontier, lackingRows } from './frontier.ts'
import { anyDag, layoutOf, naivePast, writtenDag } from './written-dag.naive.ts'

test('a peer with our heads lacks nothing: its line is level under the newest row', () => {
  const ops = writtenDag('a0, b0 < a0, a1 < a0 b0')
  const layout = layoutOf(ops)
  const frontier = createFrontier()
  const rows = new Float64Array(layout.columns)
  lackingRows(frontier, layout, rows)
  expect([...rows]).toEqual([0, 1])
  advanceFrontier(frontier, layout, [2])
  lackingRows(frontier, layout, rows)
  expect([...rows]).toEqual([3, 3])
  expect(frontier.count).toBe(3)
})

test('step by step or at once, a column’s line is above the first op that the peer lacks', () => {
  const dagAndHeads = anyDag(16)
    .filter((ops) => ops.length > 0)
    .chain((ops) =>
      fc.tuple(
        fc.constant(ops),
        fc.array(fc.tuple(fc.nat(ops.length), fc.array(fc.nat(ops.length - 1), { maxLength: 3 })), { maxLength: 4 }),
      ),
    )
  fc.assert(
    fc.property(dagAndHeads, ([ops, updates]) => {
      const layout = layoutOf(ops)
      const frontier = createFrontier()
      const rows = new Float64Array(layout.columns)
      const held = new Set<number>()
      for (const [first, heads] of updates) {
        for (let op = 0; op < first; op++) held.add(op)
        for (const head of heads) for (const op of [head, ...naivePast(ops, head)]) held.add(op)
        advanceFrontier(frontier, layout, heads, first)
      }
      lackingRows(frontier, layout, rows)
      const expected = Array.from({ length: layout.columns }, (_, column) =>
        Math.min(
          layout.rows,
          ...ops.flatMap(({ author }, op) => (layout.authorColumn[author] === column && !held.has(op) ? [layout.row[op]!] : [])),
        ),
      )
      expect([...rows]).toEqual(expected)
      expect(frontier.count).toBe(held.size)
    }),
  )
})

test('heads that are not here yet are left out', () => {
  const layout = layoutOf(writtenDag('a0'))
  const frontier = createFrontier()
  advanceFrontier(frontier, layout, [7])
  expect(frontier.count).toBe(0)
})
