/**
 * The messages between a node's worker, which decides, and its page. Only the page can make WebRTC connections (RTCPeerConnection is not
 * in workers). Each connection has a number of the worker's. The page keeps no timer and no state of the protocol.
 */
import type { Description } from './description.ts'

/** Servers that tell a device its public address (STUN), or carry traffic that no other way can carry (TURN). None by default. */
export interface IceServer {
  readonly urls: string
  readonly username?: string
  readonly credential?: string
}

export type PageCommand =
  /**
   * Make a connection. `offers`: describe it first; otherwise wait for the other side's description. Not `trickles`: the description is
   * told when its candidates are found, all at once. `isKnown`: with a known author, or by hand; a page makes less for newcomers.
   */
  | {
      readonly type: 'open'
      readonly connection: number
      readonly offers: boolean
      readonly trickles: boolean
      readonly servers: readonly IceServer[]
      readonly isKnown: boolean
    }
  /** The other side's description, or one more candidate of it: the browser sends packets there at once. */
  | { readonly type: 'description'; readonly connection: number; readonly description: Description }
  | { readonly type: 'candidate'; readonly connection: number; readonly ufrag: string; readonly candidate: string }
  | { readonly type: 'close'; readonly connection: number }

export type PageEvent =
  /** This side's description, and its candidates. */
  | { readonly type: 'description'; readonly connection: number; readonly description: Description }
  | { readonly type: 'candidate'; readonly connection: number; readonly ufrag: string; readonly candidate: string }
  /** The channel, transferred, or the end of a pump (`pumped.ts`) where browsers do not let it go: it opens later. */
  | { readonly type: 'channel'; readonly connection: number; readonly channel: RTCDataChannel | MessagePort }
  /** DTLS is up: the certificates' fingerprints of this side and the other one. */
  | { readonly type: 'connected'; readonly connection: number; readonly ours: Uint8Array; readonly theirs: Uint8Array }
  /** Nothing arrives for now; or no connection could be made; or the browser makes none here, or none now ("unsupported"). */
  | { readonly type: 'interrupted' | 'failed' | 'unsupported'; readonly connection: number }
  /** The other side did what no node does, and the page has closed the connection. */
  | { readonly type: 'misused'; readonly connection: number }
