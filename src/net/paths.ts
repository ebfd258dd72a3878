/** The properties of each path between nodes. Code asks for a property, not for a path's name. */
import type { Path } from './transport.ts'

export interface PathTraits {
  /** Only scripts of this origin speak on it. */
  readonly isOwnBrowser: boolean
  /** Frames come over channels whose far ends have proven their authors. A far end may forward a frame of another node. */
  readonly isDirect: boolean
  /** Its operator can repeat frames that it has carried. A peer without a known path is tried on this one. */
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
