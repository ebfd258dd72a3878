/**
 * Decides which senders keep a seat when there are more senders than seats. Sender values cost nothing. If a full table refused
 * newcomers, it would belong to the attacker who fills it first. So most seats go by worth, and the others by lot. Then neither many
 * sender values nor peers that have been here for long can shut anybody out for good.
 *
 * A seat is memory, not permission: a sender without one is still heard and answered (`peers.ts`).
 */

/** Peers with a seat: more than a room has devices, and a few kB each. */
export const MAX_SEATS = 256
/** Seats given by lot. The others go by worth. */
export const LOT_SEATS = 32
/** How long a seat given by lot is safe (ms): time enough for a peer to prove its worth. */
export const LOT_SAFE = 3_000

export interface Seated {
  readonly id: string
  /** Compared from the first number on; greater is worth more. All of one length. */
  readonly worth: readonly number[]
  /** Since when (ms): of two peers of equal worth, the one that has been here longer counts for more. */
  readonly since: number
}

/** Compares the worth of two peers: negative if `a` is worth more. */
function compareWorth(a: Seated, b: Seated): number {
  for (let i = 0; i < a.worth.length; i++) if (a.worth[i] !== b.worth[i]) return b.worth[i]! - a.worth[i]!
  return a.since - b.since
}

/**
 * The peer that leaves its seat to the newcomer when all `seats` are taken, of which `lot` are given by lot. Null: no peer leaves, and
 * the newcomer gets no seat. A newcomer whose worth is enough for a seat by worth always gets one. Pure. O(seats log seats).
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
