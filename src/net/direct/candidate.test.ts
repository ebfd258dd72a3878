/** Which addresses a tab may be made to send packets to, and which it says of itself. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidatesToSay, isCandidate, MAX_CANDIDATES, readCandidate, writeCandidate } from './candidate.ts'
import { candidate } from './description.naive.ts'

const at = (address: string, port: number | string = 50_000): string => `candidate:1 1 udp 1 ${address} ${port} typ host`

const isRefused = (address: string): boolean => !isCandidate(at(address))

const NAME = '2b1a3f68-0c9e-4d3c-8f2e-3f0c4e5a6b7c.local'

describe('a candidate', () => {
  test('of an address that tabs have is taken', () => {
    const taken = ['192.0.2.7', '10.0.0.1', '172.17.0.1', '192.168.1.255', '100.64.0.1', '223.255.255.255', '1.0.0.0', '169.253.1.1']
    const all = [...taken, '2001:db8::7', '2600::', 'fd00::2', 'fc12:3::4', '2001:1:2:3:4:5:6:7', NAME]
    expect(all.filter(isRefused)).toEqual([])
  })

  test('D20 of this host, of nobody, of many, of the neighbours of a link, or hidden in another address, is refused', () => {
    const v4 = ['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.1.2', '169.254.169.254', '224.0.0.251', '239.1.1.1', '240.0.0.1']
    const v6 = ['::', '::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::fb', '::7f00:1', '::ffff:7f00:1', '64:ff9b::7f00:1', '4000::1']
    const within = ['2002:7f00:1::1', '2001::1', '2001:0:4136:e378::1', '100::1', '::ffff:127.0.0.1', '64:ff9b::127.0.0.1']
    const all = [...v4, '255.255.255.255', ...v6, ...within]
    expect(all.filter(isRefused)).toEqual(all)
  })

  test('D20 of a name that is looked up, or of digits that others read otherwise, is refused', () => {
    const names = ['example.org', 'localhost', 'printer.local', `x.${NAME}`, `${NAME}.org`, NAME.slice(1), 'local', '.local']
    const digits = ['010.0.0.1', '10.0.0', '10.0.0.0.1', '10.0.0.256', '2130706433', '0x7f.0.0.1', '1.2.3.', '1..2.3', '10.0.0.1.']
    const groups = [
      '2001:db8',
      '2001:db8:::1',
      '2001::db8::1',
      '2001:db8:1:2:3:4:5:6:7',
      '2001:db8::00001',
      '2001:db8::g',
      '2001:db8:',
      ':',
    ]
    const all = [...names, ...digits, ...groups, '1:2:3:4:5:6:7::8', 'fd00::2%eth0', '[fd00::2]']
    expect(all.filter(isRefused)).toEqual(all)
  })

  test('D20 by TCP, or on a port of a service, is refused', () => {
    for (const text of [at('192.0.2.7').replace(' udp ', ' tcp '), 'candidate:1 1 tcp 1 192.0.2.7 50000 typ host tcptype passive'])
      expect([readCandidate(text), isCandidate(text)]).toEqual([null, false])
    for (const port of [0, 1, 53, 80, 443, 1_023, 65_536, 99_999, '050000', '-1', '1e4'])
      expect(isCandidate(at('192.0.2.7', port))).toBe(false)
    for (const port of [1_024, 3_478, 65_535]) expect(isCandidate(at('192.0.2.7', port))).toBe(true)
  })

  test('D12 gets no line from a stranger: what would begin one is no candidate', () => {
    const good = at('192.0.2.7')
    for (const more of [
      '\r\na=fingerprint:sha-256 00',
      '\n',
      ' \r',
      ' x\ny z',
      ' <script> y',
      ' generation 0',
      ' ',
      ' raddr 0.0.0.0 rport 0',
    ])
      expect(isCandidate(good + more)).toBe(false)
    for (const other of ['', 'candidate:', `a=${good}`, good.replace('host', 'prflx'), good.replace(' 1 udp', ' 2 udp'), null, 7, {}])
      expect(isCandidate(other)).toBe(false)
  })

  test('has one text form, whatever a browser adds to it', () => {
    fc.assert(
      fc.property(candidate, fc.constantFrom('', ' generation 0 ufrag abcd network-id 1', ' raddr 10.0.0.1 rport 9'), (text, more) => {
        expect(isCandidate(text)).toBe(true)
        expect(writeCandidate(readCandidate(`${text}${more}`)!)).toBe(text)
        expect(writeCandidate(readCandidate(text.toUpperCase().replace('CANDIDATE', 'candidate'))!).toLowerCase()).toBe(text.toLowerCase())
      }),
    )
  })

  test('D20 any text is one in its form, or none', () => {
    const words = fc.array(
      fc.constantFrom('candidate:1', '1', 'udp', 'tcp', '127.0.0.1', '9.9.9.9', '::1', '2600::1', '5000', 'typ', 'host'),
    )
    const likely = fc.tuple(candidate, fc.nat(), fc.string({ maxLength: 3 })).map(([text, where, put]) => {
      const cut = where % text.length
      return text.slice(0, cut) + put + text.slice(cut + 1)
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          words.map((list) => list.join(' ')),
          likely,
        ),
        (text) => {
          const read = readCandidate(text)
          const form = read === null ? null : writeCandidate(read)
          expect(isCandidate(text)).toBe(form === text)
          if (form !== null) expect([isCandidate(form), readCandidate(form)]).toEqual([true, read])
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('what a tab says of itself', () => {
  test('is what others take, each once, MAX_CANDIDATES at most, and has room for what servers found', () => {
    const host = (n: number): string => `candidate:${n} 1 udp 1 10.0.0.${n} 50000 typ host generation 0 network-id ${n}`
    const others = ['srflx', 'relay', 'relay', 'relay'].map(
      (type, n) => `candidate:9${n} 1 udp 1 192.0.2.${n + 1} 50000 typ ${type} raddr 10.0.0.1 rport 5`,
    )
    const tcp = 'candidate:3 1 tcp 1518280447 10.0.0.1 9 typ host tcptype active generation 0'
    const found = [tcp, at('127.0.0.1'), at('fe80::1'), ...Array.from({ length: 9 }, (_, n) => host(n)), host(0), ...others]
    const said = candidatesToSay(found)
    expect(said).toHaveLength(MAX_CANDIDATES)
    expect(said.every(isCandidate)).toBe(true)
    expect(new Set(said).size).toBe(said.length)
    expect(said.map((text) => readCandidate(text)!.type)).toEqual(['host', 'host', 'host', 'host', 'host', 'srflx', 'relay', 'relay'])
    expect(said.join()).not.toContain('10.0.0.1 rport')
  })
})
