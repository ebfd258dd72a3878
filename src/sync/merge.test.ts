/** Merged units against the definition: whatever a peer holds, the rest of them is units again, and is admitted whole. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { opLength } from '../core/op.ts'
import { createRandom } from '../core/bytes.naive.ts'
import { toHex } from '../core/bytes.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { idOf } from '../core/dag.ts'
import { parentIds } from '../core/op.ts'
import { createReplica, receive } from '../core/replica.ts'
import { type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import { encodeValue } from '../core/cbor.ts'
import { decodeBundle, encodeBundle } from './bundle.ts'
import { mergeUnits } from './merge.ts'
import { cutIntoUnits, genesisOp, randomOps, unitOp } from './units.naive.ts'

const ids = (units: readonly Unit[]): string[] => units.flat().map(({ id }) => toHex(id))

/** A random room cut into units, and what a peer holds of it: closed under parents. */
const rooms = fc.record({ seed: fc.nat(), count: fc.nat(60), longest: fc.integer({ min: 1, max: 20 }), holds: fc.array(fc.nat(60)) })

function roomOf({ seed, count, longest, holds }: { seed: number; count: number; longest: number; holds: readonly number[] }) {
  const random = createRandom(seed)
  const ops = randomOps(random, count)
  const units = cutIntoUnits(random, ops, longest)
  const held = new Set<string>()
  const hold = (id: Uint8Array): void => {
    if (held.has(toHex(id))) return
    held.add(toHex(id))
    const found = ops.find((each) => toHex(each.id) === toHex(id))!
    for (const parent of parentIds(found.op)) hold(parent)
  }
  for (const place of holds) if (place < ops.length) hold(ops[place]!.id)
  return { ops, units, held }
}

const without = (units: readonly Unit[], held: ReadonlySet<string>): Unit[] =>
  units.map((unit) => unit.filter(({ id }) => !held.has(toHex(id)))).filter(({ length }) => length > 0)

const room = genesisOp().id
const replicaOf = (units: readonly Unit[]) => {
  const replica = createReplica(room, () => null, 3)
  for (const unit of units) receive(replica, unit, 'test')
  return replica
}
const setOf = ({ dag }: ReturnType<typeof replicaOf>): string[] =>
  Array.from({ length: dag.length }, (_, op) => toHex(idOf(dag, op))).sort()

test('merged units are the same ops in the same order, and signed is exactly what no unit-mate follows', () => {
  fc.assert(
    fc.property(rooms, (picked) => {
      const { units } = roomOf(picked)
      const merged = mergeUnits(units)
      expect(ids(merged)).toEqual(ids(units))
      expect(merged.length).toBe(1)
      for (const unit of merged) {
        const prevs = new Set(unit.map(({ op }) => op.prev && toHex(op.prev)))
        for (const { id, signature } of unit) expect(signature === null).toBe(prevs.has(toHex(id)))
      }
    }),
    { numRuns: 100 },
  )
})

test('what is left of merged units without what a peer holds is units, and the peer admits all of it, merged again or not', () => {
  fc.assert(
    fc.property(rooms, (picked) => {
      const { ops, units, held } = roomOf(picked)
      const left = without(mergeUnits(units), held)
      const all = ops.map(({ id }) => toHex(id)).sort()
      for (const sent of [left, mergeUnits(left), mergeUnits(without(units, held))]) {
        const decoded = decodeBundle(encodeBundle(sent))
        expect(decoded.ok).toBe(true)
        const peer = replicaOf([ops.filter(({ id }) => held.has(toHex(id))).map((each) => unitOp(each.op))])
        expect(peer.dag.length).toBe(held.size)
        for (const unit of decoded.ok ? decoded.value : []) receive(peer, unit, 'link')
        expect(setOf(peer)).toEqual(all)
      }
    }),
    { numRuns: 100 },
  )
})

/** A chain of `count` ops with bodies of `size` bytes, each a unit of its own. */
function chain(count: number, size: number): Unit[] {
  const ops: UnitOp[] = [genesisOp()]
  const body = encodeValue('x'.repeat(size))
  for (let i = 1; i < count; i++) {
    const { id, op } = ops.at(-1)!
    ops.push(unitOp({ room, author: op.author, seq: i, prev: id, deps: [], time: i, body }))
  }
  return ops.map((each) => [each])
}

test('a merged unit holds MAX_UNIT_OPS ops and not one more', () => {
  const merged = mergeUnits(chain(2 * MAX_UNIT_OPS + 1, 0))
  expect(merged.map(({ length }) => length)).toEqual([MAX_UNIT_OPS, MAX_UNIT_OPS, 1])
  expect(merged.map((unit) => unit.filter(({ signature }) => signature !== null).length)).toEqual([1, 1, 1])
})

test('a merged unit holds MAX_UNIT_BYTES of canonical bytes and not one more', () => {
  const units = chain(40, 60_000)
  const merged = mergeUnits(units)
  expect(ids(merged)).toEqual(ids(units))
  for (const [i, unit] of merged.entries()) {
    expect(unitBytes(unit)).toBeLessThanOrEqual(MAX_UNIT_BYTES)
    const next = merged[i + 1]?.[0]
    if (next !== undefined) expect(unitBytes(unit) + opLength(next.op)).toBeGreaterThan(MAX_UNIT_BYTES)
  }
})

test('no units are no units', () => {
  expect(mergeUnits([])).toEqual([])
})
