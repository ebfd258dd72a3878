/**
 * The mark: how many ops a node has written, and which is the last of them. It is kept outside of the store that holds the ops. So a node
 * can tell at its start whether its store is older than what it has sent.
 */
export interface Mark {
  /** Own ops written so far: 1 + the seq of the last one. */
  readonly own: number
  /** The last one's id, 32 bytes; null when there is none. */
  readonly id: Uint8Array | null
}

/** The mark of a node that has written nothing yet. */
export const NOTHING_WRITTEN: Mark = { own: 0, id: null }
