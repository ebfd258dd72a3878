/**
 * One room of the relay, as plain state: who is in it, and where a frame goes. No sockets, no clock, no content: what a
 * frame says is sealed (`src/net/envelope`), and the host hands in the time.
 *
 * A frame for everybody goes to all other connections. A frame for one sender value goes to the connections that used
 * that value, and to all others where none did yet. More than one connection may use a value: a node that comes back
 * after its network changed does, while its old socket is still believed alive.
 */
import { type EnvelopeRefusal, parseEnvelope } from '../src/net/envelope.ts'

/** A class with a few tabs each. A frame for everybody is copied so many times. */
export const MAX_CONNECTIONS_PER_ROOM = 256

/** Sender values remembered of one connection. One is usual; what is beyond is routed as if it were unknown. */
export const MAX_SENDERS_PER_CONNECTION = 16

/** A room of 100,000 ops is about 100 frames and 10 to 100 MB: nobody should wait for the relay rather than for the network. */
export const BYTES_PER_SECOND = 64 * 1024 * 1024

/** Someone who types sends ten a second; a script that submits op by op a thousand. */
export const FRAMES_PER_SECOND = 4_000

/** So much of the above is forwarded at once, before the connection is asked to rest. ms */
export const BURST_MS = 2_000

/** A connection that owes more rest than this was not paused by its host, and is refused. ms */
export const MAX_REST_MS = 10_000

/** The host's name for a connection. */
export type Conn = number

interface Member {
  /** Sender values it used, as `nameOf` writes them. */
  readonly senders: Set<string>
  /** When all that it sent would have been sent at the allowed rates (GCRA, one number for a token bucket). ms */
  paidUntil: number
}

export interface Room {
  readonly members: Map<Conn, Member>
  /** Which connections used a sender value. */
  readonly users: Map<string, Set<Conn>>
}

/** What becomes of a frame. */
export type Routing =
  /** The host sends it on as it is, and reads nothing from its sender for `restMs`: so rates are kept and no frame is lost. */
  | { readonly type: 'deliver'; readonly to: readonly Conn[]; readonly restMs: number }
  /** The host closes the connection: no node of ours ever earns this. */
  | { readonly type: 'refuse'; readonly reason: EnvelopeRefusal | 'too-fast' }

export function createRoom(): Room {
  return { members: new Map(), users: new Map() }
}

/** Takes a connection in; false when the room is full. */
export function join(room: Room, conn: Conn): boolean {
  if (room.members.size >= MAX_CONNECTIONS_PER_ROOM) return false
  room.members.set(conn, { senders: new Set(), paidUntil: 0 })
  return true
}

/** Forgets the connection. A room without members may be dropped. */
export function leave(room: Room, conn: Conn): void {
  for (const sender of room.members.get(conn)?.senders ?? []) {
    const users = room.users.get(sender)
    users?.delete(conn)
    if (users?.size === 0) room.users.delete(sender)
  }
  room.members.delete(conn)
}

/** Where a frame from a member goes; any bytes. @param now ms, of a clock that never runs backwards. O(members) */
export function route(room: Room, conn: Conn, frame: Uint8Array, now: number): Routing {
  const member = room.members.get(conn)
  if (!member) return { type: 'deliver', to: [], restMs: 0 }

  const parsed = parseEnvelope(frame)
  if (!parsed.ok) return { type: 'refuse', reason: parsed.reason }
  const { sender, receiver } = parsed.value

  member.paidUntil = Math.max(member.paidUntil, now) + 1000 * Math.max(1 / FRAMES_PER_SECOND, frame.length / BYTES_PER_SECOND)
  const restMs = Math.max(0, member.paidUntil - now - BURST_MS)
  if (restMs > MAX_REST_MS) return { type: 'refuse', reason: 'too-fast' }

  remember(room, conn, member, nameOf(sender))
  const known = receiver ? room.users.get(nameOf(receiver)) : undefined
  return { type: 'deliver', to: [...(known ?? room.members.keys())].filter((other) => other !== conn), restMs }
}

function remember(room: Room, conn: Conn, member: Member, sender: string): void {
  if (member.senders.has(sender) || member.senders.size >= MAX_SENDERS_PER_CONNECTION) return
  member.senders.add(sender)
  const users = room.users.get(sender)
  if (users) users.add(conn)
  else room.users.set(sender, new Set([conn]))
}

/** A sender value as a key of a Map. */
function nameOf(value: Uint8Array): string {
  return String.fromCharCode(...value)
}
