/** Looks of authors: the same everywhere, spread out, never red. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { authorLook, markColor, nameColor } from './author-look.ts'

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

test('colours differ by theme, and that of a mark takes an alpha', () => {
  const look = { name: 'teal owl', hue: 185, shape: 0 } as const
  expect([nameColor(look, 'light'), nameColor(look, 'dark')]).toEqual(['oklch(0.4 0.12 185)', 'oklch(0.73 0.15 185)'])
  expect([markColor(look, 'dark'), markColor(look, 'light', 0.5)]).toEqual(['oklch(0.62 0.17 185)', 'oklch(0.37 0.13 185 / 0.5)'])
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

/** theme.css: --panel and --accent-soft. */
const PAPERS = { light: ['#fbfbfa', '#e6e8fb'], dark: ['#11151d', '#20264a'] } as const
const HUES = Array.from({ length: 16 }, (_, i) => 45 + 20 * i)

/** The least contrast that a colour of any hue has to a paper of its theme. */
function leastContrast(color: typeof nameColor, theme: 'light' | 'dark'): number {
  const contrasts = HUES.flatMap((hue) =>
    PAPERS[theme].map((ground) => {
      const [ink, paper] = [luminance(linearOf(color({ name: '', hue, shape: 0 }, theme))), luminance(linearOfHex(ground))]
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
    }),
  )
  return Math.min(...contrasts)
}

/** The place of a colour on a screen in OKLab, in which equal distances look equally far. */
function placeOf(color: string): readonly number[] {
  const [r = 0, g = 0, b = 0] = linearOf(color)
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const middle = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
  ]
}

test.each(['light', 'dark'] as const)(
  'in the %s theme every name can be read and every mark be seen, on paper and in a selected entry',
  (theme) => {
    expect(leastContrast(nameColor, theme)).toBeGreaterThanOrEqual(4.5)
    expect(leastContrast(markColor, theme)).toBeGreaterThanOrEqual(3)
  },
)

test.each(['light', 'dark'] as const)('in the %s theme the marks of two hues are never nearly the same', (theme) => {
  const places = HUES.map((hue) => placeOf(markColor({ name: '', hue, shape: 0 }, theme)))
  const distances = places.flatMap((one, i) =>
    places.slice(0, i).map((other) => Math.hypot(...one.map((value, axis) => value - other[axis]!))),
  )
  expect(Math.min(...distances)).toBeGreaterThan(0.08)
})
