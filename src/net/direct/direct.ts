/**
 * The direct path: WebRTC connections to other devices. The node's worker decides about them here, and the page makes them
 * (`net/webrtc`).
 *
 *  1. Participants of the room say that they are here (`members.ts`), on every path there is. From that follows to which devices a node connects (`mesh.ts`).
 *  2. One side offers, the other answers (`negotiation.ts`), by signals that any path carries, or by text that a person carries (`by-hand.ts`).
 *  3. Connections are tried one after the other: packets go to the addresses that the other side named (`attempts.ts`).
 *  4. On the channel each side proves its author (`proof.ts`).
 *  5. A connection on which nothing arrives is given up after a while, and begun anew (`due.ts`).
 */
import { createBudget } from '../../core/budget.ts'
import { toHex } from '../../core/bytes.ts'
import type { Result } from '../../core/result.ts'
import type { Transport, TransportEvents } from '../transport.ts'
import { createAttempts } from './attempts.ts'
import { type ByHandRefusal, invite, takeByHand, type Taken } from './by-hand.ts'
import { close, createServerUses, MAX_OPENS, OPENS_PER_SECOND, provenOf, STRANGERS_PER_SECOND, withPeer } from './connections.ts'
import { greet, GREETINGS_PER_SECOND, look, MAX_GREETINGS } from './due.ts'
import { type HeardBy, hearPage, hearSignal } from './hear.ts'
import { canIntroduce, createMembers, forgetMember, type MemberId } from './members.ts'
import type { PageEvent } from './page-port.ts'
import { createHeres, lookSoon, sayHereSoon } from './schedule.ts'
import type { Connection, DirectHost, DirectOptions, DirectState } from './state.ts'

export interface Direct {
  /** The path's one transport; made once. */
  open(events: TransportEvents, host: DirectHost): Transport
  hearPage(event: PageEvent): void
  /** @param from a sender that was met (`sync/peers.ts`) */
  hearSignal(from: MemberId, bytes: Uint8Array, by: HeardBy): void
  /** This peer was met: tells it at once that this node is here. */
  met(peer: MemberId): void
  /** A path opened: other nodes may be there. */
  linked(): void
  /** True when there is a channel to this peer itself. */
  isConnected(peer: MemberId): boolean
  /** A tab of this browser has ended. */
  gone(peer: MemberId): void
  /** Makes an offer for any device, as a frame that a person carries. */
  invite(): Promise<Result<Uint8Array, ByHandRefusal>>
  /** Takes an offer that a person brought, and gives the answer to bring back; or takes an answer. */
  takeByHand(frame: Uint8Array): Promise<Result<Taken, ByHandRefusal>>
}

export function createDirect(options: DirectOptions): Direct {
  const direct = createState(options)
  return {
    open: (events, host) => openPath(direct, events, host),
    hearPage: (event) => hearPage(direct, event),
    hearSignal: (from, bytes, by) => hearSignal(direct, from, bytes, by),
    met: (peer) => greet(direct, peer),
    linked: () => sayHereSoon(direct),
    isConnected: (peer) => isConnected(direct, peer),
    gone(peer) {
      forgetMember(direct.members, peer)
      lookSoon(direct)
    },
    invite: () => invite(direct),
    takeByHand: (frame) => takeByHand(direct, frame),
  }
}

function createState(options: DirectOptions): DirectState {
  const now = (): number => performance.now()
  const at = now()
  const self = toHex(options.self)
  const direct: DirectState = {
    options,
    self,
    members: createMembers(self, at),
    connections: new Map(),
    lastNumber: 0,
    failures: new Map(),
    attempts: createAttempts(at),
    opens: { strangers: createBudget(MAX_OPENS, STRANGERS_PER_SECOND, at), known: createBudget(MAX_OPENS, OPENS_PER_SECOND, at) },
    restsUntil: { strangers: -Infinity, known: -Infinity },
    serverUses: { strangers: createServerUses(at), known: createServerUses(at) },
    greetings: createBudget(MAX_GREETINGS, GREETINGS_PER_SECOND, at),
    greetLater: [],
    heres: createHeres(at),
    hereDue: -Infinity,
    lookAt: Infinity,
    timer: undefined,
    look: () => look(direct),
    events: null,
    host: null,
    state: 'down',
    now,
    lot: options.lot ?? Math.random,
  }
  return direct
}

function openPath(direct: DirectState, events: TransportEvents, host: DirectHost): Transport {
  direct.events = events
  direct.host = host
  direct.state = 'connecting'
  lookSoon(direct)
  return {
    path: 'webrtc',
    get state() {
      return direct.state
    },
    buffered: (to) => (isConnected(direct, to) ? withPeer(direct, to)!.channel!.buffered : 0),
    send: (frame, to = null, by) => send(direct, frame, to, by),
    close() {
      for (const connection of [...direct.connections.values()]) close(direct, connection)
      direct.events = null
      direct.host = null
      direct.state = 'down'
    },
  }
}

const isConnected = (direct: DirectState, peer: MemberId): boolean => withPeer(direct, peer)?.isProven === true

/**
 * Frames go to peers that have a channel. A peer without one is reached through peers that have a channel and say that they are connected
 * to it.
 */
function waysTo(direct: DirectState, to: MemberId | null): readonly Connection[] {
  const all = provenOf(direct)
  const straight = to === null ? all : all.filter(({ peer }) => peer === to)
  return straight.length > 0 ? straight : all.filter(({ peer }) => canIntroduce(direct.members, peer!, to!))
}

function send(direct: DirectState, frame: Uint8Array, to: MemberId | null, by: MemberId | undefined): boolean {
  let sent = false
  for (const { channel } of waysTo(direct, to)) sent = (by === undefined ? channel!.send(frame) : channel!.forward(frame, by)) || sent
  return sent
}
