/** What people are told of waiting ops, when others decide how many there are. */
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { createPending, type Pending, wait } from '../core/pending.ts'
import { GENESIS, idNumber, opAfter } from '../core/room.naive.ts'
import type { UnitOp } from '../core/unit.ts'
import { MAX_MISSING_TOLD, MAX_PENDING_TOLD, pendingList } from './pending-list.ts'

const opOf = (n: number, prev: UnitOp | null = null): UnitOp => opAfter(1, prev, [GENESIS], `op ${n}`)

function bring(pending: Pending, link: string, n: number, missing: readonly number[] = [n]): string {
  const { id } = opOf(n)
  wait(pending, opOf(n), missing.map(idNumber), link)
  return toHex(id)
}

test('an op that waits is told with who brought it and the ids of the parents that are missing', () => {
  const pending = createPending()
  const first = bring(pending, 'ab'.repeat(32), 1, [7, 8])
  const child = opAfter(1, opOf(1), [], 'child')
  wait(pending, child, [opOf(1).id], 'file/3')
  expect(pendingList(pending)).toEqual({
    count: 2,
    ops: [
      {
        ...{ id: first, author: toHex(child.op.author), seq: 0, from: 'ab'.repeat(32) },
        ...{ missing: [toHex(idNumber(7)), toHex(idNumber(8))], missingCount: 2, waitingParents: 0 },
      },
      {
        ...{ id: toHex(child.id), author: toHex(child.op.author), seq: 1, from: 'file' },
        ...{ missing: [], missingCount: 0, waitingParents: 1 },
      },
    ],
  })
})

test('an op that two peers brought waits once', () => {
  const pending = createPending()
  bring(pending, 'alice', 1)
  bring(pending, 'bob', 1)
  const { count, ops } = pendingList(pending)
  expect([count, ops.length, ops[0]!.from]).toEqual([1, 1, 'alice'])
})

test.each([1, 1_000])('B6 of any number of ops that wait MAX_PENDING_TOLD are told, and all are counted: of %i peers', (peers) => {
  const pending = createPending()
  for (const [count, told] of [
    [MAX_PENDING_TOLD, MAX_PENDING_TOLD],
    [MAX_PENDING_TOLD + 1, MAX_PENDING_TOLD],
    [1_000, MAX_PENDING_TOLD],
  ] as const) {
    while (pending.waiting < count) bring(pending, `mallory ${pending.waiting % peers}`, pending.waiting)
    const list = pendingList(pending)
    expect([list.count, list.ops.length]).toEqual([count, told])
    expect(new Set(list.ops.map(({ id }) => id)).size).toBe(told)
  }
})

test('B6 thousands of ops of a few peers hide none that another one brought', () => {
  const pending = createPending()
  for (let n = 0; n < 2_000; n++) bring(pending, `mallory ${n % 4}`, n)
  const alice = bring(pending, 'alice', -1)
  expect(pendingList(pending).ops.map(({ id }) => id)).toContain(alice)
})

test('B6 of the missing parents of an op MAX_MISSING_TOLD are named, and all are counted', () => {
  for (const missing of [MAX_MISSING_TOLD, MAX_MISSING_TOLD + 1, 65]) {
    const pending = createPending()
    bring(
      pending,
      'mallory',
      0,
      Array.from({ length: missing }, (_, n) => n),
    )
    const [entry] = pendingList(pending).ops
    expect([entry!.missing.length, entry!.missingCount]).toEqual([MAX_MISSING_TOLD, missing])
  }
})
