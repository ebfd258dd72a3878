/**
 * Puts several small byte strings into one buffer. To create an array with a buffer of its own costs more than one microsecond, mostly
 * for malloc and garbage collection. A byte string that is kept keeps its whole buffer in memory, so buffers are small. Never pass such a
 * buffer (`bytes.buffer`) on.
 */

/** Bytes of a buffer: an op that waits can hold at most so many in memory besides its own. */
export const SLAB_BYTES = 2_048

/** Up to here V8 keeps an array's bytes beside its object (`typed_array_max_size_in_heap`). */
const SMALL = 64

/** Larger byte strings have buffers of their own: in these buffers they would leave too much space unused. */
const LARGE = SLAB_BYTES / 4

let slab = new ArrayBuffer(SLAB_BYTES)
let used = 0

/** An array of `length` zeros. */
export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length <= SMALL || length > LARGE) return new Uint8Array(length)
  if (used + length > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES)
    used = 0
  }
  used += length
  return new Uint8Array(slab, used - length, length)
}
