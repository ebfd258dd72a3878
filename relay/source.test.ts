/** Which addresses are one subnet, and which subnets one source. */
import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOOPBACK, networksOf, sourceOf, subnetInHeader, subnetOf } from './source.ts'

test('an IPv4 address is a subnet of its own, also where it is written as IPv6', () => {
  for (const written of ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '2002:c000:201::5', '2002:c000:201:77::1'])
    expect([written, subnetOf(written)]).toEqual([written, '192.0.2.1'])
  expect(subnetOf('192.0.2.2')).toBe('192.0.2.2')
})

test('D23 an IPv6 address that a tunnel or a translator made of an IPv4 address is that one', () => {
  const tunnelled = {
    Teredo: '2001:0:4136:e378:8000:63bf:3fff:fdfe',
    'Teredo by another server': '2001::77:0:0:3fff:fdfe',
    NAT64: '64:ff9b::192.0.2.1',
    'NAT64 of one’s own': '64:ff9b:1:fffe::c000:201',
    SIIT: '::ffff:0:192.0.2.1',
  }
  for (const [by, address] of Object.entries(tunnelled)) expect([by, subnetOf(address)]).toEqual([by, '192.0.2.1'])
  for (const other of ['64:ff9c::192.0.2.1', '64:ff9b:0:1::192.0.2.1', '2001:1::3fff:fdfe', '2003:c000:201::5'])
    expect([other, subnetOf(other)]).not.toEqual([other, '192.0.2.1'])
})

test('D23 all subnets of an IPv6 /48 are one source; within it each /56 is a network of its own', () => {
  const source = '2001:db8:7::/48'
  for (const address of ['2001:db8:7::1', '2001:db8:7:ffff::1', '2001:db8:7:12:3:4:5:6']) expect(sourceOf(subnetOf(address)!)).toBe(source)
  expect(sourceOf(subnetOf('2001:db8:8::1')!)).toBe('2001:db8:8::/48')
  expect(networksOf(subnetOf('2001:db8:7:1203::1')!)).toEqual([source, '2001:db8:7:1200::/56', '2001:db8:7:1203::/64'])
  for (const subnet of ['192.0.2.1', LOOPBACK]) expect(networksOf(subnet)).toEqual([subnet])
})

test('D23 all addresses of an IPv6 /64 are one subnet, and the next /64 is another', () => {
  const one = '2001:db8:0:1::/64'
  for (const written of ['2001:db8:0:1::', '2001:db8:0:1::1', '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8::1:0:0:0:9'])
    expect([written, subnetOf(written)]).toEqual([written, one])
  expect(subnetOf('2001:db8:0:2::1')).toBe('2001:db8:0:2::/64')
  expect(subnetOf('fe80::1%eth0')).toBe(subnetOf('fe80::2'))
})

test('this machine is one subnet, by whichever address', () => {
  for (const written of ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])
    expect([written, subnetOf(written)]).toEqual([written, LOOPBACK])
})

test('text that is no address has no subnet', () => {
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
  for (const written of none) expect([written, subnetOf(written)]).toEqual([written, null])
})

test('every IPv6 address has a subnet, and no other text is taken for one', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      expect([address, subnetOf(address)]).not.toEqual([address, null])
    }),
  )
  const text = fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '::'), maxLength: 20 })
  fc.assert(
    fc.property(text, (written) => {
      if (written.includes(':')) expect([written, subnetOf(written) !== null]).toEqual([written, isIPv6(written)])
    }),
  )
})

test('D23 of a list of addresses the last counts, which the nearest proxy wrote', () => {
  expect(subnetInHeader('203.0.113.9, 192.0.2.1')).toBe('192.0.2.1')
  expect(subnetInHeader(' 2001:db8::7 ')).toBe('2001:db8:0:0::/64')
  for (const none of ['', '203.0.113.9, unknown', null, undefined, '192.0.2.1:', '192.0.2.1:x', '[2001:db8::7', '[192.0.2.1.5]:1'])
    expect(subnetInHeader(none)).toBeNull()
})

test('D23 some proxies write a port, too', () => {
  for (const header of ['192.0.2.1:5678', '203.0.113.9:1, 192.0.2.1:5678', '[::ffff:192.0.2.1]:443'])
    expect(subnetInHeader(header)).toBe('192.0.2.1')
  for (const header of ['[2001:db8::7]:443', '[2001:db8::7]', '2001:db8::7']) expect(subnetInHeader(header)).toBe('2001:db8:0:0::/64')
})
