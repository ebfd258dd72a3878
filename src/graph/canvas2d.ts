/**
 * The canvas as this layer draws on it: a subset of OffscreenCanvasRenderingContext2D by structure, so that the graph names
 * no platform and a test can hand it a recorder. Lengths are CSS pixels: the device's ratio is set once a frame.
 */
export interface Canvas2D {
  /** Written only; `unknown` because the platform's own type also reads as gradients and patterns. */
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  lineCap: 'butt' | 'round' | 'square'
  lineJoin: 'bevel' | 'miter' | 'round'
  globalAlpha: number
  font: string
  textAlign: 'start' | 'end' | 'left' | 'right' | 'center'
  textBaseline: 'top' | 'hanging' | 'middle' | 'alphabetic' | 'ideographic' | 'bottom'
  save(): void
  restore(): void
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void
  clearRect(x: number, y: number, width: number, height: number): void
  fillRect(x: number, y: number, width: number, height: number): void
  beginPath(): void
  closePath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  rect(x: number, y: number, width: number, height: number): void
  roundRect(x: number, y: number, width: number, height: number, radius: number): void
  fill(): void
  stroke(): void
  clip(): void
  setLineDash(lengths: number[]): void
  /** Condensed, if it must, to `most` CSS pixels. */
  fillText(text: string, x: number, y: number, most?: number): void
  strokeText(text: string, x: number, y: number): void
  measureText(text: string): { readonly width: number }
  createLinearGradient(ax: number, ay: number, bx: number, by: number): { addColorStop(at: number, color: string): void }
}
