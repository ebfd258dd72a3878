/**
 * How long a protocol message takes to a peer and back, on the path that it takes now. Asked while a person looks at it, a few peers at a
 * time.
 */
import { decodeSignal, encodeSignal } from '../../net/direct/signal.ts'
import type { PeerId } from '../../sync/effects.ts'

/** Peers asked at a time. */
const ASKED_AT_ONCE = 16
/** Answers given to others in a second, one to each peer at most: there may be as many peers whose persons look. */
const ANSWERS_PER_SECOND = 256

export interface Echo {
  ask(peers: readonly PeerId[]): void
  /** A signal of a peer; true when it was of this kind. */
  hear(from: PeerId, bytes: Uint8Array): boolean
  /** The last round trip to this peer (ms); null before there was one. */
  roundTrip(peer: PeerId): number | null
  forget(peer: PeerId): void
}

/** @param now ms @param send to one peer, by its path */
export function createEcho(now: () => number, send: (to: PeerId, bytes: Uint8Array) => void): Echo {
  const asked = new Map<PeerId, { readonly token: number; readonly at: number }>()
  const trips = new Map<PeerId, number>()
  let last = 0
  let next = 0
  let answered = { second: 0, peers: new Set<PeerId>() }
  return {
    ask(peers) {
      for (let i = 0; i < Math.min(ASKED_AT_ONCE, peers.length); i++) {
        const peer = peers[next++ % peers.length]!
        asked.set(peer, { token: ++last, at: now() })
        send(peer, encodeSignal({ type: 'ping', token: last }))
      }
    },
    hear(from, bytes) {
      const signal = decodeSignal(bytes)
      if (!signal.ok) return false
      if (signal.value.type === 'ping') {
        const second = Math.floor(now() / 1_000)
        if (answered.second !== second) answered = { second, peers: new Set() }
        if (answered.peers.has(from) || answered.peers.size >= ANSWERS_PER_SECOND) return true
        answered.peers.add(from)
        send(from, encodeSignal({ type: 'pong', token: signal.value.token }))
        return true
      }
      if (signal.value.type !== 'pong') return false
      const question = asked.get(from)
      if (question?.token === signal.value.token) {
        asked.delete(from)
        trips.set(from, now() - question.at)
      }
      return true
    },
    roundTrip: (peer) => trips.get(peer) ?? null,
    forget(peer) {
      asked.delete(peer)
      trips.delete(peer)
    },
  }
}
