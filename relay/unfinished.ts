/**
 * The memory of websocket messages that have begun and not ended: a sender need not ever end a message. `ws` keeps each reading of the
 * network of which it still needs a byte, whole, and as an object of its own. So a reading counts as all of its bytes and
 * READING_OVERHEAD, even if it has few bytes, or few of them are needed.
 */

/** Bytes in all. Above it, connections of the source with most of them are cut. */
export const MAX_UNFINISHED_BYTES = 256 * 1024 * 1024

/** The memory that a reading takes besides its bytes: 200 to 260 were measured for readings of one byte. Bytes. */
export const READING_OVERHEAD = 512

/** The unfinished message of one connection. */
export interface Unfinished {
  /** Bytes that are counted for it. */
  held: number
  /**
   * Bytes that were read and belong to nothing that has ended. Among them are the heads of a message's pieces, of which `ws` tells
   * nothing.
   */
  open: number
  /** A message ended in this reading. */
  hasEnded: boolean
}

export const createUnfinished = (): Unfinished => ({ held: 0, open: 0, hasEnded: false })

/** Notes the end of a message, a ping or a pong. Pings and pongs may stand between the pieces of a message, which has not ended then. */
export function noteEnd(unfinished: Unfinished, kind: 'message' | 'control', bytes: number): void {
  unfinished.open -= headBytes(bytes) + bytes
  if (kind === 'message') unfinished.hasEnded = true
}

/** Notes that a reading has ended, after all that ended in it was noted. */
export function noteReading(unfinished: Unfinished, bytes: number): void {
  unfinished.open += bytes
  if (unfinished.hasEnded) {
    unfinished.held = 0
    // Nothing of an earlier reading is needed any more.
    unfinished.open = Math.min(unfinished.open, bytes)
    unfinished.hasEnded = false
  }
  unfinished.held = unfinished.open > 0 ? unfinished.held + bytes + READING_OVERHEAD : 0
}

/** Chooses connections to be cut, so that no more than MAX_UNFINISHED_BYTES are held: of the source that holds most, those that hold most. */
export function tooManyUnfinished<Peer extends { readonly source: string; readonly unfinished: Unfinished }>(
  peers: Iterable<Peer>,
): Peer[] {
  const bySource = new Map<string, { held: number; readonly peers: Peer[] }>()
  let total = 0
  for (const peer of peers) {
    const { held } = peer.unfinished
    if (held === 0) continue
    total += held
    const ofSource = bySource.get(peer.source) ?? { held: 0, peers: [] }
    ofSource.held += held
    ofSource.peers.push(peer)
    bySource.set(peer.source, ofSource)
  }
  if (total <= MAX_UNFINISHED_BYTES) return []
  const most = [...bySource.values()].reduce((largest, each) => (each.held > largest.held ? each : largest))
  const cut: Peer[] = []
  for (const peer of most.peers.sort((a, b) => b.unfinished.held - a.unfinished.held)) {
    if (total <= MAX_UNFINISHED_BYTES) break
    total -= peer.unfinished.held
    cut.push(peer)
  }
  return cut
}

/** The least number of bytes that a head takes (RFC 6455, 5.2), with the mask that clients write. */
const headBytes = (bytes: number): number => (bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14)
