/**
 * Whether an open socket still leads to its relay. A network can vanish without closing a socket, so the state "open" proves nothing.
 *
 * A relay that answers PING with PONG says so by a PONG when a connection opens. An older relay does not, and would refuse a PING, so
 * it is never sent one. Whatever comes from the relay counts as life. The time of a PING depends only on when the relay was last heard, which it
 * knows itself: never on what people type, and not on whether they look at the page.
 */

/** A text message: frames are binary. */
export const PING = 'ping'
export const PONG = 'pong'

/** The unit of time here, as a timer counts it. A program that is held up counts fewer, so it does not blame the relay. ms */
export const TICK = 1_000

/** Silence before a PING, in ticks: in a room with a peer the relay is heard every 5 s, so there it is seldom needed. */
export const PING_AFTER = 6

/** How long an answer may take, in ticks: the largest frame may be before it, on 0.5 Mbit/s. */
export const ANSWER_WITHIN = 24

/** And after a wake, when the network has probably changed. A good socket that is given up by mistake is opened again at once. Ticks */
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

/** The device was asleep, or has another network, or somebody is back at it. What is due is due soon. */
export function hurry(liveness: Liveness): void {
  liveness.lostAt = Math.min(liveness.lostAt, Math.max(liveness.silent, PING_AFTER) + WAKE_ANSWER_WITHIN)
}

/**
 * A tick has passed. Says what is to be done: send a PING, or give the socket up.
 * @param overslept the tick came much too late: the device was asleep, or the program was held up and has not read yet what came
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
