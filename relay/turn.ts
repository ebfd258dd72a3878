/**
 * Writes at once all that one turn of the event loop has for a socket. So if all connections of a room speak, the host needs a system
 * call for each receiver and turn, and not for each frame and receiver. A frame waits only until the sockets that can be read in the same
 * turn have been read.
 */
import type { Writable } from 'node:stream'

/** Holds back all that is written to a stream from now on, until this turn has read all that there is. */
export type HoldForTurn = (stream: Corked) => void

type Corked = Pick<Writable, 'cork' | 'uncork'>

export function createTurns(): HoldForTurn {
  let held = new Set<Corked>()

  const letGo = () => {
    const all = held
    held = new Set()
    for (const stream of all) stream.uncork()
  }

  return (stream) => {
    if (held.has(stream)) return
    // When the sockets that are readable now have been read.
    if (held.size === 0) setImmediate(letGo)
    held.add(stream)
    stream.cork()
  }
}
