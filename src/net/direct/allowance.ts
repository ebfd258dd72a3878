/**
 * How many pieces a channel carries. A receiver cannot pause a data channel: its browser reads whatever comes, and each piece costs an
 * event, however short it is. So a far end that sends too many pieces loses the channel. A node of ours sends half as many of its own
 * at most, few that it forwards (`forwarded.ts`), and lets the others wait.
 */
import { type Budget, createBudget } from '../../core/budget.ts'

/**
 * Pieces that a channel may bring in a second: as many frames as the node opens of all known senders together, or 64 MiB of full pieces.
 * A person who types causes ten frames a second, a newcomer is served 8 MiB (128 pieces) a second.
 */
export const PIECES_PER_SECOND = 1_024
/**
 * Pieces that it may bring at once when it brought few before. A network that stops brings what waited together. While this side is busy,
 * the browser still takes what comes, and brings all of it later. (Measured in Chromium: 5,079 pieces in 0.4 s, after 10 s.) This is more
 * than a node sends in 15 s. A far end that is busy for longer is gone for its peers anyway (`PEER_SILENT` of `sync/peers.ts`).
 */
export const MAX_PIECES = 9_216
/** Pieces that a new channel may bring at once. A far end that lost its channel can soon make another one. */
export const FIRST_PIECES = 256

/** The pieces that the far end may send. `now` in ms. */
export const createAllowance = (now: number): Budget => ({ ...createBudget(MAX_PIECES, PIECES_PER_SECOND, now), left: FIRST_PIECES })

/** The pieces that this side sends at most: half of what the far end allows, since the network delays some and brings others together. */
export const createPace = (now: number): Budget => ({
  ...createBudget(PIECES_PER_SECOND / 2, PIECES_PER_SECOND / 2, now),
  left: FIRST_PIECES / 2,
})
