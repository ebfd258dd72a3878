/** For tests of bounds: counts work in steps, so that a slow machine changes nothing. */

/** Runs `work` and returns how many elements of sets its loops were given. */
export function setSteps(work: () => void): number {
  const { prototype } = Set
  const original = prototype[Symbol.iterator]
  let steps = 0
  prototype[Symbol.iterator] = function* iterate<T>(this: Set<T>): SetIterator<T> {
    for (const each of { [Symbol.iterator]: () => original.call(this) as SetIterator<T> }) {
      steps++
      yield each
    }
    return undefined
  }
  try {
    work()
  } finally {
    prototype[Symbol.iterator] = original
  }
  return steps
}
