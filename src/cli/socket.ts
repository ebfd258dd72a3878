/** Websockets for `net/relay-socket.ts`, since Node 20 has none. */
import { WebSocket } from 'ws'
import type { RelaySocketOptions } from '../net/relay-socket.ts'
import { MAX_FRAME_BYTES } from '../net/transport.ts'

/**
 * A class like the browser's WebSocket, which takes no frame that is larger than any of ours into memory, and inflates none.
 * `hear` is told why a connection failed, in the system's words ("connect ECONNREFUSED …", "self-signed certificate").
 */
export function socketClass(hear: (why: string) => void): NonNullable<RelaySocketOptions['socketClass']> {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false })
      // Where a name has several addresses and none answers, there is a code and no message.
      this.on('error', ({ message, code }: NodeJS.ErrnoException) => hear(message || String(code)))
    }
  }
}
