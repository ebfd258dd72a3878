/**
 * Whether a connection is alive, as far as a host can tell at each beat. At a beat the host pings.
 *
 * A receiver may read slowly. A ping waits behind all frames that the receiver was sent and has not read, here and in the systems
 * between. So the receiver has time to read these, too, before it counts as dead. If frames wait for a receiver here, it must take some
 * of them: a receiver that takes next to nothing only holds memory. Bytes count as taken when they have left this process, however many
 * bytes are still on their way.
 *
 * A sender may write slowly, too. It cannot answer a ping in the middle of a frame. So if enough bytes were read from it since the last
 * beat, it is alive.
 */

/** A beat: the time between two looks at a connection, and the time to answer a ping if nothing was sent before it. ms */
export const PING_MS = 30_000

/**
 * Bytes that a receiver must take between two beats, on average, and bytes that a sender which does not answer must write: 9 kB/s. Any
 * network of today is faster.
 */
export const TAKEN_PER_BEAT = 256 * 1024

/**
 * The number of beats for that average, for a receiver for which frames wait. A host hears that a frame of 1.25 MiB has left only when
 * all of it has. And a system takes no further bytes before there is room for a megabyte or so.
 */
export const TAKING_BEATS = 4

/**
 * The most bytes of a connection that operating systems hold (Linux: 4 MiB to be sent, 6 MiB received). A ping can wait behind all of
 * them.
 */
export const MOST_UNDER_WAY = 10 * 1024 * 1024

export interface Pulse {
  /** Bytes that had been sent before the ping that is not answered yet. */
  asked: number | null
  /** Beats since that ping. */
  waited: number
  /** Bytes that had been sent before the last ping that was answered: the receiver has read all of them. */
  read: number
  /** Bytes that had left when the receiver last took enough, and beats since then. */
  left: number
  idle: number
  /** Bytes that were read from the connection since the last beat. */
  heard: number
}

/** The state of a receiver at a beat. */
export interface Taken {
  /** Bytes that were given to its socket, and how many of them have left. */
  readonly sent: number
  readonly left: number
  /** Frames wait for it. */
  readonly isLagging: boolean
  /** Nothing is read from the connection, so its answer is not read either. */
  readonly isPaused: boolean
}

export const createPulse = (): Pulse => ({ asked: null, waited: 0, read: 0, left: 0, idle: 0, heard: 0 })

/** What the host does at a beat: it pings, waits for the answer, or cuts the connection. */
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

/** Bytes were read from the connection. */
export function heard(pulse: Pulse, bytes: number): void {
  pulse.heard += bytes
}

/** The ping was answered. */
export function answered(pulse: Pulse): void {
  pulse.read = pulse.asked ?? pulse.read
  pulse.asked = null
}
