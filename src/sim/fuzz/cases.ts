/** Inputs that once showed something wrong, as small as they could be made: they are run again for ever. */

export interface Case {
  readonly target: string
  readonly hex: string
  /** What went wrong. */
  readonly was: string
}

export const CASES: readonly Case[] = []
