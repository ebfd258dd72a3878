/** Turns: whose item comes next, and whose is dropped. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createFairQueue,
  dropNewestOfHeaviest,
  dropOldestOfHeaviest,
  type FairQueue,
  push,
  removeAll,
  removeLane,
  shift,
  waitingOf,
} from './fair-queue.ts'

const QUANTUM = 10

/** Items are texts: source, sender, number. */
type Queue = FairQueue<string, string>
const add = (queue: Queue, source: string, sender: string, count: number, cost = 1): void => {
  for (let i = 0; i < count; i++) push(queue, source, sender, `${source}${sender}${i}`, cost)
}
const takeAll = (queue: Queue): string[] => {
  const all: string[] = []
  for (let item = shift(queue); item !== null; item = shift(queue)) all.push(item)
  return all
}

test('D23 one item waits for a quantum of each other source, however much and by however many senders another pours', () => {
  const queue: Queue = createFairQueue(QUANTUM)
  for (let sender = 0; sender < 255; sender++) add(queue, 'pours', `s${sender}`, 20)
  add(queue, 'other', 's', 500)
  add(queue, 'honest', 'h', 1)
  expect(takeAll(queue).indexOf('honesth0')).toBeLessThanOrEqual(2 * QUANTUM)
})

test('D23 senders of one source have turns too', () => {
  const queue: Queue = createFairQueue(QUANTUM)
  add(queue, 'nat', 'pours', 1_000)
  add(queue, 'nat', 'honest', 1)
  expect(takeAll(queue).indexOf('nathonest0')).toBeLessThanOrEqual(QUANTUM)
})

test('an item that costs more than a quantum comes after as many turns as pay for it', () => {
  const queue: Queue = createFairQueue(QUANTUM)
  add(queue, 'large', 's', 1, 5 * QUANTUM)
  add(queue, 'small', 's', 200)
  expect(takeAll(queue).indexOf('larges0')).toBe(4 * QUANTUM)
})

test('D23 what is dropped is the newest of whoever has most waiting', () => {
  const queue: Queue = createFairQueue(QUANTUM)
  add(queue, 'a', 'one', 3)
  add(queue, 'b', 'one', 2)
  add(queue, 'b', 'two', 4)
  expect([1, 2, 3, 4].map(() => dropNewestOfHeaviest(queue))).toEqual(['btwo3', 'btwo2', 'bone1', 'aone2'])
})

test('or the oldest of the same sender; or all of everybody', () => {
  const queue: Queue = createFairQueue(QUANTUM)
  add(queue, 'a', 'one', 3)
  add(queue, 'b', 'one', 2)
  add(queue, 'b', 'two', 4)
  expect([1, 2, 3, 4].map(() => dropOldestOfHeaviest(queue))).toEqual(['btwo0', 'btwo1', 'bone0', 'aone0'])
  expect(removeAll(queue).sort()).toEqual(['aone1', 'aone2', 'bone1', 'btwo2', 'btwo3'])
  expect(queue).toEqual(createFairQueue(QUANTUM))
})

test('a queue keeps nothing of a sender of which nothing waits', () => {
  const queue: Queue = createFairQueue(QUANTUM)
  add(queue, 'a', 's', 3)
  add(queue, 'b', 's', 3_000)
  expect(waitingOf(queue, 'a', 's')).toBe(3)
  removeLane(queue, 'a', 's')
  removeLane(queue, 'a', 's')
  expect([waitingOf(queue, 'a', 's'), queue.cost]).toEqual([0, 3_000])
  expect(takeAll(queue)).toEqual(Array.from({ length: 3_000 }, (_, i) => `bs${i}`))
  expect(queue).toEqual(createFairQueue(QUANTUM))
  expect([shift(queue), dropNewestOfHeaviest(queue), dropOldestOfHeaviest(queue), removeAll(queue)]).toEqual([null, null, null, []])
})

test('whatever happens: each sender’s items keep their order, none comes twice, and none is lost but those that were dropped', () => {
  const step = fc.oneof(
    fc.record({
      type: fc.constant('push' as const),
      source: fc.constantFrom('a', 'b', 'c'),
      sender: fc.constantFrom('x', 'y'),
      cost: fc.integer({ min: 1, max: 35 }),
    }),
    fc.record({ type: fc.constant('shift' as const) }),
    fc.record({ type: fc.constantFrom('drop' as const, 'drop oldest' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const queue = createFairQueue<string, { lane: string; n: number; cost: number }>(QUANTUM)
      const waiting: { lane: string; n: number; cost: number }[] = []
      for (const [n, each] of steps.entries()) {
        if (each.type === 'push') {
          const item = { lane: each.source + each.sender, n, cost: each.cost }
          push(queue, each.source, each.sender, item, each.cost)
          waiting.push(item)
        } else {
          const take = { shift, drop: dropNewestOfHeaviest, 'drop oldest': dropOldestOfHeaviest }[each.type]
          const item = take(queue)
          expect(item === null).toBe(waiting.length === 0)
          if (item === null) continue
          const ofLane = waiting.filter(({ lane }) => lane === item.lane)
          expect(item).toBe(each.type === 'drop' ? ofLane.at(-1) : ofLane[0])
          waiting.splice(waiting.indexOf(item), 1)
        }
        expect(queue.cost).toBe(waiting.reduce((sum, { cost }) => sum + cost, 0))
      }
    }),
  )
})

test('D23 law: between two items of another source, a source has one turn: an item, and less than a quantum of others', () => {
  const step = fc.oneof(
    fc.record({
      type: fc.constant('push' as const),
      source: fc.constantFrom('a', 'b'),
      sender: fc.integer({ min: 0, max: 30 }),
      cost: fc.oneof(fc.integer({ min: 1, max: QUANTUM }), fc.integer({ min: 1, max: 60 * QUANTUM })),
    }),
    fc.record({ type: fc.constant('shift' as const) }),
    fc.record({ type: fc.constant('shift' as const) }),
    fc.record({ type: fc.constantFrom('drop' as const, 'drop oldest' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400, size: 'max' }), (steps) => {
      const queue = createFairQueue<string | number, { source: string; cost: number }>(QUANTUM)
      const honest = { source: 'honest', cost: 1 }
      for (let i = 0; i < 3; i++) push(queue, 'honest', 'h', honest, 1)
      /** By source, the items that came since the last item of `honest`, without the first of each. */
      const since = new Map<string, number>()
      const take = (): void => {
        const item = shift(queue)!
        if (item.source === 'honest') {
          since.clear()
          push(queue, 'honest', 'h', honest, 1)
          return
        }
        since.set(item.source, since.has(item.source) ? since.get(item.source)! + item.cost : 0)
        expect(since.get(item.source)).toBeLessThan(QUANTUM)
      }
      for (const each of steps) {
        if (each.type === 'push') push(queue, each.source, each.sender, { source: each.source, cost: each.cost }, each.cost)
        else if (each.type === 'shift') take()
        else if (queue.shares.size > 1 && queue.cost > 100 * QUANTUM) {
          if (each.type === 'drop') dropNewestOfHeaviest(queue)
          else dropOldestOfHeaviest(queue)
        }
      }
      while (queue.shares.size > 1) take()
    }),
  )
})
