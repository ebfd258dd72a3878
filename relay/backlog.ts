/**
 * The frames that wait for all receivers of a host. They are counted as they are held in memory: a frame that several receivers hold
 * counts once. A source is charged once for each frame that its receivers hold. When memory is needed, the source that has held much for
 * long gives memory back.
 */

/**
 * Memory counts as held for this much longer than it is held. Otherwise a source that holds much could take a little just before memory
 * is needed, and would then pass for a source that reads. ms
 */
const GRACE_MS = 2_000

/** The memory that a frame takes besides its bytes, and that each receiver of it takes: measured, and rounded up. */
export const FRAME_OVERHEAD = 768
export const HOLD_OVERHEAD = 128

/** A frame on its way to any number of receivers. They share its memory. */
export interface Shared {
  readonly frame: Uint8Array
  /** When it was to be sent. ms */
  readonly since: number
  /** How many receivers of each source hold it; null before a receiver has held it. */
  holders: Map<Share<unknown>, number> | null
}

/** The part of a receiver's state that this file needs. */
export interface Holder {
  readonly source: string
  /** Frames that it holds. */
  holds: number
  /** When the receiver last took a frame that it held, or began to hold frames. ms */
  tookAt: number
}

/** The frames that the receivers of a source hold. */
interface Share<Receiver> {
  bytes: number
  /** Receivers that hold frames. The one that has taken nothing for longest is first. */
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

/** The memory that a frame takes when one receiver holds it. Bytes. */
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
 * The receiver that gives memory back when memory is needed: of the source that has held most for longest, the receiver that has taken
 * nothing for longest. A receiver that reads holds little, or not for long. Null when no receiver holds anything. @param now ms.
 * O(sources)
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
