import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numbersIn } from './number-set.ts'
import { compareBytes, toHex } from './bytes.ts'
import { parentsOf } from './dag.ts'
import { MAX_PENDING_BYTES, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL, MAX_REJECTED_REMEMBERED, MAX_UNIT_OPS } from './limits.ts'
import { waitingOp, waitingOps } from './pending.ts'
import { createReplica, type Outcome, receive, type Replica } from './replica.ts'
import { catchUp } from './history.ts'
import {
  admittedOf,
  admittedSet,
  GENESIS,
  idNumber,
  judgeWords,
  opAfter,
  ROOM,
  roomOf,
  stepArbitrary,
  unitOpOf,
  unsigned,
} from './room.naive.ts'
import type { Unit, UnitOp } from './unit.ts'

const open = (): Replica => {
  const replica = createReplica(ROOM, judgeWords, 7)
  receive(replica, [GENESIS], 'test')
  return replica
}

const fates = (outcomes: readonly Outcome[]): string[] => outcomes.map((outcome) => ('reason' in outcome ? outcome.reason : outcome.type))

/** Fate of one op that arrives signed and alone after `before`. */
const fateOf = (unitOp: UnitOp, ...before: readonly Unit[]): string => {
  const replica = open()
  for (const unit of before) receive(replica, unit, 'test')
  const [fate] = fates(receive(replica, [unitOp], 'test'))
  expect(admittedOf(replica).has(toHex(unitOp.id))).toBe(fate === 'admitted')
  return fate!
}

function expectNothingWaits({ pending }: Replica): void {
  expect(pending).toMatchObject({ ops: 0, bytes: 0, parents: 0 })
  for (const map of [pending.byLink, pending.slots, pending.touched]) expect(map.size).toBe(0)
}

const first = opAfter(1, null, [GENESIS], 'first')
const second = opAfter(1, first, [], 'second')

describe('one op that breaks one rule', () => {
  test('and one that breaks none', () => expect(fateOf(second, [first])).toBe('admitted'))
  test('A8 B10 wrong-room: an op of another room', () =>
    expect(fateOf({ ...opAfter(1, null, [GENESIS], '', { room: idNumber(1) }) })).toBe('wrong-room'))
  test('B11 second-genesis', () => expect(fateOf(opAfter(2, null, [], 'mine', { room: null }))).toBe('second-genesis'))
  test('A3 B13 prev-not-own: continues the chain of another author', () =>
    expect(fateOf(opAfter(2, first, []), [first])).toBe('prev-not-own'))
  test('prev-not-own inside a unit', () => {
    const stolen = opAfter(2, first, [])
    expect(fates(receive(open(), [first, stolen], 'test'))).toEqual(['admitted', 'prev-not-own'])
  })
  test('B13 seq-gap: leaves out a number, or takes one again', () => {
    expect(fateOf(opAfter(1, first, [], '', { seq: 2 }), [first])).toBe('seq-gap')
    expect(fates(receive(open(), [first, opAfter(1, first, [], '', { seq: 7 })], 'test'))).toEqual(['admitted', 'seq-gap'])
  })
  test('B7 self-parent: an id among its own parents (which takes a broken hash)', () => {
    const made = opAfter(1, null, [GENESIS])
    expect(fateOf({ ...made, op: { ...made.op, deps: [made.id] } })).toBe('self-parent')
  })
  test('B20 parent-rejected: a child of a rejected op is rejected at once and asks for nothing', () => {
    const replica = open()
    const bad = opAfter(1, null, [GENESIS], 'bad')
    receive(replica, [bad], 'test')
    expect(fates(receive(replica, [opAfter(2, null, [bad])], 'test'))).toEqual(['parent-rejected'])
    expect(replica.pending.ops).toBe(0)
  })
  test('B20 parent-rejected: a child that came before its rejected parent, and its own child', () => {
    const replica = open()
    const bad = opAfter(1, null, [GENESIS], 'bad')
    const child = opAfter(2, null, [bad])
    const grandchild = opAfter(3, null, [child])
    receive(replica, [grandchild], 'test')
    receive(replica, [child], 'test')
    expect(fates(receive(replica, [bad], 'test'))).toEqual(['bad-body', 'parent-rejected', 'parent-rejected'])
    expect(replica.pending.ops).toBe(0)
  })
  test('B20 parent-rejected: a child that also waits for another parent, and its own child', () => {
    const replica = open()
    const bad = opAfter(1, null, [GENESIS], 'bad')
    const child = opAfter(2, null, [bad], '', { deps: [bad.id, idNumber(0)].sort(compareBytes) })
    receive(replica, [child, opAfter(3, null, [child])], 'test')
    expect(fates(receive(replica, [bad], 'test'))).toEqual(['bad-body', 'parent-rejected', 'parent-rejected'])
    expect(replica.pending.ops).toBe(0)
  })
  test('B20 parent-rejected: an op whose waiting parent falls with a unit-mate', () => {
    const replica = open()
    const bad = opAfter(1, null, [GENESIS], '', { room: idNumber(1) })
    const child = opAfter(2, null, [bad])
    receive(replica, [child], 'test')
    expect(fates(receive(replica, [bad, opAfter(3, null, [child])], 'test'))).toEqual(['wrong-room', 'parent-rejected', 'parent-rejected'])
    expect(replica.pending.ops).toBe(0)
  })
  test('bad-body and unknown-kind are the room’s verdicts', () => {
    expect(fateOf(opAfter(1, null, [GENESIS], 'bad'))).toBe('bad-body')
    expect(fateOf(opAfter(1, null, [GENESIS], 'alone'))).toBe('unknown-kind')
  })
  test('B16 a verdict looks at the causal past, not at what else is held', () => {
    const elsewhere = opAfter(2, null, [GENESIS], 'elsewhere')
    const more = opAfter(2, elsewhere, [], 'more')
    const alone = opAfter(1, null, [GENESIS], 'alone')
    expect(fateOf(alone, [elsewhere, more])).toBe('unknown-kind')
    expect(fateOf(opAfter(1, null, [more], 'alone'), [elsewhere, more])).toBe('admitted')
  })
  test('B12 any time is as good as any other', () => {
    for (const time of [0, 2 ** 53 - 1]) expect(fateOf(opAfter(1, null, [GENESIS], '', { time }))).toBe('admitted')
  })
  test('B13 leaving out deps that were known is legal', () => expect(fateOf(opAfter(2, null, [GENESIS]), [first, second])).toBe('admitted'))
  test('B9 redundant deps are harmless', () => {
    const replica = open()
    receive(replica, [first], 'test')
    receive(replica, [opAfter(2, null, [GENESIS, first])], 'test')
    expect([...parentsOf(replica.dag, 2)].sort((a, b) => a - b)).toEqual([0, 1])
  })
})

describe('who vouches for whom', () => {
  test('A2 an op in another author’s name, without a signature, leaves no trace of a fork', () => {
    const replica = open()
    receive(replica, [first], 'test')
    receive(replica, [second], 'test')
    for (const forged of [opAfter(1, null, [GENESIS], 'forged'), opAfter(1, first, [], 'forged')])
      receive(replica, [unsigned(forged)], 'mallory')
    expect(replica.dag.forks.size).toBe(0)
  })
  test('A2 an op without a signature is dropped, not rejected: signed, it is admitted', () => {
    const replica = open()
    expect(fates(receive(replica, [unsigned(first)], 'test'))).toEqual(['unauthentic'])
    expect(replica.rejected.size).toBe(0)
    expect(fates(receive(replica, [first], 'test'))).toEqual(['admitted'])
  })
  test('A15 an unsigned op is admitted with the signed op above it', () =>
    expect(fates(receive(open(), [unsigned(first), second], 'test'))).toEqual(['admitted']))
  test('A16 B17 an unsigned op below a rejected one is admitted nowhere', () => {
    const bad = opAfter(1, first, [], 'bad')
    expect(fates(receive(open(), [unsigned(first), bad], 'test')).sort()).toEqual(['bad-body', 'unauthentic'])
  })
  test('A3 another author’s signature vouches for nothing', () => {
    const reply = opAfter(2, null, [first])
    expect(fates(receive(open(), [unsigned(first), reply], 'test')).sort()).toEqual(['unauthentic', 'unauthentic'])
  })
  test('B18 a unit in which one branch of a fork is signed admits that branch', () => {
    const [left, right] = [opAfter(1, first, [], 'left'), opAfter(1, first, [], 'right')]
    const replica = open()
    expect(fates(receive(replica, [unsigned(first), unsigned(left), right], 'test'))).toEqual(['unauthentic', 'admitted'])
    expect(admittedOf(replica)).toEqual(new Set([GENESIS, first, right].map(({ id }) => toHex(id))))
  })
  test('A16 B17 what nothing vouches for does not wait either: it cannot stand in the way of its signed twin', () => {
    const replica = open()
    receive(replica, [unsigned(second)], 'mallory')
    expect(replica.pending.ops).toBe(0)
    receive(replica, [second], 'alice')
    expect(fates(receive(replica, [first], 'alice'))).toEqual(['admitted', 'admitted'])
  })
  test('A3 B17 what only another author’s op follows does not wait either', () => {
    const replica = open()
    expect(fates(receive(replica, [unsigned(second), opAfter(2, second, [])], 'mallory'))).toEqual(['unauthentic', 'unauthentic'])
    expect(replica.pending.ops).toBe(0)
  })
  test('A7 an op that comes twice in a unit is one op, signed if one copy is', () => {
    for (const unit of [
      [first, first],
      [unsigned(first), first],
      [first, unsigned(first)],
    ]) {
      const replica = open()
      expect(fates(receive(replica, unit, 'test')).sort()).toEqual(['admitted', 'duplicate'])
      expect(replica.dag.equivocations).toEqual([])
    }
  })
  test('a unit made to fall apart op by op is judged in little time', () => {
    // Every level needs two more passes: an unsigned op whose child in another chain vouches for the next.
    const unit: UnitOp[] = []
    let below: UnitOp | null = null
    for (let level = 0; unit.length + 3 <= MAX_UNIT_OPS; level++) {
      const author = 10 + level
      const base: UnitOp = opAfter(author, null, [GENESIS], `base ${level}`)
      unit.unshift(unsigned(base))
      if (below !== null) unit.push(opAfter(author, base, [below]))
      below = base
    }
    const replica = open()
    receive(replica, unit, 'test')
    expect(replica.dag.length).toBeGreaterThan(0)
  })
})

describe('pending', { timeout: 30_000 }, () => {
  test('B4 B6 pending never outgrows its budgets, whoever brings it', () => {
    const replica = open()
    for (let i = 0; i < 2 * MAX_PENDING_TOTAL; i++) receive(replica, [opAfter(1, null, [], '', { deps: [idNumber(i)] })], `link ${i % 7}`)
    expect(replica.pending.ops).toBe(MAX_PENDING_TOTAL)
    for (const { ops } of replica.pending.byLink.values()) expect(ops).toBeLessThanOrEqual(MAX_PENDING_PER_LINK)
  })
  test('B6 a flood of small ops, from one link or many, leaves what an honest link waits for', () => {
    const replica = open()
    receive(replica, [second], 'alice')
    for (let i = 0; i < 10_000; i++) receive(replica, [opAfter(9, null, [], '', { deps: [idNumber(i)] })], `mallory ${i % 12}`)
    expect(fates(receive(replica, [first], 'alice'))).toEqual(['admitted', 'admitted'])
  })
  test('B6 a flood of large ops does not push out another link’s small ones', () => {
    const replica = open()
    let above = first
    const chain = Array.from({ length: 400 }, () => (above = opAfter(1, above, [])))
    for (const op of chain) receive(replica, [op], 'alice')
    const large = new Uint8Array(60_000)
    for (let i = 0; i < 2 * (MAX_PENDING_BYTES / large.length); i++) {
      receive(replica, [opAfter(9, null, [], '', { deps: [idNumber(i)], body: large })], 'mallory')
    }
    expect(replica.pending.bytes).toBeLessThanOrEqual(MAX_PENDING_BYTES)
    receive(replica, [first], 'alice')
    expect(replica.dag.length).toBe(2 + chain.length)
  })
  test('B4 an op that was evicted can come back', () => {
    const replica = open()
    receive(replica, [second], 'alice')
    for (let i = 0; i < MAX_PENDING_PER_LINK; i++) receive(replica, [opAfter(9, null, [], '', { deps: [idNumber(i)] })], 'alice')
    receive(replica, [first], 'alice')
    expect(replica.dag.length).toBe(2)
    expect(fates(receive(replica, [second], 'alice'))).toEqual(['admitted'])
  })
  test('D1 the same unit again and again waits once', () => {
    const replica = open()
    const third = opAfter(1, second, [])
    for (let i = 0; i < 10; i++) receive(replica, [second, third], `link ${i}`)
    expect([...waitingOps(replica.pending)].length).toBe(2)
  })
  test('B5 an op waits also alone when a stranger’s unit holds it and waits for what never comes', () => {
    const replica = open()
    receive(replica, [second, opAfter(9, null, [], '', { deps: [idNumber(0)] })], 'mallory')
    receive(replica, [second], 'alice')
    receive(replica, [first], 'alice')
    expect(admittedOf(replica).has(toHex(second.id))).toBe(true)
  })
  test('B5 a signed op is admitted at once, whatever a unit-mate waits for', () => {
    const replica = open()
    const ghostly = opAfter(9, null, [], '', { deps: [idNumber(0)] })
    expect(fates(receive(replica, [ghostly, first, second], 'mallory'))).toEqual(['admitted', 'pending'])
    expect(replica.dag.length).toBe(3)
    expect(replica.pending.ops).toBe(1)
  })
  test('B5 of a unit that waits, an op is admitted as soon as its own parents are', () => {
    const [left, right] = [opAfter(2, null, [GENESIS], 'left'), opAfter(3, null, [GENESIS], 'right')]
    const replica = open()
    const [onLeft, onRight] = [opAfter(4, null, [left]), opAfter(5, null, [right])]
    receive(replica, [onLeft, onRight], 'test')
    receive(replica, [left], 'test')
    expect(admittedOf(replica).has(toHex(onLeft.id))).toBe(true)
    receive(replica, [right], 'test')
    expect(admittedOf(replica).has(toHex(onRight.id))).toBe(true)
    expectNothingWaits(replica)
  })
  test('B18 an unsigned op is kept while an op that vouches for it waits, though another one is refused', () => {
    const missing = opAfter(2, null, [GENESIS], 'missing')
    const replica = open()
    receive(replica, [unsigned(first), opAfter(1, first, [], 'bad'), opAfter(1, first, [missing], 'fine')], 'test')
    expect(replica.pending.ops).toBe(2)
    receive(replica, [missing], 'test')
    expect(admittedOf(replica).has(toHex(first.id))).toBe(true)
    expectNothingWaits(replica)
  })
  test('B18 two units that need each other are admitted together, as one unit', () => {
    const other = opAfter(2, null, [GENESIS], 'other')
    const replica = open()
    const tops = [opAfter(1, first, [other]), opAfter(2, other, [first])] as const
    receive(replica, [unsigned(first), tops[0]], 'alice')
    expect(fates(receive(replica, [unsigned(other), tops[1]], 'bob'))).toEqual(['admitted'])
    expect(replica.dag.length).toBe(5)
    expectNothingWaits(replica)
  })
  test('B18 what vouches for an op that is needed is looked for among all that waits', () => {
    const other = opAfter(2, null, [GENESIS], 'other')
    const replica = open()
    receive(replica, [unsigned(first), opAfter(1, first, [other])], 'alice')
    receive(replica, [unsigned(other), opAfter(2, other, [], '', { deps: [idNumber(0)] })], 'mallory')
    expect(replica.pending.ops).toBe(4)
    expect(fates(receive(replica, [opAfter(2, other, [first])], 'bob'))).toEqual(['admitted'])
    expect(replica.dag.length).toBe(5)
    expect(replica.pending.ops).toBe(1)
  })
  test('B18 an op that a unit-mate vouches for, and that one waits, is admitted when another op that vouches for it comes', () => {
    const replica = open()
    receive(replica, [unsigned(first), opAfter(1, first, [], '', { deps: [idNumber(0)] })], 'mallory')
    receive(replica, [second], 'alice')
    expect(admittedOf(replica)).toEqual(new Set([GENESIS, first, second].map(({ id }) => toHex(id))))
    expect(replica.pending.ops).toBe(1)
  })
  test('B18 what stands on an op that cannot be admitted is admitted when that one is', () => {
    const replica = open()
    receive(replica, [unsigned(first), opAfter(1, first, [], '', { deps: [idNumber(0)] })], 'mallory')
    const above = opAfter(2, null, [first])
    receive(replica, [above, opAfter(2, above, [])], 'bob')
    expect(new Set(fates(receive(replica, [second], 'alice')))).toEqual(new Set(['admitted']))
    expect(replica.dag.length).toBe(5)
  })
  test('B18 an op that came first, unsigned, is admitted when it comes signed', () => {
    const replica = open()
    receive(replica, [unsigned(second), opAfter(1, second, [], '', { deps: [idNumber(0)] })], 'mallory')
    expect(fates(receive(replica, [second], 'alice'))).toEqual(['duplicate'])
    receive(replica, [first], 'alice')
    expect(admittedOf(replica).has(toHex(second.id))).toBe(true)
  })
  test('B18 units that need each other and are more than a unit may be wait, hold up nothing else, and are admitted when they come cut otherwise', () => {
    const replica = open()
    const missing = opAfter(3, null, [GENESIS])
    const chains: UnitOp[][] = [[], []]
    for (let n = 0; n <= MAX_UNIT_OPS / 2; n++) {
      const below = chains.map((chain) => chain.at(-1) ?? null)
      for (const [author, chain] of chains.entries()) {
        const dep = (author === 0 ? below[1] : chains[0]![n - 1]) ?? missing
        chain.push(opAfter(1 + author, below[author]!, [dep]))
      }
    }
    for (const [i, chain] of chains.entries()) receive(replica, [...chain.slice(0, -1).map(unsigned), chain.at(-1)!], `link ${i}`)
    receive(replica, [opAfter(4, null, [missing])], 'alice')
    receive(replica, [missing], 'alice')
    expect(replica.dag.length).toBe(3)
    for (const unitOp of chains[0]!.flatMap((each, n) => [each, chains[1]![n]!])) receive(replica, [unitOp], 'alice')
    expect(replica.dag.length).toBe(3 + chains.flat().length)
    expectNothingWaits(replica)
  })
  test('B6 an op that two links brought waits until both have lost it', () => {
    const replica = open()
    receive(replica, [second], 'mallory')
    receive(replica, [second], 'alice')
    for (let i = 0; i < MAX_PENDING_PER_LINK; i++) receive(replica, [opAfter(9, null, [], '', { deps: [idNumber(i)] })], 'mallory')
    expect(replica.pending.byLink.get('mallory')!.ops).toBe(MAX_PENDING_PER_LINK)
    expect(fates(receive(replica, [first], 'alice'))).toEqual(['admitted', 'admitted'])
  })
  test('B6 B18 when what vouches for a waiting op is evicted or refused, the op goes too', () => {
    for (const says of ['fine', 'bad']) {
      const missing = opAfter(2, null, [GENESIS], 'missing')
      const replica = open()
      receive(replica, [unsigned(first), opAfter(1, first, [missing], says)], 'mallory')
      if (says === 'bad') receive(replica, [missing], 'alice')
      else for (let i = 0; i < MAX_PENDING_PER_LINK; i++) receive(replica, [opAfter(9, null, [], '', { deps: [idNumber(i)] })], 'mallory')
      expect(admittedOf(replica).has(toHex(first.id))).toBe(false)
      expect(waitingOp(replica.pending, first.id)).toBe(null)
    }
  })
  test('B6 whose op is refused is told by who brought it, not by who set it free', () => {
    const replica = open()
    receive(replica, [opAfter(2, null, [first], 'bad')], 'mallory')
    const outcomes = receive(replica, [first], 'alice')
    expect(outcomes).toContainEqual(expect.objectContaining({ type: 'rejected', reason: 'bad-body', link: 'mallory' }))
  })
  test('B8 the longest chain that may wait, in reverse order, is set free without recursion and leaves nothing behind', () => {
    const replica = open()
    let op = first
    const chain = [first, ...Array.from({ length: MAX_PENDING_TOTAL }, () => (op = opAfter(1, op, [])))]
    for (const [i, each] of [...chain].reverse().entries()) receive(replica, [each], `link ${i % 8}`)
    expect(replica.dag.length).toBe(1 + chain.length)
    expect(replica.pending).toMatchObject({ ops: 0, bytes: 0 })
    for (const map of [replica.pending.byLink, replica.pending.slots]) expect(map.size).toBe(0)
  })
})

test('B20 ids of rejected ops are remembered up to a budget, oldest forgotten first', { timeout: 30_000 }, () => {
  const replica = open()
  const bad = Array.from({ length: MAX_REJECTED_REMEMBERED + 3 }, (_, time) => opAfter(1, null, [GENESIS], 'bad', { time }))
  for (let at = 0; at < bad.length; at += MAX_UNIT_OPS) receive(replica, bad.slice(at, at + MAX_UNIT_OPS), 'test')
  expect(replica.rejected.size).toBe(MAX_REJECTED_REMEMBERED)
  expect(fates(receive(replica, [bad[0]!], 'test'))).toEqual(['bad-body'])
  expect(replica.dag.length).toBe(1)
  expect(replica.refusedOps.length).toBe(32)
})

test('B10 refused ops leave no trace of their authors', () => {
  const replica = open()
  for (let i = 0; i < 1_000; i++) {
    receive(replica, [opAfter(i % 256, null, [GENESIS], 'bad', { time: i })], 'test')
    const below = opAfter(i % 256, null, [GENESIS], 'fine', { time: i })
    receive(replica, [unsigned(below), opAfter(i % 256, below, [], 'bad')], 'test')
  }
  expect(replica.dag.authors.length).toBe(1)
  expect(replica.dag.authors.length).toBe(1)
})

describe('the admitted set is the one of the definition', { timeout: 30_000 }, () => {
  const play = (units: readonly Unit[]): Replica => {
    const replica = createReplica(ROOM, judgeWords, 3)
    units.forEach((unit, i) => receive(replica, unit, `link ${i % 3}`))
    return replica
  }
  /** What was received, each op once, and which of it was signed in some copy. */
  const definition = (units: readonly Unit[]): Set<string> => {
    const received = new Map(units.flat().map((unitOp) => [toHex(unitOp.id), unitOp]))
    const signed = new Set(units.flat().flatMap(({ id, signature }) => (signature === null ? [] : [toHex(id)])))
    return admittedSet([...received.values()], signed)
  }
  const room = fc.array(stepArbitrary, { maxLength: 24 }).map(roomOf)
  const shuffled = <T>(items: readonly T[], keys: readonly number[]): T[] =>
    items
      .map((item, i) => ({ item, key: keys[i % keys.length]! * 31 + i }))
      .sort((a, b) => (a.key % 97) - (b.key % 97))
      .map(({ item }) => item)
  const keys = fc.array(fc.nat(1_000), { minLength: 5, maxLength: 30 })

  test('when all comes as one unit that names nobody from outside', () => {
    const closed = fc
      .array(
        stepArbitrary.filter(({ bend }) => bend !== 'ghost'),
        { maxLength: 24 },
      )
      .map(roomOf)
    fc.assert(
      fc.property(closed, (ops) => {
        expect(admittedOf(play([ops]))).toEqual(definition([ops]))
      }),
      { numRuns: 300 },
    )
  })

  test('after each unit, of the ops that their unit did not drop, however they are split and in whatever order the units come', () => {
    fc.assert(
      fc.property(room, keys, keys, (ops, split, order) => {
        const units = Array.from({ length: 6 }, (_, n) => ops.filter((__, i) => split[i % split.length]! % 6 === n))
        const replica = createReplica(ROOM, judgeWords, 3)
        const received = new Map<string, UnitOp>()
        for (const unit of shuffled(units, order)) {
          for (const unitOp of unit) received.set(toHex(unitOp.id), unitOp)
          for (const outcome of receive(replica, unit, 'test')) if (outcome.type === 'dropped') received.delete(toHex(outcome.id))
          expect(admittedOf(replica)).toEqual(definition([[...received.values()]]))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('B17 when every op comes alone, in any order, signed: whatever the order, and nothing but ghosts’ children wait', () => {
    fc.assert(
      fc.property(room, keys, (ops, order) => {
        const units = shuffled(ops, order).map((unitOp) => [{ ...unitOp, signature: GENESIS.signature }])
        const replica = play(units)
        expect(admittedOf(replica)).toEqual(definition(units))
        const waiting = new Set([...waitingOps(replica.pending)].map(({ unitOp }) => toHex(unitOp.id)))
        expect([...waiting].filter((id) => admittedOf(replica).has(id))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('A15 in any mixture of units and lone ops, with signatures missing, once every admissible op has also come in an authentic unit', () => {
    fc.assert(
      fc.property(room, keys, keys, (ops, sizes, order) => {
        const units: Unit[] = []
        for (let at = 0, i = 0; at < ops.length; i++) {
          const size = 1 + (sizes[i % sizes.length]! % 6)
          units.push(ops.slice(at, at + size))
          at += size
        }
        const whole = ops.filter(({ id }) => definition([ops]).has(toHex(id)))
        const all = shuffled([...units, ...ops.map((unitOp) => [unitOp]), whole], order)
        const replica = play(all)
        expect(admittedOf(replica)).toEqual(definition([ops]))
      }),
      { numRuns: 300 },
    )
  })

  test('whatever has come, what is admitted certifies itself, and the derived state equals that of a replay', () => {
    fc.assert(
      fc.property(room, keys, (ops, order) => {
        const replica = play(shuffled(ops, order).map((unitOp) => [unitOp]))
        const admitted = admittedOf(replica)
        const held = ops.filter(({ id }) => admitted.has(toHex(id)))
        const again = play([held])
        expect(admittedOf(again)).toEqual(admitted)
        catchUp(again.history)
        expect(again.dag.equivocations.length).toBe(replica.dag.equivocations.length)
        expect(new Set([...numbersIn(again.dag.heads)].map((head) => toHex(held[head]!.id)))).toEqual(
          new Set([...numbersIn(replica.dag.heads)].map((head) => toHex(replica.dag.ids.bytes.subarray(32 * head, 32 * head + 32)))),
        )
      }),
      { numRuns: 300 },
    )
  })
})

test('B1 two ops with one seq are both admitted, and reported once, whichever comes first', () => {
  const twin = opAfter(1, null, [GENESIS], 'twin')
  for (const [a, b] of [
    [first, twin],
    [twin, first],
  ] as const) {
    const replica = open()
    receive(replica, [a], 'test')
    expect(receive(replica, [b], 'test')).toContainEqual({ type: 'equivocation', ops: [1, 2] })
    expect(fates(receive(replica, [a], 'test'))).toEqual(['duplicate'])
    expect(replica.dag.equivocations).toEqual([[1, 2]])
  }
})

test('the genesis is admitted alone, and another room’s never', () => {
  const replica = createReplica(ROOM, judgeWords, 1)
  const other = unitOpOf({ ...GENESIS.op, time: 1 })
  expect(fates(receive(replica, [other], 'test'))).toEqual(['second-genesis'])
  expect(fates(receive(replica, [GENESIS], 'test'))).toEqual(['admitted'])
})
