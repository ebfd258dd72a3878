/** Typed arrays that grow with what is put into them. */

/** `array` if it holds `length` numbers, else one that does: half as large again at least, beginning with its numbers and going on with 0. */
export function withRoom(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array
  const out = new Int32Array(Math.max(length, Math.ceil(array.length * 1.5)))
  out.set(array)
  return out
}
