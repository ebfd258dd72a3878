/**
 * A node's paths to others: frames are sealed here, opened here, and a message to one peer takes the path on which the
 * peer was last heard, a browser's own channel before the relay.
 */
import { fromHex, toHex } from '../core/bytes.ts'
import type { Refusal } from '../core/result.ts'
import type { Sealer } from '../net/sealed.ts'
import type { OpenTransport, Path, Transport } from '../net/transport.ts'
import type { PeerId } from '../sync/effects.ts'
import { watchSession } from './session-lock.ts'
import type { PathStatus } from './views.ts'

/** A better path is preferred to a later one if the peer was heard on it this recently (ms): two heartbeats. */
const STILL_THERE = 11_000

/** Peers whose paths are remembered, longest silent forgotten first, and tabs whose end is waited for: more than an engine holds at once. */
const MAX_HEARD = 512

/** Bytes of frames that are being opened at once: what comes faster is lost, as any frame may be, and is asked for again. */
const MAX_OPENING_BYTES = 32 * 1024 * 1024

/** Paths, best first. */
const PREFERENCE: readonly Path[] = ['memory', 'broadcast', 'relay']

export interface LinksEvents {
  onMessage(from: PeerId, bytes: Uint8Array): void
  /** A path opened. */
  onLinked(): void
  /** A peer's tab has ended, or the only path to it has. */
  onGone(peer: PeerId): void
  /** A frame that says nothing we can use; the link is at fault, no peer. */
  onRefused(path: Path, reason: Refusal): void
  onChange(): void
}

export interface Links {
  send(to: PeerId | null, bytes: Uint8Array): void
  open(): void
  /** Closes every path, after what was handed to `send` before. */
  close(): Promise<void>
  retryNow(): void
  status(): PathStatus[]
  pathOf(peer: PeerId): Path
}

export function createLinks(
  ways: readonly { readonly path: Path; readonly open: OpenTransport }[],
  sealer: Sealer,
  events: LinksEvents,
): Links {
  const transports = new Map<Path, Transport & { retryNow?: () => void }>()
  const states = new Map<Path, PathStatus>(ways.map(({ path }) => [path, { path, state: 'down', detail: 'offline' }]))
  /** When each peer was last heard on each path (ms). */
  const heard = new Map<PeerId, Map<Path, number>>()
  /** Peers of this browser whose end is waited for. */
  const watched = new Set<PeerId>()
  let opening = 0
  let sending: Promise<unknown> = Promise.resolve()

  const pathOf = (peer: PeerId): Path => {
    const times = heard.get(peer)
    const recent = PREFERENCE.find((path) => (times?.get(path) ?? -Infinity) > performance.now() - STILL_THERE)
    return recent ?? [...(times ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'relay'
  }

  const receive = (path: Path, frame: Uint8Array): void => {
    if (opening + frame.length > MAX_OPENING_BYTES) return
    opening += frame.length
    void sealer.open(frame).then((opened) => {
      opening -= frame.length
      if (!transports.has(path)) return
      if (!opened.ok) {
        // Two paths bring everything twice, and a shared one brings what is for others: nobody's fault.
        if (opened.reason !== 'own-frame' && opened.reason !== 'not-for-us' && opened.reason !== 'repeated')
          events.onRefused(path, opened.reason)
        return
      }
      const peer = toHex(opened.value.sender)
      const times = heard.get(peer) ?? new Map<Path, number>()
      if (path === 'broadcast' && !watched.has(peer) && watched.size < MAX_HEARD) {
        watched.add(peer)
        watchSession(peer, () => {
          watched.delete(peer)
          heard.delete(peer)
          events.onGone(peer)
        })
      }
      heard.delete(peer)
      heard.set(peer, times.set(path, performance.now()))
      if (heard.size > MAX_HEARD) heard.delete(heard.keys().next().value!)
      events.onMessage(peer, opened.value.plaintext)
    })
  }

  const lose = (path: Path): void => {
    for (const [peer, times] of heard) {
      if (!times.delete(path) || times.size > 0) continue
      heard.delete(peer)
      events.onGone(peer)
    }
  }

  return {
    pathOf,
    send(to, bytes) {
      const via = to === null ? null : pathOf(to)
      sending = sealer.seal(to === null ? null : fromHex(to), bytes).then((frame) => {
        for (const [path, transport] of transports) if (via === null || via === path) transport.send(frame)
      })
    },
    open() {
      for (const { path, open } of ways) {
        if (transports.has(path)) continue
        states.set(path, { path, state: 'connecting', detail: '' })
        transports.set(
          path,
          open({
            onFrame: (frame) => receive(path, frame),
            onState: (state, detail) => {
              states.set(path, { path, state, detail })
              if (state === 'open') events.onLinked()
              else if (state === 'down') lose(path)
              events.onChange()
            },
          }),
        )
      }
      events.onChange()
    },
    async close() {
      await sending
      for (const [path, transport] of transports) {
        transport.close()
        states.set(path, { path, state: 'down', detail: 'offline' })
        lose(path)
      }
      transports.clear()
      events.onChange()
    },
    retryNow() {
      for (const transport of transports.values()) transport.retryNow?.()
    },
    status: () => [...states.values()],
  }
}
