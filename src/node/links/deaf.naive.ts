/** A listener of links that does nothing, for tests that care about one event only. */
import type { LinksEvents } from './state.ts'

export const DEAF: LinksEvents = {
  onMessage: () => {},
  onLinked: () => {},
  onGone: () => {},
  onRefused: () => {},
  onHeard: () => {},
  standingOf: () => 'met',
  onSignal: () => false,
  authorOf: () => null,
  seniorityOf: () => null,
  isCut: () => false,
  onChange: () => {},
}
