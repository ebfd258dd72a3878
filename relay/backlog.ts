/**
 * What waits for all receivers of a host, counted as it is held in memory: a frame that several receivers hold is there once. A source is charged
 * for each frame that its receivers hold, once. When memory is needed, who holds much for long gives way.
 */

/**
 * Memory counts as held for so much longer than it is. So a source that holds much cannot pass for one that reads by taking a little just
 * before memory is needed. ms
 */
const GRACE_MS = 2_000

/** What a frame takes of memory besides its bytes, and what each of its receivers takes: measured, and rounded up. */
export const FRAME_OVERHEAD = 768
export const HOLD_OVERHEAD = 128

/** A frame on its way to any number of receivers. They share its memory. */
export interface Shared {
  readonly frame: Uint8Array
  /** When it was to be sent. ms */
  readonly since: number
  /** How many receivers hold it, by source; null before one has held it. */
  holders: Map<Share<unknown>, number> | null
}

/** What is kept of a receiver for it. */
export interface Holder {
  readonly source: string
  /** Frames that it holds. */
  holds: number
  /** When it last took some of what it holds, or began to hold. ms */
  tookAt: number
}

/** What the receivers of a source hold. */
interface Share<Receiver> {
  bytes: number
  /** Who holds frames; first who has taken nothing for longest. */
  readonly receivers: Set<Receiver>
}

export interface Backlog<Receiver extends Holder> {
  bytes: number
  readonly bySource: Map<string, Share<Receiver>>
  /** Frames dropped so far. */
  dropped: number
}

export function createBacklog<Receiver extends Holder>(): Backlog<Receiver> {
  return { bytes: 0, bySource: new Map(), dropped: 0 }
}

/** A frame that is to be sent now. @param now ms */
export const share = (frame: Uint8Array, now: number): Shared => ({ frame, since: now, holders: null })

/** What a frame takes that one receiver holds. Bytes. */
export const memoryOf = ({ frame }: Shared): number => frame.length + FRAME_OVERHEAD + HOLD_OVERHEAD

/** The receiver holds the frame once more. @param now ms. O(1) */
export function hold<Receiver extends Holder>(backlog: Backlog<Receiver>, receiver: Receiver, shared: Shared, now: number): void {
  let ofSource = backlog.bySource.get(receiver.source)
  if (!ofSource) backlog.bySource.set(receiver.source, (ofSource = { bytes: 0, receivers: new Set() }))
  if (receiver.holds++ === 0) {
    receiver.tookAt = now
    ofSource.receivers.add(receiver)
  }
  const holders = (shared.holders ??= new Map<Share<unknown>, number>())
  const isFirst = holders.size === 0
  const already = holders.get(ofSource) ?? 0
  holders.set(ofSource, already + 1)
  ofSource.bytes += already === 0 ? memoryOf(shared) : HOLD_OVERHEAD
  backlog.bytes += isFirst ? memoryOf(shared) : HOLD_OVERHEAD
}

/** The receiver holds the frame once less. O(1) */
export function letGo<Receiver extends Holder>(backlog: Backlog<Receiver>, receiver: Receiver, shared: Shared): void {
  const ofSource = backlog.bySource.get(receiver.source)!
  const holders = shared.holders!
  const already = holders.get(ofSource)!
  if (already === 1) holders.delete(ofSource)
  else holders.set(ofSource, already - 1)
  ofSource.bytes -= already === 1 ? memoryOf(shared) : HOLD_OVERHEAD
  backlog.bytes -= holders.size === 0 ? memoryOf(shared) : HOLD_OVERHEAD
  if (--receiver.holds > 0) return
  ofSource.receivers.delete(receiver)
  if (ofSource.receivers.size === 0) backlog.bySource.delete(receiver.source)
}

/** The receiver took some of what it holds. @param now ms. O(1) */
export function noteTaking<Receiver extends Holder>({ bySource }: Backlog<Receiver>, receiver: Receiver, now: number): void {
  if (receiver.holds === 0) return
  receiver.tookAt = now
  const { receivers } = bySource.get(receiver.source)!
  receivers.delete(receiver)
  receivers.add(receiver)
}

/**
 * Who gives way when memory is needed: of the source that holds most for longest, the receiver that has taken nothing for longest. A
 * receiver that reads holds little, or not for long. Null when nobody holds anything. @param now ms. O(sources)
 */
export function firstToGiveWay<Receiver extends Holder>({ bySource }: Backlog<Receiver>, now: number): Receiver | null {
  let first: Receiver | null = null
  let most = 0
  for (const { bytes, receivers } of bySource.values()) {
    const [stalest] = receivers
    const blame = bytes * (GRACE_MS + now - stalest!.tookAt)
    if (blame > most) [first, most] = [stalest!, blame]
  }
  return first
}
