/** What a client of any host meets besides frames: where rooms are, and why a connection ends. */

/** base64url, as `net/keys` derives it: at least 16 bytes, so that nobody can guess a room's name. */
const ROOM_PATH = /^\/parties\/main\/([A-Za-z0-9_-]{16,64})$/

/** The room of a path ("/parties/main/<room>", as PartyKit has it); null when it is none. */
export function roomOf(path: string): string | null {
  return ROOM_PATH.exec(path)?.[1] ?? null
}

/** How a connection is closed. From 4000 on, codes are a relay's own, and the reason is shown to people (`net/relay-socket`). */
export const CLOSE = {
  /** Something it sent was refused, for the reason given. */
  refused: 4000,
  /** There is no place for it, or no longer. */
  full: 4003,
  /** RFC 6455 §7.4.1: its message was larger than any frame is. */
  tooLarge: 1009,
} as const

/** Reasons beside `CLOSE.full`. Each has a sentence in `src/ui/refusal-messages.ts`. */
export const ROOM_IS_FULL = 'the room is full'
export const RELAY_IS_FULL = 'the relay is full'
/** Its network address had the most connections, and one of another address needed the place. */
export const GAVE_WAY = 'gave way'
