/** The simulator's parts alone: chance, time, disk, compression, and its definition of the admitted set beside the core's. */
import { ok, refuse } from '../core/result.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { admittedSet as coreAdmittedSet, judgeWords, ROOM, roomOf, stepArbitrary } from '../core/room.naive.ts'
import { checkOp } from '../core/op.ts'
import { createReplica, receive } from '../core/replica.ts'
import { sortedHeads } from '../core/dag.ts'
import { sliceHistory } from '../core/history.ts'
import { type Accepts, admittedSet, randomOrder, viewOf } from './definition.ts'
import { createDisk, flipBit, lengthOf, loseTail, read, rescue, rollBack, safeOps, write } from './disk.ts'
import { createRandom } from './random.ts'
import { createSchedule } from './schedule.ts'
import { bomb, squeeze, squeezeRuns, unsqueeze } from './squeeze.ts'

const numbers = (next: () => number): number[] => Array.from({ length: 20 }, next)

describe('chance', () => {
  test('is the same for a seed, and another for another seed or label', () => {
    const [a, again, other, fork] = [createRandom(1), createRandom(1), createRandom(2), createRandom(1).fork('x')].map(({ next }) =>
      numbers(next),
    )
    expect(again).toEqual(a)
    expect(other).not.toEqual(a)
    expect(fork).not.toEqual(a)
  })

  test('a fork does not depend on what was drawn before', () => {
    const drawn = createRandom(1)
    numbers(drawn.next)
    expect(numbers(drawn.fork('x').next)).toEqual(numbers(createRandom(1).fork('x').next))
  })

  test('what is shuffled is all there', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat()), (seed, items) => {
        const up = (a: number, b: number): number => a - b
        expect(createRandom(seed).shuffled(items).sort(up)).toEqual(items.toSorted(up))
      }),
    )
  })
})

test('events run in order of time, and of asking where times are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 50 }), (times) => {
      const schedule = createSchedule()
      const ran: number[] = []
      for (const [i, time] of times.entries()) schedule.at(time, () => ran.push(i))
      schedule.runUntil(100, () => false)
      expect(ran).toEqual(times.map((_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b))
      expect(schedule.now).toBe(100)
    }),
  )
})

describe('a disk', () => {
  const segment = (first: number) => ({ first, count: 2, bytes: Uint8Array.of(first, 1, 2, 3) })

  test('loses what was not strict in a crash, and nothing else', () => {
    const disk = createDisk()
    write(disk, [segment(0)], 'relaxed')
    write(disk, [segment(2)], 'strict')
    write(disk, [segment(4), segment(6)], 'relaxed')
    expect([lengthOf(disk), safeOps(disk)]).toEqual([8, 4])
    loseTail(disk, 0.5)
    expect(lengthOf(disk)).toBe(6)
    write(disk, [segment(6)], 'relaxed')
    loseTail(disk, 0)
    expect(lengthOf(disk)).toBe(6)
  })

  test('keeps nothing of a write that it refuses', () => {
    const disk = createDisk()
    disk.failure = 'full'
    expect(write(disk, [segment(0)], 'strict')).toBe('full')
    expect(read(disk, 0, 9)).toEqual([])
  })

  test('does not give a segment with a flipped bit, nor what is behind it', () => {
    for (let bit = 0; bit < 1; bit += 1 / 32) {
      const disk = createDisk()
      write(disk, [segment(0), segment(2), segment(4)], 'strict')
      flipBit(disk, 0.5, bit)
      expect(read(disk, 0, 9)).toEqual([segment(0)])
      expect(read(disk, 4, 9)).toEqual([segment(4)])
      expect(safeOps(disk)).toBe(2)
      expect(rescue(disk, 2)).toEqual([segment(4).bytes])
    }
  })

  test('is put back to an earlier state, but not to none', () => {
    const disk = createDisk()
    rollBack(disk, 0.5)
    expect(lengthOf(disk)).toBe(0)
    write(disk, [segment(0), segment(2)], 'strict')
    rollBack(disk, 0)
    expect(lengthOf(disk)).toBe(2)
  })
})

test('what was squeezed comes back, what is cut or too large does not', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  expect(unsqueeze(squeeze(bytes), 3)).toEqual(ok(bytes))
  expect(unsqueeze(squeeze(bytes), 2)).toEqual(refuse('too-large'))
  expect(unsqueeze(squeeze(bytes).subarray(1), 9)).toEqual(refuse('too-large'))
  expect(unsqueeze(squeeze(bytes).subarray(0, 6), 9)).toEqual(refuse('bad-deflate'))
  const runs = Uint8Array.from({ length: 200_000 }, (_, i) => i >> 17)
  expect(squeezeRuns(runs).length).toBeLessThan(30)
  expect(unsqueeze(squeezeRuns(runs), 200_000)).toEqual(ok(runs))
  expect(unsqueeze(squeezeRuns(runs).subarray(0, -1), 200_000)).toEqual(refuse('bad-deflate'))
  expect(unsqueeze(bomb(1_000), 1_000)).toEqual(ok(new Uint8Array(1_000)))
  expect(unsqueeze(bomb(1_001), 1_000)).toEqual(refuse('too-large'))
})

test('the definition gives the set that the core’s definition gives, and the engine’s heads, history and equivocations', () => {
  // What 'alone' asks of an op's past is for a room with other rules: here an op is judged by itself.
  const step = stepArbitrary.map((each) => (each.says === 'alone' ? { ...each, says: 'fine' as const } : each))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat(), (steps, seed) => {
      const ops = roomOf(steps).filter(({ op }) => checkOp(op) === null)
      const signed = new Set(ops.filter(({ signature }) => signature !== null).map(({ id }) => toHex(id)))
      const replica = createReplica(ROOM, judgeWords, 1)
      const accepts: Accepts = ({ op }) => judgeWords(op, { dag: replica.dag, parents: [] }) === null
      const set = admittedSet(ops, ROOM, ({ id }) => signed.has(toHex(id)), accepts)
      expect(new Set([...set.values()].map(({ id }) => toHex(id)))).toEqual(coreAdmittedSet(ops, signed))

      const order = randomOrder(set, createRandom(seed).below)
      receive(replica, order, 'all')
      const view = viewOf(order)
      expect(sortedHeads(replica.dag).map(toHex)).toEqual(view.heads.map(toHex))
      const history = sliceHistory(replica.history, 0, replica.dag.length)
      expect(history.map((op) => toHex(order[op]!.id))).toEqual(view.history.map(({ id }) => toHex(id)))
      expect(replica.dag.equivocations.length).toBe(view.equivocations.reduce((sum, twins) => sum + twins.length - 1, 0))
    }),
  )
})
