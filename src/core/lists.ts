/** Lists whose length others may decide: they must never become the arguments of one call (`.scripts/lint-calls.mjs`). */

/** Appends `more` to `list`. O(more). */
export function pushAll<T>(list: T[], more: Iterable<T>): void {
  for (const each of more) list.push(each)
}

/** The least of `start` and the numbers. */
export function leastOf(numbers: Iterable<number>, start = Infinity): number {
  let least = start
  for (const each of numbers) if (each < least) least = each
  return least
}

/** The greatest of `start` and the numbers. */
export function greatestOf(numbers: Iterable<number>, start = -Infinity): number {
  let greatest = start
  for (const each of numbers) if (each > greatest) greatest = each
  return greatest
}

/** The whole numbers `from` to before `to`. */
export const rangeOf = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
