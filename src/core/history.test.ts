/** What `dag.test.ts` tries with small rooms, with depths that have many ops. */
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { randomBytes, createRandom } from './bytes.naive.ts'
import { append, compareOps, createDag, type Dag } from './dag.ts'
import { catchUp, createHistory, positionOf, sliceHistory } from './history.ts'
import { asOpId } from './op.ts'
import { authorNumber, idNumber } from './room.naive.ts'

/** Adds an op by a new author after one of depth `depth`: of that depth the first one. */
function add(dag: Dag, depth: number): void {
  const parent = dag.depth.subarray(0, dag.length).indexOf(depth)
  const n = dag.length
  append(dag, { id: idNumber(n), author: authorNumber(n % 7), seq: 0, prev: -1, parents: parent < 0 ? [] : [parent] })
}

test('D17 in lockstep with a sorted list while depths become wide', { timeout: 60_000 }, () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.constantFrom(1, 10, 200, 257, 300)), { minLength: 3, maxLength: 9 })
  fc.assert(
    fc.property(steps, fc.nat(), (added, at) => {
      const dag = createDag(1)
      const history = createHistory(dag)
      add(dag, -1)
      let deepest = 0
      for (const [depth, count] of added) {
        for (let i = 0; i < count; i++) add(dag, Math.min(depth, deepest))
        deepest = Math.max(deepest, Math.min(depth, deepest) + 1)
        catchUp(history)
        const sorted = Array.from({ length: dag.length }, (_, op) => op).sort((a, b) => compareOps(dag, a, b))
        expect(sliceHistory(history, 0, Infinity)).toEqual(sorted)
        const from = at % dag.length
        expect(sliceHistory(history, from, 50)).toEqual(sorted.slice(from, from + 50))
        for (const op of [0, from, dag.length - 1]) expect(positionOf(history, op)).toBe(sorted.indexOf(op))
      }
    }),
    { numRuns: 40 },
  )
})

test('D17 an op more among 60,000 of one depth sorts no long list', () => {
  const random = createRandom(1)
  const dag = createDag(1)
  const history = createHistory(dag)
  append(dag, { id: asOpId(randomBytes(random, 32)), author: authorNumber(0), seq: 0, prev: -1, parents: [] })
  const write = (): number => append(dag, { id: asOpId(randomBytes(random, 32)), author: authorNumber(1), seq: 0, prev: -1, parents: [0] })
  const sort = vi.spyOn(Array.prototype, 'sort')
  for (let i = 0; i < 60_000; i++) write()
  for (let i = 0; i < 100; i++) {
    const op = write()
    catchUp(history)
    expect(sliceHistory(history, positionOf(history, op), 1)).toEqual([op])
    sliceHistory(history, dag.length - 50, 50)
  }
  const longest = sort.mock.contexts.reduce<number>((most, list) => Math.max(most, (list as unknown[]).length), 0)
  sort.mockRestore()
  expect(longest).toBeLessThanOrEqual(256)
})
