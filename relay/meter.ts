/**
 * What a receiver may be sent, on a platform that does not say how much waits for it: so many bytes a second, and so many at once.
 * What is more is lost, as it is for a receiver that lags on the other host. While the receiver keeps up, senders take what they
 * need. When half of the burst is spent, every source has an equal part of half of each second's bytes, so one that pours leaves the
 * others theirs, and what was spent comes back.
 */

/** 32 Mb/s, more than most networks take for long. Bytes a second. */
export const DELIVERED_PER_SECOND = 4 * 1024 * 1024

/** Four answers of 4 MiB. Bytes. */
export const DELIVERED_AT_ONCE = 16 * 1024 * 1024

const SECOND = 1_000

/** For one receiver. */
export interface Meter {
  /** What may still be sent, as of `at`. Bytes. */
  credit: number
  /** ms */
  at: number
  /** When this second began. ms */
  began: number
  /** What each source has sent in this second. Bytes. */
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
