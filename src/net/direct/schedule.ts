/** When it is looked what is due, and when everybody is told that this node is here. */
import type { DirectState } from './state.ts'

/** How often everybody is told that this node is here (ms). */
export const HERE_EVERY = 15_000
/** After news, everybody is told after this long, up to twice (ms): news often come together. */
const HERE_PAUSE = 150
/** How soon after something happened it is looked what is due, and how often in any case (ms). */
const LOOK_SOON = 20
const LOOK_EVERY = 500

/** Looks within `ms` what is due. What is planned is never put off: otherwise a peer that never pauses would stop everything else. */
function lookWithin(direct: DirectState, ms: number): void {
  const now = direct.now()
  if (direct.host === null || direct.lookAt <= now + ms) return
  clearTimeout(direct.timer)
  direct.lookAt = now + ms
  direct.timer = setTimeout(direct.look, ms)
}

export const lookSoon = (direct: DirectState): void => lookWithin(direct, LOOK_SOON)

/** After a look: plans the next one. */
export function lookAgain(direct: DirectState): void {
  // Until it is clear which tab connects, that is soon due.
  const most = direct.members.device === null ? LOOK_SOON : LOOK_EVERY
  lookWithin(direct, Math.max(LOOK_SOON, Math.min(most, direct.hereAt + HERE_EVERY - direct.now())))
}

/** Everybody is told soon that this node is here, and who is connected to it. */
export function sayHereSoon(direct: DirectState): void {
  const pause = HERE_PAUSE * (1 + direct.lot())
  direct.hereAt = Math.min(direct.hereAt, direct.now() + pause - HERE_EVERY)
  lookWithin(direct, pause)
}
