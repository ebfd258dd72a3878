/** Frames in pieces: cut and joined they are what they were, and what is no piece ends it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equalBytes } from '../../core/bytes.ts'
import { MAX_FRAME_BYTES } from '../transport.ts'
import { createJoiner, cutFrame, PIECE_BYTES } from './framing.ts'

const joinAll = (pieces: readonly Uint8Array[]): (Uint8Array | null | undefined)[] => {
  const joiner = createJoiner()
  return pieces.map((piece) => joiner.add(piece))
}

test('frames of any length come out whole and in order, the largest too', () => {
  const lengths = fc.array(
    fc.oneof(fc.nat(300), fc.integer({ min: PIECE_BYTES - 3, max: PIECE_BYTES + 3 }), fc.constant(MAX_FRAME_BYTES)),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(lengths, (wanted) => {
      const frames = wanted.map((length, n) => new Uint8Array(length).map((_, i) => i + n))
      const pieces = frames.flatMap(cutFrame)
      expect(Math.max(0, ...pieces.map(({ length }) => length))).toBeLessThanOrEqual(PIECE_BYTES)
      const joined = joinAll(pieces).filter((frame) => frame !== null)
      expect(joined.length).toBe(frames.length)
      expect(frames.every((frame, n) => equalBytes(frame, joined[n]!))).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('D9 a frame that never ends, is too long, or comes in empty pieces, is none', () => {
  const more = (length: number): Uint8Array => new Uint8Array(1 + length)
  expect(joinAll([Uint8Array.of(0)])).toEqual([undefined])
  expect(joinAll([Uint8Array.of(2, 7)])).toEqual([undefined])
  expect(joinAll([new Uint8Array()])).toEqual([undefined])
  expect(joinAll([more(MAX_FRAME_BYTES), Uint8Array.of(1, 7)])).toEqual([null, undefined])
  expect(joinAll([more(MAX_FRAME_BYTES + 1)])).toEqual([undefined])
})
