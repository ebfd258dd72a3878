/** Limits on what a websocket takes from the other side, if a program of ours reads it and not a browser: the relay, and a terminal node. */
import { MAX_FRAME_BYTES } from './transport.ts'

/** Pieces of one message: browsers cut the largest frame into 20, of 64 KiB, or not at all. Empty ones count too. */
const MAX_FRAGMENTS = 32

/**
 * Readings of the network in which one piece may come: each is an object in memory until the piece has ended, and may have a single byte. The
 * largest frame comes in 2,446 segments of 536 bytes, the smallest that networks have (RFC 9293, 3.7.1), if each is read alone.
 */
const MAX_READINGS = 4_096

/** Options of a socket or a server of `ws`. Sealed bytes do not compress. */
export const WEBSOCKET_LIMITS = {
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: MAX_FRAGMENTS,
  maxBufferedChunks: MAX_READINGS,
} as const
