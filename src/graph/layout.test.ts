/** Layouts as pictures, and the laws that hold for any DAG. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBytes } from '../core/bytes.ts'
import { drawAscii } from './ascii.ts'
import { advanceFrontier, createFrontier, lackingRows } from './frontier.ts'
import { settleColumns } from './columns.ts'
import { createLayout, isHead, type Layout, LONG_EDGE_ROWS, NONE, opX } from './layout.ts'
import { addIds, place } from './place.ts'
import { createReach } from './reach.ts'
import { anyDag, idBytes, layoutOf, naivePast, type WrittenOp, writtenDag } from './written-dag.naive.ts'

const NEXT_ID = new Uint8Array(32)

/** Places an op whose id is its number. */
function put(layout: Layout, author: number, seq: number, parents: number[]): void {
  new DataView(NEXT_ID.buffer).setUint32(0, layout.ops)
  addIds(layout, NEXT_ID)
  place(layout, author, seq, Int32Array.from(parents))
}

function numberBytes(number: number, more = 0): Uint8Array {
  const id = new Uint8Array(32)
  new DataView(id.buffer).setUint32(0, number)
  new DataView(id.buffer).setUint32(4, more)
  return id
}

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

test('an op never changes its row', () => {
  fc.assert(
    fc.property(anyDag(), (ops) => {
      const growing = createLayout()
      const rows: number[] = []
      for (const [op, { author, seq, parents }] of ops.entries()) {
        addIds(growing, idBytes(op))
        place(growing, author, seq, Int32Array.from(parents))
        rows.push(growing.row[op]!)
        expect([...growing.row.subarray(0, growing.ops)]).toEqual(rows)
      }
    }),
  )
})

/** `order` as the numbers of ops, each as early as its parents and the wishes of the test allow. */
function arrivals(ops: readonly WrittenOp[], wishes: readonly number[]): number[] {
  const came: number[] = []
  while (came.length < ops.length) {
    const ready = ops.flatMap((op, i) => (!came.includes(i) && op.parents.every((parent) => came.includes(parent)) ? [i] : []))
    came.push(ready.reduce((best, op) => ((wishes[op] ?? 0) < (wishes[best] ?? 0) ? op : best)))
  }
  return came
}

/** What is seen of ops that came in some order, by the numbers that the test gave them. */
function seen(ops: readonly WrittenOp[], ids: readonly Uint8Array[], came: readonly number[], held: number, settle: 'often' | 'once') {
  const renamed = new Map(came.map((op, number) => [op, number]))
  const layout = createLayout()
  const frontier = createFrontier()
  let authors: number[] = []
  const rows = (): Float64Array => new Float64Array(layout.columns)
  for (const op of came) {
    const { author, seq, parents } = ops[op]!
    if (!authors.includes(author)) authors = [...authors, author]
    addIds(layout, ids[op]!)
    place(
      layout,
      authors.indexOf(author),
      seq,
      Int32Array.from(parents, (parent) => renamed.get(parent)!),
    )
    if (settle === 'often') settleColumns(layout)
    if (op === held) advanceFrontier(frontier, layout, [renamed.get(held)!])
    lackingRows(frontier, layout, rows())
  }
  settleColumns(layout)
  expect(settleColumns(layout)).toBe(false)
  const lacks = rows()
  lackingRows(frontier, layout, lacks)
  const columns = [...layout.order.subarray(0, layout.columns)]
  return {
    lacks: columns.map((column) => lacks[column]),
    authors: columns.map((column) => authors[layout.columnAuthor[column]!]!),
    lanes: columns.map((column) => layout.columnLanes[column]),
    ops: ops.map((_, op) => [opX(layout, renamed.get(op)!), layout.row[renamed.get(op)!]]),
    next: ops.map((_, op) => came[layout.laneNext[renamed.get(op)!]!]),
  }
}

test('A9 equal sets have equal layouts, in whatever order the ops came', () => {
  const bytes = fc.array(fc.nat(1 << 30), { minLength: 40, maxLength: 40 })
  fc.assert(
    fc.property(anyDag(), bytes, bytes, bytes, fc.nat(), fc.boolean(), (ops, lots, first, second, anOp, often) => {
      fc.pre(ops.length > 0)
      const ids = ops.map((_, op) => numberBytes(lots[op]!, op))
      const held = anOp % ops.length
      const written = seen(
        ops,
        ids,
        ops.map((_, op) => op),
        held,
        'once',
      )
      for (const wishes of [first, second]) {
        expect(seen(ops, ids, arrivals(ops, wishes), held, often ? 'often' : 'once')).toEqual(written)
      }
      // The law, by the definition.
      const rowOf = (op: number): number => written.ops[op]![1]!
      const before = (a: number, b: number): number => rowOf(a) - rowOf(b) || compareBytes(ids[a]!, ids[b]!)
      const least = written.authors.map((author) => ops.flatMap((op, i) => (op.author === author ? [i] : [])).sort(before)[0]!)
      expect(least).toEqual(least.toSorted(before))
      const past = naivePast(ops, held).add(held)
      expect(written.lacks).toEqual(
        written.authors.map((author) =>
          Math.min(
            ...ops.flatMap((op, i) => (op.author === author && !past.has(i) ? [rowOf(i)] : [])),
            Math.max(...ops.map((_, i) => rowOf(i))) + 1,
          ),
        ),
      )
    }),
    { numRuns: 300 },
  )
})

test('A9 60,000 authors whose columns come in the worst order, and as many branches of one, are put in order at little cost', () => {
  const COUNT = 60_000
  const layout = createLayout()
  addIds(layout, numberBytes(0))
  place(layout, 0, 0, Int32Array.of())
  for (let i = 0; i < COUNT; i++) {
    addIds(layout, numberBytes(2 * COUNT - i))
    place(layout, i + 1, 0, Int32Array.of(0))
    if (i % 2048 === 0) settleColumns(layout)
  }
  settleColumns(layout)
  expect([layout.order[1], layout.position[1]]).toEqual([COUNT, COUNT])

  // A chain that is cut at every op, from the first to the last, each time by a lesser op.
  const forked = createLayout()
  for (let seq = 0; seq < COUNT; seq++) {
    addIds(forked, numberBytes(2 * COUNT))
    place(forked, 0, seq, seq === 0 ? Int32Array.of() : Int32Array.of(seq - 1))
  }
  for (let seq = 1; seq < COUNT; seq++) {
    addIds(forked, numberBytes(COUNT))
    place(forked, 0, seq, Int32Array.of(seq - 1))
  }
  expect(forked.lanes).toBe(COUNT)
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
  put(layout, 0, 0, [])
  for (let i = 0; i < 50; i++) put(layout, 0, 1, [0])
  for (let op = 0; op < layout.ops; op++) expect(Math.abs(opX(layout, op))).toBeLessThan(0.5)
  expect([layout.columns, layout.lanes]).toEqual([1, 50])
})

test('edges longer than the limit are kept in a list of their own', () => {
  const layout = createLayout()
  put(layout, 0, 0, [])
  for (let seq = 1; seq <= LONG_EDGE_ROWS; seq++) put(layout, 0, seq, [seq - 1])
  put(layout, 1, 0, [LONG_EDGE_ROWS - 1, 0])
  expect(layout.longEdges).toEqual([])
  put(layout, 2, 0, [LONG_EDGE_ROWS, 0])
  expect(layout.longEdges.map((edge) => [layout.edgeParent[edge], layout.edgeChild[edge]])).toEqual([[0, LONG_EDGE_ROWS + 2]])
})

test('B8 a chain of 1,000,000 ops is placed in one lane, marked, and drawn line by line', () => {
  const length = 1_000_000
  const layout = createLayout()
  for (let op = 0; op < length; op++) put(layout, 0, op, op === 0 ? [] : [op - 1])
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
  expect(() => put(createLayout(), 0, 0, [0])).toThrow('parents come first')
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
