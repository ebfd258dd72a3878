/** Typed arrays that grow when numbers are added. */

/** `array` if it holds `length` numbers. Otherwise a larger one, by half at least, which begins with its numbers and continues with 0. */
export function withRoom(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array
  const out = new Int32Array(Math.max(length, Math.ceil(array.length * 1.5)))
  out.set(array)
  return out
}
