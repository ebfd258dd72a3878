/**
 * The direct path: WebRTC connections to other devices, decided here, in the node's worker, and made by the page (`net/webrtc`).
 *
 *  1. Members of the room say that they are here (`members.ts`), on every path there is; whom to connect to follows from that (`mesh.ts`).
 *  2. One side offers, the other answers, by signals that any path carries, or a person as text. If both offer, the lower sender value's
 *     offer counts and the other one is taken back.
 *  3. On the channel each proves who it is, by a signature over the room, both sender values and both certificates. Who sits in the
 *     middle has other certificates; who only knows the room's link has another key. Before that, nothing else is said or heard on it.
 *  4. What is interrupted looks for a new way, and is given up after a while; then it begins anew.
 */
import { equalBytes, fromHex, toHex } from '../../core/bytes.ts'
import { channelProofBytes } from '../../core/keys.ts'
import type { Author, OpId } from '../../core/op.ts'
import { ok, type Refusal, refuse, type Result } from '../../core/result.ts'
import type { FrameRefusal, Opened } from '../sealed.ts'
import type { Transport, TransportEvents, TransportState } from '../transport.ts'
import { type FrameChannel, frameChannel } from './channel.ts'
import { createMembers, forgetMember, hear, introducersOf, type MemberId, otherDevices, settle } from './members.ts'
import { reachFor } from './mesh.ts'
import type { IceServer, PageCommand, PageEvent } from './page-port.ts'
import { channelOfPort } from './pumped.ts'
import { decodeSignal, encodeSignal, MAX_NAMED, type Signal } from './signal.ts'

/** How often everybody is told that this node is here (ms), and how long after news at most. */
const HERE_EVERY = 15_000
const HERE_PAUSE = 150
/** A connection that is not proven after this long is given up (ms); one that a person carries by hand may take as long as a walk. */
const CONNECT_WITHIN = 15_000
const BY_HAND_WITHIN = 10 * 60_000
/** An interrupted connection looks for a new way after this (ms), and is given up after that. */
const RESTART_AFTER = 2_000
const GIVE_UP_AFTER = 12_000
/** A device that could not be reached is tried again after this long (ms), doubled each time. */
const RETRY_FIRST = 2_000
const RETRY_LAST = 120_000
/** Connections at once: more than anybody reaches for and is reached by. */
export const MAX_CONNECTIONS = 48
/** Frames held that came on a channel before its other end was proven, and their bytes; what is more is lost, as any frame may be. */
const MAX_HELD = 64
const MAX_HELD_BYTES = 2 * 1024 * 1024
/** Candidates taken of the other side of one connection, those of its descriptions not counted. */
const MAX_TRICKLED = 64

export interface DirectOptions {
  readonly room: OpId
  readonly author: Author
  /** This run's sender value. */
  readonly self: Uint8Array
  readonly servers: readonly IceServer[]
  /** Reaches the page. */
  page(command: PageCommand): void
  sign(message: Uint8Array): Promise<Uint8Array>
  verify(claim: { readonly signature: Uint8Array; readonly message: Uint8Array; readonly author: Author }): Promise<boolean>
}

/** What this path needs of the others. */
export interface DirectHost {
  seal(to: MemberId | null, bytes: Uint8Array): Promise<Uint8Array>
  open(frame: Uint8Array): Promise<Result<Opened, FrameRefusal>>
  /** By whatever path there is. */
  send(to: MemberId | null, bytes: Uint8Array): void
  /** Who a peer has proven to be, if it has. */
  authorOf(peer: MemberId): Uint8Array | null
  /** The only channel to this peer ended. */
  onLost(peer: MemberId): void
  /** A channel to another peer is there. */
  onPeer(peer: MemberId): void
  onRefused(reason: Refusal): void
}

interface Connection {
  readonly number: number
  /** Null before the answer to an offer that a person carries. */
  peer: MemberId | null
  /** True when this side offered; else `offer` is the other side's number for it. */
  readonly isOurs: boolean
  readonly offer: number
  readonly byHand: boolean
  readonly since: number
  channel: FrameChannel | null
  isChannelOpen: boolean
  /** Of both certificates, once DTLS is up. */
  certificates: { readonly ours: Uint8Array; readonly theirs: Uint8Array } | null
  hasProven: boolean
  isProven: boolean
  held: Uint8Array[]
  /** Frames, and their bytes, that wait for it to be proven. */
  waiting: number
  waitingBytes: number
  trickled: number
  /** Since when nothing comes through (ms), and whether a new way is looked for. */
  interruptedAt: number | null
  restarted: boolean
  /** Whoever waits for this side's description, to carry it; null when it cannot be had. */
  described: ((frame: Uint8Array | null) => void) | null
}

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
  const { room, author, page, sign, verify, servers } = options
  const self = toHex(options.self)
  const now = (): number => performance.now()
  const members = createMembers(self, now())
  const connections = new Map<number, Connection>()
  const failures = new Map<MemberId, { readonly count: number; readonly until: number }>()
  let events: TransportEvents | null = null
  let host: DirectHost | null = null
  let lastNumber = 0
  let state: TransportState = 'down'
  let hereAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined

  // — who is there ———————————————————————————————————————————————————————————————————————————————————————————

  const proven = (): Connection[] => [...connections.values()].filter(({ isProven }) => isProven)

  const sayHere = (): void => {
    hereAt = now()
    if (members.device === null || host === null) return
    const near = proven()
      .slice(0, MAX_NAMED)
      .map(({ peer }) => fromHex(peer!)!)
    host.send(null, encodeSignal({ type: 'here', device: fromHex(members.device)!, near }))
  }
  /** Says it soon: news often come together. */
  const sayHereSoon = (): void => {
    hereAt = Math.min(hereAt, now() + HERE_PAUSE * (1 + Math.random()) - HERE_EVERY)
    plan()
  }

  // — connections ————————————————————————————————————————————————————————————————————————————————————————————

  const connect = (peer: MemberId | null, isOurs: boolean, offer: number | null, byHand: boolean): Connection => {
    const number = ++lastNumber
    const connection: Connection = {
      number,
      peer,
      isOurs,
      offer: offer ?? number,
      byHand,
      since: now(),
      channel: null,
      isChannelOpen: false,
      certificates: null,
      hasProven: false,
      isProven: false,
      held: [],
      waiting: 0,
      waitingBytes: 0,
      trickled: 0,
      interruptedAt: null,
      restarted: false,
      described: null,
    }
    connections.set(number, connection)
    page({ type: 'open', connection: number, offers: isOurs, trickles: !byHand, servers })
    plan()
    return connection
  }

  const close = (connection: Connection): void => {
    if (!connections.delete(connection.number)) return
    connection.channel?.close()
    connection.described?.(null)
    page({ type: 'close', connection: connection.number })
    if (!connection.isProven) return
    if (withPeer(connection.peer!)?.isProven !== true) host?.onLost(connection.peer!)
    sayHereSoon()
    report()
  }

  /** It came to nothing: the device is left alone for a while. */
  const fail = (connection: Connection): void => {
    const { peer } = connection
    if (peer !== null) {
      const count = failures.get(peer)?.count ?? 0
      failures.set(peer, { count: count + 1, until: now() + Math.min(RETRY_LAST, RETRY_FIRST * 2 ** count) * (1 + Math.random()) })
    }
    close(connection)
    plan()
  }

  const withPeer = (peer: MemberId): Connection | undefined => {
    const all = [...connections.values()].filter((connection) => connection.peer === peer)
    return all.find(({ isProven }) => isProven) ?? all[0]
  }

  const report = (): void => {
    const count = proven().length
    const next = count > 0 ? 'open' : 'connecting'
    if (state === next || events === null) return
    state = next
    events.onState(next, '')
  }

  // — what is due ————————————————————————————————————————————————————————————————————————————————————————————

  function plan(): void {
    clearTimeout(timer)
    if (host !== null) timer = setTimeout(work, Math.max(20, Math.min(500, hereAt + HERE_EVERY - now())))
  }

  function work(): void {
    const changed = settle(members, now())
    for (const connection of connections.values()) look(connection)
    if (members.device === self) reach()
    else for (const connection of connections.values()) if (!connection.byHand && members.device !== null) close(connection)
    if (changed || now() >= hereAt + HERE_EVERY) sayHere()
    plan()
  }

  function reach(): void {
    for (const [peer, { until }] of failures) if (now() > until + RETRY_LAST) failures.delete(peer)
    const neighbours = proven().map(({ peer }) => peer!)
    // Whoever cannot be reached now stands in nobody's way.
    const others = otherDevices(members, neighbours).filter((peer) => now() >= (failures.get(peer)?.until ?? 0))
    for (const peer of reachFor(self, others)) {
      if (connections.size >= MAX_CONNECTIONS) return
      if (withPeer(peer) === undefined) connect(peer, true, null, false)
    }
  }

  function look(connection: Connection): void {
    const { isProven, since, byHand, interruptedAt, restarted, isOurs, number } = connection
    if (!isProven) {
      if (now() > since + (byHand ? BY_HAND_WITHIN : CONNECT_WITHIN)) fail(connection)
      return
    }
    if (interruptedAt === null) return
    if (now() > interruptedAt + GIVE_UP_AFTER) return fail(connection)
    if (restarted || !isOurs || now() < interruptedAt + RESTART_AFTER) return
    connection.restarted = true
    page({ type: 'restart', connection: number })
  }

  // — signals ————————————————————————————————————————————————————————————————————————————————————————————————

  function onDescription(from: MemberId, { connection: offer, description }: Extract<Signal, { type: 'description' }>): void {
    if (description.type === 'answer') {
      const connection = connections.get(offer)
      if (connection?.isOurs === true && connection.peer === from && !connection.byHand) tell(connection, description)
      return
    }
    const same = [...connections.values()].find((each) => each.peer === from && !each.isOurs && each.offer === offer)
    if (same !== undefined) return tell(same, description)
    const before = withPeer(from)
    // Both offered: the lower one's counts.
    if (before !== undefined && before.isOurs && !before.isProven && self < from) return
    if (connections.size >= MAX_CONNECTIONS) return
    // Anybody with the room's link may have said this in its name: what is proven stays until another one is.
    const all = [...connections.values()].filter(({ peer }) => peer === from)
    for (const each of all) if (!each.isProven) close(each)
    tell(connect(from, false, offer, false), description)
  }

  const tell = ({ number }: Connection, description: Extract<Signal, { type: 'description' }>['description']): void =>
    page({ type: 'description', connection: number, description })

  function onCandidate(from: MemberId, { connection: offer, ufrag, candidate }: Extract<Signal, { type: 'candidate' }>): void {
    for (const each of connections.values()) {
      if (each.peer === from && each.offer === offer && each.trickled++ < MAX_TRICKLED)
        page({ type: 'candidate', connection: each.number, ufrag, candidate })
    }
  }

  async function carry(connection: Connection, signal: Signal): Promise<void> {
    const { described, peer } = connection
    connection.described = null
    described?.((await host?.seal(peer, encodeSignal(signal))) ?? null)
  }

  const signalTo = ({ peer }: Connection, signal: Signal): void => {
    if (peer !== null) host?.send(peer, encodeSignal(signal))
  }

  // — proofs —————————————————————————————————————————————————————————————————————————————————————————————————

  async function prove(connection: Connection): Promise<void> {
    const { certificates, channel, peer, isChannelOpen } = connection
    if (certificates === null || channel === null || peer === null || !isChannelOpen || connection.hasProven || host === null) return
    connection.hasProven = true
    const { ours, theirs } = certificates
    const proof = await sign(channelProofBytes(room, options.self, fromHex(peer)!, ours, theirs))
    channel.send(await host.seal(peer, encodeSignal({ type: 'proof', author, proof })))
    for (const frame of connection.held.splice(0)) await hearFrame(connection, frame)
  }

  async function hearFrame(connection: Connection, frame: Uint8Array): Promise<void> {
    if (connection.isProven) return events?.onFrame(frame)
    if (connection.certificates === null || connection.peer === null) {
      connection.held.push(frame)
      return
    }
    const opened = await host?.open(frame)
    const signal = opened?.ok === true ? decodeSignal(opened.value.plaintext) : null
    if (signal?.ok !== true || signal.value.type !== 'proof') return refuseChannel(connection)
    const { peer, certificates } = connection
    const known = host?.authorOf(peer) ?? null
    const message = channelProofBytes(room, fromHex(peer)!, options.self, certificates.theirs, certificates.ours)
    const isGood = await verify({ signature: signal.value.proof, message, author: signal.value.author })
    if (!isGood || (known !== null && !equalBytes(known, signal.value.author))) return refuseChannel(connection)
    if (!connections.has(connection.number)) return
    connection.isProven = true
    failures.delete(peer)
    for (const other of connections.values()) if (other !== connection && other.peer === peer) close(other)
    report()
    host?.onPeer(peer)
    sayHereSoon()
  }

  function refuseChannel(connection: Connection): void {
    if (!connections.has(connection.number)) return
    host?.onRefused('bad-channel')
    fail(connection)
  }

  // — the page ———————————————————————————————————————————————————————————————————————————————————————————————

  function hearPage(event: PageEvent): void {
    const connection = connections.get(event.connection)
    if (connection === undefined) return
    const { offer } = connection
    switch (event.type) {
      case 'description':
        if (connection.described === null)
          return signalTo(connection, { type: 'description', connection: offer, description: event.description })
        return void carry(connection, { type: 'description', connection: offer, description: event.description })
      case 'candidate':
        return signalTo(connection, { type: 'candidate', connection: offer, ufrag: event.ufrag, candidate: event.candidate })
      case 'channel':
        // Frames are heard in order: what follows a proof waits until that is checked.
        return attach(connection, event.channel)
      case 'connected':
        connection.interruptedAt = null
        connection.restarted = false
        connection.certificates ??= { ours: event.ours, theirs: event.theirs }
        return void prove(connection)
      case 'interrupted':
        connection.interruptedAt ??= now()
        return plan()
      case 'failed':
        // Whoever answered by hand may have to wait until a person has carried the answer.
        if (!connection.isProven) return connection.byHand ? undefined : fail(connection)
        connection.interruptedAt ??= now()
        return plan()
      case 'unsupported':
        return fail(connection)
    }
  }

  const describedByHand = (connection: Connection): Promise<Uint8Array | null> =>
    new Promise((resolve) => {
      connection.described = resolve
    })

  function attach(connection: Connection, channel: RTCDataChannel | MessagePort): void {
    let order: Promise<void> = Promise.resolve()
    connection.channel = frameChannel(channel instanceof MessagePort ? channelOfPort(channel) : channel, {
      onOpen() {
        connection.isChannelOpen = true
        void prove(connection)
      },
      onFrame(frame) {
        if (connection.isProven) events?.onFrame(frame)
        else if (connection.waiting < MAX_HELD && connection.waitingBytes + frame.length <= MAX_HELD_BYTES) {
          connection.waiting++
          connection.waitingBytes += frame.length
          order = order.then(() => hearFrame(connection, frame))
        }
      },
      onClose: () => fail(connection),
    })
  }

  return {
    open(nextEvents, nextHost) {
      events = nextEvents
      host = nextHost
      state = 'connecting'
      plan()
      return {
        path: 'webrtc',
        get state() {
          return state
        },
        get buffered() {
          return proven().reduce((most, { channel }) => Math.max(most, channel!.buffered), 0)
        },
        send(frame, to = null) {
          const all = proven()
          const direct = to === null ? all : all.filter(({ peer }) => peer === to)
          // To whom there is no channel yet, those may bring it who have one.
          const ways = direct.length > 0 ? direct : all.filter(({ peer }) => introducersOf(members, to!).includes(peer!))
          let sent = false
          for (const { channel } of ways) sent = channel!.send(frame) || sent
          return sent
        },
        close() {
          clearTimeout(timer)
          for (const connection of [...connections.values()]) close(connection)
          events = null
          host = null
          state = 'down'
        },
      }
    },
    hearPage,
    hearSignal(from, bytes, sameBrowser) {
      const signal = decodeSignal(bytes)
      if (!signal.ok) return host?.onRefused(signal.reason)
      switch (signal.value.type) {
        case 'here':
          if (hear(members, from, signal.value, sameBrowser, now())) sayHereSoon()
          return plan()
        case 'description':
          return onDescription(from, signal.value)
        case 'candidate':
          return onCandidate(from, signal.value)
        case 'ping':
        case 'pong':
        case 'presence':
        case 'proof':
          // Proofs are said on the channel that they are about, and nowhere else.
          return
      }
    },
    linked: sayHereSoon,
    isConnected: (peer) => withPeer(peer)?.isProven === true,
    gone(peer) {
      forgetMember(members, peer)
      plan()
    },
    async invite() {
      if (host === null) return refuse('offline')
      const frame = await describedByHand(connect(null, true, null, true))
      return frame === null ? refuse('no-webrtc') : ok(frame)
    },
    async takeByHand(frame) {
      const opened = await host?.open(frame)
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
        tell(connection, description)
        return ok(null)
      }
      const before = withPeer(from)
      if (before?.isProven === true) return ok(null)
      if (before !== undefined) close(before)
      const connection = connect(from, false, offer, true)
      tell(connection, description)
      const answer = await describedByHand(connection)
      return answer === null ? refuse('no-webrtc') : ok(answer)
    },
  }
}
