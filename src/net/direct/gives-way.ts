/**
 * Which entry gives way in a full table. Sender values cost nothing, so the first to come must not hold a place for ever. Pure: chance is
 * an argument.
 */

/** A newcomer and the entries that hold a place. A newcomer's author has worth 0; an entry of worth Infinity never gives way. */
export interface Table<T> {
  worthOf(held: T): number
  /**
   * Whether an entry has had its place for long enough to give way to one of equal worth. Otherwise a flood would leave no entry time for
   * anything.
   */
  isSettled(held: T): boolean
  /** Draws from 0 … 1. */
  lot(): number
}

/**
 * The entry that gives way to a newcomer of this worth, drawn by lot among the entries of the least worth; null when the newcomer gets no
 * place. O(held)
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
