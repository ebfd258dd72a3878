/**
 * The direct path: WebRTC connections to other devices, decided here, in the node's worker, and made by the page (`net/webrtc`).
 *
 *  1. Members of the room say that they are here (`members.ts`), on every path there is; whom to connect to follows from that (`mesh.ts`).
 *  2. One side offers, the other answers (`negotiation.ts`), by signals that any path carries, or a person as text.
 *  3. On the channel each proves who it is (`proof.ts`).
 *  4. What is interrupted looks for a new way, and is given up after a while; then it begins anew.
 */
import { fromHex, toHex } from '../../core/bytes.ts'
import { ok, refuse, type Result } from '../../core/result.ts'
import type { FrameRefusal } from '../sealed.ts'
import type { Transport, TransportEvents } from '../transport.ts'
import { close, connect, fail, isFull, mayTry, provenOf, withPeer } from './connections.ts'
import { createMembers, forgetMember, hear, introducersOf, type MemberId, otherDevices, settle } from './members.ts'
import { reachFor } from './mesh.ts'
import { describedByHand, hearCandidate, hearDescription, say, tell } from './negotiation.ts'
import type { PageEvent } from './page-port.ts'
import { attach, prove } from './proof.ts'
import { decodeSignal, encodeSignal, MAX_NAMED } from './signal.ts'
import type { Connection, DirectHost, DirectOptions, DirectState } from './state.ts'

/** How often everybody is told that this node is here (ms), and how long after news at most. */
const HERE_EVERY = 15_000
const HERE_PAUSE = 150
/** It is looked what is due at most and at least so often (ms). */
const LOOK_LEAST = 20
const LOOK_MOST = 500
/** A connection that is not proven after this long is given up (ms); one that a person carries by hand may take as long as a walk. */
const CONNECT_WITHIN = 15_000
const BY_HAND_WITHIN = 10 * 60_000
/** An interrupted connection looks for a new way after this (ms), and is given up after that. */
const RESTART_AFTER = 2_000
const GIVE_UP_AFTER = 12_000

/** Why what a person brought does not connect: `net/sealed.ts` says the others. */
export type ByHandRefusal = FrameRefusal | 'bad-message' | 'unknown-message' | 'stale-answer' | 'no-webrtc' | 'offline'

export interface Direct {
  /** The path's one transport; made once. */
  open(events: TransportEvents, host: DirectHost): Transport
  hearPage(event: PageEvent): void
  hearSignal(from: MemberId, bytes: Uint8Array, sameBrowser: boolean): void
  /** A path opened: others may be there. */
  linked(): void
  /** True when there is a channel to this peer itself. */
  isConnected(peer: MemberId): boolean
  /** A tab of this browser has ended. */
  gone(peer: MemberId): void
  /** An offer to whoever gets it, as a frame. */
  invite(): Promise<Result<Uint8Array, ByHandRefusal>>
  /** Takes an offer that a person brought, and gives the answer to bring back; or takes an answer, or is connected already (null). */
  takeByHand(frame: Uint8Array): Promise<Result<Uint8Array | null, ByHandRefusal>>
}

export function createDirect(options: DirectOptions): Direct {
  const now = (): number => performance.now()
  const self = toHex(options.self)
  let hereAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined

  const direct: DirectState = {
    options,
    self,
    members: createMembers(self, now()),
    connections: new Map(),
    lastNumber: 0,
    failures: new Map(),
    events: null,
    host: null,
    state: 'down',
    now,
    plan() {
      clearTimeout(timer)
      if (direct.host !== null) timer = setTimeout(work, Math.max(LOOK_LEAST, Math.min(LOOK_MOST, hereAt + HERE_EVERY - now())))
    },
    sayHereSoon() {
      // News often come together.
      hereAt = Math.min(hereAt, now() + HERE_PAUSE * (1 + Math.random()) - HERE_EVERY)
      direct.plan()
    },
  }
  const { members, connections } = direct

  // — what is due ————————————————————————————————————————————————————————————————————————————————————————————

  function work(): void {
    const changed = settle(members, now())
    for (const connection of connections.values()) look(connection)
    if (members.device === self) reach()
    else for (const connection of connections.values()) if (!connection.byHand && members.device !== null) close(direct, connection)
    if (changed || now() >= hereAt + HERE_EVERY) sayHere()
    direct.plan()
  }

  function sayHere(): void {
    hereAt = now()
    if (members.device === null) return
    const near = provenOf(direct)
      .slice(0, MAX_NAMED)
      .map(({ peer }) => fromHex(peer!)!)
    direct.host?.send(null, encodeSignal({ type: 'here', device: fromHex(members.device)!, near }))
  }

  function reach(): void {
    const neighbours = provenOf(direct).map(({ peer }) => peer!)
    // Whoever cannot be reached now stands in nobody's way.
    const others = otherDevices(members, neighbours).filter((peer) => mayTry(direct, peer))
    for (const peer of reachFor(self, others)) {
      if (isFull(direct)) return
      if (withPeer(direct, peer) === undefined) connect(direct, peer, null, false)
    }
  }

  function look(connection: Connection): void {
    const { isProven, since, byHand, interruptedAt, restarted, isOurs, number } = connection
    if (!isProven) {
      if (now() > since + (byHand ? BY_HAND_WITHIN : CONNECT_WITHIN)) fail(direct, connection)
      return
    }
    if (interruptedAt === null) return
    if (now() > interruptedAt + GIVE_UP_AFTER) return fail(direct, connection)
    if (restarted || !isOurs || now() < interruptedAt + RESTART_AFTER) return
    connection.restarted = true
    options.page({ type: 'restart', connection: number })
  }

  // — what is heard ——————————————————————————————————————————————————————————————————————————————————————————

  function hearPage(event: PageEvent): void {
    const connection = connections.get(event.connection)
    if (connection === undefined) return
    switch (event.type) {
      case 'description':
        return void say(direct, connection, { type: 'description', connection: connection.offer, description: event.description })
      case 'candidate': {
        const { ufrag, candidate } = event
        return void say(direct, connection, { type: 'candidate', connection: connection.offer, ufrag, candidate })
      }
      case 'channel':
        return attach(direct, connection, event.channel)
      case 'connected':
        connection.interruptedAt = null
        connection.restarted = false
        connection.certificates ??= { ours: event.ours, theirs: event.theirs }
        return void prove(direct, connection)
      case 'interrupted':
        connection.interruptedAt ??= now()
        return direct.plan()
      case 'failed':
        // Whoever answered by hand may have to wait until a person has carried the answer.
        if (!connection.isProven) return connection.byHand ? undefined : fail(direct, connection)
        connection.interruptedAt ??= now()
        return direct.plan()
      case 'unsupported':
        return fail(direct, connection)
    }
  }

  function hearSignal(from: MemberId, bytes: Uint8Array, sameBrowser: boolean): void {
    const signal = decodeSignal(bytes)
    if (!signal.ok) return direct.host?.onRefused(signal.reason)
    switch (signal.value.type) {
      case 'here':
        if (hear(members, from, signal.value, sameBrowser, now())) direct.sayHereSoon()
        return direct.plan()
      case 'description':
        return hearDescription(direct, from, signal.value)
      case 'candidate':
        return hearCandidate(direct, from, signal.value)
      case 'ping':
      case 'pong':
      case 'presence':
      case 'proof':
        // Proofs are said on the channel that they are about, and nowhere else.
        return
    }
  }

  /** Frames go to those who have a channel. To whom there is none yet, those may bring it who have one. */
  function send(frame: Uint8Array, to: MemberId | null): boolean {
    const all = provenOf(direct)
    const straight = to === null ? all : all.filter(({ peer }) => peer === to)
    const ways = straight.length > 0 ? straight : all.filter(({ peer }) => introducersOf(members, to!).includes(peer!))
    let sent = false
    for (const { channel } of ways) sent = channel!.send(frame) || sent
    return sent
  }

  return {
    open(events, host) {
      direct.events = events
      direct.host = host
      direct.state = 'connecting'
      direct.plan()
      return {
        path: 'webrtc',
        get state() {
          return direct.state
        },
        get buffered() {
          return provenOf(direct).reduce((most, { channel }) => Math.max(most, channel!.buffered), 0)
        },
        send: (frame, to = null) => send(frame, to),
        close() {
          clearTimeout(timer)
          for (const connection of [...connections.values()]) close(direct, connection)
          direct.events = null
          direct.host = null
          direct.state = 'down'
        },
      }
    },
    hearPage,
    hearSignal,
    linked: direct.sayHereSoon,
    isConnected: (peer) => withPeer(direct, peer)?.isProven === true,
    gone(peer) {
      forgetMember(members, peer)
      direct.plan()
    },
    async invite() {
      if (direct.host === null) return refuse('offline')
      const frame = await describedByHand(connect(direct, null, null, true))
      return frame === null ? refuse('no-webrtc') : ok(frame)
    },
    async takeByHand(frame) {
      const opened = await direct.host?.open(frame)
      if (opened === undefined) return refuse('offline')
      if (!opened.ok) return opened
      const from = toHex(opened.value.sender)
      const signal = decodeSignal(opened.value.plaintext)
      if (!signal.ok || signal.value.type !== 'description') return refuse('bad-message')
      const { connection: offer, description } = signal.value
      if (description.type === 'answer') {
        const connection = connections.get(offer)
        if (connection?.isOurs !== true || !connection.byHand || (connection.peer ?? from) !== from) return refuse('stale-answer')
        connection.peer = from
        tell(direct, connection, signal.value)
        return ok(null)
      }
      const before = withPeer(direct, from)
      if (before?.isProven === true) return ok(null)
      if (before !== undefined) close(direct, before)
      const connection = connect(direct, from, offer, true)
      tell(direct, connection, signal.value)
      const answer = await describedByHand(connection)
      return answer === null ? refuse('no-webrtc') : ok(answer)
    },
  }
}
