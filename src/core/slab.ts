/**
 * Byte strings of an op's size, several in one buffer: the platform takes over a microsecond, most of it malloc and the
 * collector's, for each array that it does not keep beside its object. Whoever keeps one of them keeps its buffer, so buffers are small;
 * and nobody hands such a buffer (`bytes.buffer`) to others.
 */

/** Bytes of a buffer: what an op that waits can hold in memory besides its own, at most. */
export const SLAB_BYTES = 2_048

/** Up to here V8 keeps an array's bytes beside its object (`typed_array_max_size_in_heap`). */
const SMALL = 64

/** Larger ones have buffers of their own: they would leave too much of these unused. */
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
