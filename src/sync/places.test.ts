import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOf, placesIn } from './places.ts'

const key = (n: number): Uint8Array => new Uint8Array(32).map((_, i) => (i === 31 ? n & 255 : i === 30 ? n >> 8 : 7))

test('the place of a key is its last one in the list, however long that grew since it was asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { minLength: 30, maxLength: 60 }),
      fc.array(fc.nat(45), { minLength: 20, maxLength: 60 }),
      (numbers, asked) => {
        const keys: Uint8Array[] = []
        const places = placesIn(keys)
        numbers.forEach((number, i) => {
          keys.push(key(number))
          const wanted = asked[i % asked.length]!
          expect(placeOf(places, key(wanted))).toBe(numbers.slice(0, i + 1).lastIndexOf(wanted))
        })
      },
    ),
    { seed: 1 },
  )
})

test('no key is in an empty list', () => {
  expect(placeOf(placesIn([]), key(1))).toBe(-1)
})
