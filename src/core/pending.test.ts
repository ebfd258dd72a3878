import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evict } from './evict.ts'
import { type OpId, opLength } from './op.ts'
import { toHex } from './bytes.ts'
import { MAX_PENDING_BYTES, MAX_PENDING_PARENTS, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL } from './limits.ts'
import { missingIds } from './missing.ts'
import { cameIn, createPending, type Pending, remove, wait, waitingOp, waitingOps } from './pending.ts'
import { GENESIS, idNumber, opAfter } from './room.naive.ts'
import { keyOf, type UnitOp } from './unit.ts'

const opOf = (n: number): UnitOp => opAfter(1, null, [GENESIS], `op ${n}`)

/** Keeps an op, and removes what is too much then. */
function waitFor(pending: Pending, unitOp: UnitOp, missing: readonly OpId[], link: string): { id: string; link: string }[] {
  expect(wait(pending, unitOp, missing, link)).toBe(true)
  return evict(pending, link).map(({ waiting, link: loser }) => ({ id: toHex(waiting.unitOp.id), link: loser }))
}

const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      op: fc.nat(7),
      parents: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }),
      link: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('came' as const, 'removed' as const), op: fc.nat(7) }) },
)

/** Op n is called n. Its parents have lower names, or names below 0: such ops never come. */
const named = (n: number): UnitOp => ({ ...opAfter(1, null, [GENESIS], ''), id: idNumber(n) })

test('in lockstep with a list that is searched from end to end', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80, size: 'max' }), (commands) => {
      const pending = createPending()
      const came = new Set<number>()
      let twin: { op: number; missing: Set<number>; links: Set<number> }[] = []
      const isWhole = (op: number): boolean => {
        const waiting = twin.find((each) => each.op === op)
        return waiting !== undefined && [...waiting.missing].every(isWhole)
      }
      /** Names that were whole since ops here have named them, or were admitted. */
      let wasWhole = new Set<number>()
      const seemsWhole = ({ missing }: (typeof twin)[number]): boolean => [...missing].every((parent) => wasWhole.has(parent))
      const noteWhole = (): void => {
        // Names grow from parents to children.
        for (const each of [...twin].sort((a, b) => a.op - b.op)) if (seemsWhole(each)) wasWhole.add(each.op)
        const named = new Set(twin.flatMap((other) => [other.op, ...other.missing]))
        wasWhole = new Set([...wasWhole].filter((name) => named.has(name)))
      }
      for (const each of commands) {
        const { op } = each
        const waiting = twin.find((other) => other.op === op)
        if (each.type === 'wait') {
          if (came.has(op)) continue
          const missing = each.parents.map((parent) => (parent < op ? parent : -1 - parent)).filter((parent) => !came.has(parent))
          expect(wait(pending, named(op), missing.map(idNumber), `link ${each.link}`)).toBe(waiting === undefined)
          if (waiting === undefined) twin.push({ op, missing: new Set(missing), links: new Set([each.link]) })
          else waiting.links.add(each.link)
        } else if (each.type === 'came') {
          if (waiting !== undefined && waiting.missing.size > 0) continue
          came.add(op)
          twin = twin.filter((other) => other.op !== op)
          for (const { missing } of twin) missing.delete(op)
          cameIn(pending, idNumber(op))
        } else if (waiting !== undefined) {
          twin = twin.filter((other) => other.op !== op)
          expect(remove(pending, waitingOp(pending, idNumber(op))!)).toHaveLength(1)
        }
        noteWhole()
        const found = [...waitingOps(pending)]
        expect(found.map(({ slot }) => slot.key).sort()).toEqual(twin.map((other) => keyOf(idNumber(other.op))).sort())
        expect(found.flatMap(({ slot, lacking }) => (lacking === 0 ? [slot.key] : [])).sort()).toEqual(
          twin.flatMap((other) => (seemsWhole(other) ? [keyOf(idNumber(other.op))] : [])).sort(),
        )
        for (const other of twin) if (isWhole(other.op)) expect(seemsWhole(other)).toBe(true)
        for (const { lacking } of pending.touched) expect(lacking).toBe(0)
        const absent = new Set(twin.flatMap(({ missing }) => [...missing].filter((parent) => !twin.some((other) => other.op === parent))))
        expect(missingIds(pending, 100, pending.ops).map(toHex).sort()).toEqual([...absent].map((id) => toHex(idNumber(id))).sort())
        expect(pending.waiting).toBe(twin.length)
        expect(pending.ops).toBe(twin.reduce((sum, { links }) => sum + links.size, 0))
        expect([...pending.byLink.values()].reduce((sum, { ops }) => sum + ops, 0)).toBe(pending.ops)
        expect(pending.slots.size).toBe(new Set(twin.flatMap((other) => [other.op, ...other.missing])).size)
      }
    }),
    { numRuns: 60 },
  )
})

/** An op with this many canonical bytes. */
const opOfBytes = (n: number, length: number): UnitOp => {
  const unitOp = opOf(n)
  const { op } = unitOp
  return { ...unitOp, op: { ...op, body: new Uint8Array(length - opLength({ ...op, body: NOTHING })) } }
}

const NOTHING = new Uint8Array(0)

test('B6 MAX_PENDING_PER_LINK ops of one link wait; for one more its oldest op goes', () => {
  const pending = createPending()
  for (let i = 0; i < MAX_PENDING_PER_LINK; i++) expect(waitFor(pending, opOf(i), [idNumber(i)], 'mallory')).toEqual([])
  expect(waitFor(pending, opOf(-1), [idNumber(-1)], 'mallory')).toEqual([{ id: toHex(opOf(0).id), link: 'mallory' }])
  expect(pending.ops).toBe(MAX_PENDING_PER_LINK)
})

test('B6 MAX_PENDING_TOTAL ops wait in all; for one more of another link one of the fullest goes', () => {
  const pending = createPending()
  for (let i = 0; i < MAX_PENDING_TOTAL; i++) expect(waitFor(pending, opOf(i), [idNumber(i)], `link ${i % 8}`)).toEqual([])
  expect(waitFor(pending, opOf(-1), [idNumber(-1)], 'alice').map(({ link }) => link)).toEqual(['link 0'])
  expect(pending.ops).toBe(MAX_PENDING_TOTAL)
  expect(waitingOp(pending, opOf(-1).id)).not.toBe(null)
})

test('B6 MAX_PENDING_BYTES wait in all; for one more of another link the fullest loses its oldest', () => {
  const pending = createPending()
  const part = MAX_PENDING_BYTES / 16
  for (let i = 0; i < 16; i++) expect(waitFor(pending, opOfBytes(i, part), [idNumber(i)], 'mallory')).toEqual([])
  expect(pending.bytes).toBe(MAX_PENDING_BYTES)
  expect(waitFor(pending, opOf(16), [idNumber(16)], 'alice').map(({ link }) => link)).toEqual(['mallory'])
  expect(pending.bytes).toBe(MAX_PENDING_BYTES - part + opLength(opOf(16).op))
})

test('B6 MAX_PENDING_PARENTS are waited for in all; for one more of another link whoever names most of them loses its oldest', () => {
  const pending = createPending()
  const many = (from: number, length: number) => Array.from({ length }, (_, i) => idNumber(from + i))
  for (let i = 0; i < MAX_PENDING_PARENTS / 64; i++) expect(waitFor(pending, opOf(i), many(64 * i, 64), 'mallory')).toEqual([])
  expect(pending.parents).toBe(MAX_PENDING_PARENTS)
  expect(waitFor(pending, opOf(-1), [idNumber(-1)], 'alice').map(({ link }) => link)).toEqual(['mallory'])
  expect(pending.parents).toBe(MAX_PENDING_PARENTS - 64 + 1)
  expect(pending.slots.size).toBe(pending.parents + pending.ops)
  for (let i = 0; i < MAX_PENDING_PARENTS; i++) cameIn(pending, idNumber(i))
  cameIn(pending, idNumber(-1))
  for (const waiting of waitingOps(pending)) remove(pending, waiting)
  expect(pending).toMatchObject({ ops: 0, bytes: 0, parents: 0 })
})
