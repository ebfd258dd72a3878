/**
 * A canvas that remembers what was drawn on it, for tests: texts with their places, and how often each method was called. `at` says in which
 * order: what has a greater one lies over the others.
 */
import type { Canvas2D } from './canvas2d.ts'

export interface Recorder extends Canvas2D {
  readonly texts: { readonly text: string; readonly x: number; readonly y: number; readonly at: number }[]
  /** Filled paths of at most 16 points: the dots, marks and tags, and what few lanes lack. */
  readonly shapes: { readonly right: number; readonly alpha: number; readonly at: number }[]
  readonly rects: { readonly x: number; readonly width: number; readonly height: number; readonly ink: unknown; readonly at: number }[]
  /** A stroke with dashes is a 'dashed stroke'. */
  readonly calls: Map<string, number>
  /** In the picture that was drawn last: the halos of texts, with how many curves were drawn before each, and after all of them. */
  readonly halos: { readonly text: string; readonly alpha: number; readonly curvesBefore: number }[]
  readonly curves: () => number
  /** How often each colour filled or stroked something since the last `forget`. */
  readonly inks: Map<unknown, number>
  forget(): void
}

export function createRecorder(): Recorder {
  const texts: Recorder['texts'] = []
  const shapes: Recorder['shapes'] = []
  const rects: Recorder['rects'] = []
  const halos: Recorder['halos'] = []
  let drawn = 0
  let curves = 0
  let isDashed = false
  let path: number[] = []
  const point = (name: string, x: number): void => {
    counted(name)
    path.push(x)
  }
  const calls = new Map<string, number>()
  const inks = new Map<unknown, number>()
  const inked = (ink: unknown): void => void inks.set(ink, (inks.get(ink) ?? 0) + 1)
  const counted = (name: string): void => void calls.set(name, (calls.get(name) ?? 0) + 1)
  const method = (name: string) => (): void => counted(name)
  const recorder: Recorder = {
    texts,
    calls,
    inks,
    shapes,
    rects,
    halos,
    curves: () => curves,
    forget() {
      texts.length = 0
      shapes.length = 0
      rects.length = 0
      calls.clear()
      inks.clear()
    },
    fillStyle: '',
    strokeStyle: '',
    lineWidth: 1,
    lineCap: 'butt',
    lineJoin: 'miter',
    globalAlpha: 1,
    font: '',
    textAlign: 'start',
    textBaseline: 'alphabetic',
    save: method('save'),
    restore: method('restore'),
    setTransform: method('setTransform'),
    clearRect() {
      counted('clearRect')
      halos.length = 0
      curves = 0
    },
    fillRect(x, _y, width, height) {
      counted('fillRect')
      rects.push({ x, width, height, ink: recorder.fillStyle, at: drawn++ })
    },
    beginPath() {
      counted('beginPath')
      path = []
    },
    closePath: method('closePath'),
    moveTo: (x) => point('moveTo', x),
    lineTo: (x) => point('lineTo', x),
    bezierCurveTo() {
      counted('bezierCurveTo')
      curves++
    },
    arc: (x, _y, r) => point('arc', x + r),
    rect: method('rect'),
    roundRect: method('roundRect'),
    clip: method('clip'),
    setLineDash(lengths) {
      counted('setLineDash')
      isDashed = lengths.length > 0
    },
    strokeText(text) {
      counted('strokeText')
      halos.push({ text, alpha: recorder.globalAlpha, curvesBefore: curves })
    },
    fill() {
      counted('fill')
      if (path.length > 0 && path.length <= 16) shapes.push({ right: Math.max(...path), alpha: recorder.globalAlpha, at: drawn++ })
      inked(recorder.fillStyle)
    },
    stroke() {
      counted(isDashed ? 'dashed stroke' : 'stroke')
      inked(recorder.strokeStyle)
    },
    fillText(text, x, y) {
      counted('fillText')
      texts.push({ text, x, y, at: drawn++ })
    },
    measureText: (text) => ({ width: text.length * 6 }),
    createLinearGradient: () => ({ addColorStop: method('addColorStop') }),
  }
  return recorder
}
