/** The harness of the suite "sync": what it counts, and that the rooms it makes are what it says. */
import { expect, test } from 'vitest'
import { numberOf } from '../core/dag.ts'
import { signedBytes } from '../core/keys.ts'
import { createReplica, receive } from '../core/replica.ts'
import { judgeOpen } from '../rules/open.ts'
import { createRandom } from '../sim/random.ts'
import { cutsWithin, join } from './sync-cuts.ts'
import { createLargePair, msToFind } from './sync-difference.ts'
import { createDifference, createPair, createShared, firstContact, floorOf } from './sync-first-contact.ts'
import { meet, type Party } from './sync-meet.ts'
import { isStandIn, live, merged } from './sync-room.ts'

/** Says `turns` things, one each time it has heard something (the first at once), each of `bytes` bytes. */
function talker(turns: number, bytes: number, startsAt = 0): Party & { heard: number } {
  let left = turns
  let due = startsAt === 0
  const party = {
    heard: 0,
    take(messages: readonly Uint8Array[]) {
      party.heard += messages.length
      due = messages.length > 0
    },
    sent() {
      const says = due && left > 0
      due = false
      if (says) left--
      return says ? [new Uint8Array(bytes)] : []
    },
    alarm: () => (startsAt > 0 && left === turns ? startsAt : Infinity),
    tick() {
      due = true
    },
  }
  return party
}

test('what both say at once is one flight, and what that makes them say the next', () => {
  const pair = [talker(2, 10), talker(2, 1)] as const
  expect(meet(pair, [() => pair[0].heard === 1, () => pair[0].heard === 2])).toEqual([
    { flights: 1, bytes: 11, messages: 2, waited: 0 },
    { flights: 2, bytes: 22, messages: 4, waited: 0 },
  ])
})

test('a question and its answer are two flights, and waiting for an alarm is none', () => {
  const asks = talker(1, 5, 700)
  const [tally] = meet([asks, talkerThatAnswers()], [() => asks.heard === 1])
  expect(tally).toEqual({ flights: 2, bytes: 12, messages: 2, waited: 700 })
})

/** Says nothing until it is spoken to, then 7 bytes. */
function talkerThatAnswers(): Party {
  let heard = 0
  return {
    take: (messages) => void (heard += messages.length),
    sent: () => (heard > 0 ? [new Uint8Array(7 * heard--)] : []),
    alarm: () => Infinity,
    tick: () => {},
  }
}

test('two that never get there, and two that say nothing, are an error and no figure', () => {
  expect(() => meet([talker(5_000, 1), talker(5_000, 1)], [() => false])).toThrow('do not agree')
  expect(() => meet([talker(0, 1), talker(0, 1)], [() => false])).toThrow('silent for ever')
})

const shared = createShared(3_000, 4, 1)

test('the rooms that are made are admitted whole, by as many authors as were asked for, packed and live', () => {
  const replica = createReplica(shared.genesis.id, judgeOpen, 1)
  const [own] = createDifference(shared, 50, 0, 1)
  for (const unit of [...shared.units, ...own.map(live)]) receive(replica, unit, 'file')
  expect(replica.dag.length).toBe(3_050)
  expect(replica.dag.authors.length).toBe(4)
  expect(replica.dag.equivocations).toEqual([])
})

test('an author of a difference writes on one side, but an equivocator says two things under one seq', () => {
  for (const equivocators of [0, 1] as const) {
    const replica = createReplica(shared.genesis.id, judgeOpen, 1)
    const differences = createDifference(shared, 20, equivocators, 2)
    for (const unit of [...shared.units, ...differences.flat().map(live)]) receive(replica, unit, 'file')
    expect(differences.map((ops) => ops.length)).toEqual([20, 20])
    expect(replica.dag.length).toBe(3_040)
    expect(replica.dag.equivocations.length).toBe(equivocators)
  }
})

test('merged units have a signature for what no unit-mate follows, and no other', () => {
  const [ops] = createDifference(shared, 100, 0, 3)
  const [unit] = merged(ops)
  const signed = unit!.filter(({ signature }) => signature !== null)
  const lastOfEach = new Map(ops.map((each) => [String(each.op.author), each]))
  expect(signed.map(({ id }) => id)).toEqual(ops.filter((each) => lastOfEach.get(String(each.op.author)) === each).map(({ id }) => id))
  expect(floorOf(ops)).toBeLessThan(floorOf(ops.slice(0, 50)) + floorOf(ops.slice(50)))
})

test('a stand-in is good for one author and one message', () => {
  const { op, id, signature } = live(shared.ops[1]!)[0]!
  const other = shared.ops.find((each) => String(each.op.author) !== String(op.author))!
  expect(isStandIn(signature!, op.author, signedBytes(id))).toBe(true)
  expect(isStandIn(signature!, op.author, signedBytes(other.id))).toBe(false)
  expect(isStandIn(signature!, other.op.author, signedBytes(id))).toBe(false)
})

test('two engines that meet end up with everything, and what they said is more than the missing ops', () => {
  const differences = createDifference(shared, 10, 1, 4)
  const met = firstContact(shared, differences, 4)
  expect(met.overhead).toBeGreaterThan(0)
  expect(met.overheadWhenKnown).toBeGreaterThanOrEqual(met.overhead)
  expect(met.roundTrips).toBeGreaterThanOrEqual(1)
})

test('the same meeting costs the same twice', () => {
  const differences = createDifference(shared, 10, 0, 5)
  expect(firstContact(shared, differences, 5)).toEqual(firstContact(shared, differences, 5))
})

test("a side holds what is shared and its own, and not what is the other side's", () => {
  const differences = createDifference(shared, 5, 0, 6)
  const [a, b] = createPair(shared, differences, 6)
  expect(numberOf(a.engine.replica.dag, differences[0][4]!.id)).toBe(3_004)
  expect(numberOf(b.engine.replica.dag, differences[0][4]!.id)).toBe(-1)
  expect(b.engine.stored).toBe(3_005)
})

test('a join without cuts brings every op once', () => {
  const whole = join(shared, [], 7)
  expect(whole).toMatchObject({ cuts: 0, received: 3_000, distinct: 3_000 })
  expect(whole.carried).toBeGreaterThan(floorOf(shared.ops))
})

test('a join is cut as often as is asked for, carries more then, and ends with everything', () => {
  const { carried } = join(shared, [], 8)
  const cut = join(shared, cutsWithin(createRandom(8), carried, 10), 8)
  expect(cut.cuts).toBe(10)
  expect(cut.distinct).toBe(3_000)
  expect(cut.carried).toBeGreaterThan(carried)
})

test('what was cut counts as far as it came', () => {
  expect(join(shared, [90], 8).carried - join(shared, [1], 8).carried).toBe(89)
})

test('engines on a large history find what to send, which takes time', () => {
  const pair = createLargePair({ shared: 3_000, authors: 4, differ: 10 }, 9)
  expect(pair.replicas.map(({ dag }) => dag.length)).toEqual([3_010, 3_010])
  expect(msToFind(pair, 1)).toBeGreaterThan(0)
  expect(pair.replicas.map(({ dag }) => dag.length)).toEqual([3_010, 3_010])
})
