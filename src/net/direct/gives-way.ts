/**
 * Who gives way in a full table whose names are free: a name costs nothing, so the first to come must not hold a place for ever.
 * Pure: chance is an argument.
 */

/** A newcomer and those who hold a place. Worth 0 is a stranger's; Infinity never gives way. */
export interface Table<T> {
  worthOf(held: T): number
  /** Whether it has had its place for long enough to give way to one of equal worth: else a flood would leave nobody time for anything. */
  isSettled(held: T): boolean
  /** Draws from 0 … 1. */
  lot(): number
}

/**
 * The one that gives way to a newcomer of this worth, drawn by lot among those of the least worth; null when the newcomer gets no place.
 * O(held)
 */
export function givesWay<T>(held: Iterable<T>, newcomer: number, { worthOf, isSettled, lot }: Table<T>): T | null {
  let least = Infinity
  let drawn: T[] = []
  for (const one of held) {
    const worth = worthOf(one)
    if (worth > newcomer || worth > least || (worth === newcomer && !isSettled(one))) continue
    if (worth < least) drawn = []
    least = worth
    drawn.push(one)
  }
  return drawn[Math.floor(lot() * drawn.length)] ?? null
}
