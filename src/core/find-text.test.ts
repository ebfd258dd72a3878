import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginningOf, endOf, folded, placeOf } from './find-text.ts'
import { thinMarks } from './marks.ts'

/** Letters that folding makes longer or shorter, marks, syllables, what is joined, directions. */
const TRICKY = [
  ...['a', 'A', 'é', 'e\u0301', 'İ', 'ß', 'Σ', 'ς', 'ﬁ', 'Ω', '\u0301', '\u0323', '\u0300'.repeat(12), '\u1100\u1161\u11a8', '각', '각'],
  ...[
    '👩‍👩‍👧',
    '👍🏽',
    '🇨🇭',
    '😀',
    'שָׁלוֹם',
    'ب\u0651\u064e',
    '\u202e',
    '\u2066',
    'क\u094dष',
    '\u0bca',
    '\u{16d63}\u{16d67}',
    '\u{16d68}',
    ' ',
    '\n',
    '…',
  ],
]
const tricky = fc
  .array(fc.oneof(fc.constantFrom(...TRICKY), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 })
  .map((parts) => thinMarks(parts.join('').toWellFormed()))

test('what a text has is found in it: the place holds the words, and nothing before it does', () => {
  fc.assert(
    fc.property(tricky, tricky, tricky, (before, words, after) => {
      const text = thinMarks(before + words + after)
      const wanted = folded(words)
      const place = placeOf(text, wanted)
      expect(place !== null).toBe(wanted !== '' && folded(text).includes(wanted))
      if (place === null) return
      const { from, to } = place
      // Of a final sigma folding asks what stands around it.
      const compared = (part: string): string => folded(part).replaceAll('ς', 'σ')
      const plain = wanted.replaceAll('ς', 'σ')
      expect(compared(text.slice(from, to))).toContain(plain)
      // They are the first in the text.
      expect(folded(text.slice(0, to)).length).toBeGreaterThanOrEqual(folded(text).indexOf(wanted) + wanted.length)
      expect(folded(text.slice(0, from)).length).toBeLessThanOrEqual(folded(text).indexOf(wanted))
      expect([text.slice(0, from), text.slice(from, to), text.slice(to)].every((part) => part.isWellFormed())).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('in a long text, too, what is found is where it was put', () => {
  const filler = fc.constantFrom('lorem ip ', 'é', 'e\u0301', 'İ', '漢', '👩‍👩‍👧', '\u1100\u1161\u11a8', `a${'\u200da'.repeat(700)}`)
  fc.assert(
    fc.property(filler, fc.nat(3_000), fc.constantFrom('needle', 'Nİ\u0323e', '針'.repeat(2_000)), (letters, times, words) => {
      const before = letters.repeat(times).slice(0, 20_000).toWellFormed() + '|'
      expect(placeOf(`${before}${words}|${letters}`, folded(words))).toEqual({ from: before.length, to: before.length + words.length })
    }),
    { numRuns: 200 },
  )
})

test('letters are found whole', () => {
  const found = (text: string, words: string): string | null => {
    const place = placeOf(text, folded(words))
    return place && text.slice(place.from, place.to)
  }
  expect(found('cafe\u0301 noir', 'CAFÉ')).toBe('cafe\u0301')
  expect(found('café noir', 'cafe\u0301 n')).toBe('café n')
  expect(found('İstanbul', 'istanbul')).toBe(null)
  expect(found('İİstanbul', 'stan')).toBe('stan')
  expect(found('x 👩‍👩‍👧 y', '👩')).toBe('👩‍👩‍👧')
  expect(found('x 👍🏽 y', '👍')).toBe('👍🏽')
  expect(found('🇨🇭🇩🇪', '🇩🇪')).toBe('🇩🇪')
  expect(found('\u1100\u1161\u11a8 x', 'x')).toBe('x')
  expect(found('abc', 'd')).toBe(null)
  expect(found('abc', '')).toBe(null)
})

test('no two letters compose when a text is folded: what any code point is composed of is one letter', () => {
  const torn: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const letter = String.fromCodePoint(point)
    const parts = letter.normalize('NFD')
    if (parts !== letter && beginningOf(`${parts}.`, parts.length) !== parts) torn.push(letter)
  }
  expect(torn).toEqual([])
})

test('the beginning and the end of a text are as long as they may be, and of whole letters', () => {
  fc.assert(
    fc.property(tricky, fc.nat(12), (text, most) => {
      const [beginning, end] = [beginningOf(text, most), endOf(text, most)]
      expect([text.startsWith(beginning), beginning.length <= most, beginning.isWellFormed()]).toEqual([true, true, true])
      expect([text.endsWith(end), end.length <= most, end.isWellFormed()]).toEqual([true, true, true])
      if (text.length <= most) expect([beginning, end]).toEqual([text, text])
    }),
  )
  expect([beginningOf('ae\u0301', 2), beginningOf('a😀', 2), beginningOf('👩‍👩‍👧', 3)]).toEqual(['a', 'a', '👩'])
  expect([endOf('e\u0301a', 2), endOf('😀a', 2), endOf('x👩a', 2)]).toEqual(['a', 'a', 'a'])
})
