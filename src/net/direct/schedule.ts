/** When the node looks for work that is due, and when it tells everybody that it is here. */
import { type Budget, createBudget, oneAt } from '../../core/budget.ts'
import type { DirectState } from './state.ts'

/** How often everybody is told that this node is here (ms). */
export const HERE_EVERY = 15_000
/** After news, everybody is told after this long, up to twice (ms): news often comes together. */
export const HERE_PAUSE = 150
/**
 * How often everybody is told, at once, and after how long (ms) once more. Each new sender value is news, sender values cost nothing, and
 * each node tells each other one. If a room's devices come or connect at about the same time, one or two are enough.
 */
export const MAX_HERES = 16
export const HERE_BACK_AFTER = 5_000
/** How soon after an event the node looks for work that is due, and how often in any case (ms). */
const LOOK_SOON = 20
const LOOK_EVERY = 500

export const createHeres = (now: number): Budget => createBudget(MAX_HERES, 1_000 / HERE_BACK_AFTER, now)

/** Looks within `ms` for work that is due. A planned look is never put off: otherwise a peer that never pauses would stop everything else. */
function lookWithin(direct: DirectState, ms: number): void {
  const now = direct.now()
  if (direct.host === null || direct.lookAt <= now + ms) return
  clearTimeout(direct.timer)
  direct.lookAt = now + ms
  direct.timer = setTimeout(direct.look, ms)
}

export const lookSoon = (direct: DirectState): void => lookWithin(direct, LOOK_SOON)

/**
 * Looks a little later, after others said something of themselves: sender values cost nothing, and each look goes through all that are
 * known.
 */
export const lookLater = (direct: DirectState): void => lookWithin(direct, HERE_PAUSE)

/** After a look: plans the next one. */
export function lookAgain(direct: DirectState): void {
  // Until it is clear which tab connects, the next look comes soon.
  const most = direct.members.device === null ? LOOK_SOON : LOOK_EVERY
  lookWithin(direct, Math.max(LOOK_SOON, Math.min(most, direct.hereDue - direct.now())))
}

/** Everybody is told soon that this node is here, and who is connected to it. */
export function sayHereSoon(direct: DirectState): void {
  const { heres, lot, now } = direct
  const at = Math.max(now() + HERE_PAUSE * (1 + lot()), oneAt(heres, now()))
  direct.hereDue = Math.min(direct.hereDue, at)
  lookWithin(direct, direct.hereDue - now())
}
