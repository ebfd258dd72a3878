/** Which servers a browser accepts. Only the browser can tell, and it refuses a whole list because of one. */
import type { IceServer } from '../direct/page-port.ts'
import { counted } from './alive.ts'

const configurationOf = (servers: readonly IceServer[]): RTCConfiguration => ({ iceServers: servers.map((server) => ({ ...server })) })

/**
 * Whether this browser accepts such a server: whether its address is well-formed. The server is not asked. True where there is no WebRTC
 * to tell.
 */
export function takesServer(server: IceServer): boolean {
  if (typeof RTCPeerConnection === 'undefined') return true
  try {
    counted(new RTCPeerConnection(configurationOf([server]))).close()
    return true
  } catch {
    return false
  }
}

/** A connection that asks those of the servers that this browser accepts. @throws where there is no WebRTC */
export function connectionWith(servers: readonly IceServer[]): RTCPeerConnection {
  try {
    return counted(new RTCPeerConnection(configurationOf(servers)))
  } catch {
    return counted(new RTCPeerConnection(configurationOf(servers.filter(takesServer))))
  }
}
