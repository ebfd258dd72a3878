/** Which connections get a place, and which give one up. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createShares, givePlaceBack, takePlace } from './shares.ts'
import { networksOf } from './source.ts'

/** Takes places for sources by their names, one after the other; connections are numbers. */
function sharesOf(max: number, sources: string) {
  const shares = createShares<number>(max)
  for (const [i, source] of sources.split('').entries()) expect(takePlace(shares, source, i)).toEqual({ type: 'given', instead: null })
  return shares
}

test('while there are places, one source may have them all', () => {
  const shares = sharesOf(4, 'aaaa')
  expect(takePlace(shares, 'a', 9)).toEqual({ type: 'refused' })
  expect(shares.size).toBe(4)
})

test('D23 when all are taken, the source with most gives up its newest', () => {
  const shares = sharesOf(4, 'abaa')
  expect(takePlace(shares, 'c', 9)).toEqual({ type: 'given', instead: 3 })
  expect([...shares.parts].map(([source, { conns }]) => [source, [...conns]])).toEqual([
    ['a', [0, 2]],
    ['b', [1]],
    ['c', [9]],
  ])
  expect(takePlace(shares, 'd', 10)).toEqual({ type: 'given', instead: 2 })
  expect(takePlace(shares, 'e', 11)).toEqual({ type: 'refused' })
})

test('D23 two sources do not take places from each other in turn', () => {
  const shares = sharesOf(5, 'aaabb')
  expect(takePlace(shares, 'b', 9)).toEqual({ type: 'refused' })
  expect(takePlace(shares, 'a', 9)).toEqual({ type: 'refused' })
})

test('a place that is given back is free, and what never had one changes nothing', () => {
  const shares = sharesOf(2, 'ab')
  givePlaceBack(shares, 'a', 7)
  givePlaceBack(shares, 'c', 0)
  expect(takePlace(shares, 'c', 8)).toEqual({ type: 'refused' })
  givePlaceBack(shares, 'a', 0)
  expect(takePlace(shares, 'c', 8)).toEqual({ type: 'given', instead: null })
})

/** Takes places for subnets of IPv6, by their four groups. */
const filled = (subnets: readonly string[]) => {
  const shares = createShares<string>(subnets.length)
  for (const [i, subnet] of subnets.entries()) expect(takePlace(shares, `${subnet}::/64`, `${i}`).type).toBe('given')
  return (subnet: string) => takePlace(shares, subnet, 'newcomer')
}

test('D23 one /48 that has all places gives them up to newcomers of other networks, from however many /64s it comes', () => {
  const come = filled(Array.from({ length: 256 }, (_, i) => `2001:db8:1:${i.toString(16)}`))
  for (let i = 1; i <= 128; i++) expect(come(`192.0.2.${i}`).type).toBe('given')
  expect(come('2001:db8:2:1::/64')).toMatchObject({ type: 'given' })
  expect(come('2001:db8:1:5::/64')).toEqual({ type: 'refused' })
})

test('D23 a home that has all places of its /48 gives them up to other homes of it, from however many /64s it comes', () => {
  const come = filled(Array.from({ length: 256 }, (_, i) => `2001:db8:1:${(0x1200 + i).toString(16)}`))
  expect(come('2001:db8:1:1300::/64')).toEqual({ type: 'given', instead: '255' })
  expect(come('2001:db8:1:1200::/64')).toEqual({ type: 'refused' })
})

test('D23 of a source that gives up, the subnet with most in the network with most loses its newest', () => {
  const come = filled([
    '2001:db8:1:101',
    '2001:db8:1:200',
    '2001:db8:1:100',
    '2001:db8:1:100',
    '2001:db8:1:100',
    '2001:db8:1:200',
    '2001:db8:1:200',
  ])
  expect(come('192.0.2.1')).toEqual({ type: 'given', instead: '4' })
  expect(come('192.0.2.2')).toEqual({ type: 'given', instead: '6' })
})

test('D23 law: whatever comes, no more places than there are, and shares that are as equal at each step as they can be', () => {
  const subnet = fc.oneof(
    fc.constantFrom('192.0.2.1', '192.0.2.2', 'loopback'),
    fc
      .tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2), fc.constantFrom(1, 2))
      .map(([source, home, part]) => `2001:db8:${source}:${home}0${part}::/64`),
  )
  const step = fc.record({ subnet, leaves: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const shares = createShares<number>(7)
      const there: { conn: number; subnet: string }[] = []
      /** How many connections each network has that is within the same one, for the n-th network of a subnet. */
      const countsAt = (networks: readonly string[], n: number): Map<string, number> => {
        const counts = new Map<string, number>()
        for (const each of there.map(({ subnet }) => networksOf(subnet)))
          if (each.length > n && networks.slice(0, n).every((network, i) => network === each[i]))
            counts.set(each[n]!, (counts.get(each[n]!) ?? 0) + 1)
        return counts
      }
      /** Whether one of them has two more than this one. */
      const isUnequal = (counts: Map<string, number>, network: string): boolean =>
        Math.max(...counts.values()) >= (counts.get(network) ?? 0) + 2
      for (const [conn, { subnet, leaves }] of steps.entries()) {
        const left = leaves ? there.findIndex((each) => each.subnet === subnet) : -1
        if (left >= 0) {
          const [gone] = there.splice(left, 1)
          givePlaceBack(shares, subnet, gone!.conn)
          continue
        }
        const networks = networksOf(subnet)
        const level = networks.findIndex((network, n) => isUnequal(countsAt(networks, n), network))
        const isFull = there.length === 7
        const place = takePlace(shares, subnet, conn)
        expect(place.type).toBe(isFull && level < 0 ? 'refused' : 'given')
        if (place.type === 'refused') continue
        expect(place.instead !== null).toBe(isFull)
        if (place.instead !== null) {
          const gives = there.findIndex((each) => each.conn === place.instead)
          const of = networksOf(there[gives]!.subnet)
          expect(of.slice(0, level)).toEqual(networks.slice(0, level))
          for (let n = level; n < of.length; n++) expect(countsAt(of, n).get(of[n]!)).toBe(Math.max(...countsAt(of, n).values()))
          expect(there.findLast((each) => each.subnet === there[gives]!.subnet)!.conn).toBe(place.instead)
          there.splice(gives, 1)
        }
        there.push({ conn, subnet })
        expect(shares.size).toBe(there.length)
      }
      for (const { subnet, conn } of there) givePlaceBack(shares, subnet, conn)
      expect(shares).toEqual(createShares(7))
    }),
  )
})
