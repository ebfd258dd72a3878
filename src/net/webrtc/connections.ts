/** The page's WebRTC connections, by the worker's numbers. */
import type { PageCommand, PageEvent } from '../direct/page-port.ts'
import { type Connection, openConnection } from './connection.ts'

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
    try {
      connections.set(connection, openConnection(command, post))
    } catch {
      // No WebRTC here, or no more connections for now: Chromium makes 500, and counts closed ones until it collects them.
      post({ type: 'unsupported', connection })
    }
  }
}
