import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBytes, toHex } from './bytes.ts'
import { compareEntries, createIdTable, entryBytes, forgetLast, intern, lookup } from './id-table.ts'
import { idNumber } from './room.naive.ts'
import { keyOf } from './unit.ts'

const ids = Array.from({ length: 200 }, (_, n) => idNumber(n))

test('in lockstep with an array of hex strings: adding, finding, forgetting the last, growing', () => {
  const command = fc.oneof({ weight: 3, arbitrary: fc.nat(ids.length - 1) }, { weight: 1, arbitrary: fc.constant('forget' as const) })
  fc.assert(
    fc.property(fc.array(command, { maxLength: 400, size: 'max' }), fc.integer(), (commands, seed) => {
      const table = createIdTable(seed)
      const twin: string[] = []
      for (const each of commands) {
        if (each === 'forget') {
          if (twin.length === 0) continue
          forgetLast(table)
          twin.pop()
          continue
        }
        const hex = toHex(ids[each]!)
        expect(lookup(table, ids[each]!)).toBe(twin.indexOf(hex))
        if (!twin.includes(hex)) twin.push(hex)
        expect(intern(table, ids[each]!)).toBe(twin.indexOf(hex))
      }
      expect(table.length).toBe(twin.length)
      expect(twin.map((_, n) => toHex(entryBytes(table, n)))).toEqual(twin)
      expect(ids.map((id) => lookup(table, id))).toEqual(ids.map((id) => twin.indexOf(toHex(id))))
    }),
    { numRuns: 100 },
  )
})

test('entries are ordered by their bytes', () => {
  const table = createIdTable(1)
  for (const id of ids) intern(table, id)
  for (let a = 0; a < 50; a++) {
    for (let b = 0; b < 50; b++) expect(Math.sign(compareEntries(table, a, b))).toBe(Math.sign(compareBytes(ids[a]!, ids[b]!)))
  }
})

test('A12 ids that differ in one bit only are told apart, as entries under any seed and as keys', () => {
  for (const seed of [0, 1, -1, 0x7fffffff]) {
    const table = createIdTable(seed)
    const flipped = Array.from({ length: 256 }, (_, bit) => new Uint8Array(32).map((_, i) => (i === bit >> 3 ? 1 << (bit & 7) : 0)))
    for (const [n, id] of flipped.entries()) expect(intern(table, id)).toBe(n)
    for (const [n, id] of flipped.entries()) expect(lookup(table, id)).toBe(n)
    expect(lookup(table, new Uint8Array(32))).toBe(-1)
    expect(new Set(flipped.map(keyOf)).size).toBe(256)
  }
})
