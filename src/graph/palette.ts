/**
 * Colours of the canvas that are not an author's, one set a theme. A worker cannot read the page's custom properties, so
 * these repeat the ones of the stylesheet that they stand beside: paper is the panel's, and so on.
 */
import { markColor, type AuthorLook, type Theme } from './author-look.ts'

export interface Palette {
  readonly theme: Theme
  readonly paper: string
  readonly ink: string
  readonly quiet: string
  readonly line: string
  readonly band: string
  readonly accent: string
  readonly danger: string
  readonly warn: string
}

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    theme: 'light',
    paper: '#fbfbfa',
    ink: '#151a24',
    quiet: '#586172',
    line: '#e3e6ea',
    band: 'rgb(59 70 198 / 0.055)',
    accent: '#3b46c6',
    danger: '#b3261e',
    warn: '#8f5f00',
  },
  dark: {
    theme: 'dark',
    paper: '#11151d',
    ink: '#e7eaf0',
    quiet: '#98a2b3',
    line: '#222936',
    band: 'rgb(151 163 255 / 0.07)',
    accent: '#97a3ff',
    danger: '#ff8d80',
    warn: '#e5b654',
  },
}

export const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif'
export const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace'

const cache = new Map<string, string>()

/** `markColor`, remembered: a frame asks for the same few hundreds of times. `alpha` is 0 … 1. */
export function inkOf(look: AuthorLook, palette: Palette, alpha = 1): string {
  const key = `${look.hue}${palette.theme}${alpha}`
  let color = cache.get(key)
  if (color === undefined) {
    color = markColor(look, palette.theme, alpha)
    cache.set(key, color)
  }
  return color
}
