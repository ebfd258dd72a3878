/**
 * How many connections this page has, closed ones counted until the browser has collected them. Chromium counts so, and makes no more than
 * 500 of them. (In an empty page it made 529, one a second, each closed at once, and then no more.)
 */
let alive = 0
const collected = new FinalizationRegistry<null>(() => void alive--)

export const connectionsAlive = (): number => alive

export function counted(connection: RTCPeerConnection): RTCPeerConnection {
  alive++
  collected.register(connection, null)
  return connection
}
