/** What others write does nothing to a terminal but stand there. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clipped, visible } from './plain-text.ts'

describe('text on its way to a terminal', () => {
  test.each([
    ['\u001b[2J\u001b]0;owned\u0007', '\\u{1b}[2J\\u{1b}]0;owned\\u{7}'],
    ['\u009b31mred\u0090q\u009c', '\\u{9b}31mred\\u{90}q\\u{9c}'],
    ['over\rwritten\b\b\u007f', 'over\\rwritten\\u{8}\\u{8}\\u{7f}'],
    ['hello\n* all equal: this node and 9 peers', 'hello\\n* all equal: this node and 9 peers'],
    ['one\u2028two\u2029three\u0085four', 'one\\u{2028}two\\u{2029}three\\u{85}four'],
    ['\u202egnihtemos\u2066 \u202d\u061c', '\\u{202e}gnihtemos\\u{2066} \\u{202d}\\u{61c}'],
    ['in\u200bvi\ufeffsi\u00adble\u{e0041}', 'in\\u{200b}vi\\u{feff}si\\u{ad}ble\\u{e0041}'],
    ['half \ud83d', 'half \\u{d83d}'],
    [`z${'\u0300'.repeat(1_000)}algo`, `z${'\u0300'.repeat(8)}…algo`],
  ])('E6 %j is shown as %j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  test('E6 of any text no character is left that a terminal obeys, and words of any writing stay what they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const shown = visible(text)
        for (const character of shown) {
          const isObeyed =
            /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(character) || (/\p{Cf}/u.test(character) && !'\u200c\u200d'.includes(character))
          expect([character, isObeyed]).toEqual([character, false])
        }
        expect(visible(shown)).toBe(shown)
      }),
      { numRuns: 2_000 },
    )
    for (const text of ['naïve Ω 漢字', 'नमस्ते', 'می‌خواهم', 'שלום עולם', '👩‍👩‍👧 👍🏽 ❤️', 'C:\\new', 'a  b']) expect(visible(text)).toBe(text)
  })

  test('E6 a word of a megabyte fills some rows of a screen, and its length is said', () => {
    expect(clipped('w'.repeat(1_000_000))).toBe(`${'w'.repeat(1_600)}… (998400 more characters)`)
    expect(clipped('😀'.repeat(1_600))).toBe('😀'.repeat(1_600))
    expect(clipped('short')).toBe('short')
  })
})
