import { expect, test } from 'vitest'
import { MAX_DEPS, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL, MAX_UNIT_BYTES, MAX_UNIT_OPS } from './limits.ts'
import { type WaitingOp, waitingOp } from './pending.ts'
import { createReplica, receive, type Replica } from './replica.ts'
import { GENESIS, idNumber, judgeWords, opAfter, ROOM, unsigned } from './room.naive.ts'
import { setSteps } from './steps.naive.ts'
import { type UnitOp, unitBytes } from './unit.ts'

function open(): Replica {
  const replica = createReplica(ROOM, judgeWords, 7)
  receive(replica, [GENESIS], 'test')
  return replica
}

/** An unsigned op, for which only an op vouches that waits for what never comes. */
function receiveStuck(replica: Replica, author: number): UnitOp {
  const base = unsigned(opAfter(author, null, [GENESIS]))
  receive(replica, [base, opAfter(author, base, [], '', { deps: [idNumber(author)] })], 'mallory')
  return base
}

/** How often the parents of a waiting op are read. */
function countReads(waiting: WaitingOp): () => number {
  const { missing } = waiting
  let reads = 0
  Object.defineProperty(waiting, 'missing', {
    get: () => {
      reads++
      return missing
    },
  })
  return () => reads
}

/** Ops that stand on each other and on one that is stuck, and an unsigned op of which each that has it as prev has all of them to be looked at. */
function heap(replica: Replica): { top: UnitOp; prev: UnitOp; reads: () => number } {
  const stuck = receiveStuck(replica, 1)
  let top = stuck
  for (let n = 0; n < 900; n++) {
    const next = opAfter(100 + n, null, [top])
    receive(replica, [next], 'mallory')
    top = next
  }
  return { top, prev: receiveStuck(replica, 2), reads: countReads(waitingOp(replica.pending, stuck.id)!) }
}

test('B6 what is heaped on ops that cannot be admitted is looked at now and then, not for each op that comes', () => {
  const replica = open()
  const { top, prev, reads } = heap(replica)
  for (let n = 0; n < 1_000; n++) receive(replica, [opAfter(2, prev, [top], `op ${n}`)], 'mallory')
  expect(reads()).toBeGreaterThan(2)
  expect(reads()).toBeLessThan(500)
})

test('B6 when too much was looked at in vain, a unit with its parents is admitted at once, and what waits a little later', () => {
  const replica = open()
  const { top, prev } = heap(replica)
  const missing = opAfter(3, null, [GENESIS])
  receive(replica, [opAfter(3, missing, [])], 'alice')
  for (let n = 0; n < 1_000; n++) receive(replica, [opAfter(2, prev, [top], `op ${n}`)], 'mallory')
  expect(receive(replica, [missing], 'alice')[0]!.type).toBe('admitted')
  for (let n = 0; replica.dag.length < 3; n++) {
    expect(n).toBeLessThan(100)
    receive(replica, [opAfter(2, prev, [top], `op ${n}`)], 'mallory')
  }
})

/** Ops that wait, one more of which `link` may not have: the oldest goes for each that comes. They stand on an op that is stuck. */
function ring(replica: Replica, length: number): UnitOp[] {
  const stuck = receiveStuck(replica, 1)
  return Array.from({ length }, (_, n) => opAfter(2, null, [stuck], `ring ${n}`))
}

/** The most set elements that one of these ops, brought in turn and each for the second time, has the replica look at. */
function mostSteps(replica: Replica, ops: readonly UnitOp[], link: string): number {
  const rounds = [...ops, ...ops].map((unitOp) => setSteps(() => receive(replica, [unitOp], link)))
  return rounds.slice(ops.length).reduce((most, steps) => Math.max(most, steps), 0)
}

test('B6 D16 an op that comes, and one that is pushed out for it, do not have the ops that stand on them looked at again and again', () => {
  const replica = open()
  const ops = ring(replica, MAX_PENDING_PER_LINK + 1)
  const tops = Array.from({ length: MAX_PENDING_PER_LINK / MAX_DEPS }, (_, n) =>
    opAfter(3, null, ops.slice(n * MAX_DEPS, (n + 1) * MAX_DEPS), `top ${n}`),
  )
  receive(replica, tops, 'mallory')
  let above = tops
  for (let n = 0; n < 500; n++) {
    above = [opAfter(4, null, above, `above ${n}`)]
    receive(replica, above, 'mallory')
  }
  expect(mostSteps(replica, ops, 'ring')).toBeLessThan(50)
})

test('B6 D16 an op that comes and is pushed out again and again does not have all its children looked at each time', () => {
  const replica = open()
  const ops = ring(replica, 9)
  const below = ops.slice(0, 7)
  for (let n = 0; replica.pending.ops < MAX_PENDING_TOTAL - 8; n++) receive(replica, [opAfter(5, null, below, `child ${n}`)], `name ${n}`)
  expect(mostSteps(replica, ops, 'ring')).toBeLessThan(50)
})

test('B6 D16 an op that comes and is pushed out again and again has those that vouch for it looked at once', () => {
  const replica = open()
  const ops = ring(replica, MAX_PENDING_PER_LINK + 1)
  for (let n = 0; n < 1_000; n++) receive(replica, [opAfter(2, ops[0]!, [], `next ${n}`, { deps: [idNumber(n)] })], 'mallory')
  expect(mostSteps(replica, ops, 'ring')).toBeLessThan(50)
})

test('a unit that waited is admitted as few units, parents first', () => {
  const replica = open()
  const missing = opAfter(1, null, [GENESIS])
  const chain = [opAfter(1, missing, [])]
  while (chain.length < MAX_UNIT_OPS) chain.push(opAfter(1, chain.at(-1)!, []))
  receive(
    replica,
    chain.map((unitOp, n) => (n % 100 === 99 || n === chain.length - 1 ? unitOp : unsigned(unitOp))),
    'alice',
  )
  expect(receive(replica, [missing], 'alice').map(({ type }) => type)).toEqual(['admitted', 'admitted'])
  expect(replica.dag.length).toBe(2 + MAX_UNIT_OPS)
})

test('what waited is admitted as units of at most MAX_UNIT_OPS and MAX_UNIT_BYTES', () => {
  for (const [count, body] of [
    [2_000, new Uint8Array(1)],
    [100, new Uint8Array(60_000)],
  ] as const) {
    const replica = open()
    const missing = opAfter(1, null, [GENESIS])
    const chain = [missing]
    while (chain.length <= count) chain.push(opAfter(1, chain.at(-1)!, [], '', { body }))
    for (const unitOp of chain.slice(1).reverse()) receive(replica, [unitOp], 'alice')
    const units = receive(replica, [missing], 'alice').flatMap((outcome) => (outcome.type === 'admitted' ? [outcome.unit] : []))
    expect(units.flat()).toEqual(chain)
    expect(units.length).toBeGreaterThan(2)
    for (const unit of units) {
      expect(unit.length).toBeLessThanOrEqual(MAX_UNIT_OPS)
      expect(unitBytes(unit)).toBeLessThanOrEqual(MAX_UNIT_BYTES)
    }
  }
})

test('B6 a chain whose vouchers are all invalid is not judged anew for each of them', () => {
  const replica = open()
  const missing = opAfter(3, null, [GENESIS])
  const chain: UnitOp[] = []
  for (let n = 0; n < 1_000; n++) chain.push(opAfter(1, chain.at(-1) ?? null, n === 0 ? [missing] : []))
  const bad = (n: number): UnitOp => opAfter(1, chain.at(-1)!, [], 'bad', { time: n })
  receive(replica, [...chain.map(unsigned), bad(0)], 'mallory')
  receive(
    replica,
    Array.from({ length: 1_000 }, (_, n) => bad(1 + n)),
    'mallory',
  )
  const reads = countReads(waitingOp(replica.pending, chain[0]!.id)!)
  const outcomes = receive(replica, [missing], 'alice')
  expect(outcomes[0]!.type).toBe('admitted')
  expect(reads()).toBeLessThan(50)
})

test('B18 D16 an op that two others vouch for is admitted with the one that fits into a unit, whichever came first', () => {
  for (const isHostileFirst of [true, false]) {
    const replica = open()
    const missing = opAfter(3, null, [GENESIS])
    const base = opAfter(1, null, [missing])
    const heap: UnitOp[] = []
    while (heap.length < MAX_UNIT_OPS) heap.push(opAfter(100 + heap.length, null, [heap.at(-1) ?? base], `above ${heap.length}`))
    const hostile = [unsigned(base), opAfter(1, base, [heap.at(-1)!], 'stands on all of it')]
    const honest = [unsigned(base), opAfter(1, base, [])]
    receive(replica, heap, 'mallory')
    receive(replica, isHostileFirst ? hostile : honest, isHostileFirst ? 'mallory' : 'alice')
    receive(replica, isHostileFirst ? honest : hostile, isHostileFirst ? 'alice' : 'mallory')
    receive(replica, [missing], 'alice')
    expect(replica.dag.length).toBe(2 + heap.length + 3)
    expect(replica.pending.ops).toBe(0)
  }
})
