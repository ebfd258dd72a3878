/**
 * Places that are shared out among sources, and within a source among its networks (`networksOf`). Everybody gets one while there are any; a share
 * binds only when all are taken. Then the source with most places gives one up, if it has at least two more than the newcomer's. If none has, the
 * same goes for the networks within the newcomer's source. So a source that has no place always gets one while another has more than one,
 * from however many networks; and two equal ones never take places from each other in turn.
 */
import { networksOf } from './source.ts'

/** The places of one network. */
interface Share<Conn> {
  size: number
  /** Of the networks within it, by their names. One without any place is not listed. */
  readonly parts: Map<string, Share<Conn>>
  /** Of a subnet: its connections, in the order in which they came. */
  readonly conns: Set<Conn>
}

export interface Shares<Conn> extends Share<Conn> {
  readonly max: number
}

/** What became of a connection that asked for a place. */
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
 * Asks for a place for a connection of a subnet. `instead` has lost its own to the newcomer: the host must close it. O(1) while there are free
 * places, else O(networks + places of the subnet that gives one up).
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

/** The subnet that gives a place up for a newcomer from these networks; null where nobody has two more than they. */
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

/** The one with most places, of equal ones the newest. @param parts at least one */
function largestOf<Conn>(parts: ReadonlyMap<string, Share<Conn>>): readonly [string, Share<Conn>] {
  return [...parts].reduce((largest, each) => (each[1].size >= largest[1].size ? each : largest))
}
