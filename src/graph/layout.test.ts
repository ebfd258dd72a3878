/** Layouts as pictures, and the laws that hold for any DAG. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawAscii } from './ascii.ts'
import { advanceFrontier, createFrontier } from './frontier.ts'
import { createLayout, isHead, type Layout, LONG_EDGE_ROWS, NONE, opX, place } from './layout.ts'
import { createReach } from './reach.ts'
import { anyDag, layoutOf, type WrittenOp, writtenDag } from './written-dag.naive.ts'

const picture = (ops: readonly WrittenOp[]): string => `\n${drawAscii(layoutOf(ops), (op) => ops[op]!.name)}\n`

test('a chat between two authors weaves two lanes', () => {
  expect(picture(writtenDag('a0, b0 < a0, a1 < a0 b0, b1 < b0 a1, b2 < b1'))).toBe(`
  o         a0
  |     o   b0 < a0
  o     |   a1 < a0 b0
        o   b1 < b0 a1
        *   b2 < b1
`)
})

test('a partition grows side by side in the same rows, and a merge comes below both', () => {
  expect(picture(writtenDag('a0, b0 < a0, c0 < a0, b1 < b0, c1 < c0, a1 < a0 b1 c1'))).toBe(`
  o               a0
  |     o     o   b0 < a0, c0 < a0
  |     o     o   b1 < b0, c1 < c0
  *               a1 < a0 b1 c1
`)
})

test('an op that arrives late takes its place in an old row', () => {
  expect(picture(writtenDag('a0, b0 < a0, a1 < a0 b0, a2 < a1, c0 < a0'))).toBe(`
  o               a0
  |     o     *   b0 < a0, c0 < a0
  o               a1 < a0 b0
  *               a2 < a1
`)
})

test('an equivocation splits its author’s lane, and the lanes beside it stay where they are', () => {
  expect(picture(writtenDag("a0, b0 < a0, c0 < a0, b1 < b0, b1' < b0, b2 < b1, b2' < b1', a1 < a0 b2 b2'"))).toBe(`
  o               a0
  |     o     *   b0 < a0, c0 < a0
  |     o o       b1 < b0, b1' < b0
  |     o o       b2 < b1, b2' < b1'
  *               a1 < a0 b2 b2'
`)
})

test('two first ops of one author split its lane too', () => {
  expect(picture(writtenDag("a0, b0 < a0, b0' < a0"))).toBe(`
  o         a0
        * * b0 < a0, b0' < a0
`)
})

test('row is one more than the greatest of the parents’ rows, and ops of one lane follow each other', () => {
  fc.assert(
    fc.property(anyDag(), (ops) => {
      const layout = layoutOf(ops)
      for (const [op, { parents, author }] of ops.entries()) {
        expect(layout.row[op]).toBe(1 + Math.max(-1, ...parents.map((parent) => layout.row[parent]!)))
        expect(layout.columnAuthor[layout.laneColumn[layout.lane[op]!]!]).toBe(author)
        const prev = layout.lanePrev[op]!
        if (prev === NONE) expect(layout.laneFirst[layout.lane[op]!]).toBe(op)
        else {
          expect([layout.lane[prev], layout.laneNext[prev], ops[prev]!.seq]).toEqual([layout.lane[op], op, ops[op]!.seq - 1])
          expect(layout.row[prev]!).toBeLessThan(layout.row[op]!)
        }
        expect(isHead(layout, op)).toBe(!ops.some((other) => other.parents.includes(op)))
      }
    }),
  )
})

test('an op never moves once it has a place', () => {
  fc.assert(
    fc.property(anyDag(), (ops) => {
      const growing = createLayout()
      const places: [number, number][] = []
      for (const { author, seq, parents } of ops) {
        place(growing, author, seq, Int32Array.from(parents))
        places.push([opX(growing, growing.ops - 1), growing.row[growing.ops - 1]!])
        expect(places).toEqual(places.map((_, op) => [opX(growing, op), growing.row[op]!]))
      }
    }),
  )
})

test('rows and edges list exactly the ops and parents that were given', () => {
  fc.assert(
    fc.property(anyDag(), (ops) => {
      const layout = layoutOf(ops)
      expect(membersOf(layout)).toEqual(ops.map((_, op) => op))
      const children = ops.map((_, op) => ops.flatMap(({ parents }, child) => (parents.includes(op) ? [child] : [])))
      expect(ops.map((_, op) => childrenOf(layout, op))).toEqual(children)
      expect(layout.columnOps.subarray(0, layout.columns).reduce((sum, n) => sum + n, 0)).toBe(ops.length)
    }),
  )
})

test('however often an author forks, its column does not grow wider', () => {
  const layout = createLayout()
  place(layout, 0, 0, Int32Array.of())
  for (let i = 0; i < 50; i++) place(layout, 0, 1, Int32Array.of(0))
  for (let op = 0; op < layout.ops; op++) expect(Math.abs(opX(layout, op))).toBeLessThan(0.5)
  expect([layout.columns, layout.lanes]).toEqual([1, 50])
})

test('edges longer than the limit are kept in a list of their own', () => {
  const layout = createLayout()
  place(layout, 0, 0, Int32Array.of())
  for (let seq = 1; seq <= LONG_EDGE_ROWS; seq++) place(layout, 0, seq, Int32Array.of(seq - 1))
  place(layout, 1, 0, Int32Array.of(LONG_EDGE_ROWS - 1, 0))
  expect(layout.longEdges).toEqual([])
  place(layout, 2, 0, Int32Array.of(LONG_EDGE_ROWS, 0))
  expect(layout.longEdges.map((edge) => [layout.edgeParent[edge], layout.edgeChild[edge]])).toEqual([[0, LONG_EDGE_ROWS + 2]])
})

test('B8 a chain of 1,000,000 ops is placed in one lane, marked, and drawn line by line', () => {
  const length = 1_000_000
  const layout = createLayout()
  for (let op = 0; op < length; op++) place(layout, 0, op, op === 0 ? Int32Array.of() : Int32Array.of(op - 1))
  expect([layout.ops, layout.rows, layout.lanes, layout.longEdges.length]).toEqual([length, length, 1, 0])
  expect(createReach(layout, 400_000)).toMatchObject({ past: 400_000, future: length - 400_001 })
  const frontier = createFrontier()
  advanceFrontier(frontier, layout, [length - 1])
  expect(frontier.count).toBe(length)
  const picture = drawAscii(layout, String)
  expect(picture.endsWith(`\n  *   ${length - 1} < ${length - 2}`)).toBe(true)
  expect(picture.startsWith('  o   0\n  o   1 < 0\n')).toBe(true)
})

test('a parent that is not there yet is a programmer’s error', () => {
  expect(() => place(createLayout(), 0, 0, Int32Array.of(0))).toThrow('parents come first')
})

function membersOf(layout: Layout): number[] {
  const members: number[] = []
  for (let row = 0; row < layout.rows; row++) {
    for (let op = layout.rowFirst[row]!; op !== NONE; op = layout.rowNext[op]!) {
      expect(layout.row[op]).toBe(row)
      members.push(op)
    }
  }
  return members.sort((a, b) => a - b)
}

function childrenOf(layout: Layout, op: number): number[] {
  const children: number[] = []
  for (let e = layout.firstChildEdge[op]!; e !== NONE; e = layout.nextChildEdge[e]!) children.push(layout.edgeChild[e]!)
  return children.sort((a, b) => a - b)
}
