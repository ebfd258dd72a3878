import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareBytes, toHex } from './bytes.ts'
import {
  append,
  childrenOf,
  compareOps,
  createDag,
  type Dag,
  idOf,
  markPast,
  numberOf,
  numberOfAuthor,
  opAt,
  parentsOf,
  sortedHeads,
  tipsOf,
  truncate,
  type Vertex,
} from './dag.ts'
import { naiveDag, verticesOf } from './dag.naive.ts'
import { catchUp, createHistory, positionOf, sliceHistory } from './history.ts'
import { numbersIn } from './number-set.ts'
import { asAuthor } from './op.ts'
import { authorNumber, cheapId, idNumber } from './room.naive.ts'
import { createSeen, FIRST_WITNESSES, seenBy, trackThose } from './seen.ts'

const authors = [0, 1, 2, 3].map(authorNumber)
const pick = fc.tuple(fc.nat(3), fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(5)), fc.array(fc.nat(8), { maxLength: 3 }))
const rooms = fc.array(pick, { maxLength: 40, size: 'max' }).map((picks) => verticesOf(picks, authors))
const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b)

function expectEqual(dag: Dag, vertices: readonly Vertex[]): void {
  const twin = naiveDag(vertices)
  expect(dag.length).toBe(vertices.length)
  for (const [op, { parents, id }] of vertices.entries()) {
    expect([...parentsOf(dag, op)]).toEqual(parents)
    expect(childrenOf(dag, op)).toEqual(twin.children(op).reverse())
    expect(dag.depth[op]).toBe(twin.depths[op])
    expect(numberOf(dag, id)).toBe(op)
    expect(idOf(dag, op)).toEqual(id)
  }
  expect([...numbersIn(dag.heads)]).toEqual(twin.heads)
  expect(sortedHeads(dag).map(toHex)).toEqual(
    twin.heads
      .map((op) => twin.ids[op]!)
      .sort(compareBytes)
      .map(toHex),
  )
  expect(dag.equivocations).toEqual(twin.equivocations)
  for (const author of authors) {
    const number = numberOfAuthor(dag, author)
    expect(sorted(tipsOf(dag, number))).toEqual(twin.tips(author))
    for (let seq = 0; seq < 6; seq++) expect(opAt(dag, number, seq)).toBe(twin.firstAt(author, seq))
  }
  expect(dag.authors.length).toBe(new Set(vertices.map(({ author }) => author)).size)
}

test('in lockstep with plain objects, also after ops were taken back and others added', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(rooms, rooms, fc.nat(), (room, other, cut) => {
      const dag = createDag(5)
      for (const vertex of room) append(dag, vertex)
      expectEqual(dag, room)
      const length = 1 + (cut % room.length)
      truncate(dag, length)
      expectEqual(dag, room.slice(0, length))
      // Another continuation, grown from the same beginning.
      const rest = other
        .slice(1)
        .map((vertex, i): Vertex => ({ ...vertex, id: idNumber(1_000 + i), prev: -1, seq: 0, parents: [i % length] }))
      for (const vertex of rest) append(dag, vertex)
      expectEqual(dag, [...room.slice(0, length), ...rest])
      truncate(dag, 0)
      expectEqual(dag, [])
      expect(dag.forks.size).toBe(0)
      expect(dag.authors.length).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('A15 the DAG is what its definition says after any ops were taken back and others added, many times', () => {
  // Two authors who fork often, in short rooms.
  const pickOfTwo = fc.tuple(fc.nat(1), fc.nat(2), fc.array(fc.nat(8), { maxLength: 1 }))
  const rounds = fc.array(fc.tuple(fc.nat(), fc.array(pickOfTwo, { maxLength: 4 })), { minLength: 4, maxLength: 16 })
  fc.assert(
    fc.property(rounds, (each) => {
      const dag = createDag(5)
      let kept: Parameters<typeof verticesOf>[0] = []
      for (const [cut, more] of each) {
        const length = Math.min(dag.length, 1 + (cut % (kept.length + 1)))
        truncate(dag, length)
        kept = [...kept.slice(0, Math.max(0, length - 1)), ...more]
        const vertices = verticesOf(kept, authors)
        for (const vertex of vertices.slice(length)) append(dag, vertex)
        expectEqual(dag, vertices)
        expect(dag.length).toBe(vertices.length)
      }
    }),
    { numRuns: 120, endOnFailure: true },
  )
})

test('the past of a frontier is what its definition says, and can be extended', () => {
  fc.assert(
    fc.property(rooms, fc.array(fc.nat(), { maxLength: 4 }), fc.nat(), (room, picks, more) => {
      const dag = createDag(5)
      for (const vertex of room) append(dag, vertex)
      const frontier = picks.map((each) => each % room.length)
      const marks = markPast(dag, frontier)
      const { past } = naiveDag(room)
      expect([...marks.keys()].filter((op) => marks[op] === 1)).toEqual(sorted(past(frontier)))
      const extended = markPast(dag, [more % room.length], marks)
      expect([...extended.keys()].filter((op) => extended[op] === 1)).toEqual(sorted(past([...frontier, more % room.length])))
    }),
    { numRuns: 60 },
  )
})

test('history and its windows equal sorting everything, however ops arrive and whenever it is read', () => {
  fc.assert(
    fc.property(rooms, fc.nat(50), fc.nat(20), fc.nat(7), (room, from, count, every) => {
      const dag = createDag(5)
      const history = createHistory(dag)
      for (const [i, vertex] of room.entries()) {
        append(dag, vertex)
        if (i % (every + 1) !== 0) continue
        catchUp(history)
        expect(sliceHistory(history, from, count)).toEqual(naiveDag(room.slice(0, i + 1)).history.slice(from, from + count))
      }
      catchUp(history)
      const twin = naiveDag(room)
      expect(sliceHistory(history, 0, room.length)).toEqual(twin.history)
      for (const [place, op] of twin.history.entries()) expect(positionOf(history, op)).toBe(place)
      for (let a = 0; a < room.length; a++) expect(Math.sign(compareOps(dag, a, 0))).toBe(Math.sign(twin.compare(a, 0)))
    }),
    { numRuns: 60 },
  )
})

test('a history hundreds deep and several wide equals sorting everything, and so do its windows', () => {
  fc.assert(
    fc.property(fc.array(pick, { minLength: 300, maxLength: 400 }), fc.integer({ min: 1, max: 9 }), fc.nat(400), (picks, every, from) => {
      const room = verticesOf(picks, authors)
      const dag = createDag(5)
      const history = createHistory(dag)
      for (const [i, vertex] of room.entries()) {
        append(dag, vertex)
        if (i % every > 0) continue
        catchUp(history)
        expect(sliceHistory(history, i, 2)).toHaveLength(1)
      }
      catchUp(history)
      const sortedOps = [...room.keys()].sort((a, b) => compareOps(dag, a, b))
      expect(sliceHistory(history, 0, room.length + 1)).toEqual(sortedOps)
      expect(sliceHistory(history, from, 30)).toEqual(sortedOps.slice(from, from + 30))
      for (const [place, op] of sortedOps.entries()) expect(positionOf(history, op)).toBe(place)
    }),
    { numRuns: 5 },
  )
})

test('seen by: whoever has an op in the past of one of its own, and nobody else', () => {
  fc.assert(
    fc.property(rooms, fc.nat(9), (room, every) => {
      const dag = createDag(5)
      const seen = createSeen(dag)
      for (const [i, vertex] of room.entries()) {
        append(dag, vertex)
        if (i % (every + 1) === 0) seenBy(seen, 0)
      }
      const twin = naiveDag(room)
      for (const op of room.keys()) {
        expect(sorted(seenBy(seen, op))).toEqual(sorted(twin.seenBy(op).map((author) => numberOfAuthor(dag, author))))
      }
    }),
    { numRuns: 60 },
  )
})

test('B8 sixty authors who see many ops of many parents in one moment, again and again, cost three walks of all edges each time at most', () => {
  const dag = createDag(5)
  const [people, dense, rounds] = [60, 500, 4]
  const last: number[] = []
  const add = (author: number, parents: readonly number[]): void => {
    const op = dag.length
    const prev = last[author] ?? -1
    const all = prev < 0 ? parents : [prev, ...parents.filter((parent) => parent !== prev)]
    append(dag, {
      id: cheapId(op),
      author: asAuthor(cheapId(9_000_000 + author)),
      seq: prev < 0 ? 0 : dag.seq[prev]! + 1,
      prev,
      parents: all,
    })
    last[author] = op
  }
  add(0, [])
  for (let author = 1; author < people; author++) add(author, [0])
  const seen = createSeen(dag)
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < dense; n++)
      add(
        people,
        Array.from({ length: 60 }, (_, i) => dag.length - 1 - i).filter((op) => op >= 0),
      )
    seenBy(seen, 0)
    for (let author = 0; author < people; author++) add(author, [dag.length - 1 - author])
    const before = seen.walked
    expect(seenBy(seen, dag.length - people - 1)).toHaveLength(people)
    expect(seen.walked - before).toBeLessThanOrEqual(3 * dag.edges)
  }
})

test('seen by is the same whether many ops are taken in at once or one at a time, for early authors and late ones', () => {
  const many = Array.from({ length: 70 }, (_, n) => authorNumber(n))
  const chance = fc.tuple(fc.nat(69), fc.nat(2), fc.array(fc.nat(30), { maxLength: 3 }))
  fc.assert(
    fc.property(fc.array(chance, { minLength: 100, maxLength: 200 }), (picks) => {
      const dag = createDag(5)
      const stepwise = createSeen(dag)
      for (const vertex of verticesOf(picks, many)) {
        append(dag, vertex)
        seenBy(stepwise, 0)
      }
      const atOnce = createSeen(dag)
      for (let op = 0; op < dag.length; op++) expect(seenBy(atOnce, op)).toEqual(seenBy(stepwise, op))
    }),
    { numRuns: 10 },
  )
})

test('receipts of MAX_WITNESSES_TRACKED authors are counted, and those of one more are not', () => {
  const dag = createDag(5)
  append(dag, { id: idNumber(0), author: authorNumber(0), seq: 0, prev: -1, parents: [] })
  for (let n = 1; n <= 64; n++) append(dag, { id: idNumber(n), author: authorNumber(n), seq: 0, prev: -1, parents: [0] })
  expect(seenBy(createSeen(dag), 0)).toEqual(Array.from({ length: 63 }, (_, i) => i + 1))
})

test('D18 receipts of authors who are here are counted, however many keys came before theirs; the FIRST_WITNESSES keep their places', () => {
  const dag = createDag(5)
  const add = (author: number, parents: readonly number[]): number =>
    append(dag, { id: idNumber(dag.length), author: authorNumber(author), seq: 0, prev: -1, parents: [...parents] })
  const genesis = add(0, [])
  for (let liar = 1; liar <= 63; liar++) add(liar, [genesis])
  const said = add(64, [genesis])
  for (const author of [65, 66, 67]) add(author, [said])
  const seen = createSeen(dag)
  expect(seenBy(seen, said)).toEqual([])
  trackThose(seen, [65, 66, 67])
  expect(sorted(seenBy(seen, said))).toEqual([65, 66, 67])
  expect(seenBy(seen, genesis)).toEqual(expect.arrayContaining(Array.from({ length: FIRST_WITNESSES - 1 }, (_, i) => i + 1)))
  // They stay when they have left, until all other places are needed; and who is here loses none to others who are.
  const many = Array.from({ length: 40 }, (_, i) => add(100 + i, [said])).map((op) => dag.author[op]!)
  trackThose(seen, many.slice(0, 29))
  expect(seenBy(seen, said)).toEqual(expect.arrayContaining([65, 66, 67]))
  trackThose(seen, many)
  expect(sorted(seenBy(seen, said))).toEqual(many.slice(0, 32))
  // As if each had had its place from the start.
  const anew = createSeen(dag)
  trackThose(anew, many)
  for (let op = 0; op < dag.length; op++) expect(sorted(seenBy(seen, op))).toEqual(sorted(seenBy(anew, op)))
})

describe('B8 size', { timeout: 30_000 }, () => {
  test('B8 a chain of 1,000,000 ops is built, walked and taken back without recursion', () => {
    const dag = createDag(5)
    for (let op = 0; op < 1_000_000; op++) {
      append(dag, { id: cheapId(op), author: authors[0]!, seq: op, prev: op - 1, parents: op === 0 ? [] : [op - 1] })
    }
    expect(markPast(dag, numbersIn(dag.heads)).every((mark) => mark === 1)).toBe(true)
    const history = createHistory(dag)
    catchUp(history)
    expect(sliceHistory(history, 999_999, 5)).toEqual([999_999])
    const seen = createSeen(dag)
    expect(seenBy(seen, 0)).toEqual([])
    truncate(dag, 999_000)
    expect(tipsOf(dag, 0)).toEqual([998_999])
  })

  test('B8 a conversation of ten people takes at most 150 bytes an op, history included, and an author 200 more', () => {
    const bytesOf = (held: object): number =>
      Object.values(held).reduce<number>((sum, value: unknown) => {
        if (value instanceof Int32Array || value instanceof Uint8Array) return sum + value.byteLength
        return sum + (value !== null && typeof value === 'object' && 'slots' in value ? bytesOf(value) : 0)
      }, 0)
    for (const [ops, people, most] of [
      [200_000, 10, 150 * 200_000],
      [20_000, 20_000, 350 * 20_000],
    ] as const) {
      const dag = createDag(5)
      const last: number[] = []
      for (let op = 0; op < ops; op++) {
        const prev = last[op % people] ?? -1
        const parents = op === 0 ? [] : prev < 0 ? [op - 1] : [prev, op - 1]
        const author = asAuthor(cheapId(ops + (op % people)))
        append(dag, { id: cheapId(op), author, seq: Math.floor(op / people), prev, parents })
        last[op % people] = op
      }
      const history = createHistory(dag)
      catchUp(history)
      expect(bytesOf(dag) + bytesOf(history)).toBeLessThan(most)
      expect(dag.forks.size).toBe(0)
    }
  })

  test('B1 an author with a long chain who forks again and again, and each fork is taken back, costs no walk of the chain each time', () => {
    const dag = createDag(5)
    const chain = 100_000
    for (let op = 0; op < chain; op++) {
      append(dag, { id: cheapId(op), author: authors[0]!, seq: op, prev: op - 1, parents: op === 0 ? [] : [op - 1] })
    }
    // With a walk each time this takes longer than a test may.
    for (let n = 0; n < 30_000; n++) {
      append(dag, { id: cheapId(chain), author: authors[0]!, seq: 0, prev: -1, parents: [0] })
      truncate(dag, chain)
    }
    expect(tipsOf(dag, 0)).toEqual([chain - 1])
    expect(dag.forks.size).toBe(0)
  })

  test('B1 an author with 100,000 forks costs each op no more than the first', () => {
    const dag = createDag(5)
    append(dag, { id: cheapId(0), author: authors[0]!, seq: 0, prev: -1, parents: [] })
    for (let op = 1; op <= 100_000; op++) append(dag, { id: cheapId(op), author: authors[0]!, seq: 1, prev: 0, parents: [0] })
    expect(tipsOf(dag, 0).length).toBe(100_000)
    truncate(dag, 1)
    expect(tipsOf(dag, 0)).toEqual([0])
    expect(dag.equivocations).toEqual([])
  })
})
