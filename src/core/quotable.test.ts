/** Texts of others in lines of ours: whatever they hold, they turn, end and hide nothing of the line. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thinMarks } from './marks.ts'
import { quotable } from './quotable.ts'

const TURNING = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']
const BREAKING = ['\n', '\r', '\u001c', '\u0085', '\u2028', '\u2029', '\0']
const UNSEEN = ['\u3164', '\u2800', '\u200b', '\u00ad', '\ufeff', ' ', '\u0301']
const FORBIDDEN = new Set([...TURNING, ...BREAKING, '“', '”'])

test('E6 a name that ends its isolation and turns the line around loses these marks', () => {
  expect(quotable('\u2069\u2069\u202eEve')).toBe('Eve')
  expect(quotable('Ada” (you): “yes')).toBe('Ada" (you): "yes')
  expect(quotable('Ada\u2029* all agree')).toBe('Ada * all agree')
})

test('E6 a name of which nothing can be seen is no name', () => {
  for (const name of [...TURNING, ...BREAKING, ...UNSEEN]) expect(quotable(name.repeat(2))).toBe('')
})

test('names of many writings, and emoji, stay as they are', () => {
  for (const name of ['Ada', 'दीक्षा', 'می‌خواهم', 'עדה', '张伟', '👩‍💻', '☺︎', '!', 'Zoë']) expect(quotable(name)).toBe(name)
})

test('E6 law: no mark that turns, breaks or ends the quotation is left; to do it again changes nothing', () => {
  const piece = fc.oneof(fc.constantFrom(...TURNING, ...BREAKING, ...UNSEEN, '“', '”', 'Eve', '👩‍💻'), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const shown = quotable(pieces.join(''))
      expect(Array.from(shown).filter((mark) => FORBIDDEN.has(mark))).toEqual([])
      expect(quotable(shown)).toBe(shown)
      expect(thinMarks(shown)).toBe(shown)
    }),
  )
})
