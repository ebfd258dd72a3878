import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { append, createDag, type Dag, idOf, markPast, numberOf, numberOfAuthor, parentsOf, tipsOf, type Vertex } from '../core/dag.ts'
import { naiveDag, verticesOf } from '../core/dag.naive.ts'
import { opsInTree } from '../core/id-tree.ts'
import { MAX_HEADS_LISTED } from '../core/limits.ts'
import { greatest } from '../core/number-set.ts'
import { asAuthor, type OpId } from '../core/op.ts'
import { authorNumber, cheapId, idNumber } from '../core/room.naive.ts'
import { describeHoldings, type Holdings, lackingOf as lackingOfHeld, type Lacking } from './holdings.ts'
import type { Tip } from './messages.ts'
import { heldBy } from './units.naive.ts'

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

const opsIn = (ranges: readonly number[]): number[] => {
  const ops: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let op = ranges[i]!; op < ranges[i + 1]!; op++) ops.push(op)
  return ops
}
/** Heads of the first `stored` ops, sorted by id. */
const storedHeads = (dag: Dag, stored: number): OpId[] => opsInTree(heldBy(dag, stored).tree).map((op) => idOf(dag, op))
const holdingsOf = (dag: Dag): Holdings => describeHoldings(heldBy(dag))
const lackingOf = (dag: Dag, stored: number, holdings: Holdings, ids: readonly OpId[]): Lacking =>
  lackingOfHeld(heldBy(dag, stored), holdings, ids)

const lackedBy = (asker: Dag, server: Dag, ids: readonly OpId[]): string[] =>
  opsIn(lackingOf(server, server.length, holdingsOf(asker), ids).ops).map((op) => idOf(server, op).join())
const held = (dag: Dag): Set<string> => new Set(Array.from({ length: dag.length }, (_, op) => idOf(dag, op).join()))
const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 4 })

const unknownOf = (asker: Dag, server: Dag) => storedHeads(server, server.length).filter((id) => numberOf(asker, id) < 0)

describe('what a peer lacks, from what it says that it holds', () => {
  test('is exact among authors who have not forked, whatever both hold', () => {
    fc.assert(
      fc.property(honestRooms, picks, picks, (room, a, b) => {
        const [asker, server] = [partOf(room, a), partOf(room, b)]
        const inAsker = held(asker)
        expect(lackedBy(asker, server, unknownOf(asker, server))).toEqual([...held(server)].filter((id) => !inAsker.has(id)))
      }),
      { numRuns: 150 },
    )
  })

  test('B2 with forks, never takes for held what is asked for', () => {
    fc.assert(
      fc.property(forkedRooms, picks, picks, (room, a, b) => {
        const [asker, server] = [partOf(room, a), partOf(room, b)]
        const wanted = unknownOf(asker, server)
        expect(lackedBy(asker, server, wanted)).toEqual(expect.arrayContaining(wanted.map((id) => id.join())))
      }),
      { numRuns: 150 },
    )
  })

  test('D5 is closed under children, and no more is looked at than came since its oldest parent, and the authors, whatever a liar says', () => {
    const lie = fc.record({
      tips: fc.array(fc.tuple(fc.nat(3), fc.nat(9), fc.nat(60), fc.boolean())),
      ids: fc.array(fc.nat(60)),
      stored: fc.nat(),
    })
    fc.assert(
      fc.property(forkedRooms, lie, (room, { tips, ids, stored }) => {
        const server = partOf(room, [...room.keys()])
        const here = stored % (server.length + 1)
        const holdings: Holdings = {
          tips: tips.map(([author, seq, id, isHead]) => ({ hint: authors[author]!.slice(0, 2), seq, id: idNumber(id), isHead })),
          parts: new Uint8Array(),
          headCount: tips.length,
        }
        const { ops, count, visited } = lackingOf(server, here, holdings, [])
        const lacking = opsIn(ops)
        expect([...lacking].sort((a, b) => a - b)).toEqual(lacking)
        expect(count).toBe(lacking.length)
        const heads = storedHeads(server, here).map((id) => numberOf(server, id))
        const reached = [...heads, ...lacking.flatMap((op) => [...parentsOf(server, op)])]
        const first = Math.min(server.length, ...reached)
        const parents = server.edges - server.parentStart[first]!
        expect(visited).toBeLessThanOrEqual(server.length - first + parents + 16 * server.authors.length)
        const others = Array.from({ length: here }, (_, op) => op).filter((op) => !lacking.includes(op))
        expect(others).toEqual(Array.from({ length: here }, (_, op) => op).filter((op) => markPast(server, others)[op] === 1))
        // An op that is asked for and not named as held is lacking, if it is here.
        const named = new Set(holdings.tips.map(({ id }) => id.join()))
        const wanted = ids.map(idNumber).filter((id) => !named.has(id.join()) && holdings.tips.every((tip) => numberOf(server, tip.id) < 0))
        const asked = opsIn(lackingOf(server, here, holdings, wanted).ops)
        for (const id of wanted) if (numberOf(server, id) >= 0 && numberOf(server, id) < here) expect(asked).toContain(numberOf(server, id))
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
  const lacking = (ids: readonly OpId[]): number[] => opsIn(lackingOf(server, 3, holdingsOf(asker), ids).ops)
  expect(lacking([])).toEqual([])
  expect(lacking([idNumber(2)])).toEqual([1, 2])
})

test('B19 one author’s many forks do not hide the tips of others', () => {
  const dag = createDag(1)
  append(dag, { id: idNumber(0), author: authors[0]!, seq: 0, prev: -1, parents: [] })
  append(dag, { id: idNumber(1), author: authors[1]!, seq: 0, prev: -1, parents: [0] })
  for (let i = 2; i < 2 + 2 * MAX_HEADS_LISTED; i++) append(dag, { id: idNumber(i), author: authors[2]!, seq: 0, prev: -1, parents: [0] })
  const { tips, headCount } = holdingsOf(dag)
  expect(headCount).toBe(1 + 2 * MAX_HEADS_LISTED)
  expect(tips.map(({ isHead }) => isHead)).toEqual(Array.from({ length: 65 }, (_, i) => i < 64))
  expect(tips.at(-1)!.id).toEqual(idNumber(0))
})

/** A room of `authors`, each of whom wrote once, one after the other; then on each side so many of them wrote `ops` ops. */
function parted(count: number, active: number, ops: number): [Dag, Dag] {
  const author = (n: number) => asAuthor(idNumber(-1 - n).slice())
  const shared: Vertex[] = [{ id: idNumber(0), author: author(0), seq: 0, prev: -1, parents: [] }]
  for (let i = 1; i < count; i++) shared.push({ id: idNumber(i), author: author(i), seq: 0, prev: -1, parents: [i - 1] })
  return [0, 1].map((side) => {
    const dag = createDag(side)
    for (const vertex of shared) append(dag, vertex)
    for (let i = 0; i < active * ops; i++) {
      // Authors who were here first and have written nothing since: no author is on both sides.
      const who = (i % active) * 2 + side
      const own = tipsOf(dag, numberOfAuthor(dag, author(who)))[0]!
      const head = greatest(dag.heads, 1)[0]!
      const parents = own === head ? [own] : [own, head]
      append(dag, { id: idNumber(100_000 + 2 * i + side), author: author(who), seq: dag.seq[own]! + 1, prev: own, parents })
    }
    return dag
  }) as [Dag, Dag]
}

test.each([
  [3, 3, 0],
  [30, 3, 0],
  [200, 5, 200],
])(
  'of 10,000 authors no more than 65 are told, and when %i of them wrote %i times on each side, at most %i ops are repeated',
  (active, ops, most) => {
    const [asker, server] = parted(10_000, active, ops)
    const holdings = holdingsOf(asker)
    expect(holdings.tips.length).toBeLessThanOrEqual(65)
    const { count } = lackingOf(server, server.length, holdings, [])
    expect(count - active * ops).toBeGreaterThanOrEqual(0)
    expect(count - active * ops).toBeLessThanOrEqual(most)
  },
)

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
  const dag = createDag(5)
  for (let op = 0; op < length; op++) {
    append(dag, { id: cheapId(op), author: authors[0]!, seq: op, prev: op - 1, parents: op === 0 ? [] : [op - 1] })
  }
  const { tips, headCount } = holdingsOf(dag)
  expect([tips.map(({ id, isHead }) => [id, isHead]), headCount]).toEqual([[[cheapId(length - 1), true]], 1])
  expect(storedHeads(dag, 10)).toEqual([cheapId(9)])
  const tipOf = (seq: number): Tip => ({ hint: authors[0]!.slice(0, 2), seq, id: cheapId(seq), isHead: true })
  const half = lackingOf(dag, length, { tips: [tipOf(499_999)], parts: new Uint8Array(), headCount: 1 }, [])
  expect(half).toEqual({ ops: [500_000, length], count: 500_000, visited: 1_000_000, isExact: true })
  // An unknown tip above all of it: the whole chain is held, as it seems, unless what is asked for says otherwise.
  const above: Holdings = { tips: [tipOf(length)], parts: new Uint8Array(), headCount: 1 }
  expect(lackingOf(dag, length, above, [])).toEqual({ ops: [], count: 0, visited: 16, isExact: false })
  expect(lackingOf(dag, length, above, [cheapId(length - 1)]).ops).toEqual([0, length])
})
