/** The rateless table against the difference of two sets by its definition. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../core/bytes.ts'
import { idNumber } from '../../core/room.naive.ts'
import { encodeSymbols, peel, sizeOfSymbols } from './riblt.ts'

const idsOf = (numbers: ReadonlySet<number>): Uint8Array[] => [...numbers].map(idNumber)
const without = (a: ReadonlySet<number>, b: ReadonlySet<number>): string[] =>
  idsOf(new Set([...a].filter((n) => !b.has(n))))
    .map(toHex)
    .sort()
const hexOf = (ids: readonly Uint8Array[]): string[] => ids.map(toHex).sort()

const setArbitrary = fc.uniqueArray(fc.nat(120), { maxLength: 60 }).map((numbers) => new Set(numbers))

test('what is peeled is the difference of the two sets', () => {
  fc.assert(
    fc.property(setArbitrary, setArbitrary, (theirs, ours) => {
      const peeled = peel(encodeSymbols(idsOf(theirs), 512), encodeSymbols(idsOf(ours), 512))
      expect(peeled).not.toBe(null)
      expect(hexOf(peeled!.onlyTheirs)).toEqual(without(theirs, ours))
      expect(hexOf(peeled!.onlyOurs)).toEqual(without(ours, theirs))
    }),
  )
})

test('symbols of a set can be made from those of a part of it, and a prefix of them is the prefix of fewer', () => {
  const all = new Set(Array.from({ length: 50 }, (_, n) => n))
  const part = new Set([...all].slice(0, 30))
  const whole = encodeSymbols(idsOf(all), 64)
  const rest = new Set([...all].slice(30))
  expect(encodeSymbols(idsOf(rest), 64, encodeSymbols(idsOf(part), 64))).toEqual(whole)
  expect(encodeSymbols(idsOf(all), 16).sums).toEqual(whole.sums.subarray(0, 16 * 40))
})

test('a difference of many takes some 1.35 to 1.7 symbols an item, as in the paper, and too few symbols give nothing', () => {
  const theirs = new Set(Array.from({ length: 1_000 }, (_, n) => n))
  const ours = new Set(Array.from({ length: 1_000 }, (_, n) => n + 500))
  const [a, b] = [encodeSymbols(idsOf(theirs), 2_048), encodeSymbols(idsOf(ours), 2_048)]
  const { symbols } = peel(a, b)!
  expect(symbols).toBeGreaterThan(1_200)
  expect(symbols).toBeLessThan(1_700)
  expect(peel(encodeSymbols(idsOf(theirs), symbols - 1), b)).toBe(null)
})

test('counts cost little more than a byte each, since most are near what is to be expected', () => {
  const symbols = encodeSymbols(idsOf(new Set(Array.from({ length: 2_000 }, (_, n) => n))), 64)
  expect(sizeOfSymbols(symbols, 2_000, 64)).toBeGreaterThanOrEqual(64 * 41)
  expect(sizeOfSymbols(symbols, 2_000, 64)).toBeLessThan(64 * 41.3)
})
