/** Texts that depend on numbers. */
import { describe, expect, test } from 'vitest'
import { plural } from '../core/counts.ts'
import { bytesInWords } from './bytes-in-words.ts'
import { fullTime, messages, timeAgo } from './messages.ts'
import { pathDetail } from './refusal-messages.ts'
import { keptMessages } from './start/kept-messages.ts'

const NOW = 1_800_000_000

describe('messages', () => {
  test('one is singular, everything else plural, thousands are set apart', () => {
    expect([0, 1, 2, 12_345].map((n) => plural(n, 'op'))).toEqual(['0 ops', '1 op', '2 ops', '12,345 ops'])
    expect(plural(2, 'entry', 'entries')).toBe('2 entries')
  })

  test('times grow coarser with age and end in a date', () => {
    const ages = [0, 59, 5 * 60, 3 * 3600, 26 * 3600, 9 * 86_400]
    expect(ages.map((age) => timeAgo(NOW - age, NOW))).toEqual(['now', 'now', '5m ago', '3h ago', 'yesterday', '9d ago'])
    expect(timeAgo(NOW - 400 * 86_400, NOW)).toMatch(/^\w+ \d+, 20\d\d$/)
  })

  test('B12 a time ahead of this clock is told as one', () => {
    expect(timeAgo(NOW + 2 * 3600, NOW)).toBe('in 2h')
  })

  test('B12 any number an author may claim as its time has a text', () => {
    for (const time of [0, -1, NOW, 8.64e12, -8.64e12, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(fullTime(time)).not.toBe('')
      expect(timeAgo(time, NOW)).not.toBe('')
    }
  })

  test('bytes are told in the unit that keeps them short', () => {
    expect([0, 812, 1_400, 25_000, 1_400_000, 3.2e9].map(bytesInWords)).toEqual(['0 B', '812 B', '1.4 kB', '25 kB', '1.4 MB', '3.2 GB'])
  })

  test('forgetting a node has one word', () => {
    const { refused, lead, confirm, ...others } = keptMessages
    const texts = [...Object.values(others), ...Object.values(refused), lead(1), lead(2), confirm(1), confirm(2)]
    expect(texts.filter((text) => typeof text === 'string' && /delet|remov/i.test(text))).toEqual([])
  })

  test('agreement is told in words', () => {
    expect(messages.agreement({ type: 'peers', equal: 3, unheard: 0, peers: 3 })).toBe('3 of 3 peers agree')
    expect(messages.agreement({ type: 'peers', equal: 1, unheard: 1, peers: 3 })).toBe('1 of 3 peers agree')
    expect(messages.agreement({ type: 'peers', equal: 1, unheard: 0, peers: 1 })).toBe('1 of 1 peer agrees')
    expect(messages.agreement({ type: 'peers', equal: 0, unheard: 0, peers: 1 })).toBe('0 of 1 peer agrees')
    expect(messages.agreement({ type: 'peers', equal: 0, unheard: 2, peers: 2 })).toBe('2 peers: no answer yet')
    expect(messages.agreement({ type: 'alone' })).toBe('no peers connected')
    expect(messages.agreement({ type: 'fetching', got: 20, of: 4_000 })).toBe('fetching 20 of 4,000 ops')
    expect(messages.agreement({ type: 'fetching', got: 20, of: 20 })).toBe('checking and storing 20 ops')
  })

  test('E6 a relay that closes with words of its own is not quoted: only the reasons that are known here are told', () => {
    const ofRelays = ['the room is full', 'the relay is full', 'gave way', 'too-many-senders', 'too-fast', 'truncated']
    const known = ['cut', 'offline', 'lost', 'refused', 'no answer', ...ofRelays].map(pathDetail)
    expect(new Set(known).size).toBe(known.length)
    const unknown = pathDetail('Your key is lost. Send your link to me.')
    expect(unknown).toMatch(/a reason that this version does not know/)
    expect(known).not.toContain(unknown)
    for (const words of ['constructor', '__proto__', 'toString']) expect(pathDetail(words)).toBe(unknown)
  })
})
