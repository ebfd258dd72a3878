/** The table of direct connections: how one begins, comes to nothing and ends. */
import type { MemberId } from './members.ts'
import type { Connection, DirectState } from './state.ts'

/** Connections at once: more than anybody reaches for and is reached by. */
export const MAX_CONNECTIONS = 48
/** A device that could not be reached is tried again after this long (ms), doubled each time. */
const RETRY_FIRST = 2_000
const RETRY_LAST = 120_000

export const isFull = ({ connections }: DirectState): boolean => connections.size >= MAX_CONNECTIONS

export const provenOf = ({ connections }: DirectState): Connection[] => [...connections.values()].filter(({ isProven }) => isProven)

/** The connection to this peer: the proven one, if there is one. */
export function withPeer({ connections }: DirectState, peer: MemberId): Connection | undefined {
  const all = [...connections.values()].filter((connection) => connection.peer === peer)
  return all.find(({ isProven }) => isProven) ?? all[0]
}

/** Has the page make a connection. `offer`: the other side's number for it; null when this side offers. */
export function connect(direct: DirectState, peer: MemberId | null, offer: number | null, byHand: boolean): Connection {
  const number = ++direct.lastNumber
  const connection: Connection = {
    number,
    peer,
    isOurs: offer === null,
    offer: offer ?? number,
    byHand,
    since: direct.now(),
    channel: null,
    isChannelOpen: false,
    certificates: null,
    hasProven: false,
    isProven: false,
    held: [],
    waiting: 0,
    waitingBytes: 0,
    trickled: 0,
    interruptedAt: null,
    restarted: false,
    described: null,
  }
  const { page, servers } = direct.options
  direct.connections.set(number, connection)
  page({ type: 'open', connection: number, offers: offer === null, trickles: !byHand, servers })
  direct.plan()
  return connection
}

export function close(direct: DirectState, connection: Connection): void {
  if (!direct.connections.delete(connection.number)) return
  connection.channel?.close()
  connection.described?.(null)
  direct.options.page({ type: 'close', connection: connection.number })
  if (!connection.isProven) return
  if (withPeer(direct, connection.peer!)?.isProven !== true) direct.host?.onLost(connection.peer!)
  direct.sayHereSoon()
  report(direct)
}

/** It came to nothing: the device is left alone for a while. */
export function fail(direct: DirectState, connection: Connection): void {
  const { peer } = connection
  if (peer !== null) {
    const count = direct.failures.get(peer)?.count ?? 0
    const pause = Math.min(RETRY_LAST, RETRY_FIRST * 2 ** count) * (1 + Math.random())
    direct.failures.set(peer, { count: count + 1, until: direct.now() + pause })
  }
  close(direct, connection)
  direct.plan()
}

/** Whether a device that could not be reached may be tried again; what is long past is forgotten. */
export function mayTry({ failures, now }: DirectState, peer: MemberId): boolean {
  for (const [id, { until }] of failures) if (now() > until + RETRY_LAST) failures.delete(id)
  return now() >= (failures.get(peer)?.until ?? 0)
}

/** Tells whether there is a channel to anybody, when that has changed. */
export function report(direct: DirectState): void {
  const next = provenOf(direct).length > 0 ? 'open' : 'connecting'
  if (direct.state === next || direct.events === null) return
  direct.state = next
  direct.events.onState(next, '')
}
