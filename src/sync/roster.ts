/**
 * Who keeps a seat when there are more senders than seats. Sender values cost nothing, so a table that is full and refuses newcomers
 * belongs to the first who fills it. Here most seats go by worth and the others by lot, so that neither many names nor
 * old friends can shut anybody out for good.
 *
 * A seat is memory, not permission: a sender without one is still heard and answered (`peers.ts`).
 */

/** Peers with a seat: more than a room's devices, and a few kB each. */
export const MAX_SEATS = 256
/** Seats given by lot. The others go by worth. */
export const LOT_SEATS = 32
/** How long a seat given by lot is safe (ms): time enough for a peer to prove what it is worth. */
export const LOT_SAFE = 3_000

export interface Seated {
  readonly id: string
  /** Compared from the first number on; greater is worth more. All of one length. */
  readonly worth: readonly number[]
  /** Since when (ms): of equal worth, who is here longer counts for more. */
  readonly since: number
}

/** Which of two is worth more: negative if `a` is. */
function compareWorth(a: Seated, b: Seated): number {
  for (let i = 0; i < a.worth.length; i++) if (a.worth[i] !== b.worth[i]) return b.worth[i]! - a.worth[i]!
  return a.since - b.since
}

/**
 * Who leaves its seat to the newcomer when all `seats` are taken, of which `lot` are given by lot; null: nobody, the newcomer stays
 * without. A newcomer that belongs to those who sit by worth always gets a seat. Pure. O(seats log seats).
 * @param chance in [0, 1)
 */
export function giveWay(
  seated: readonly Seated[],
  newcomer: Seated,
  now: number,
  chance: number,
  seats = MAX_SEATS,
  lot = LOT_SEATS,
): string | null {
  const sorted = [...seated, newcomer].sort(compareWorth)
  const byLot = sorted.slice(seats - lot)
  const replaceable = byLot.filter(({ id, since }) => id !== newcomer.id && now >= since + LOT_SAFE)
  if (replaceable.length > 0) return replaceable[Math.floor(chance * replaceable.length)]!.id
  if (byLot.some(({ id }) => id === newcomer.id)) return null
  return byLot.at(-1)!.id
}
