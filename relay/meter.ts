/**
 * Limits the bytes that a receiver is sent in a second, and at once, on a platform that does not say how many bytes wait for it.
 * Frames above that are lost, as they are for a receiver that lags on the other host. While the receiver keeps up, each sender
 * takes what it needs. When half of the burst is spent, each source gets an equal part of half of each second's bytes. So a source that
 * sends all the time leaves the other sources their part, and the burst comes back.
 */

/** 32 Mb/s, more than most networks take for long. Bytes a second. */
export const DELIVERED_PER_SECOND = 4 * 1024 * 1024

/** Four answers of 4 MiB. Bytes. */
export const DELIVERED_AT_ONCE = 16 * 1024 * 1024

const SECOND = 1_000

/** For one receiver. */
export interface Meter {
  /** Bytes that may still be sent, as of `at`. */
  credit: number
  /** ms */
  at: number
  /** When this second began. ms */
  began: number
  /** Bytes that each source has sent in this second. */
  readonly spent: Map<string, number>
  /** Sources that sent in the second before. */
  sourcesBefore: number
}

export function createMeter(now: number): Meter {
  return { credit: DELIVERED_AT_ONCE, at: now, began: now, spent: new Map(), sourcesBefore: 0 }
}

/** Whether the receiver gets a frame of a source, which is then counted. @param now ms, of a clock that never runs backwards. O(1) */
export function mayDeliver(meter: Meter, source: string, bytes: number, now: number): boolean {
  meter.credit = Math.min(DELIVERED_AT_ONCE, meter.credit + ((now - meter.at) * DELIVERED_PER_SECOND) / SECOND)
  meter.at = now
  if (now - meter.began >= SECOND) {
    meter.sourcesBefore = now - meter.began < 2 * SECOND ? meter.spent.size : 0
    meter.spent.clear()
    meter.began = now
  }
  const spent = (meter.spent.get(source) ?? 0) + bytes
  const isScarce = meter.credit - bytes < DELIVERED_AT_ONCE / 2
  const sources = Math.max(meter.sourcesBefore, meter.spent.size + (meter.spent.has(source) ? 0 : 1))
  if (meter.credit < bytes || (isScarce && spent > DELIVERED_PER_SECOND / 2 / sources)) return false
  meter.spent.set(source, spent)
  meter.credit -= bytes
  return true
}
