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
  expect(authorColor(look, 'light', 0.5)).toBe('oklch(0.4 0.12 185 / 0.5)')
})

/** Linear sRGB of an OKLCH colour, cut to what a screen can show (CSS Color 4 §9.3). */
function linearOf(color: string): number[] {
  const [l = 0, c = 0, h = 0] = color.match(/[\d.]+/g)!.map(Number)
  const a = c * Math.cos((h * Math.PI) / 180)
  const b = c * Math.sin((h * Math.PI) / 180)
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ].map((channel) => Math.min(1, Math.max(0, channel)))
}

const linearOfHex = (color: string): number[] =>
  [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255 + 0.055) / 1.055).map((channel) => channel ** 2.4)

const luminance = ([r = 0, g = 0, b = 0]: number[]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

test('every author’s name can be read on paper and in a selected entry, in both themes', () => {
  // theme.css: --panel and --accent-soft.
  for (const [theme, ...grounds] of [
    ['light', '#fbfbfa', '#e6e8fb'],
    ['dark', '#11151d', '#20264a'],
  ] as const) {
    for (let hue = 45; hue <= 345; hue += 20) {
      const ink = luminance(linearOf(authorColor({ name: '', hue, shape: 0 }, theme)))
      for (const ground of grounds) {
        const paper = luminance(linearOfHex(ground))
        expect((Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05), `${theme} ${hue}`).toBeGreaterThanOrEqual(4.5)
      }
    }
  }
})
