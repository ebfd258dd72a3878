/** What each path between nodes is like. Code asks for a property, not for a name. */
import type { Path } from './transport.ts'

export interface PathTraits {
  /** Only scripts of this origin speak on it. */
  readonly isOwnBrowser: boolean
  /** Frames come over channels whose far ends have proven who they are. A frame may be of somebody else, and be brought on. */
  readonly isDirect: boolean
  /** Its operator can repeat what it has carried. It is tried for peers of whom no path is known. */
  readonly isRelayed: boolean
}

const OTHER: PathTraits = { isOwnBrowser: false, isDirect: false, isRelayed: false }

export const TRAITS: Readonly<Record<Path, PathTraits>> = {
  memory: OTHER,
  broadcast: { ...OTHER, isOwnBrowser: true },
  webrtc: { ...OTHER, isDirect: true },
  relay: { ...OTHER, isRelayed: true },
}

/** Best first. */
export const BEST_FIRST: readonly Path[] = ['memory', 'broadcast', 'webrtc', 'relay']
