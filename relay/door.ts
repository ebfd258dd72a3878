/** Sockets of a host before anything is known of them but their address: shared out among sources, like the places of rooms. */
import type { Socket } from 'node:net'
import { MAX_CONNECTIONS } from './forwarding.ts'
import { createShares, givePlaceBack, takePlace } from './shares.ts'
import { sourceOf } from './source.ts'

/** Sockets in all, with those that are in a request or a handshake. */
export const MAX_SOCKETS = MAX_CONNECTIONS + 2_048

/** Lets sockets in, or destroys them, or another one in their place. */
export function createDoor(): (socket: Socket) => void {
  const shares = createShares<Socket>(MAX_SOCKETS)
  return (socket) => {
    const source = sourceOfSocket(socket)
    const place = takePlace(shares, source, socket)
    if (place.type === 'refused') return void socket.destroy()
    place.instead?.destroy()
    socket.on('close', () => givePlaceBack(shares, source, socket))
  }
}

/** The source by the address that a socket comes from. A socket that is gone has no address. */
export const sourceOfSocket = (socket: Socket): string => sourceOf(socket.remoteAddress ?? '') ?? 'unknown'
