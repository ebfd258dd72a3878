/** Websockets for `net/relay-socket.ts`, since Node.js 20 has none. */
import type { createConnection } from 'node:net'
import { env } from 'node:process'
import { WebSocket } from 'ws'
import type { RelaySocketOptions } from '../net/relay-socket.ts'
import { WEBSOCKET_LIMITS } from '../net/websocket-limits.ts'
import { proxyFor, tunnelOf } from './proxy.ts'

/**
 * A class like the browser's WebSocket. It takes no frame into memory that is larger than any of ours, or comes in more pieces, and
 * inflates none. It uses the proxy that the environment names. `hear` is told why a connection failed, in the system's words ("connect
 * ECONNREFUSED …", "self-signed certificate").
 */
export function socketClass(
  hear: (why: string) => void,
  environment: NodeJS.ProcessEnv = env,
): NonNullable<RelaySocketOptions['socketClass']> {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      const proxy = proxyFor(new URL(url), environment)
      super(url, protocols, {
        ...WEBSOCKET_LIMITS,
        ...(proxy !== null && { createConnection: tunnelOf(proxy, url.startsWith('wss:')) as unknown as typeof createConnection }),
      })
      // If a name has several addresses and none answers, there is a code and no message.
      this.on('error', ({ message, code }: NodeJS.ErrnoException) => hear(message || String(code)))
    }
  }
}
