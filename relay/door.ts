/**
 * Sockets of a host. At first only the address of a socket is known. Sockets are divided among sources, as the places of rooms are.
 * Behind a proxy all sockets come from its address, until a request on a socket names another one. From then on the socket counts for
 * that one.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { MAX_CONNECTIONS } from './forwarding.ts'
import { createShares, givePlaceBack, takePlace } from './shares.ts'
import { noAddressIn, subnetInHeader, subnetOf, UNKNOWN } from './source.ts'

/** Sockets in all, with those that are in a request or a handshake. */
export const MAX_SOCKETS = MAX_CONNECTIONS + 2_048

export interface Door {
  /** Lets a socket in, or destroys it, or another one in its place. */
  enter(socket: Socket): void
  /** The subnet that a request comes from. From now on its socket counts for this subnet. */
  subnetOf(request: Pick<IncomingMessage, 'headers' | 'socket'>): string
}

/** @param addressHeader the header in which a proxy tells addresses @param log is told once if a websocket comes without one in it */
export function createDoor(addressHeader: string | undefined, log: (line: string) => void): Door {
  const header = addressHeader?.toLowerCase()
  const shares = createShares<Socket>(MAX_SOCKETS)
  /** The subnet that each socket counts for. */
  const subnets = new WeakMap<Socket, string>()
  let isHeaderMissed = false

  const inHeader = ({ headers }: Pick<IncomingMessage, 'headers'>): string | null => {
    if (header === undefined) return null
    const value = headers[header]
    const subnet = subnetInHeader(Array.isArray(value) ? value.at(-1) : value)
    if (subnet === null && headers.upgrade !== undefined && !isHeaderMissed) {
      isHeaderMissed = true
      log(noAddressIn(header))
    }
    return subnet
  }

  return {
    enter(socket) {
      const subnet = subnetOfSocket(socket)
      const place = takePlace(shares, subnet, socket)
      if (place.type === 'refused') return void socket.destroy()
      place.instead?.destroy()
      subnets.set(socket, subnet)
      socket.on('close', () => givePlaceBack(shares, subnets.get(socket)!, socket))
    },
    subnetOf(request) {
      const { socket } = request
      const subnet = inHeader(request) ?? subnetOfSocket(socket)
      const before = subnets.get(socket)
      if (before !== undefined && before !== subnet && !socket.destroyed) {
        givePlaceBack(shares, before, socket)
        // The socket's own place is free.
        takePlace(shares, subnet, socket)
        subnets.set(socket, subnet)
      }
      return subnet
    },
  }
}

/** A socket that is gone has no address. */
const subnetOfSocket = ({ remoteAddress = '' }: Socket): string => subnetOf(remoteAddress) ?? UNKNOWN
