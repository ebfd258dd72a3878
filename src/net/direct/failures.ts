/** Devices that could not be reached, and how long this side does not try them again. */
import { toHex } from '../../core/bytes.ts'
import { setLatest } from '../../core/latest.ts'
import type { MemberId } from './members.ts'
import { seniorityOf } from './seniority.ts'
import type { DirectState } from './state.ts'

/** A device that could not be reached is tried again after this long (ms), doubled each time. */
const RETRY_FIRST = 2_000
const RETRY_LAST = 120_000
/**
 * A known author's is tried again sooner. It comes back through a network that has changed, and attempts that others use up can make it
 * fail. Twice this is a minute, in which MAX_FAILED attempts (`attempts.ts`) may fail: so it has one of them.
 */
export const RETRY_LAST_KNOWN = 30_000
/** Devices that are remembered, the oldest forgotten first: more than can fail in two minutes. */
export const MAX_FAILURES = 512

/** One more failure. */
export function noteFailure(direct: DirectState, peer: MemberId): void {
  const { failures, lot, now } = direct
  const name = nameOf(direct, peer)
  const count = failuresOf(direct, peer)
  const last = seniorityOf(direct, peer) === null ? RETRY_LAST : RETRY_LAST_KNOWN
  const pause = Math.min(last, RETRY_FIRST * 2 ** count) * (1 + lot())
  setLatest(failures, name, { count: count + 1, until: now() + pause }, MAX_FAILURES)
}

/** How often this device could not be reached since it was reached last. */
export const failuresOf = (direct: DirectState, peer: MemberId): number => direct.failures.get(nameOf(direct, peer))?.count ?? 0

export const forgetFailures = (direct: DirectState, peer: MemberId): void => void direct.failures.delete(nameOf(direct, peer))

/** Whether it may be tried again. */
export const mayTry = (direct: DirectState, peer: MemberId): boolean =>
  direct.now() >= (direct.failures.get(nameOf(direct, peer))?.until ?? 0)

/** Failures belong to an author, so that another sender value does not erase them. Those of a newcomer belong to its sender value. */
function nameOf({ host }: DirectState, peer: MemberId): string {
  const author = host?.authorOf(peer) ?? null
  return author === null ? peer : toHex(author)
}
