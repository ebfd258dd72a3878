/**
 * Places that are divided among sources, and within a source among its networks (`networksOf`). Everybody gets a place while there are
 * free ones. Shares matter only when all places are taken. Then the source with most places gives one up, if it has at least two more
 * than the newcomer's source. If no source has two more, the same rule divides the places among the networks within the newcomer's
 * source. So a source without a place always gets one while another source has more than one, however many networks that one has. And two
 * sources with equally many places never take places from each other in turn.
 */
import { networksOf } from './source.ts'

/** The places of one network. */
interface Share<Conn> {
  size: number
  /** The networks within it, by their names. A network without a place is not listed. */
  readonly parts: Map<string, Share<Conn>>
  /** If it is a subnet: its connections, in the order in which they came. */
  readonly conns: Set<Conn>
}

export interface Shares<Conn> extends Share<Conn> {
  readonly max: number
}

/** The result of asking for a place. */
export type Place<Conn> =
  | { readonly type: 'given'; readonly instead: Conn | null }
  /** All are taken, and its source has its share. */
  | { readonly type: 'refused' }

export function createShares<Conn>(max: number): Shares<Conn> {
  return { ...createShare<Conn>(), max }
}

function createShare<Conn>(): Share<Conn> {
  return { size: 0, parts: new Map(), conns: new Set() }
}

/**
 * Asks for a place for a connection of a subnet. `instead` is a connection that has lost its place to the newcomer: the host must close
 * it. O(1) while there are free places, otherwise O(networks + places of the subnet that gives one up).
 */
export function takePlace<Conn>(shares: Shares<Conn>, subnet: string, conn: Conn): Place<Conn> {
  let instead: Conn | null = null
  if (shares.size >= shares.max) {
    const from = whoGivesUp(shares, networksOf(subnet))
    if (from === null) return { type: 'refused' }
    for (const newest of from.conns) instead = newest
    givePlaceBack(shares, from.subnet, instead!)
  }
  let share: Share<Conn> = shares
  share.size++
  for (const network of networksOf(subnet)) {
    let part = share.parts.get(network)
    if (!part) share.parts.set(network, (part = createShare()))
    part.size++
    share = part
  }
  share.conns.add(conn)
  return { type: 'given', instead }
}

/** Gives a place back. Nothing happens when the connection has none. */
export function givePlaceBack<Conn>(shares: Shares<Conn>, subnet: string, conn: Conn): void {
  remove(shares, networksOf(subnet), conn)
}

function remove<Conn>(share: Share<Conn>, [network, ...within]: readonly string[], conn: Conn): boolean {
  if (network === undefined) {
    if (!share.conns.delete(conn)) return false
  } else {
    const part = share.parts.get(network)
    if (!part || !remove(part, within, conn)) return false
    if (part.size === 0) share.parts.delete(network)
  }
  share.size--
  return true
}

/** The subnet that gives a place up for a newcomer from these networks; null when no subnet has two places more than they. */
function whoGivesUp<Conn>(shares: Share<Conn>, networks: readonly string[]): { subnet: string; conns: Iterable<Conn> } | null {
  let share = shares
  for (const network of networks) {
    const own = share.parts.get(network)
    let [name, most] = largestOf(share.parts)
    if (most.size >= (own?.size ?? 0) + 2) {
      while (most.parts.size > 0) [name, most] = largestOf(most.parts)
      return { subnet: name, conns: most.conns }
    }
    if (!own) return null
    share = own
  }
  return null
}

/** The network with most places; of several with as many, the newest. @param parts at least one */
function largestOf<Conn>(parts: ReadonlyMap<string, Share<Conn>>): readonly [string, Share<Conn>] {
  return [...parts].reduce((largest, each) => (each[1].size >= largest[1].size ? each : largest))
}
