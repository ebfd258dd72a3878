import { expect, test } from 'vitest'
import { gather } from './gather.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from './limits.ts'
import { createPending, type Pending, wait, waitingOps } from './pending.ts'
import { createReplica, receive } from './replica.ts'
import { GENESIS, idNumber, judgeWords, opAfter, ROOM, unsigned } from './room.naive.ts'
import type { UnitOp } from './unit.ts'

/** Has an op wait whose parents are these, besides what is admitted. */
function waitFor(pending: Pending, unitOp: UnitOp, parents: readonly UnitOp[]): void {
  wait(
    pending,
    unitOp,
    parents.map(({ id }) => id),
    'mallory',
  )
}

/** How many of the ops that wait are put together, and their canonical bytes. None of them can be admitted. */
function lookedAt(pending: Pending): { ops: number; bytes: number } {
  for (const waiting of waitingOps(pending)) waiting.pass = -1
  expect(gather(pending)).toEqual([])
  const found = [...waitingOps(pending)].filter(({ pass }) => pass !== -1)
  return { ops: found.length, bytes: found.reduce((sum, { amount }) => sum + amount.bytes, 0) }
}

/** An unsigned op, for which only an op vouches that waits for what never comes. */
function stuck(pending: Pending, author: number): UnitOp {
  const base = unsigned(opAfter(author, null, [GENESIS]))
  const top = opAfter(author, base, [], '', { deps: [idNumber(author)] })
  waitFor(pending, base, [])
  wait(pending, top, [base.id, idNumber(author)], 'mallory')
  return base
}

test('B6 what is heaped on an op that cannot be admitted is not looked through', () => {
  const pending = createPending()
  let top = stuck(pending, 1)
  lookedAt(pending)
  for (let n = 0; n < 10; n++) {
    const next = opAfter(2 + n, null, [top])
    waitFor(pending, next, [top])
    expect(lookedAt(pending)).toEqual({ ops: 0, bytes: 0 })
    expect(pending.touched.size).toBe(0)
    top = next
  }
})

/** An op that vouches for an unsigned one, and stands on many that wait, each of which vouches for a stuck one. */
function greedy(pending: Pending, count: number, body: Uint8Array): UnitOp {
  const others = Array.from({ length: count }, (_, n) => {
    const base = stuck(pending, 10 + n)
    const above = opAfter(5_000 + n, null, [base], '', { body })
    waitFor(pending, above, [base])
    return above
  })
  // 64 deps an op: a few ops in between.
  let layer = others
  for (let author = 8_000; layer.length > 1;) {
    const next: UnitOp[] = []
    for (let at = 0; at < layer.length; at += 60) {
      const deps = layer.slice(at, at + 60)
      next.push(opAfter(author++, null, deps))
      waitFor(pending, next.at(-1)!, deps)
    }
    layer = next
  }
  const base = unsigned(opAfter(1, null, [GENESIS]))
  waitFor(pending, base, [])
  const top = opAfter(1, base, [layer[0]!])
  waitFor(pending, top, [base, layer[0]!])
  return top
}

test('B6 no more than MAX_UNIT_OPS and MAX_UNIT_BYTES are looked at together', () => {
  for (const body of [new Uint8Array(1), new Uint8Array(60_000)]) {
    const pending = createPending()
    greedy(pending, MAX_UNIT_OPS, body)
    for (let calls = 0; pending.touched.size > 0; calls++) {
      expect(calls).toBeLessThan(10_000)
      const { ops, bytes } = lookedAt(pending)
      expect(ops).toBeLessThanOrEqual(MAX_UNIT_OPS)
      expect(bytes).toBeLessThanOrEqual(MAX_UNIT_BYTES)
    }
  }
})

test('a unit that waited is admitted as few units, parents first', () => {
  const replica = createReplica(ROOM, judgeWords, 7)
  receive(replica, [GENESIS], 'alice')
  const missing = opAfter(1, null, [GENESIS])
  const chain = [opAfter(1, missing, [])]
  while (chain.length < MAX_UNIT_OPS) chain.push(opAfter(1, chain.at(-1)!, []))
  const unit = chain.map((unitOp, n) => (n % 100 === 99 || n === chain.length - 1 ? unitOp : unsigned(unitOp)))
  receive(replica, unit, 'alice')
  expect(receive(replica, [missing], 'alice').map(({ type }) => type)).toEqual(['admitted', 'admitted'])
  expect(replica.dag.length).toBe(2 + MAX_UNIT_OPS)
})
