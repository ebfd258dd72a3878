import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_WEB_ADDRESS_LENGTH, MAX_WEB_ADDRESSES, webAddressesIn } from './web-addresses.ts'

const addresses = (text: string, isCut = false): string[] => webAddressesIn(text, isCut).map(({ from, to }) => text.slice(from, to))

test('http and https addresses are found, without the punctuation of their sentence', () => {
  const whole = [
    'https://example.org',
    'http://example.org/',
    'HTTPS://Example.ORG/Path?q=1&r=%20#part',
    'http://localhost:8229/#new',
    'http://127.0.0.1:8080/x',
    'http://[::1]:8229/',
    'https://de.wikipedia.org/wiki/Zürich',
    'https://example.org/a_(b)',
    'https://example.org/a_(b)_(c[d])',
    'https://example.org/@ada',
    'https://example.org/?to=ada@example.org',
    'https://xn--bcher-kva.example/',
    'https://my_host.example/-/x~',
    'https://web.archive.org/web/2020/http://example.org/',
  ]
  for (const address of whole) {
    expect(addresses(address)).toEqual([address])
    for (const [before, after] of [
      ['see ', ' there'],
      ['(', ')'],
      ['(see ', ').'],
      ['<', '>'],
      ['“', '”'],
      ['"', '",'],
      ['[a](', ')'],
      ['看', '。然后'],
      ['', '\nnext'],
      ['', '!?'],
      ['', '...'],
      ['', '\u00a0x'],
      ['', ', https://'],
    ])
      expect([before, after, ...addresses(`${before}${address}${after}`)]).toEqual([before, after, address])
  }
  expect(addresses('https://a.example and http://b.example/x.')).toEqual(['https://a.example', 'http://b.example/x'])
})

test('E6 what is no http address, or hides where it goes, stays text', () => {
  for (const text of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)//',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd ftp://example.org mailto:a@example.org tel:1 blob:x',
    'example.org www.example.org //example.org http:example.org http:/example.org https:\\\\example.org',
    'view-source+https://example.org xhttps://example.org 1http://example.org',
    'https:// https://. https://... http://?x http://# https:///example.org',
    'https://bank.com@evil.example/',
    'https://bank.com:443@evil.example/',
    'https://a:b@evil.example',
    'https://@evil.example',
    'https://bücher.example/',
    'https://bank.com\u2044login.evil.example/',
    'https://b\u0430nk.com',
    'https://b\u00adank.com@evil.example',
    ...['\u200b', '\u00ad', '\u202e', '\0', '\ufeff'].map((hidden) => `https://bank.co${hidden}m/`),
    'https://bank.com:80\u200b80/',
    'https://ex%61mple.org/',
    'http://1.1/ http://0x7f.1/ http://2130706433/ http://017700000001/',
    'https://a..b:99999/ https://example.org:/x',
    'https://example.org:80x/',
    'https://example.org/long…',
    'https://example.org/long…/end',
    `https://example.org/${'w'.repeat(MAX_WEB_ADDRESS_LENGTH)}`,
  ])
    expect([text, ...addresses(text)]).toEqual([text])
})

test('E6 what turns the direction ends an address, and so do a backslash and invisible characters', () => {
  for (const end of [
    '\u202e',
    '\u202d',
    '\u2066',
    '\u2067',
    '\u2069',
    '\u200f',
    '\u061c',
    '\u200b',
    '\ufeff',
    '\u00ad',
    '\0',
    '\\',
    '\t',
    '\u2028',
  ])
    expect([end, ...addresses(`https://example.org/a${end}moc.live//:sptth`)]).toEqual([end, 'https://example.org/a'])
  expect(addresses('https://bank.com\\@evil.example')).toEqual(['https://bank.com'])
})

test('E6 an address at the end of a text that goes on is none: nobody sees all of it', () => {
  expect(addresses('x https://example.org/pa', true)).toEqual([])
  expect(addresses('x https://example.org/pa.', true)).toEqual([])
  expect(addresses('https://example.org/part and', true)).toEqual(['https://example.org/part'])
})

test(`E6 a text has at most MAX_WEB_ADDRESSES, each of at most MAX_WEB_ADDRESS_LENGTH`, () => {
  expect(addresses('http://a '.repeat(MAX_WEB_ADDRESSES))).toHaveLength(MAX_WEB_ADDRESSES)
  expect(addresses('http://a '.repeat(MAX_WEB_ADDRESSES + 1))).toHaveLength(MAX_WEB_ADDRESSES)
  const begin = 'https://example.org/'
  const longest = begin + 'w'.repeat(MAX_WEB_ADDRESS_LENGTH - begin.length)
  expect(addresses(longest)).toEqual([longest])
  expect(addresses(`${longest}w`)).toEqual([])
})

const PARTS = [
  ...[
    'https://',
    'http://',
    'HTTP://',
    'example.org',
    'a',
    '@',
    ':',
    '80',
    '/',
    '.',
    ',',
    '(',
    ')',
    '[',
    ']',
    '…',
    '\\',
    '%',
    '#',
    '?',
    ' ',
    '\n',
  ],
  ...['\u202e', '\u2066', 'é', 'e\u0301', 'ש', '。', '😀', 'javascript:', '"', '<', "'", '*', 'xn--', '[::1]', '1.1'],
]

test('E6 whatever a text is, the addresses in it follow one another, and each goes to the host that stands in it, by http or https', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary' })), { maxLength: 40 }),
      fc.boolean(),
      (parts, isCut) => {
        const text = parts.join('').toWellFormed()
        let at = 0
        for (const { from, to, href } of webAddressesIn(text, isCut)) {
          expect([from >= at, to > from, to <= text.length]).toEqual([true, true, true])
          at = to
          const typed = text.slice(from, to)
          const url = new URL(typed)
          expect(url.href).toBe(href)
          expect(['http:', 'https:']).toContain(url.protocol)
          expect([url.username, url.password]).toEqual(['', ''])
          expect(
            typed
              .slice(url.protocol.length + 2)
              .toLowerCase()
              .startsWith(url.hostname),
          ).toBe(true)
          expect(typed).not.toMatch(/[\s\p{C}\p{Z}\\…]/u)
          expect(typed.length).toBeLessThanOrEqual(MAX_WEB_ADDRESS_LENGTH)
          if (isCut) expect(to).toBeLessThan(text.length)
        }
      },
    ),
    { numRuns: 5_000 },
  )
})

test.each([
  ['addresses within an address', 'https://'.repeat(8_000)],
  ['no host', 'https://@ '.repeat(6_500)],
  ['brackets', `https://a.example/${')'.repeat(65_000)}`],
  ['opened brackets', `https://a.example/${'('.repeat(32_000)}${')'.repeat(32_000)}`],
  ['full stops', `https://a.example/${'.'.repeat(65_000)}x`],
  ['a host without end', `https://${'a.'.repeat(32_000)}`],
  ['the beginning of addresses', 'http:/'.repeat(10_000)],
])('E6 each character of a text is looked at a few times, however hostile: %s', (_, text) => {
  let looked = 0
  // What the scanner reads of a text: a search from one place to where it ends, or a part of it.
  const { exec } = RegExp.prototype
  RegExp.prototype.exec = function (this: RegExp, input: string) {
    const from = this.global ? this.lastIndex : 0
    const found = exec.call(this, input)
    looked += (found === null ? input.length : found.index + found[0].length) - from
    return found
  }
  try {
    webAddressesIn(text, false)
  } finally {
    RegExp.prototype.exec = exec
  }
  expect(looked).toBeGreaterThan(0)
  expect(looked).toBeLessThan(5 * text.length)
})
