/** Which ops arrived late, in lockstep with a list. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { append, compareOps, createDag, type Dag } from '../core/dag.ts'
import { catchUp, createHistory, type History } from '../core/history.ts'
import { authorNumber, idNumber } from '../core/room.naive.ts'
import { createLateWatch, LONGEST_STREAM, MAX_LATE_NAMED } from './late.ts'

interface Room {
  readonly dag: Dag
  readonly history: History
}

function emptyRoom(): Room {
  const dag = createDag(1)
  return { dag, history: createHistory(dag) }
}

/** Adds an op after another one; −1: the first one. Gives its number. */
function add({ dag, history }: Room, parent: number): number {
  const op = append(dag, { id: idNumber(dag.length), author: authorNumber(1), seq: 0, prev: -1, parents: parent < 0 ? [] : [parent] })
  catchUp(history)
  return op
}

test('what stands before an op that was here is late, in the order of the history; what follows all of them is not', () => {
  const room = emptyRoom()
  const genesis = add(room, -1)
  const chain = [genesis, add(room, genesis)]
  chain.push(add(room, chain[1]!), add(room, chain[1]! + 1))
  const watch = createLateWatch(room, 0, () => false)
  add(room, chain.at(-1)!)
  expect(watch.look(false, 1)).toEqual({ count: 0, first: [] })
  const second = add(room, chain[1]!)
  const first = add(room, genesis)
  expect(watch.look(false, 2)).toEqual({ count: 2, first: [first, second] })
  expect(watch.look(false, 3)).toEqual({ count: 0, first: [] })
})

test('in lockstep with a sorted list, whatever is taken in together', () => {
  const step = fc.record({ parent: fc.nat(), isTakingIn: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const room = emptyRoom()
      const { dag } = room
      add(room, -1)
      const watch = createLateWatch(room, 0, () => false)
      let before = [0]
      for (const { parent, isTakingIn } of steps) {
        add(room, parent % dag.length)
        const found = watch.look(isTakingIn, 1)
        if (isTakingIn) {
          expect(found.count).toBe(0)
          continue
        }
        const sorted = Array.from({ length: dag.length }, (_, op) => op).sort((a, b) => compareOps(dag, a, b))
        const end = Math.max(...before.map((op) => sorted.indexOf(op)))
        const late = sorted.slice(0, end).filter((op) => !before.includes(op))
        expect(found).toEqual({ count: late.length, first: late })
        before = sorted
      }
    }),
  )
})

test('who comes to a room, and finds much of it concurrent, is told of nothing late', () => {
  const room = emptyRoom()
  const watch = createLateWatch(room, 0, () => false)
  const genesis = add(room, -1)
  const branch = add(room, add(room, genesis))
  watch.look(true, 1)
  add(room, add(room, genesis))
  add(room, branch)
  expect(watch.look(false, 2)).toEqual({ count: 0, first: [] })
})

test('somebody who sends without end delays what is told, and does not prevent it', () => {
  const room = emptyRoom()
  const genesis = add(room, -1)
  add(room, add(room, genesis))
  const watch = createLateWatch(room, 0, () => false)
  const late = add(room, genesis)
  expect(watch.look(true, LONGEST_STREAM - 1)).toEqual({ count: 0, first: [] })
  expect(watch.look(true, LONGEST_STREAM)).toEqual({ count: 1, first: [late] })
})

test('of thousands of late ops all are counted, and the first ones named', () => {
  const room = emptyRoom()
  const genesis = add(room, -1)
  add(room, add(room, genesis))
  const watch = createLateWatch(room, 0, () => false)
  const late = Array.from({ length: 2_000 }, () => add(room, genesis))
  const sorted = late.toSorted((a, b) => compareOps(room.dag, a, b))
  expect(watch.look(false, 1)).toEqual({ count: 2_000, first: sorted.slice(0, MAX_LATE_NAMED) })
})

test('what was written here while others were taken in is late once some of them stand after it; what they follow is not', () => {
  const room = emptyRoom()
  const own = new Set<number>()
  const watch = createLateWatch(room, 0, (op) => own.has(op))
  const write = (parent: number): number => {
    const op = add(room, parent)
    own.add(op)
    return op
  }
  const genesis = add(room, -1)
  const first = write(genesis)
  const second = write(first)
  let tip = genesis
  for (let i = 0; i < 5; i++) tip = add(room, tip)
  const last = write(tip)
  expect(watch.look(true, 1)).toEqual({ count: 0, first: [] })
  expect(watch.look(false, 2)).toEqual({ count: 2, first: [first, second] })
  // Afterwards others come one by one.
  const answer = add(room, last)
  expect(watch.look(false, 3)).toEqual({ count: 0, first: [] })
  write(answer)
  expect(watch.look(false, 4)).toEqual({ count: 0, first: [] })
})
