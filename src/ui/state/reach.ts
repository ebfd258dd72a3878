/** Which of a node's paths lead nowhere, and which are left. Pure; tried in `reach.test.ts`. */
import type { NodeStatus, PathStatus } from '../../worker/api.ts'

type PathName = PathStatus['path']

export interface Trouble {
  /** Not connected, though nobody has cut them: they try again by themselves. */
  readonly down: readonly PathName[]
  /** Cut by a person. */
  readonly cut: readonly PathName[]
  readonly open: readonly PathName[]
  /** No path is open yet, and one is being opened for the first time. */
  readonly isOpening: boolean
}

/** Null while nothing is wrong with the paths, and while the node is offline: that says all. */
export function troubleOf({ offline, paths }: Pick<NodeStatus, 'offline' | 'paths'>): Trouble | null {
  const those = (fits: (path: PathStatus) => boolean): PathName[] => paths.filter(fits).map(({ path }) => path)
  const cut = those((path) => path.cut)
  // A path that was closed with the others is opened with them, a moment after the node is online again.
  const down = those((path) => path.state === 'down' && !path.cut && path.detail !== 'offline')
  if (offline || (cut.length === 0 && down.length === 0)) return null
  const open = those(({ state }) => state === 'open')
  // A direct path waits for another device as long as it takes.
  const isOpening = open.length === 0 && paths.some(({ path, state }) => state === 'connecting' && path !== 'webrtc')
  return { down, cut, open, isOpening }
}
