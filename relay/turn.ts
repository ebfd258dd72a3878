/**
 * What one turn of the event loop has for a socket is written at once: a room in which all speak costs its host a system call
 * for each receiver and turn, and not for each frame and receiver. Nothing waits longer than what is read in the same turn.
 */
import type { Writable } from 'node:stream'

/** Holds back what is written to a stream from now on until this turn has read all that there is. */
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
    // After the sockets that are readable now were read.
    if (held.size === 0) setImmediate(letGo)
    held.add(stream)
    stream.cork()
  }
}
