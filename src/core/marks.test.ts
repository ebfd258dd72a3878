import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thinMarks } from './marks.ts'

test('E6 of a pile of marks MAX_MARKS stand on their letter', () => {
  const marks = (count: number): string => `z${'\u0300'.repeat(count)}`
  expect(thinMarks(marks(8))).toBe(marks(8))
  expect(thinMarks(`${marks(9)}al${marks(100_000)}go`)).toBe(`${marks(8)}…al${marks(8)}…go`)
  const texts = ['naïve Ω 漢字', 'नमस्ते', 'क्‍ष', 'می‌خواهم', 'שָׁלוֹם', 'ที่นี่', '❤️', '👩🏽‍❤️‍💋‍👨🏽', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '👨‍👩‍👧‍👦👨‍👩‍👧‍👦']
  for (const text of texts) expect(thinMarks(text)).toBe(text)
})

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const marksOf = (text: string): number => (text.match(/\p{M}/gu) ?? []).length

test('E6 law: no letter has more than MAX_MARKS marks, whatever stands between them', () => {
  // An acute, a vowel sign with a width, both joiners, a word joiner, a soft hyphen, a tag, a skin tone, two that have no width everywhere.
  const others = fc.constantFrom('\u093f', '\u200d', '\u200c', '\u2060', '\u00ad', '\u{e0061}', '\u{1f3fd}', '\u3164', '\uff9e')
  const marks = fc.array(fc.oneof(fc.constant('\u0301'), others), { maxLength: 40 })
  const piece = fc.tuple(fc.constantFrom('z', 'क', ''), marks).map(([letter, on]) => letter + on.join(''))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const thinned = thinMarks(pieces.join(''))
      for (const { segment } of graphemes.segment(thinned)) expect(marksOf(segment)).toBeLessThanOrEqual(8)
      // What a layout leaves out ends no letter either.
      const shown = thinned.replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
      for (const run of shown.match(/\p{M}+/gu) ?? []) expect(marksOf(run)).toBeLessThanOrEqual(8)
      expect(thinMarks(thinned)).toBe(thinned)
    }),
  )
})
