/** A DAG that came back from stretches is the DAG that was built op by op, in everything that can be asked and done next. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, mutated } from './bytes.naive.ts'
import { append, childrenOf, createDag, type Dag, idOf, opAt, parentsOf, sortedHeads, tipsOf, truncate, type Vertex } from './dag.ts'
import { verticesOf } from './dag.naive.ts'
import { catchUp, createHistory, sliceHistory } from './history.ts'
import { authorNumber } from './room.naive.ts'
import { appendStretch, decodeStretch, encodeStretch, stretchOf } from './stretch.ts'

const authors = [0, 1, 2, 3].map(authorNumber)
const pick = fc.tuple(fc.nat(3), fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(5)), fc.array(fc.nat(8), { maxLength: 3 }))
const rooms = fc.array(pick, { minLength: 1, maxLength: 60, size: 'max' }).map((picks) => verticesOf(picks, authors))

function dagOf(vertices: readonly Vertex[], dag = createDag(5)): Dag {
  for (const vertex of vertices) append(dag, vertex)
  return dag
}

/** Everything that can be told of a DAG, without its hash tables and spare room. */
function told(dag: Dag) {
  const ops = Array.from({ length: dag.length }, (_, op) => op)
  const history = createHistory(dag)
  catchUp(history)
  return {
    ops: ops.map((op) => [
      idOf(dag, op),
      dag.author[op],
      dag.seq[op],
      dag.depth[op],
      dag.prev[op],
      parentsOf(dag, op),
      childrenOf(dag, op),
    ]),
    authors: Array.from({ length: dag.authors.length }, (_, author) => [
      dag.authors.bytes.slice(32 * author, 32 * author + 32),
      [...tipsOf(dag, author)].sort((a, b) => a - b),
      ops.map((seq) => opAt(dag, author, seq)),
    ]),
    heads: sortedHeads(dag),
    equivocations: dag.equivocations,
    history: sliceHistory(history, 0, dag.length),
  }
}

/** A DAG of another hash seed, from stretches that end at these places. */
function restored(dag: Dag, ends: readonly number[]): Dag {
  const again = createDag(99)
  for (const end of [...new Set([...ends.map((each) => each % dag.length), dag.length])].sort((a, b) => a - b)) {
    const first = again.length
    if (end === first) continue
    const stretch = decodeStretch(first, encodeStretch(first, stretchOf(dag, first, end)))
    expect(stretch !== null && appendStretch(again, stretch)).toBe(true)
  }
  return again
}

const cuts = fc.array(fc.nat(), { maxLength: 4 })

test('a DAG from stretches, however cut, is the DAG, and stays so while ops are added and taken back', () => {
  fc.assert(
    fc.property(rooms, cuts, fc.nat(), fc.nat(), (room, ends, known, kept) => {
      const length = 1 + (known % room.length)
      const dag = dagOf(room.slice(0, length))
      const again = restored(dag, ends)
      expect(told(again)).toEqual(told(dag))
      for (const each of [dag, again]) dagOf(room.slice(length), each)
      expect(told(again)).toEqual(told(dag))
      for (const each of [dag, again]) truncate(each, kept % room.length)
      expect(told(again)).toEqual(told(dag))
    }),
    { numRuns: 100 },
  )
})

describe('bytes that are no stretch', () => {
  const whole = (dag: Dag): Uint8Array => encodeStretch(0, stretchOf(dag, 0, dag.length))

  test('are not read, or add ops that fit, or add nothing: whatever was changed', () => {
    fc.assert(
      fc.property(rooms, cuts, fc.integer(), (room, [known = 0], seed) => {
        const dag = dagOf(room)
        const random = createRandom(seed)
        const first = known % room.length
        const again = dagOf(room.slice(0, first))
        const before = told(again)
        const stretch = decodeStretch(first, mutated(random, encodeStretch(first, stretchOf(dag, first, dag.length))))
        if (stretch !== null && appendStretch(again, stretch)) {
          expect(told(restored(again, []))).toEqual(told(again))
          return
        }
        expect(told(again)).toEqual(before)
        dagOf(room.slice(first), again)
        expect(told(again)).toEqual(told(dag))
      }),
      { numRuns: 300 },
    )
  })

  test('of another version, another place, or cut anywhere, are not read', () => {
    const bytes = whole(
      dagOf(
        verticesOf(
          [
            [1, 0, [0]],
            [0, 0, [0]],
          ],
          authors,
        ),
      ),
    )
    expect(decodeStretch(0, bytes)).not.toBeNull()
    expect(decodeStretch(1, bytes)).toBeNull()
    const other = bytes.slice()
    other[0]!++
    expect(decodeStretch(0, other)).toBeNull()
    const isRead = (cut: number): boolean => {
      const stretch = decodeStretch(0, bytes.slice(0, cut))
      return stretch !== null && appendStretch(createDag(1), stretch)
    }
    expect(Array.from(bytes, (_, cut) => isRead(cut))).not.toContain(true)
  })

  test('are read wherever they begin in memory', () => {
    const dag = dagOf(verticesOf([[1, 0, [0]]], authors))
    const bytes = whole(dag)
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    const again = createDag(3)
    expect(appendStretch(again, decodeStretch(0, shifted.subarray(1))!)).toBe(true)
    expect(told(again)).toEqual(told(dag))
  })

  test('whose columns are longer than their ops need add nothing', () => {
    const dag = dagOf(
      verticesOf(
        [
          [1, 0, [0]],
          [0, 0, [0]],
        ],
        authors,
      ),
    )
    const { ids, kinds, parents, keys } = stretchOf(dag, 0, 3)
    const longer = [
      { ids, kinds, keys, parents: Int32Array.of(...parents, 0) },
      { ids, kinds, parents, keys: new Uint8Array([...keys, ...authors[2]!]) },
      { kinds, parents, keys, ids: new Uint8Array([...ids, ...authors[2]!]) },
    ]
    for (const stretch of longer) {
      const again = createDag(1)
      expect(appendStretch(again, stretch)).toBe(false)
      expect(told(again)).toEqual(told(createDag(1)))
    }
  })

  test('that hold an op a second time add nothing', () => {
    const dag = dagOf(verticesOf([[1, 0, [0]]], authors))
    expect(appendStretch(dag, stretchOf(dag, 0, 1))).toBe(false)
    expect(dag.length).toBe(2)
    expect(dag.ids.length).toBe(2)
  })
})
