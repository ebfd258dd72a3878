import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { append, createDag, type Dag, idOf, markPast, numberOf, type Vertex } from '../core/dag.ts'
import { naiveDag, verticesOf } from '../core/dag.naive.ts'
import { MAX_HEADS_LISTED } from '../core/limits.ts'
import { asOpId, type OpId } from '../core/op.ts'
import { authorNumber, idNumber } from '../core/room.naive.ts'
import { describeHoldings, type Holdings, readHoldings, storedHeads } from './holdings.ts'

const authors = [0, 1, 2, 3].map(authorNumber)
const pickOf = (back: fc.Arbitrary<number>) => fc.tuple(fc.nat(3), back, fc.array(fc.nat(8), { maxLength: 2 }))
const honestRooms = fc.array(pickOf(fc.constant(0)), { maxLength: 40, size: 'max' }).map((picks) => verticesOf(picks, authors))
const forkedRooms = fc.array(pickOf(fc.nat(3)), { maxLength: 40, size: 'max' }).map((picks) => verticesOf(picks, authors))

/** A DAG of the past of some ops of a room. */
function partOf(room: readonly Vertex[], picks: readonly number[]): Dag {
  const past = naiveDag(room).past(picks.map((pick) => pick % room.length))
  const dag = createDag(picks.length)
  for (const [op, vertex] of room.entries()) {
    if (!past.has(op)) continue
    const numberIn = (parent: number): number => (parent < 0 ? -1 : numberOf(dag, room[parent]!.id))
    append(dag, { ...vertex, prev: numberIn(vertex.prev), parents: vertex.parents.map(numberIn) })
  }
  return dag
}

const marked = (dag: Dag, marks: Uint8Array): string[] =>
  [...marks.keys()].filter((op) => marks[op] === 1).map((op) => idOf(dag, op).join())
const held = (dag: Dag): Set<string> => new Set(Array.from({ length: dag.length }, (_, op) => idOf(dag, op).join()))
const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 4 })

const unknownOf = (asker: Dag, server: Dag) => storedHeads(server, server.length).filter((id) => numberOf(asker, id) < 0)

describe('what a peer holds, from what it says', () => {
  test('is exact among authors who have not forked, whatever both hold', () => {
    fc.assert(
      fc.property(honestRooms, picks, picks, (room, a, b) => {
        const [asker, server] = [partOf(room, a), partOf(room, b)]
        const marks = readHoldings(server, describeHoldings(asker, asker.length), unknownOf(asker, server))
        const inAsker = held(asker)
        expect(marked(server, marks)).toEqual([...held(server)].filter((id) => inAsker.has(id)))
      }),
      { numRuns: 150 },
    )
  })

  test('B2 with forks, never takes for held what is asked for', () => {
    fc.assert(
      fc.property(forkedRooms, picks, picks, (room, a, b) => {
        const [asker, server] = [partOf(room, a), partOf(room, b)]
        const wanted = unknownOf(asker, server)
        const marks = readHoldings(server, describeHoldings(asker, asker.length), wanted)
        for (const id of wanted) expect(marks[numberOf(server, id)]).toBe(0)
      }),
      { numRuns: 150 },
    )
  })

  test('D5 is closed under parents, whatever a liar says', () => {
    const lie = fc.record({
      heads: fc.array(fc.nat(60)),
      tips: fc.array(fc.tuple(fc.nat(3), fc.nat(9), fc.nat(60))),
      ids: fc.array(fc.nat(60)),
    })
    fc.assert(
      fc.property(forkedRooms, lie, (room, { heads, tips, ids }) => {
        const server = partOf(room, [...room.keys()])
        const holdings: Holdings = {
          heads: heads.map(idNumber),
          tips: tips.map(([author, seq, id]) => ({ hint: authors[author]!.slice(0, 8), seq, id: idNumber(id) })),
          tipsComplete: true,
        }
        const marks = readHoldings(server, holdings, ids.map(idNumber))
        const frontier = [...marks.keys()].filter((op) => marks[op] === 1)
        expect([...markPast(server, frontier)]).toEqual([...marks])
      }),
      { numRuns: 80 },
    )
  })
})

test('B2 a guess that holds what is asked for is given up', () => {
  const [founder, forker] = authors
  const dagOf = (ids: readonly number[]): Dag => {
    const dag = createDag(1)
    append(dag, { id: idNumber(0), author: founder!, seq: 0, prev: -1, parents: [] })
    for (const [seq, id] of ids.entries())
      append(dag, { id: idNumber(id), author: forker!, seq, prev: seq === 0 ? -1 : seq, parents: [seq] })
    return dag
  }
  // Their branches begin with one op and go on with others: the longer one does not include the shorter.
  const [asker, server] = [dagOf([1, 20, 21]), dagOf([1, 2])]
  const marks = (ids: readonly OpId[]): number[] => [...readHoldings(server, describeHoldings(asker, asker.length), ids)]
  expect(marks([])).toEqual([1, 1, 1])
  expect(marks([idNumber(2)])).toEqual([1, 0, 0])
})

test('B19 one author’s many forks do not hide the tips of others', () => {
  const dag = createDag(1)
  append(dag, { id: idNumber(0), author: authors[0]!, seq: 0, prev: -1, parents: [] })
  append(dag, { id: idNumber(1), author: authors[1]!, seq: 0, prev: -1, parents: [0] })
  for (let i = 2; i < 2 + 2 * MAX_HEADS_LISTED; i++) append(dag, { id: idNumber(i), author: authors[2]!, seq: 0, prev: -1, parents: [0] })
  const { tips, tipsComplete } = describeHoldings(dag, dag.length)
  expect(tips.map(({ id }) => numberOf(dag, id))).toEqual([1, 0])
  expect(tipsComplete).toBe(false)
})

test('stored heads are the heads of the stored part', () => {
  fc.assert(
    fc.property(forkedRooms, fc.nat(), (room, cut) => {
      const dag = partOf(room, [...room.keys()])
      const stored = cut % (room.length + 1)
      const { heads, ids } = naiveDag(room.slice(0, stored))
      expect(
        storedHeads(dag, stored)
          .map((id) => id.join())
          .sort(),
      ).toEqual(heads.map((op) => ids[op]!.join()).sort())
    }),
    { numRuns: 80 },
  )
})

test('B8 of a chain of 1,000,000 ops, what is held is said in one head, and read back from any part of it', () => {
  const length = 1_000_000
  /** Distinct, not hashed: a million hashes are not what is tried here. */
  const cheapId = (n: number): OpId => {
    const id = new Uint8Array(32)
    new DataView(id.buffer).setUint32(0, Math.imul(n, 0x9e3779b1))
    new DataView(id.buffer).setUint32(12, n)
    return asOpId(id)
  }
  const dag = createDag(5)
  for (let op = 0; op < length; op++) {
    append(dag, { id: cheapId(op), author: authors[0]!, seq: op, prev: op - 1, parents: op === 0 ? [] : [op - 1] })
  }
  const { heads, tips, tipsComplete } = describeHoldings(dag, length)
  expect([heads, tips.map(({ id }) => id), tipsComplete]).toEqual([[cheapId(length - 1)], [cheapId(length - 1)], true])
  expect(storedHeads(dag, 10)).toEqual([cheapId(9)])
  const half = readHoldings(dag, { heads: [cheapId(499_999)], tips: [], tipsComplete: true }, [])
  expect(half.lastIndexOf(1)).toBe(499_999)
  expect(half.indexOf(0)).toBe(500_000)
  // An unknown tip above all of it: the whole chain is held, as it seems, unless what is asked for says otherwise.
  const tip = { hint: authors[0]!.slice(0, 8), seq: length, id: cheapId(length) }
  const above: Holdings = { heads: [cheapId(length)], tips: [tip], tipsComplete: true }
  expect(readHoldings(dag, above, []).indexOf(0)).toBe(-1)
  expect(readHoldings(dag, above, [cheapId(length - 1)]).indexOf(1)).toBe(-1)
})
