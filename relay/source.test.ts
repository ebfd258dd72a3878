/** Which addresses are one source. */
import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOOPBACK, sourceInHeader, sourceOf } from './source.ts'

test('an IPv4 address is a source of its own, also where it is written as IPv6', () => {
  for (const written of ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '2002:c000:201::5', '2002:c000:201:77::1'])
    expect([written, sourceOf(written)]).toEqual([written, '192.0.2.1'])
  expect(sourceOf('192.0.2.2')).toBe('192.0.2.2')
})

test('D23 all addresses of an IPv6 /64 are one source, and the next /64 is another', () => {
  const one = '2001:db8:0:1::/64'
  for (const written of ['2001:db8:0:1::', '2001:db8:0:1::1', '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8::1:0:0:0:9'])
    expect([written, sourceOf(written)]).toEqual([written, one])
  expect(sourceOf('2001:db8:0:2::1')).toBe('2001:db8:0:2::/64')
  expect(sourceOf('fe80::1%eth0')).toBe(sourceOf('fe80::2'))
})

test('this machine is one source, by whichever address', () => {
  for (const written of ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])
    expect([written, sourceOf(written)]).toEqual([written, LOOPBACK])
})

test('text that is no address has no source', () => {
  const none = [
    '',
    'unknown',
    '1.2.3',
    '1.2.3.256',
    '::ffff:1.2.3.256',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::1',
    ':::',
  ]
  for (const written of none) expect([written, sourceOf(written)]).toEqual([written, null])
})

test('every IPv6 address has a source, and no other text is taken for one', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      expect([address, sourceOf(address)]).not.toEqual([address, null])
    }),
  )
  const text = fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '::'), maxLength: 20 })
  fc.assert(
    fc.property(text, (written) => {
      if (written.includes(':')) expect([written, sourceOf(written) !== null]).toEqual([written, isIPv6(written)])
    }),
  )
})

test('D23 of a list of addresses the last counts, which the nearest proxy wrote', () => {
  expect(sourceInHeader('203.0.113.9, 192.0.2.1')).toBe('192.0.2.1')
  expect(sourceInHeader(' 2001:db8::7 ')).toBe('2001:db8:0:0::/64')
  for (const none of ['', '203.0.113.9, unknown', null, undefined]) expect(sourceInHeader(none)).toBeNull()
})
