/**
 * A socket has one HTTP request at a time. One that sends more before its answer (pipelining) is cut: no browser and no proxy does
 * that, and what it sends would be read without end. How many requests are answered is for `fair-turns.ts` to say.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Passes requests on, one of a socket at a time. One with a body is the last of its socket, so no body is read to its end. */
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
