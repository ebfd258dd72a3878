import fc from 'fast-check'
import { expect, test } from 'vitest'
import { giveWay, LOT_SAFE, LOT_SEATS, MAX_SEATS, type Seated } from './roster.ts'

const seat = (id: string, worth: number, since = 0): Seated => ({ id, worth: [worth], since })
const strangers = (count: number, since = 0): Seated[] => Array.from({ length: count }, (_, i) => seat(`s${i}`, 0, since + i))
const late = MAX_SEATS + LOT_SAFE

test('D18 a newcomer of no worth replaces one that sits by lot, and no other', () => {
  const friends = Array.from({ length: MAX_SEATS - LOT_SEATS }, (_, i) => seat(`f${i}`, 1))
  const seated = [...friends, ...strangers(LOT_SEATS)]
  const gone = new Set(Array.from({ length: 200 }, (_, i) => giveWay(seated, seat('new', 0, late), late, i / 200)))
  expect(gone.size).toBe(LOT_SEATS)
  expect([...gone].every((id) => id!.startsWith('s'))).toBe(true)
})

test('D18 a seat by lot is safe for LOT_SAFE, so that a flood of names does not empty it at once', () => {
  const seated = strangers(MAX_SEATS, 10_000)
  const at = 10_000 + LOT_SAFE
  expect(giveWay(seated, seat('new', 0, at), at - 1, 0.5)).toBe(null)
  // Peers that are here longest have seats by worth. Of the others, only the first has been here long enough.
  expect(giveWay(seated, seat('new', 0, at + 224), at + 224, 0.5)).toBe('s224')
})

test('D18 a newcomer of worth gets a seat at once, whoever sits there', () => {
  const seated = strangers(MAX_SEATS, 10_000)
  expect(giveWay(seated, seat('friend', 1, 10_300), 10_300, 0.5)).toBe('s255')
})

test('D18 many names never take the seat of one who is worth more than they', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ worth: fc.nat(2), chance: fc.double({ min: 0, max: 0.999, noNaN: true }) }), { maxLength: 200 }),
      (arrivals) => {
        const seats = 8
        let seated: Seated[] = [seat('friend', 3)]
        for (const [i, { worth, chance }] of arrivals.entries()) {
          const now = 1_000 * i
          const newcomer = seat(`n${i}`, worth, now)
          if (seated.length < seats) seated.push(newcomer)
          else {
            const gone = giveWay(seated, newcomer, now, chance, seats, 2)
            if (gone !== null) seated = [...seated.filter(({ id }) => id !== gone), newcomer]
          }
          expect(seated.some(({ id }) => id === 'friend')).toBe(true)
          expect(seated.length).toBeLessThanOrEqual(seats)
        }
      },
    ),
  )
})
