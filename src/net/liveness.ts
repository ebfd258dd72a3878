/**
 * Whether an open socket still leads to its relay. A network can vanish without closing a socket, so the state "open" proves nothing.
 *
 * A relay that answers PING with PONG shows that by a PONG when a connection opens. An older relay sends none, and would refuse a PING,
 * so it never gets one. Anything that comes from the relay shows that it lives. The time of a PING depends only on when the relay was
 * last heard, which the relay knows itself. It never depends on what people type, or on whether they look at the page.
 */

/** A text message: frames are binary. */
export const PING = 'ping'
export const PONG = 'pong'

/** The unit of time here, as a timer counts it. A program that is busy counts fewer ticks, so it does not blame the relay. ms */
export const TICK = 1_000

/** Silence before a PING, in ticks: in a room with a peer the relay is heard every 5 s, so there it is seldom needed. */
export const PING_AFTER = 6

/** How long an answer may take, in ticks: the largest frame may be before it, on 0.5 Mbit/s. */
export const ANSWER_WITHIN = 24

/**
 * How long an answer may take after a wake, when the network has probably changed. If a good socket is given up by mistake, it is opened
 * again at once. Ticks
 */
export const WAKE_ANSWER_WITHIN = 3

export interface Liveness {
  /** The relay has said that it answers. */
  answers: boolean
  /** Ticks since anything was heard. */
  silent: number
  /** So many silent ticks mean that the relay is lost. */
  lostAt: number
}

export const createLiveness = (): Liveness => ({ answers: false, silent: 0, lostAt: PING_AFTER + ANSWER_WITHIN })

/** Something came from the relay. */
export function hear(liveness: Liveness, isPong: boolean): void {
  liveness.answers ||= isPong
  liveness.silent = 0
  liveness.lostAt = PING_AFTER + ANSWER_WITHIN
}

/** The device was asleep, or has another network, or its person is back: the next PING and the time for its answer come sooner. */
export function hurry(liveness: Liveness): void {
  liveness.lostAt = Math.min(liveness.lostAt, Math.max(liveness.silent, PING_AFTER) + WAKE_ANSWER_WITHIN)
}

/**
 * A tick has passed. Says what to do: wait, send a PING, or give the socket up.
 * @param overslept the tick came much too late: the device was asleep, or the program was busy and has not read yet what came
 */
export function tick(liveness: Liveness, overslept: boolean): 'wait' | 'ping' | 'lost' {
  if (!liveness.answers) return 'wait'
  const before = liveness.silent
  liveness.silent = overslept ? Math.max(before + 1, PING_AFTER) : before + 1
  if (overslept) {
    liveness.lostAt = Infinity
    hurry(liveness)
  } else if (liveness.silent >= liveness.lostAt) return 'lost'
  return before < PING_AFTER && liveness.silent >= PING_AFTER ? 'ping' : 'wait'
}
