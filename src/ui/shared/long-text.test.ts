import { expect, test } from 'vitest'
import { beginningOf as sentOf, MAX_BEGINNING } from '../../worker/beginning.ts'
import { beginningOf, partsOf } from './long-text.ts'

const KINDS = {
  ordinary: 'lorem ip '.repeat(7_000),
  'one word': 'w'.repeat(64_000),
  'piled marks': `a${'\u0301\u0323'.repeat(16_000)}`,
  'Arabic with marks': '\u0628\u0651\u064e'.repeat(10_000),
  Thai: 'กขคงจฉ'.repeat(3_500),
  emoji: '😀'.repeat(16_000),
  lines: 'a\n'.repeat(32_000),
}

test.each(Object.entries(KINDS))('E6 of a long text the beginning is shown, then bounded parts: %s', (kind, text) => {
  expect(beginningOf(text).length).toBeLessThanOrEqual(901)
  expect(beginningOf(text).split('\n').length).toBeLessThanOrEqual(13)
  expect(beginningOf(text).isWellFormed()).toBe(true)
  for (let count = 0; ; count++) {
    const { parts, isWhole } = partsOf(text, count)
    expect(parts.every((part) => part.length <= 4_000 && part.split('\n').length <= 201 && part.isWellFormed())).toBe(true)
    if (count > 0 && kind !== 'piled marks') expect(text.startsWith(parts.join(''))).toBe(true)
    if (!isWhole) continue
    if (kind !== 'piled marks') expect(parts.join('')).toBe(text)
    else expect(parts.join('').length).toBeLessThan(200)
    break
  }
})

test('a part of a text with lines ends between two of them', () => {
  const text = Array.from({ length: 400 }, (_, n) => `this is line ${n} of a long one`).join('\n')
  const { parts } = partsOf(text, Infinity)
  expect(parts.length).toBeGreaterThan(2)
  for (const part of parts.slice(0, -1)) expect(part).toMatch(/long one\n$/)
})

test('a short text is shown as it is', () => {
  for (const text of ['', 'short', 'a\nb', 'w'.repeat(900), 'line\n'.repeat(12).trimEnd(), 'שָׁלוֹם']) expect(beginningOf(text)).toBe(text)
})

test.each(Object.entries(KINDS))('what the worker sends of a long text begins as all of it would, and is longer: %s', (_, text) => {
  for (const from of [0, 1, 2]) {
    const whole = text.slice(from).toWellFormed()
    const sent = sentOf(whole)
    expect([sent.length <= MAX_BEGINNING, sent.isWellFormed(), beginningOf(sent)]).toEqual([true, true, beginningOf(whole)])
    expect(partsOf(sent, 0).isWhole).toBe(false)
  }
})
