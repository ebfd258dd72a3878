/** The page's WebRTC connections, by the worker's numbers. */
import type { PageCommand, PageEvent } from '../direct/page-port.ts'
import { connectionsAlive } from './alive.ts'
import { type Connection, openConnection } from './connection.ts'

/** A page that has so many connections makes no more for newcomers: half of what Chromium makes is kept for known authors. */
export const MAX_FOR_STRANGERS = 250

/** Carries out the worker's commands; `post` reaches the worker. */
export function createConnections(post: (event: PageEvent, transfer?: Transferable[]) => void): (command: PageCommand) => void {
  const connections = new Map<number, Connection>()
  return (command) => {
    const { connection } = command
    if (command.type !== 'open') {
      connections.get(connection)?.command(command)
      if (command.type === 'close') connections.delete(connection)
      return
    }
    if (connections.has(connection)) return
    if (!command.isKnown && connectionsAlive() >= MAX_FOR_STRANGERS) return post({ type: 'unsupported', connection })
    try {
      connections.set(connection, openConnection(command, post))
    } catch {
      // No WebRTC here, or no more connections for now: Chromium makes 500, and counts closed ones until it collects them.
      post({ type: 'unsupported', connection })
    }
  }
}
