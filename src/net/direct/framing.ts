/**
 * Frames on a data channel. Messages there must not be longer than 16 KiB to be understood by every browser, and no longer than 256 KiB
 * for browsers of today. So each frame goes as one piece or several, in order, and the first byte of a piece says whether another one
 * follows. All pieces of a frame except the last one are full, and the last one has bytes of the frame. So a frame that is not whole yet is
 * few pieces, however its sender cuts it.
 */
import { assert } from '../../core/result.ts'
import { MAX_FRAME_BYTES } from '../transport.ts'

/** Bytes of a full piece with its first byte: few enough for each browser, and enough to make its cost small. */
export const PIECE_BYTES = 65_536

const LAST = 1
const MORE = 0

/** Whether a message of this length can be a piece: one byte before at least one byte of a frame. */
export const isPieceLength = (bytes: number): boolean => bytes > 1 && bytes <= PIECE_BYTES

/** The pieces of a frame, in order. None of them is empty. */
export function cutFrame(frame: Uint8Array): Uint8Array<ArrayBuffer>[] {
  assert(frame.length <= MAX_FRAME_BYTES, 'a frame is at most MAX_FRAME_BYTES')
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (let at = 0; at < frame.length; at += PIECE_BYTES - 1) {
    const part = frame.subarray(at, at + PIECE_BYTES - 1)
    const piece = new Uint8Array(1 + part.length)
    piece[0] = at + part.length < frame.length ? MORE : LAST
    piece.set(part, 1)
    pieces.push(piece)
  }
  return pieces
}

export interface Joiner {
  /**
   * Takes the next piece. Gives the whole frame with its last piece, null before that, and undefined for bytes that cannot be a piece, or
   * are one piece too many.
   */
  add(piece: Uint8Array): Uint8Array | null | undefined
}

/** Puts frames together from pieces of one channel. Holds at most one frame. */
export function createJoiner(): Joiner {
  let parts: Uint8Array[] = []
  let length = 0
  return {
    add(piece) {
      const mark = piece[0]
      if ((mark !== LAST && mark !== MORE) || length + piece.length - 1 > MAX_FRAME_BYTES) return undefined
      // A piece costs memory and an event of its own, however few bytes it brings.
      if (!isPieceLength(piece.length) || (mark === MORE && piece.length !== PIECE_BYTES)) return undefined
      const part = piece.subarray(1)
      if (mark === LAST && parts.length === 0) return part
      parts.push(part)
      length += part.length
      if (mark === MORE) return null
      const frame = new Uint8Array(length)
      let at = 0
      for (const each of parts) {
        frame.set(each, at)
        at += each.length
      }
      parts = []
      length = 0
      return frame
    },
  }
}
