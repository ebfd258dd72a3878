import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excerptOf } from './excerpt.ts'

/** An excerpt of `before` + `words` + `after`. */
const around = (before: string, words: string, after: string) =>
  excerptOf(before + words + after, { from: before.length, to: before.length + words.length })

const texts = fc.string({ unit: 'binary', maxLength: 400 }).map((text) =>
  text
    .toWellFormed()
    .replaceAll('…', '_')
    .replaceAll(/\s+$|^\s+/g, '_'),
)

test('an excerpt is a bounded part of the text around the words, with "…" where the text goes on', () => {
  fc.assert(
    fc.property(texts, texts, texts, (before, words, after) => {
      const excerpt = around(before, words, after)
      const [head, tail] = [excerpt.before.replace(/^…/, ''), excerpt.after.replace(/…$/, '')]
      expect(before.endsWith(head)).toBe(true)
      expect(words.startsWith(excerpt.words)).toBe(true)
      expect(after.startsWith(tail)).toBe(true)
      expect([head.length <= 40, excerpt.words.length <= 200, tail.length <= 160]).toEqual([true, true, true])
      expect([excerpt.before.isWellFormed(), excerpt.words.isWellFormed(), excerpt.after.isWellFormed()]).toEqual([true, true, true])
      expect(excerpt.before.startsWith('…')).toBe(head.length < before.length)
      expect(excerpt.after.endsWith('…')).toBe(excerpt.words.length + tail.length < words.length + after.length)
    }),
  )
})

test('a short text is its own excerpt, a long one is shown around the words, and no letter is cut', () => {
  expect(around('see ', 'this', ' here')).toEqual({ before: 'see ', words: 'this', after: ' here' })
  expect(excerptOf('nothing of it', null)).toEqual({ before: '', words: '', after: 'nothing of it' })
  expect(excerptOf('w'.repeat(65_000), null).after).toMatch(/^w{159,160}…$/)
  const long = around('lorem '.repeat(9_000), 'needle', ' ipsum'.repeat(9_000))
  expect(long.before).toMatch(/^…(?:lorem )+$/)
  expect(long.before.length + long.after.length).toBeLessThanOrEqual(202)
  expect(around('e\u0301'.repeat(60), 'x', '').before).toMatch(/^…(?:e\u0301){19,20}$/)
  expect(around('', 'x', '👩‍👩‍👧'.repeat(50)).after).toMatch(/^(?:👩‍👩‍👧)+…$/u)
})
