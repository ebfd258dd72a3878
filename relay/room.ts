/**
 * One room of the relay, as plain state: its connections, and where a frame goes. This file has no sockets and no clock, and cannot read
 * frames: they are sealed (`src/net/envelope`), and the host hands in the time.
 *
 * A frame for everybody goes to all other connections. A frame for one sender value goes to connections that have used that value. One
 * node may have two: when its network changes, it comes back while the relay still believes its old socket alive. There may also be any
 * number of other connections, since the relay cannot check who owns a value. So it chooses at most four (`usersOf`).
 *
 * If no connection has used a value, a frame for it goes to the connections that have used no value yet, because one of them may belong
 * to the owner. If there are none, the frame goes nowhere. Each node speaks when its path opens, so a connection that stays silent gets
 * such frames only for a short time.
 */
import { type EnvelopeRefusal, parseEnvelope, SENDER_BYTES } from '../src/net/envelope.ts'
import { createShares, givePlaceBack, type Place, type Shares, takePlace } from './shares.ts'
import { sourceOf } from './source.ts'

/** A class with a few tabs each. A frame for everybody is copied this many times. */
export const MAX_CONNECTIONS_PER_ROOM = 256

/** Sender values that one connection may bring in SENDER_MS. A node has one for each run, and a connection carries one run. */
export const MAX_SENDERS_PER_CONNECTION = 16

/** ms */
export const SENDER_MS = 60 * 60 * 1000

/** Besides the subnet that used a sender value first, so many sources get a copy of a frame for it: a device may change its network. */
export const MAX_OTHER_SOURCES = 2

/**
 * A frame for a sender value that nobody has used goes to so many of the connections that have not spoken, the newest ones: a node speaks
 * at once.
 */
export const MAX_SILENT_COPIES = 4

/** A connection that has not spoken for so long gets no frames for unknown sender values: a node speaks at once. ms */
export const NAMING_MS = 10_000

/** A room of 100,000 ops is about 100 frames and 10 to 100 MB: the network should be the slowest part, not the relay. */
export const BYTES_PER_SECOND = 64 * 1024 * 1024

/** A person who types causes ten frames a second; a script that submits op by op causes a thousand. */
export const FRAMES_PER_SECOND = 4_000

/** A connection may send at once what its rates allow in this time. Then it must rest. ms */
export const BURST_MS = 2_000

/** If a connection owes more rest than this, its host did not pause it, and it is refused. ms */
export const MAX_REST_MS = 10_000

interface Member {
  readonly subnet: string
  readonly source: string
  /** Sender values that it used, the first of them first, and when it used each for the first time. */
  readonly senders: { readonly value: Uint8Array; readonly since: number }[]
  /** The time at which all that the connection sent would be within its rates (GCRA, one number for a token bucket). ms */
  paidUntil: number
}

/** The connections that use a sender value. */
interface Users<Conn> {
  /**
   * The subnet that used the value first. It is kept while any connection uses the value, also when the connections of this subnet are
   * gone.
   */
  readonly home: string
  /** Each connection with its subnet and source, in the order in which they began to use the value. */
  readonly conns: Map<Conn, Pick<Member, 'subnet' | 'source'>>
}

/** `Conn` is the host's handle of a connection: a key of a Map. */
export interface Room<Conn> {
  readonly members: Map<Conn, Member>
  readonly shares: Shares<Conn>
  /** Connections that have not used a sender value yet, and until when they count as such (ms), the earliest first. */
  readonly unnamed: Map<Conn, number>
  /** By sender value, as `nameOf` writes it. */
  readonly users: Map<string, Users<Conn>>
  readonly rates: Rates
}

/** What one connection may send, a second. */
export interface Rates {
  readonly frames: number
  readonly bytes: number
}

export const DEFAULT_RATES: Rates = { frames: FRAMES_PER_SECOND, bytes: BYTES_PER_SECOND }

export type RoomRefusal = EnvelopeRefusal | 'too-fast' | 'too-many-senders'

/** The decision about a frame. */
export type Routing<Conn> =
  /**
   * The host sends the frame on as it is. Then it reads nothing from the sender for `restMs`, if it can: so rates are kept and no frame
   * is lost. `isNew`: this connection had not used the sender value before.
   */
  | { readonly type: 'deliver'; readonly to: readonly Conn[]; readonly restMs: number; readonly isNew: boolean }
  /** The host closes the connection. No node of ours ever causes this. */
  | { readonly type: 'refuse'; readonly reason: RoomRefusal }

export function createRoom<Conn>(rates: Rates = DEFAULT_RATES): Room<Conn> {
  return { members: new Map(), shares: createShares(MAX_CONNECTIONS_PER_ROOM), unnamed: new Map(), users: new Map(), rates }
}

/** Takes in a connection of a subnet. If another connection had to leave for it, that one is forgotten, and the host closes it. */
export function join<Conn>(room: Room<Conn>, conn: Conn, subnet: string, now: number): Place<Conn> {
  const place = takePlace(room.shares, subnet, conn)
  if (place.type === 'refused') return place
  if (place.instead !== null) leave(room, place.instead)
  room.members.set(conn, { subnet, source: sourceOf(subnet), senders: [], paidUntil: 0 })
  room.unnamed.set(conn, now + NAMING_MS)
  return place
}

/** Forgets the connection. A room without members may be dropped. */
export function leave<Conn>(room: Room<Conn>, conn: Conn): void {
  const member = room.members.get(conn)
  if (!member) return
  for (const { value } of member.senders) forget(room, conn, value)
  room.unnamed.delete(conn)
  room.members.delete(conn)
  givePlaceBack(room.shares, member.subnet, conn)
}

const KEPT_BYTES = SENDER_BYTES + 8

/** The sender values of a connection, each with the time of its first use. A host must keep this of it, beside its subnet. */
export function sendersOf<Conn>(room: Room<Conn>, conn: Conn): Uint8Array {
  const senders = room.members.get(conn)?.senders ?? []
  const kept = new Uint8Array(senders.length * KEPT_BYTES)
  for (const [i, { value, since }] of senders.entries()) {
    kept.set(value, i * KEPT_BYTES)
    new DataView(kept.buffer).setFloat64(i * KEPT_BYTES + SENDER_BYTES, since)
  }
  return kept
}

/**
 * Tells a room of the sender values that its connections used before: for each connection, the result of `sendersOf`. All at once, since
 * it matters which connection used a value first. The subnet that used a value first is known only if a connection of it is still there.
 */
export function restoreSenders<Conn>(room: Room<Conn>, kept: Iterable<readonly [Conn, Uint8Array]>): void {
  const uses: { readonly conn: Conn; readonly value: Uint8Array; readonly since: number }[] = []
  for (const [conn, bytes] of kept) {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at < bytes.length; at += KEPT_BYTES)
      uses.push({ conn, value: bytes.subarray(at, at + SENDER_BYTES), since: view.getFloat64(at + SENDER_BYTES) })
  }
  for (const { conn, value, since } of uses.sort((a, b) => a.since - b.since)) {
    const member = room.members.get(conn)
    if (member) remember(room, conn, member, value, since)
  }
}

/**
 * Adds a frame, or any message that costs the host as much, to the debt of its connection.
 * @param now ms, of a clock that never runs backwards
 * @returns how long nothing should be read from the connection (ms), or null when it owes too much
 */
export function charge<Conn>(room: Room<Conn>, conn: Conn, bytes: number, now: number): number | null {
  const member = room.members.get(conn)
  if (!member) return 0
  member.paidUntil = Math.max(member.paidUntil, now) + 1000 * Math.max(1 / room.rates.frames, bytes / room.rates.bytes)
  const restMs = Math.max(0, member.paidUntil - now - BURST_MS)
  return restMs > MAX_REST_MS ? null : restMs
}

/** Where a frame from a connection goes; any bytes. @param now ms, of a clock that never runs backwards. O(connections) */
export function route<Conn>(room: Room<Conn>, conn: Conn, frame: Uint8Array, now: number): Routing<Conn> {
  const member = room.members.get(conn)
  if (!member) return { type: 'deliver', to: [], restMs: 0, isNew: false }

  const parsed = parseEnvelope(frame)
  if (!parsed.ok) return { type: 'refuse', reason: parsed.reason }
  const { sender, receiver } = parsed.value

  const restMs = charge(room, conn, frame.length, now)
  if (restMs === null) return { type: 'refuse', reason: 'too-fast' }

  const isNew = !hasUsed(member, sender)
  if (isNew && !remember(room, conn, member, sender, now)) return { type: 'refuse', reason: 'too-many-senders' }
  const to: Conn[] = []
  for (const other of receiversOf(room, receiver, now)) if (other !== conn) to.push(other)
  return { type: 'deliver', to, restMs, isNew }
}

function receiversOf<Conn>(room: Room<Conn>, receiver: Uint8Array | null, now: number): Iterable<Conn> {
  if (receiver === null) return room.members.keys()
  const users = room.users.get(nameOf(receiver))
  if (users) return usersOf(users)
  for (const [conn, until] of room.unnamed) if (until <= now) room.unnamed.delete(conn)
  return [...room.unnamed.keys()].slice(-MAX_SILENT_COPIES)
}

/**
 * At most four of the connections that use a sender value. So others that claim to be its owner cannot multiply frames. Nobody knows a
 * value before its owner has used it. So the owner is the first connection until it reconnects. Then it is the newest one of its subnet
 * or, if its network changed, among the newest ones of other sources. O(users)
 */
function usersOf<Conn>({ home, conns }: Users<Conn>): Set<Conn> {
  const chosen = new Set<Conn>()
  const newest = new Map<string, Conn>()
  for (const [conn, { subnet, source }] of conns) {
    if (chosen.size === 0) chosen.add(conn)
    // A source keeps its place in this order. To be among the newest again, an attacker needs sources that were not there.
    newest.set(subnet === home ? home : source, conn)
  }
  const ofHome = newest.get(home)
  if (ofHome !== undefined) chosen.add(ofHome)
  newest.delete(home)
  for (const conn of [...newest.values()].slice(-MAX_OTHER_SOURCES)) chosen.add(conn)
  return chosen
}

/** Notes a sender value that is new for this connection. False when the connection has brought too many: then nothing is noted. */
function remember<Conn>(room: Room<Conn>, conn: Conn, member: Member, sender: Uint8Array, now: number): boolean {
  if (member.senders.length >= MAX_SENDERS_PER_CONNECTION) {
    if (member.senders[0]!.since > now - SENDER_MS) return false
    forget(room, conn, member.senders.shift()!.value)
  }
  // Not `slice`, which makes a view of a Node Buffer: the frame's memory would be kept.
  member.senders.push({ value: new Uint8Array(sender), since: now })
  room.unnamed.delete(conn)
  const name = nameOf(sender)
  const users = room.users.get(name)
  const { subnet, source } = member
  if (users) users.conns.set(conn, { subnet, source })
  else room.users.set(name, { home: subnet, conns: new Map([[conn, { subnet, source }]]) })
  return true
}

function forget<Conn>(room: Room<Conn>, conn: Conn, sender: Uint8Array): void {
  const name = nameOf(sender)
  const users = room.users.get(name)
  users?.conns.delete(conn)
  if (users?.conns.size === 0) room.users.delete(name)
}

/** This is quicker than to write a key for each frame: a connection's first sender value is nearly always its only one. */
function hasUsed({ senders }: Member, sender: Uint8Array): boolean {
  for (const { value } of senders) if (isSame(value, sender)) return true
  return false
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < SENDER_BYTES; i++) if (a[i] !== b[i]) return false
  return true
}

/** A sender value as a key of a Map. */
function nameOf(value: Uint8Array): string {
  // Applied, not spread: a quarter of the time.
  return String.fromCharCode.apply(null, value as unknown as number[])
}
