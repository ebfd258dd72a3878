import fc from 'fast-check'
import { expect, test } from 'vitest'
import { opLength } from './op.ts'
import { toHex } from './bytes.ts'
import { MAX_PENDING_BYTES, MAX_PENDING_PARENTS, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL } from './limits.ts'
import { createPending, isWaiting, missingIds, parentCame, parentRejected, type PendingUnit, wait } from './pending.ts'
import { GENESIS, idNumber, opAfter } from './room.naive.ts'
import { type Unit, unitBytes } from './unit.ts'

const unitOf = (n: number): Unit => [opAfter(1, null, [GENESIS], `unit ${n}`)]
const namesOf = (entries: readonly PendingUnit[]): string[] => entries.map(({ unit }) => toHex(unit[0]!.id)).sort()

const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      missing: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 4 }),
      link: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('came' as const, 'rejected' as const), id: fc.nat(7) }) },
)

test('in lockstep with a list that is searched from end to end', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
      const pending = createPending()
      let twin: { name: string; missing: Set<number> }[] = []
      for (const [n, each] of commands.entries()) {
        if (each.type === 'wait') {
          const unit = unitOf(n)
          expect(isWaiting(pending, unit)).toBe(false)
          expect(wait(pending, unit, each.missing.map(idNumber), `link ${each.link}`)).toEqual([])
          expect(isWaiting(pending, unit)).toBe(true)
          twin.push({ name: toHex(unit[0]!.id), missing: new Set(each.missing) })
        } else if (each.type === 'came') {
          for (const { missing } of twin) missing.delete(each.id)
          const ready = twin.filter(({ missing }) => missing.size === 0).map(({ name }) => name)
          twin = twin.filter(({ missing }) => missing.size > 0)
          expect(namesOf(parentCame(pending, idNumber(each.id)))).toEqual(ready.sort())
        } else {
          const fallen = twin.filter(({ missing }) => missing.has(each.id)).map(({ name }) => name)
          twin = twin.filter(({ missing }) => !missing.has(each.id))
          expect(namesOf(parentRejected(pending, idNumber(each.id)))).toEqual(fallen.sort())
        }
        expect(namesOf([...pending.byOps.values()])).toEqual(twin.map(({ name }) => name).sort())
        const missing = [...new Set(twin.flatMap((entry) => [...entry.missing]))].map((id) => toHex(idNumber(id)))
        expect(missingIds(pending, 100, pending.ops).map(toHex).sort()).toEqual(missing.sort())
        expect(pending.ops).toBe(twin.length)
        expect([...pending.byLink.values()].reduce((sum, { ops }) => sum + ops, 0)).toBe(twin.length)
        expect(pending.byMissing.size).toBe(missing.length)
      }
    }),
    { numRuns: 60 },
  )
})

test('B6 of missing parents every link gets its share of the list, however many one brings', () => {
  const pending = createPending()
  for (let i = 0; i < 500; i++) wait(pending, unitOf(i), [idNumber(i)], 'mallory')
  for (let i = 500; i < 503; i++) wait(pending, unitOf(i), [idNumber(i)], 'alice')
  // Whoever's turn it is to begin.
  for (const turn of [0, 1]) {
    const asked = new Set(missingIds(pending, 10, turn).map(toHex))
    expect(asked.size).toBe(10)
    for (let i = 500; i < 503; i++) expect(asked.has(toHex(idNumber(i)))).toBe(true)
  }
})

test('B6 however small the list, whatever is missing has its turn in it, before what never was is asked for again and again', () => {
  const pending = createPending()
  for (let i = 0; i < 40; i++) wait(pending, unitOf(i), [idNumber(i)], `link ${i % 3}`)
  for (const [limit, turns] of [
    [1, 3 * 14],
    [2, 3 * 14],
    [7, 3 * 14],
  ] as const) {
    const asked = new Set<string>()
    for (let turn = 0; turn < turns; turn++) for (const id of missingIds(pending, limit, turn)) asked.add(toHex(id))
    expect(asked.size).toBe(40)
  }
})

/** A unit of one op with this many canonical bytes. */
const unitOfBytes = (n: number, length: number): Unit => {
  const unitOp = unitOf(n)[0]!
  const { op } = unitOp
  return [{ ...unitOp, op: { ...op, body: new Uint8Array(length - opLength({ ...op, body: NOTHING })) } }]
}

const NOTHING = new Uint8Array(0)

test('B6 MAX_PENDING_PER_LINK ops of one link wait; for one more its oldest unit goes', () => {
  const pending = createPending()
  for (let i = 0; i < MAX_PENDING_PER_LINK; i++) expect(wait(pending, unitOf(i), [idNumber(i)], 'mallory')).toEqual([])
  expect(namesOf(wait(pending, unitOf(-1), [idNumber(-1)], 'mallory'))).toEqual([toHex(unitOf(0)[0]!.id)])
  expect(pending.ops).toBe(MAX_PENDING_PER_LINK)
})

test('B6 MAX_PENDING_TOTAL ops wait in all; for one more of another link one of the fullest goes', () => {
  const pending = createPending()
  for (let i = 0; i < MAX_PENDING_TOTAL; i++) expect(wait(pending, unitOf(i), [idNumber(i)], `link ${i % 8}`)).toEqual([])
  expect(wait(pending, unitOf(-1), [idNumber(-1)], 'alice').map(({ link }) => link)).toEqual(['link 0'])
  expect(pending.ops).toBe(MAX_PENDING_TOTAL)
  expect(isWaiting(pending, unitOf(-1))).toBe(true)
})

test('B6 MAX_PENDING_BYTES wait in all; for one more of another link the fullest loses its oldest', () => {
  const pending = createPending()
  const part = MAX_PENDING_BYTES / 16
  for (let i = 0; i < 16; i++) expect(wait(pending, unitOfBytes(i, part), [idNumber(i)], 'mallory')).toEqual([])
  expect(pending.bytes).toBe(MAX_PENDING_BYTES)
  expect(wait(pending, unitOf(16), [idNumber(16)], 'alice').map(({ link }) => link)).toEqual(['mallory'])
  expect(pending.bytes).toBe(MAX_PENDING_BYTES - part + unitBytes(unitOf(16)))
})

test('B6 MAX_PENDING_PARENTS are waited for in all; for one more of another link whoever names most of them loses its oldest', () => {
  const pending = createPending()
  const many = (from: number, length: number) => Array.from({ length }, (_, i) => idNumber(from + i))
  for (let i = 0; i < MAX_PENDING_PARENTS / 64; i++) expect(wait(pending, unitOf(i), many(64 * i, 64), 'mallory')).toEqual([])
  expect(pending.parents).toBe(MAX_PENDING_PARENTS)
  expect(wait(pending, unitOf(-1), [idNumber(-1)], 'alice').map(({ link }) => link)).toEqual(['mallory'])
  expect(pending.parents).toBe(MAX_PENDING_PARENTS - 64 + 1)
  expect(pending.byMissing.size).toBe(pending.parents)
  for (let i = 0; i < MAX_PENDING_PARENTS; i++) parentCame(pending, idNumber(i))
  parentCame(pending, idNumber(-1))
  expect(pending).toMatchObject({ ops: 0, bytes: 0, parents: 0 })
})
