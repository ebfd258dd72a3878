/** Looks of authors: the same everywhere, spread out, never red. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { authorColor, authorLook } from './author-look.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('a key always gets the same look, and no look is red', () => {
  fc.assert(
    fc.property(key, (author) => {
      const look = authorLook(author)
      expect(authorLook(Uint8Array.from(author))).toEqual(look)
      expect(look.name).toMatch(/^[a-z]+ [a-z]+$/)
      expect(look.hue).toBeGreaterThanOrEqual(45)
      expect(look.hue).toBeLessThanOrEqual(345)
      expect([0, 1, 2, 3, 4, 5]).toContain(look.shape)
    }),
  )
})

test('looks are golden: a change here renames everybody', () => {
  expect(authorLook(new Uint8Array(32))).toMatchInlineSnapshot(`
    {
      "hue": 305,
      "name": "lavender firefly",
      "shape": 5,
    }
  `)
  expect(authorLook(Uint8Array.from({ length: 32 }, (_, i) => i))).toMatchInlineSnapshot(`
    {
      "hue": 145,
      "name": "clover zebra",
      "shape": 3,
    }
  `)
})

test('keys that differ in one byte spread over all names, hues and shapes', () => {
  const looks = Array.from({ length: 4096 }, (_, i) => {
    const author = new Uint8Array(32)
    author[0] = i & 255
    author[31] = i >> 8
    return authorLook(author)
  })
  expect(new Set(looks.map((look) => look.name.split(' ')[0])).size).toBe(64)
  expect(new Set(looks.map((look) => look.name.split(' ')[1])).size).toBe(64)
  expect(new Set(looks.map((look) => look.name)).size).toBeGreaterThan(2300)
  expect(new Set(looks.map((look) => look.hue)).size).toBe(16)
  expect(new Set(looks.map((look) => look.shape)).size).toBe(6)
})

test('something that is not a key is a programmer’s error', () => {
  expect(() => authorLook(new Uint8Array(31))).toThrow('32 bytes')
})

test('colours differ by theme and take an alpha', () => {
  const look = { name: 'teal owl', hue: 185, shape: 0 } as const
  expect(authorColor(look, 'dark')).toBe('oklch(0.73 0.15 185)')
  expect(authorColor(look, 'light', 0.5)).toBe('oklch(0.45 0.13 185 / 0.5)')
})
