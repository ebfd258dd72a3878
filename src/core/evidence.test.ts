import { expect, test } from 'vitest'
import { provesEquivocation, type Verify } from './evidence.ts'
import { MAX_UNIT_OPS } from './limits.ts'
import { GENESIS, idNumber, opAfter, unitOpOf, unsigned } from './room.naive.ts'

const always: Verify = () => true
const never: Verify = () => false

const first = opAfter(1, null, [GENESIS], 'one')
const twin = opAfter(1, null, [GENESIS], 'other')
const above = opAfter(1, first, [])

test('B1 two signed ops with one author, room and seq prove it', () =>
  expect(provesEquivocation({ a: [first], b: [twin] }, always)).toBe(true))
test('B3 an unsigned op is proven by its author’s chain above it', () =>
  expect(provesEquivocation({ a: [unsigned(first), above], b: [twin] }, always)).toBe(true))
test('B1 a genesis and another first op of its author in that room prove it', () =>
  expect(provesEquivocation({ a: [GENESIS], b: [opAfter(0, null, [GENESIS])] }, always)).toBe(true))

test('A7 one op twice proves nothing', () => expect(provesEquivocation({ a: [first], b: [first] }, always)).toBe(false))
test('two rooms begun by one author prove nothing', () =>
  expect(provesEquivocation({ a: [GENESIS], b: [unitOpOf({ ...GENESIS.op, time: 9 })] }, always)).toBe(false))
test('A8 ops of two rooms prove nothing', () =>
  expect(provesEquivocation({ a: [first], b: [opAfter(1, null, [GENESIS], '', { room: idNumber(1) })] }, always)).toBe(false))
test('another seq, another author, a signature that does not hold, a missing one: each proves nothing', () => {
  expect(provesEquivocation({ a: [first], b: [above] }, always)).toBe(false)
  expect(provesEquivocation({ a: [first], b: [opAfter(2, null, [GENESIS])] }, always)).toBe(false)
  expect(provesEquivocation({ a: [first], b: [twin] }, never)).toBe(false)
  expect(provesEquivocation({ a: [unsigned(first)], b: [twin] }, always)).toBe(false)
})
test('A3 a chain above that is another author’s, or does not follow, vouches for nothing', () => {
  expect(provesEquivocation({ a: [unsigned(first), opAfter(2, first, [])], b: [twin] }, always)).toBe(false)
  expect(provesEquivocation({ a: [unsigned(first), opAfter(1, twin, [])], b: [twin] }, always)).toBe(false)
})
test('nothing, and more than a unit, prove nothing', () => {
  expect(provesEquivocation({ a: [], b: [] }, always)).toBe(false)
  const chain = [first]
  while (chain.length <= MAX_UNIT_OPS) chain.push(opAfter(1, chain.at(-1)!, []))
  expect(provesEquivocation({ a: chain, b: [twin] }, always)).toBe(false)
  expect(provesEquivocation({ a: chain.slice(0, MAX_UNIT_OPS), b: [twin] }, always)).toBe(true)
})
