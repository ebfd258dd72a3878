/** Which servers a browser takes: only it can tell, and it refuses all of a list for one. */
import type { IceServer } from '../direct/page-port.ts'

const configurationOf = (servers: readonly IceServer[]): RTCConfiguration => ({ iceServers: servers.map((server) => ({ ...server })) })

/** Whether this browser takes such a server: its address is well-formed. Nothing is asked of it. True where there is no WebRTC to tell. */
export function takesServer(server: IceServer): boolean {
  if (typeof RTCPeerConnection === 'undefined') return true
  try {
    new RTCPeerConnection(configurationOf([server])).close()
    return true
  } catch {
    return false
  }
}

/** A connection that asks those of the servers that this browser takes. @throws where there is no WebRTC */
export function connectionWith(servers: readonly IceServer[]): RTCPeerConnection {
  try {
    return new RTCPeerConnection(configurationOf(servers))
  } catch {
    return new RTCPeerConnection(configurationOf(servers.filter(takesServer)))
  }
}
