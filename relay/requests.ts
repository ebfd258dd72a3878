/**
 * A socket has one HTTP request at a time. If it sends another one before its answer (pipelining), it is cut: no browser and no proxy
 * does that, and requests would be read without end. `fair-turns.ts` says how many requests are answered.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Passes requests on, one of a socket at a time. A request with a body is the last one of its socket, so no body is read to its end. */
export function oneAtATime(answer: Answer): Answer {
  const busy = new WeakSet<Duplex>()
  return (request, response) => {
    const { socket, headers } = request
    if (busy.has(socket)) return void socket.destroy()
    busy.add(socket)
    response.on('close', () => busy.delete(socket))
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) response.setHeader('Connection', 'close')
    answer(request, response)
  }
}
