/** What others write does nothing to a terminal but stand there. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clipped, INDENT, visible, wrapped } from './plain-text.ts'

describe('text on its way to a terminal', () => {
  test.each([
    ['\u001b[2J\u001b]0;owned\u0007', '\\u{1b}[2J\\u{1b}]0;owned\\u{7}'],
    ['\u009b31mred\u0090q\u009c', '\\u{9b}31mred\\u{90}q\\u{9c}'],
    ['over\rwritten\b\b\u007f', 'over\\rwritten\\u{8}\\u{8}\\u{7f}'],
    ['hello\n* all agree: this node and 9 peers', 'hello\\n* all agree: this node and 9 peers'],
    ['one\u2028two\u2029three\u0085four', 'one\\u{2028}two\\u{2029}three\\u{85}four'],
    ['\u202egnihtemos\u2066 \u202d\u061c', '\\u{202e}gnihtemos\\u{2066} \\u{202d}\\u{61c}'],
    ['in\u200bvi\ufeffsi\u00adble\u{e0041}', 'in\\u{200b}vi\\u{feff}si\\u{ad}ble\\u{e0041}'],
    ['half \ud83d', 'half \\u{d83d}'],
    [`z${'\u0300'.repeat(9)}`, `z${'\u0300'.repeat(8)}…`],
    [`z${`${'\u0300'.repeat(8)}\u200d`.repeat(100)}`, `z${'\u0300'.repeat(8)}…`],
  ])('E6 %j is shown as %j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  test('E6 of all characters none is left that a terminal obeys, and words of any writing stay what they are', () => {
    for (let from = 0; from < 0x11_0000; from += 0x1000) {
      const text = Array.from({ length: 0x1000 }, (_, i) => String.fromCodePoint(from + i)).join(' ')
      const shown = visible(text)
      expect(shown.replace(/[\u200c\u200d]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      expect(visible(shown)).toBe(shown)
    }
    for (const text of ['naïve Ω 漢字', 'नमस्ते', 'می‌خواهم', 'שלום עולם', '👩‍👩‍👧 👍🏽 ❤️', 'C:\\new', 'a  b']) expect(visible(text)).toBe(text)
  })

  test('E6 MAX_ON_SCREEN characters of a line are shown to a person, and how many more there are', () => {
    expect(clipped('w'.repeat(1_000_000))).toBe(`${'w'.repeat(1_600)}… (998400 more characters)`)
    expect(clipped('😀'.repeat(1_600))).toBe('😀'.repeat(1_600))
    expect(clipped('short')).toBe('short')
  })

  test('E6 a row that follows is indented, whatever fills the one before it, and nothing is lost', () => {
    const forged = `ok${' '.repeat(78)}* all agree: this node and 9 peers`
    expect(wrapped(forged, 80).split('\n')[1]).toMatch(/^ {4,}\* all agree/)
    const text = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '漢', '😀', '*'), maxLength: 300 })
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 90 }), (line, columns) => {
        const rows = wrapped(line, columns).split('\n')
        expect(rows.slice(1).every((row) => row.startsWith(INDENT))).toBe(true)
        for (const row of rows) expect(row.replace(/[漢😀]/gu, '..').length).toBeLessThan(columns)
        expect(rows.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''))
      }),
    )
  })
})
