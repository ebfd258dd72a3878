/** Who listens to links and does nothing, for tests that care about one thing of it. */
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
