/**
 * A node's paths to others: frames are sealed here, opened here, and a message to one peer takes the path on which the
 * peer was last heard: a browser's own channel before a direct one, and that before the relay. Signals (`net/direct`) are told
 * apart here from what the engine hears.
 */
import { fromHex, toHex } from '../core/bytes.ts'
import type { Refusal } from '../core/result.ts'
import type { Direct } from '../net/direct/direct.ts'
import type { DirectHost } from '../net/direct/state.ts'
import { isSignal } from '../net/direct/signal.ts'
import { parseEnvelope } from '../net/envelope.ts'
import { type Hindrance, hindered, UNHINDERED } from '../net/hindered.ts'
import type { Sealer } from '../net/sealed.ts'
import type { OpenTransport, Path, Transport } from '../net/transport.ts'
import type { Input, PeerId, Way } from '../sync/effects.ts'
import type { Standing } from '../sync/peers.ts'
import { createEcho } from './echo.ts'
import { channelOf, createInbox, earned, forget as forgetSender, tabOf, take } from './inbox.ts'
import { watchSession } from './session-lock.ts'
import type { PathStatus } from './views.ts'

/** A better path is preferred to a later one if the peer was heard on it this recently (ms): two heartbeats. */
const STILL_THERE = 11_000

/** Peers whose paths are remembered, longest silent forgotten first, and tabs whose end is waited for: more than an engine holds at once. */
const MAX_HEARD = 512

/** Strangers whose paths are remembered, so that they can be greeted. */
const MAX_GLIMPSED = 128

/** Bytes that may wait on a path when the next bundle is handed to it: live messages are behind no more than that and one bundle. */
const LOW_WATER = 64 * 1024
/** How often a path is looked at while it drains (ms). */
const DRAIN_POLL = 10

/** Paths, best first. */
const PREFERENCE: readonly Path[] = ['memory', 'broadcast', 'webrtc', 'relay']

/**
 * Frames for others that a node brings from one direct channel to another, so that two can meet who know each other only through it:
 * descriptions and candidates fit, ops mostly do not. Bytes of one, and bytes a second of all.
 */
const MAX_BROUGHT_ON = 9_216
const BROUGHT_ON_PER_SECOND = 65_536

type Heard = Extract<Input, { type: 'bytes' }>

export interface LinksEvents {
  onMessage(from: PeerId, bytes: Uint8Array, how: Pick<Heard, 'addressed' | 'isLatest' | 'way'>): void
  /** A path opened. */
  onLinked(): void
  /** A peer's tab has ended, or the only path to it has. */
  onGone(peer: PeerId): void
  /** A frame that says nothing we can use; the link is at fault, no peer. */
  onRefused(path: Path, reason: Refusal): void
  /** A signal that is not about paths; true when it was taken. */
  onSignal(from: PeerId, bytes: Uint8Array): boolean
  /** Who a peer has proven to be, if it has. */
  authorOf(peer: PeerId): Uint8Array | null
  /** The place of an author among all whose ops are on this disk, in the order of their first ones, from 0; null: it has none. */
  seniorityOf(author: Uint8Array): number | null
  /** A peer said something to this run of the node that is not for the engine. */
  onHeard(peer: PeerId, way: Way): void
  /** What is known of a sender. */
  standingOf(peer: PeerId): Standing
  /** What it says is not heard now, whatever it is. */
  isCut(peer: PeerId): boolean
  onChange(): void
}

export interface Links {
  send(to: PeerId | null, bytes: Uint8Array): void
  /** To one peer, behind what is live. Resolves when its path has room for more, or is gone. */
  sendBulk(to: PeerId, bytes: Uint8Array): Promise<void>
  /** A signal to everybody. */
  signal(bytes: Uint8Array): void
  open(): void
  /** Closes every path, after what was handed to `send` before. */
  close(): Promise<void>
  retryNow(): void
  /** Cuts a path by hand, or heals it; and hinders what goes over it. */
  setPath(path: Path, cut: boolean, hindrance: Hindrance): void
  /** Measures round trips to these peers; what comes of it is in `roundTrip`, a little later. */
  measure(peers: readonly PeerId[]): void
  roundTrip(peer: PeerId): number | null
  /** A peer brought ops that were admitted. */
  earned(peer: PeerId, ops: number): void
  status(): PathStatus[]
  pathOf(peer: PeerId): Path
}

export function createLinks(
  ways: readonly { readonly path: Path; readonly open: OpenTransport }[],
  sealer: Sealer,
  events: LinksEvents,
  self: PeerId,
  direct: Direct | null = null,
): Links {
  const transports = new Map<Path, Transport>()
  const states = new Map<Path, Omit<PathStatus, 'cut' | 'hindrance' | 'sent' | 'received'>>()
  const cuts = new Set<Path>()
  const hindrances = new Map<Path, Hindrance>()
  /** Bytes of frames, by path. */
  const sent = new Map<Path, number>()
  const received = new Map<Path, number>()
  /** When each peer was last heard on each path (ms). */
  const heard = new Map<PeerId, Map<Path, number>>()
  const glimpsed = new Map<PeerId, Map<Path, number>>()
  const inbox = createInbox({ now: () => performance.now(), random: Math.random, later: (ms, wake) => void setTimeout(wake, ms) })
  const isRecent = (time: number | undefined): boolean => (time ?? -Infinity) > performance.now() - STILL_THERE
  /** Peers of this browser whose end is waited for. */
  const watched = new Set<PeerId>()
  let isOpen = false
  let broughtOn = { second: 0, bytes: 0 }
  let sending: Promise<unknown> = Promise.resolve()

  const pathOf = (peer: PeerId): Path => {
    const times = heard.get(peer) ?? glimpsed.get(peer)
    // What a proven channel says stands, whatever is heard elsewhere under its name.
    if (direct?.isConnected(peer) === true && transports.has('webrtc') && !isRecent(times?.get('broadcast'))) return 'webrtc'
    const recent = PREFERENCE.find((path) => isRecent(times?.get(path)))
    return recent ?? [...(times ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'relay'
  }
  /** Notes that a peer was heard on a path; on the direct one only from the peer itself (`by`), not from one who brings its frames on. */
  const hearOn = (path: Path, peer: PeerId, by: PeerId | null): void => {
    if (path === 'webrtc' && by !== peer) return
    // Names cost nothing: those of strangers push out each other, and nobody else.
    const isKnown = events.standingOf(peer) !== 'unknown'
    const [table, most] = isKnown ? [heard, MAX_HEARD] : [glimpsed, MAX_GLIMPSED]
    const times = heard.get(peer) ?? glimpsed.get(peer) ?? new Map<Path, number>()
    heard.delete(peer)
    glimpsed.delete(peer)
    table.set(peer, times.set(path, performance.now()))
    if (table.size > most) table.delete(table.keys().next().value!)
  }

  /** Brings a frame on to whom it is for; true for one that is for somebody else. */
  const bringOn = (frame: Uint8Array, receiver: Uint8Array | null): boolean => {
    if (receiver === null) return false
    const to = toHex(receiver)
    if (to === self) return false
    const second = Math.floor(performance.now() / 1_000)
    broughtOn = broughtOn.second === second ? broughtOn : { second, bytes: 0 }
    if (direct?.isConnected(to) !== true || frame.length > MAX_BROUGHT_ON || broughtOn.bytes + frame.length > BROUGHT_ON_PER_SECOND)
      return true
    broughtOn.bytes += frame.length
    transports.get('webrtc')?.send(frame, to)
    return true
  }

  /** A queue of its own for a proven channel, and for a tab of this browser: who a frame says that it is from, anybody can write. */
  const queueOf = (path: Path, said: PeerId | null, by: PeerId | null): readonly [string, Standing] => {
    if (path === 'broadcast') return [tabOf(said ?? ''), 'trusted']
    if (path === 'webrtc' && by !== null) return [channelOf(by), events.standingOf(by)]
    return said === null ? ['', 'unknown'] : [said, events.standingOf(said)]
  }

  const receive = (path: Path, frame: Uint8Array, by: PeerId | null): void => {
    received.set(path, (received.get(path) ?? 0) + frame.length)
    const envelope = parseEnvelope(frame)
    if (path === 'webrtc' && envelope.ok && bringOn(frame, envelope.value.receiver)) return
    // A shared path brings what is for others, and our own frames.
    if (envelope.ok && envelope.value.receiver !== null && toHex(envelope.value.receiver) !== self) return
    // Who it says it is from may not be true. What is from one that is not heard, or says so, need not be opened, which takes most of the time.
    const said = envelope.ok ? toHex(envelope.value.sender) : null
    if (said !== null && (said === self || events.isCut(said))) return
    const [queue, standing] = queueOf(path, said, by)
    take(inbox, queue, standing, frame.length, () => openFrame(path, frame, by, said))
  }

  const openFrame = (path: Path, frame: Uint8Array, by: PeerId | null, said: PeerId | null): Promise<void> =>
    sealer.open(frame).then((opened) => {
      if (!transports.has(path)) return
      if (!opened.ok) {
        // Two paths bring everything twice, and a shared one brings what is for others: nobody's fault. The better path counts even
        // when it is the slower one; a relay repeats what it likes.
        if (opened.reason === 'repeated' && path !== 'relay' && said !== null) hearOn(path, said, by)
        if (opened.reason !== 'own-frame' && opened.reason !== 'not-for-us' && opened.reason !== 'repeated')
          events.onRefused(path, opened.reason)
        return
      }
      const peer = toHex(opened.value.sender)
      const { receiver, isLatest, plaintext } = opened.value
      const addressed = receiver !== null
      const way: Way = path === 'broadcast' ? 'browser' : path === 'webrtc' && by === peer ? 'channel' : 'open'
      const wasUnknown = events.standingOf(peer) === 'unknown'
      if (isSignal(plaintext)) {
        // What a stranger says to everybody may be a recording.
        if (addressed) events.onHeard(peer, way)
        if (events.standingOf(peer) === 'unknown') return
        if (wasUnknown) direct?.met(peer)
        if (echo.hear(peer, plaintext)) return events.onChange()
        if (events.onSignal(peer, plaintext)) return
        return direct?.hearSignal(peer, plaintext, { near: path === 'broadcast', addressed })
      }
      if (path === 'broadcast' && !watched.has(peer) && watched.size < MAX_HEARD) {
        watched.add(peer)
        watchSession(peer, () => {
          watched.delete(peer)
          heard.delete(peer)
          direct?.gone(peer)
          events.onGone(peer)
        })
      }
      hearOn(path, peer, by)
      events.onMessage(peer, plaintext, { addressed, isLatest, way })
      if (!wasUnknown || events.standingOf(peer) === 'unknown') return
      // It is no stranger any more: its path is kept with those of the known, and it is told that this node makes direct connections.
      hearOn(path, peer, by)
      direct?.met(peer)
    })

  const losePeer = (peer: PeerId, path: Path): void => {
    const times = heard.get(peer)
    if (times?.delete(path) !== true || times.size > 0) return
    heard.delete(peer)
    forgetSender(inbox, peer)
    echo.forget(peer)
    events.onGone(peer)
  }
  const lose = (path: Path): void => {
    for (const peer of [...heard.keys()]) losePeer(peer, path)
    for (const times of glimpsed.values()) times.delete(path)
  }

  const give = (path: Path, frame: Uint8Array, to: PeerId | null): void => {
    if (transports.get(path)?.send(frame, to) === true) sent.set(path, (sent.get(path) ?? 0) + frame.length)
  }
  const seal = (to: PeerId | null, bytes: Uint8Array): Promise<Uint8Array> => sealer.seal(to === null ? null : fromHex(to), bytes)
  /** A signal takes every path: where to its receiver has not been heard, any may lead there. */
  const signal = (to: PeerId | null, bytes: Uint8Array): void => {
    sending = seal(to, bytes).then((frame) => {
      for (const path of transports.keys()) give(path, frame, to)
    })
  }
  const sendTo = (to: PeerId | null, bytes: Uint8Array): void => {
    const via = to === null ? null : pathOf(to)
    sending = seal(to, bytes).then((frame) => {
      for (const path of transports.keys()) if (via === null || via === path) give(path, frame, to)
    })
  }
  /** Waits until what a path has taken is handed to the network, all but a little; or until the path is closed. */
  const drained = async (path: Path): Promise<void> => {
    while ((transports.get(path)?.buffered ?? 0) > LOW_WATER) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL))
  }
  const echo = createEcho(() => performance.now(), sendTo)
  const host: DirectHost = {
    seal,
    open: (frame) => sealer.open(frame),
    send: signal,
    authorOf: events.authorOf,
    seniorityOf: events.seniorityOf,
    onLost: (peer) => losePeer(peer, 'webrtc'),
    onPeer: (peer) => {
      hearOn('webrtc', peer, peer)
      events.onLinked()
    },
    onRefused: (reason) => events.onRefused('webrtc', reason),
  }
  const all: typeof ways = direct === null ? ways : [...ways, { path: 'webrtc', open: (events) => direct.open(events, host) }]

  const openPath = (path: Path): void => {
    const way = all.find((each) => each.path === path)
    if (way === undefined || transports.has(path) || cuts.has(path)) return
    states.set(path, { path, state: 'connecting', detail: '' })
    const open = hindered(way.open, () => hindrances.get(path) ?? UNHINDERED, Math.random)
    transports.set(
      path,
      open({
        onFrame: (frame, by) => receive(path, frame, by ?? null),
        onState: (state, detail) => {
          states.set(path, { path, state, detail })
          if (state === 'open') {
            events.onLinked()
            if (path !== 'webrtc') direct?.linked()
          } else if (state === 'down') lose(path)
          events.onChange()
        },
      }),
    )
  }
  const closePath = (path: Path, detail: string): void => {
    transports.get(path)?.close()
    transports.delete(path)
    states.set(path, { path, state: 'down', detail })
    lose(path)
  }

  for (const { path } of all) states.set(path, { path, state: 'down', detail: 'offline' })
  return {
    pathOf,
    send: sendTo,
    async sendBulk(to, bytes) {
      const path = pathOf(to)
      sendTo(to, bytes)
      await sending
      await drained(path)
    },
    signal: (bytes) => signal(null, bytes),
    open() {
      isOpen = true
      for (const { path } of all) openPath(path)
      events.onChange()
    },
    async close() {
      isOpen = false
      await sending
      for (const path of [...transports.keys()]) closePath(path, 'offline')
      events.onChange()
    },
    setPath(path, cut, hindrance) {
      hindrances.set(path, hindrance)
      if (cut) cuts.add(path)
      else cuts.delete(path)
      if (cut) closePath(path, 'cut')
      else if (isOpen) openPath(path)
      events.onChange()
    },
    measure: echo.ask,
    earned: (peer, ops) => earned(inbox, peer, ops),
    roundTrip: echo.roundTrip,
    retryNow() {
      for (const transport of transports.values()) transport.retryNow?.()
    },
    status: () =>
      [...states.values()].map((state) => ({
        ...state,
        cut: cuts.has(state.path),
        hindrance: hindrances.get(state.path) ?? UNHINDERED,
        sent: sent.get(state.path) ?? 0,
        received: received.get(state.path) ?? 0,
      })),
  }
}
