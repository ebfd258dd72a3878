import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numbersIn } from './number-set.ts'
import { toHex } from './bytes.ts'
import { parentsOf } from './dag.ts'
import { MAX_PENDING_BYTES, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL, MAX_REJECTED_REMEMBERED, MAX_UNIT_OPS } from './limits.ts'
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
    expect(fates(receive(open(), [unsigned(first), bad], 'test'))).toEqual(['unauthentic', 'bad-body'])
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
    expect(replica.pending.ops).toBe(2)
  })
  test('B5 an op waits also alone when a stranger’s unit holds it and waits for what never comes', () => {
    const replica = open()
    receive(replica, [second, opAfter(9, null, [], '', { deps: [idNumber(0)] })], 'mallory')
    receive(replica, [second], 'alice')
    receive(replica, [first], 'alice')
    expect(admittedOf(replica).has(toHex(second.id))).toBe(true)
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
    for (const map of [replica.pending.byLink, replica.pending.byMissing, replica.pending.byOps]) expect(map.size).toBe(0)
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

  test('B17 when every op comes alone, in any order, signed: whatever the order, and nothing but ghosts’ children wait', () => {
    fc.assert(
      fc.property(room, keys, (ops, order) => {
        const units = shuffled(ops, order).map((unitOp) => [{ ...unitOp, signature: GENESIS.signature }])
        const replica = play(units)
        expect(admittedOf(replica)).toEqual(definition(units))
        const waiting = new Set([...replica.pending.byOps.values()].flatMap(({ unit }) => unit.map(({ id }) => toHex(id))))
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
