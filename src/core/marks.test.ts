import { expect, test } from 'vitest'
import { thinMarks } from './marks.ts'

test('E6 of a pile of marks MAX_MARKS stand on their letter', () => {
  const marks = (count: number): string => `z${'\u0300'.repeat(count)}`
  expect(thinMarks(marks(8))).toBe(marks(8))
  expect(thinMarks(`${marks(9)}al${marks(100_000)}go`)).toBe(`${marks(8)}…al${marks(8)}…go`)
  for (const text of ['naïve Ω 漢字', 'नमस्ते', 'می‌خواهم', 'שָׁלוֹם', 'ที่นี่', '❤️']) expect(thinMarks(text)).toBe(text)
})
