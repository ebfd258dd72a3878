/** Which ops arrived late, in lockstep with a list. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { append, compareOps, createDag, type Dag } from '../core/dag.ts'
import { catchUp, createHistory, type History } from '../core/history.ts'
import { asAuthor } from '../core/op.ts'
import { idNumber } from '../core/room.naive.ts'
import type { SimNode } from '../sim/node.ts'
import { chainOf, claim, createStage, ghostId, keyNamed, linkNamed, message, push, run } from '../sim/stage.ts'
import { isTakingIn } from '../sync/taking-in.ts'
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
function add({ dag, history }: Room, parent: number, author = 1): number {
  const op = append(dag, {
    id: idNumber(dag.length),
    author: asAuthor(idNumber(-1 - author)),
    seq: 0,
    prev: -1,
    parents: parent < 0 ? [] : [parent],
  })
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

test('D24 late ops of one author, thousands of them, do not keep the first one of another author from being named', () => {
  const room = emptyRoom()
  const { dag } = room
  const genesis = add(room, -1)
  const middle = add(room, genesis)
  add(room, add(room, add(room, middle)))
  const watch = createLateWatch(room, 0, () => false)
  for (let i = 0; i < 1_000; i++) add(room, genesis, 2)
  const bob = add(room, middle + 1, 3)
  const { count, first } = watch.look(false, 1)
  expect([count, first.length]).toEqual([1_001, MAX_LATE_NAMED])
  expect(first).toContain(bob)
  expect(first).toEqual(first.toSorted((a, b) => compareOps(dag, a, b)))
})

test('D24 late ops of more authors than are named: those who wrote here first are named', () => {
  const room = emptyRoom()
  const genesis = add(room, -1)
  const middle = add(room, genesis)
  const bob = add(room, middle, 2)
  add(room, add(room, add(room, bob)))
  const watch = createLateWatch(room, 0, () => false)
  for (let i = 0; i < 1_000; i++) add(room, genesis, 3 + i)
  const late = add(room, bob, 2)
  expect(watch.look(false, 1).first).toContain(late)
})

test('D24 while names that name ops which nobody has keep questions open, a late op is told at once', () => {
  const stage = createStage(1)
  const [alice] = stage.nodes as [SimNode]
  const { engine } = alice
  const link = linkNamed(stage, 'bob')
  const first = message(stage, keyNamed('bob'), null, [stage.room], 'hello')
  push(stage, alice, link, [[first]])
  const watch = createLateWatch(engine.replica, engine.now, () => false)
  let open = 0
  const told = (ms: number): number => {
    let count = 0
    for (let t = 0; t < ms; t += 100) {
      if (t % 1_000 === 0)
        for (let n = 0; n < 8; n++) claim(stage, alice, linkNamed(stage, `liar ${n}`), [ghostId(100 * n + Math.floor(engine.now / 1_000))])
      run(stage, 100)
      if (engine.fetches.size > 0) open++
      count += watch.look(isTakingIn(engine, engine.now), engine.now).count
    }
    return count
  }
  told(1_000)
  for (const op of chainOf(stage, keyNamed('mallory'), 50, [first.id])) push(stage, alice, link, [[op]])
  expect(told(1_000)).toBe(0)
  push(stage, alice, link, [[message(stage, keyNamed('bob'), first, [], 'what he typed before he had them')]])
  expect(told(100)).toBe(1)
  expect(open).toBeGreaterThan(10)
})
