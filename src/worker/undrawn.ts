/** Pictures that the page was told and has not drawn yet. It is told no more until it has, so that a slow page never falls behind. */

/**
 * The page may stop drawing, as frozen pages do. Then it is told one picture in so long (ms). Pages that only are slow draw one in much less.
 */
export const LONGEST_DRAWING = 10_000

export interface Undrawn {
  /**
   * From when on the next picture may be told. An urgent one need not wait for one other picture. It has a new own op: the page shows the
   * text as one that is on its way until its op is stored, and the text must not be away for a moment then. Or it has, in a flood, an op of
   * an author who was quiet.
   */
  freeAt(now: number, isUrgent: boolean): number
  /** A picture is told: its number. */
  tell(now: number): number
  /** The page has drawn the picture of this number. */
  drawn(nth: number): void
}

export function createUndrawn(): Undrawn {
  let told = 0
  let toldAt = -Infinity
  let drawn = 0
  return {
    freeAt: (now, isUrgent) => (told - drawn < (isUrgent ? 2 : 1) ? now : toldAt + LONGEST_DRAWING),
    tell(now) {
      toldAt = now
      return ++told
    },
    drawn(nth) {
      if (nth > drawn && nth <= told) drawn = nth
    },
  }
}
