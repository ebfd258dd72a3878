/**
 * Whether a connection is alive, as far as a host can tell at each beat, in which it pings.
 *
 * A receiver may read slowly. Its ping waits behind all that it was sent and has not read, here and in the systems between. So it has time for
 * that, too, before it counts as dead. One for which frames wait here must take some of them: one that takes next to nothing only holds
 * memory. What it takes are bytes that left this process, however many are behind them.
 *
 * A sender may write slowly, too. Within a frame it cannot answer, so a beat in which enough was read of it shows that it is alive.
 */

/** A beat: how often a connection is looked at, and the time to answer a ping before which nothing was sent. ms */
export const PING_MS = 30_000

/** What a receiver takes, or a sender that does not answer writes, between two beats at least, in the long run: 9 kB/s, less than any network of today. Bytes. */
export const TAKEN_PER_BEAT = 256 * 1024

/**
 * Beats over which that is counted of a receiver for which frames wait. A host hears that a frame of 1.25 MiB has left when all of it has, and
 * a system takes no more from it before there is room for a megabyte or so.
 */
export const TAKING_BEATS = 4

/** What systems hold of a connection at most (Linux: 4 MiB to be sent, 6 MiB received): what a ping can be behind. Bytes. */
export const MOST_UNDER_WAY = 10 * 1024 * 1024

export interface Pulse {
  /** What had been sent before the ping that is not answered yet. */
  asked: number | null
  /** Beats since that ping. */
  waited: number
  /** What had been sent before the last ping that was answered: all of it was read. */
  read: number
  /** What had left when it last took enough, and beats since then. */
  left: number
  idle: number
  /** Bytes that were read of it since the last beat. */
  heard: number
}

/** Of a receiver, at a beat. */
export interface Taken {
  /** Bytes that were given to its socket, and what of it has left. */
  readonly sent: number
  readonly left: number
  /** Frames wait for it. */
  readonly isLagging: boolean
  /** Nothing is read of it, its answer neither. */
  readonly isPaused: boolean
}

export const createPulse = (): Pulse => ({ asked: null, waited: 0, read: 0, left: 0, idle: 0, heard: 0 })

/** What is to be done at a beat: to ping, to wait for the answer, or to cut. */
export function beat(pulse: Pulse, { sent, left, isLagging, isPaused }: Taken): 'ping' | 'wait' | 'cut' {
  const isIdle = isLagging && left - pulse.left < TAKING_BEATS * TAKEN_PER_BEAT
  pulse.idle = isIdle ? pulse.idle + 1 : 0
  if (!isIdle) pulse.left = left
  const isWriting = pulse.heard >= TAKEN_PER_BEAT
  pulse.heard = 0
  if (pulse.idle > TAKING_BEATS) return 'cut'
  if (pulse.asked === null) {
    pulse.asked = sent
    pulse.waited = 0
    return 'ping'
  }
  if (isPaused || isWriting) return 'wait'
  pulse.waited++
  return pulse.waited > Math.min(pulse.asked - pulse.read, MOST_UNDER_WAY) / TAKEN_PER_BEAT ? 'cut' : 'wait'
}

/** Bytes were read of it. */
export function heard(pulse: Pulse, bytes: number): void {
  pulse.heard += bytes
}

/** The ping was answered. */
export function answered(pulse: Pulse): void {
  pulse.read = pulse.asked ?? pulse.read
  pulse.asked = null
}
