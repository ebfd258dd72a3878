/** Things of a relay that a client meets besides frames: the addresses of rooms, and the reasons for which a connection ends. */

/** The relay name in base64url, as `net/keys` derives it: at least 16 bytes, so that nobody can guess it. */
const ROOM_PATH = /^\/parties\/main\/([A-Za-z0-9_-]{16,64})$/

/** The relay name in a path ("/parties/main/<room>", as in PartyKit); null when there is none. */
export function roomOf(path: string): string | null {
  return ROOM_PATH.exec(path)?.[1] ?? null
}

/** How a relay closes a connection. Codes from 4000 on are a relay's own, and people are shown the reason (`net/relay-socket`). */
export const CLOSE = {
  /** The connection sent something that was refused, for the reason given. */
  refused: 4000,
  /** There is no place for the connection, or no longer. */
  full: 4003,
  /** RFC 6455 §7.4.1: the connection sent a message that is larger than any frame. */
  tooLarge: 1009,
} as const

/** Reasons beside `CLOSE.full`. Each has a sentence in `src/ui/refusal-messages.ts`. */
export const ROOM_IS_FULL = 'the room is full'
export const RELAY_IS_FULL = 'the relay is full'
/** The connection's network address had most connections, and a connection from another address needed the place. */
export const GAVE_WAY = 'gave way'
