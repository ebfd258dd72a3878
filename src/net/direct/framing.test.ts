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
    fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: PIECE_BYTES - 3, max: PIECE_BYTES + 3 }), fc.constant(MAX_FRAME_BYTES)),
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

const more = (length: number): Uint8Array => new Uint8Array(length)
const last = (length: number): Uint8Array => Uint8Array.of(1, ...new Uint8Array(length - 1))

test('D9 a frame that never ends, or is too long, is none', () => {
  expect(joinAll([Uint8Array.of(2, 7)])).toEqual([undefined])
  expect(joinAll([new Uint8Array()])).toEqual([undefined])
  const full = Math.floor(MAX_FRAME_BYTES / (PIECE_BYTES - 1))
  const rest = MAX_FRAME_BYTES - full * (PIECE_BYTES - 1)
  const begun = Array.from({ length: full }, () => more(PIECE_BYTES))
  expect(joinAll([...begun, last(1 + rest)]).at(-1)).toHaveLength(MAX_FRAME_BYTES)
  expect(joinAll([...begun, last(2 + rest)]).at(-1)).toBeUndefined()
  expect(joinAll([...begun, more(PIECE_BYTES)]).at(-1)).toBeUndefined()
})

test('D9 a piece that another one follows is full: a frame in pieces of a byte or of none is none', () => {
  expect(joinAll([more(PIECE_BYTES), last(2)])).toEqual([null, new Uint8Array(PIECE_BYTES)])
  for (const length of [1, 2, PIECE_BYTES - 1, PIECE_BYTES + 1]) expect(joinAll([more(length)])).toEqual([undefined])
})

test('D9 the last piece has bytes of its frame, and no more than any other', () => {
  for (const length of [1, PIECE_BYTES + 1]) {
    expect(joinAll([last(length)])).toEqual([undefined])
    expect(joinAll([more(PIECE_BYTES), last(length)])).toEqual([null, undefined])
  }
  expect(joinAll([last(2), last(PIECE_BYTES)]).map((frame) => frame?.length)).toEqual([1, PIECE_BYTES - 1])
})
