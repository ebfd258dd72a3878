/**
 * On which path each peer was heard, and when: a protocol message to one peer takes the best path on which it was heard lately. Sender
 * values cost nothing, so those of strangers are remembered in a table of their own: they push out only each other.
 */
import { setLatest } from '../../core/latest.ts'
import { BEST_FIRST, TRAITS } from '../../net/paths.ts'
import type { Path } from '../../net/transport.ts'
import type { PeerId } from '../../sync/effects.ts'

/** A better path is preferred to a later one if the peer was heard on it this recently (ms): two heartbeats. */
const STILL_THERE = 11_000
/** Peers whose paths are remembered, more than an engine holds at once. The one that has been silent for longest is forgotten first. */
const MAX_HEARD = 512
/** Strangers whose paths are remembered, so that they can be greeted. */
const MAX_GLIMPSED = 128

/** When each peer was heard on each path (ms). */
type Times = Map<PeerId, Map<Path, number>>

export interface Heard {
  readonly known: Times
  readonly glimpsed: Times
}

export const createHeard = (): Heard => ({ known: new Map(), glimpsed: new Map() })

/** A peer was heard on a path. */
export function hearOn({ known, glimpsed }: Heard, path: Path, peer: PeerId, isKnown: boolean, now: number): void {
  const [table, most] = isKnown ? [known, MAX_HEARD] : [glimpsed, MAX_GLIMPSED]
  const times = known.get(peer) ?? glimpsed.get(peer) ?? new Map<Path, number>()
  known.delete(peer)
  glimpsed.delete(peer)
  setLatest(table, peer, times.set(path, now), most)
}

/**
 * The path to a peer: the best one on which it was heard lately, or else the last one; the relay for a peer that was never heard.
 * @param hasChannel whether a proven channel leads to it. Then the channel decides, whatever is heard on other paths under its sender
 * value
 */
export function pathTo({ known, glimpsed }: Heard, peer: PeerId, hasChannel: boolean, now: number): Path {
  const times = known.get(peer) ?? glimpsed.get(peer) ?? new Map<Path, number>()
  const recent = BEST_FIRST.filter((path) => (times.get(path) ?? -Infinity) > now - STILL_THERE)
  if (hasChannel && !recent.some((path) => TRAITS[path].isOwnBrowser)) return 'webrtc'
  return recent[0] ?? [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'relay'
}

/** A peer cannot be reached on a path any more. True if it was the only one. */
export function loseOn({ known, glimpsed }: Heard, path: Path, peer: PeerId): boolean {
  glimpsed.get(peer)?.delete(path)
  const times = known.get(peer)
  if (times?.delete(path) !== true || times.size > 0) return false
  return known.delete(peer)
}
