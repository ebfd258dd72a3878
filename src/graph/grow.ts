/** Typed arrays that grow by doubling: appending costs O(1) on average, and nothing lives on the garbage-collected heap. */

/** `array`, or a copy of it at least twice as long, so that index `at` exists; new places hold `fill`. */
export function grown(array: Int32Array, at: number, fill = 0): Int32Array {
  if (at < array.length) return array
  const bigger = new Int32Array(Math.max(at + 1, array.length * 2, 64))
  bigger.set(array)
  if (fill !== 0) bigger.fill(fill, array.length)
  return bigger
}
