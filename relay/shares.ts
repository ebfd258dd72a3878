/**
 * Places that are shared out among sources. Everybody gets one while there are any; a share binds only when all are taken. Then
 * the source with most places gives one up, the newest of its places first, to a source that has at least two fewer. So a source
 * that has no place always gets one while another has more than one, and two equal sources never take places from each other in turn.
 */

export interface Shares<Conn> {
  /** The connections of each source, in the order in which they came. A source without any is not listed. */
  readonly bySource: Map<string, Set<Conn>>
  readonly max: number
  size: number
}

/** What became of a connection that asked for a place. */
export type Place<Conn> =
  | { readonly type: 'given'; readonly instead: Conn | null }
  /** All are taken, and its source has its share. */
  | { readonly type: 'refused' }

export function createShares<Conn>(max: number): Shares<Conn> {
  return { bySource: new Map(), max, size: 0 }
}

/**
 * Asks for a place. `instead` has lost its own to the newcomer: the host must close it. O(1) while there are free places, else
 * O(sources + places of the largest).
 */
export function takePlace<Conn>(shares: Shares<Conn>, source: string, conn: Conn): Place<Conn> {
  let instead: Conn | null = null
  if (shares.size >= shares.max) {
    const most = largestSource(shares)
    if (most === null || shares.bySource.get(most)!.size < (shares.bySource.get(source)?.size ?? 0) + 2) return { type: 'refused' }
    for (const newest of shares.bySource.get(most)!) instead = newest
    givePlaceBack(shares, most, instead!)
  }
  const own = shares.bySource.get(source)
  if (own) own.add(conn)
  else shares.bySource.set(source, new Set([conn]))
  shares.size++
  return { type: 'given', instead }
}

/** Gives a place back. Nothing happens when the connection has none. */
export function givePlaceBack<Conn>(shares: Shares<Conn>, source: string, conn: Conn): void {
  const own = shares.bySource.get(source)
  if (own?.delete(conn) !== true) return
  shares.size--
  if (own.size === 0) shares.bySource.delete(source)
}

function largestSource<Conn>(shares: Shares<Conn>): string | null {
  let largest: string | null = null
  let most = 0
  for (const [source, { size }] of shares.bySource) {
    if (size <= most) continue
    most = size
    largest = source
  }
  return largest
}
