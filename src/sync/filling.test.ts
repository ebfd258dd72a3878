import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../core/bytes.naive.ts'
import { encodeValue } from '../core/cbor.ts'
import { MAX_BODY_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { asOpId, type Author, type Op } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { BUNDLE_BUDGET, encodeBundle, MAX_BUNDLE_BYTES, MAX_BUNDLE_OP_BYTES, unitCost } from './bundle.ts'
import { MAX_BUNDLE_OPS } from './columns.ts'
import { EMPTY, filledWith, type Filling } from './filling.ts'
import { cutIntoUnits, genesisOp, randomOps, unitOp } from './units.naive.ts'

const genesis = genesisOp()

/** So many ops in a row by one author, of which the last is signed. */
function chain(length: number, body: Uint8Array, deps = 0): UnitOp[] {
  const ops = [genesis]
  while (ops.length <= length) {
    const { op, id } = ops.at(-1)!
    const others = Array.from({ length: deps }, (_, i) => asOpId(new Uint8Array(32).fill(i + 1)))
    ops.push(unitOp({ ...op, room: genesis.id, seq: op.seq + 1, prev: id, deps: others, body }, ops.length === length))
  }
  return ops.slice(1)
}

/** How many of one unit go into a bundle. */
function most(unit: readonly UnitOp[]): number {
  let filling: Filling | null = EMPTY
  for (let units = 0; ; units++) {
    filling = filledWith(filling, unit)
    if (filling === null) return units
  }
}

test('what is counted is exactly the ops, and at least what the columns take', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(60), (seed, from) => {
      const random = createRandom(seed)
      const units = cutIntoUnits(random, randomOps(random, 80, 5).slice(from), 6)
      const { ops, columnBytes } = units.reduce<Filling>((filling, unit) => filledWith(filling, unit)!, EMPTY)
      expect(encodeBundle(units).length).toBeLessThanOrEqual(columnBytes)
      expect(ops).toBe(units.flat().length)
    }),
    { numRuns: 60, seed: 1 },
  )
})

test('so it is of ops in a row that only look like one author’s: each by another one, each after another one, each with a gap', () => {
  const key = (n: number): Uint8Array => new Uint8Array(32).map((_, i) => (i < 2 ? n >> (8 * i) : 1))
  const bends: readonly ((n: number) => Partial<Op>)[] = [
    (n) => ({ author: key(n) as Author }),
    (n) => ({ prev: asOpId(key(n)) }),
    (n) => ({ seq: 2 * n + 1 }),
  ]
  for (const bend of bends) {
    const unit = [genesis]
    while (unit.length < 500) {
      const { op, id } = unit.at(-1)!
      unit.push(unitOp({ ...op, room: genesis.id, seq: op.seq + 1, prev: id, body: encodeValue(0), ...bend(unit.length) }))
    }
    expect(encodeBundle([unit]).length).toBeLessThanOrEqual(filledWith(EMPTY, unit)!.columnBytes)
  }
})

test('a bundle is full at each of its limits, and keeps that of canonical bytes by them', () => {
  const typed = chain(MAX_UNIT_OPS, encodeValue([3, 1_000, 0, 'x']))
  expect(most(typed)).toBe(MAX_BUNDLE_OPS / MAX_UNIT_OPS)
  expect(most(chain(1, encodeValue(new Uint8Array(MAX_BODY_BYTES - 3))))).toBe(19)
  expect(most(chain(100, encodeValue(1), 64))).toBe(5)
  expect(MAX_BUNDLE_BYTES + 96 * MAX_BUNDLE_OPS).toBeLessThan(MAX_BUNDLE_OP_BYTES)
})

test('several times as many typed ops go in as their canonical bytes allow', () => {
  const typed = chain(MAX_UNIT_OPS, encodeValue([3, 1_000, 0, 'x']))
  expect(most(typed)).toBeGreaterThan(1.5 * Math.floor(BUNDLE_BUDGET / unitCost(typed)))
})
