/**
 * One room of the relay, as plain state: who is in it, and where a frame goes. No sockets, no clock, no content: what a
 * frame says is sealed (`src/net/envelope`), and the host hands in the time.
 *
 * A frame for everybody goes to all other connections. A frame for one sender value goes to the connections that used
 * that value, and to all others where none did yet. More than one connection may use a value: a node that comes back
 * after its network changed does, while its old socket is still believed alive.
 */
import { type EnvelopeRefusal, parseEnvelope, SENDER_BYTES } from '../src/net/envelope.ts'

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

interface Member {
  /** Sender values it used, the first of them first. */
  readonly senders: Uint8Array[]
  /** When all that it sent would have been sent at the allowed rates (GCRA, one number for a token bucket). ms */
  paidUntil: number
}

/** `Conn` is whatever the host knows a connection by: a Map's key. */
export interface Room<Conn> {
  readonly members: Map<Conn, Member>
  /** Which connections used a sender value, as `nameOf` writes it. */
  readonly users: Map<string, Set<Conn>>
  readonly rates: Rates
}

/** What one connection may send, a second. */
export interface Rates {
  readonly frames: number
  readonly bytes: number
}

export const DEFAULT_RATES: Rates = { frames: FRAMES_PER_SECOND, bytes: BYTES_PER_SECOND }

/** What becomes of a frame. */
export type Routing<Conn> =
  /**
   * The host sends it on as it is, and reads nothing from its sender for `restMs`, where it can: so rates are kept and no frame is
   * lost. `isNew`: its sender value was not known of this connection.
   */
  | { readonly type: 'deliver'; readonly to: readonly Conn[]; readonly restMs: number; readonly isNew: boolean }
  /** The host closes the connection: no node of ours ever earns this. */
  | { readonly type: 'refuse'; readonly reason: EnvelopeRefusal | 'too-fast' }

export function createRoom<Conn>(rates: Rates = DEFAULT_RATES): Room<Conn> {
  return { members: new Map(), users: new Map(), rates }
}

/** Takes a connection in; false when the room is full. */
export function join<Conn>(room: Room<Conn>, conn: Conn): boolean {
  if (room.members.size >= MAX_CONNECTIONS_PER_ROOM) return false
  room.members.set(conn, { senders: [], paidUntil: 0 })
  return true
}

/** Forgets the connection. A room without members may be dropped. */
export function leave<Conn>(room: Room<Conn>, conn: Conn): void {
  for (const sender of room.members.get(conn)?.senders ?? []) {
    const name = nameOf(sender)
    const users = room.users.get(name)
    users?.delete(conn)
    if (users?.size === 0) room.users.delete(name)
  }
  room.members.delete(conn)
}

/** The sender values that the connection used, one after the other: all that must be kept of it, but what it owes. */
export function sendersOf<Conn>(room: Room<Conn>, conn: Conn): Uint8Array {
  return new Uint8Array((room.members.get(conn)?.senders ?? []).flatMap((sender) => [...sender]))
}

/** Tells the room of sender values that a member used before, as `sendersOf` gave them. */
export function restoreSenders<Conn>(room: Room<Conn>, conn: Conn, senders: Uint8Array): void {
  const member = room.members.get(conn)
  for (let at = 0; member && at < senders.length; at += SENDER_BYTES) remember(room, conn, member, senders.subarray(at, at + SENDER_BYTES))
}

/** Where a frame from a member goes; any bytes. @param now ms, of a clock that never runs backwards. O(members) */
export function route<Conn>(room: Room<Conn>, conn: Conn, frame: Uint8Array, now: number): Routing<Conn> {
  const member = room.members.get(conn)
  if (!member) return { type: 'deliver', to: [], restMs: 0, isNew: false }

  const parsed = parseEnvelope(frame)
  if (!parsed.ok) return { type: 'refuse', reason: parsed.reason }
  const { sender, receiver } = parsed.value

  member.paidUntil = Math.max(member.paidUntil, now) + 1000 * Math.max(1 / room.rates.frames, frame.length / room.rates.bytes)
  const restMs = Math.max(0, member.paidUntil - now - BURST_MS)
  if (restMs > MAX_REST_MS) return { type: 'refuse', reason: 'too-fast' }

  const isNew = remember(room, conn, member, sender)
  const known = receiver ? room.users.get(nameOf(receiver)) : undefined
  const to: Conn[] = []
  for (const other of known ?? room.members.keys()) if (other !== conn) to.push(other)
  return { type: 'deliver', to, restMs, isNew }
}

/** False when it was known, or is one too many. */
function remember<Conn>(room: Room<Conn>, conn: Conn, member: Member, sender: Uint8Array): boolean {
  if (member.senders.some((known) => isSame(known, sender)) || member.senders.length >= MAX_SENDERS_PER_CONNECTION) return false
  // Not `slice`, which makes a view of a Node Buffer: the frame's memory would be kept.
  member.senders.push(new Uint8Array(sender))
  const name = nameOf(sender)
  const users = room.users.get(name)
  if (users) users.add(conn)
  else room.users.set(name, new Set([conn]))
  return true
}

/** Quicker than a name for each frame, and a sender's first value is nearly always its only one. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < SENDER_BYTES; i++) if (a[i] !== b[i]) return false
  return true
}

/** A sender value as a key of a Map. */
function nameOf(value: Uint8Array): string {
  // Applied, not spread: a quarter of the time.
  return String.fromCharCode.apply(null, value as unknown as number[])
}
