/**
 * A process that is a relay's host and nothing else: ours, or the barest thing that `ws` can do, which passes each message on to
 * all others who came to the same address. Tells its parent its port, and its CPU time whenever it is asked.
 */
import type { AddressInfo } from 'node:net'
import { argv, exit } from 'node:process'
import { type WebSocket, WebSocketServer } from 'ws'
import { createRelayHost } from '../../relay/node.ts'
import { cpuMs } from './machine.ts'

export type HostKind = 'ours' | 'bare'

/** What it says: first where it listens, then an answer to each message. */
export type HostSays = { readonly port: number } | { readonly cpuMs: number }

async function ours(): Promise<number> {
  const { port } = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: console.error })
  return port
}

function bare(): Promise<number> {
  const rooms = new Map<string, Set<WebSocket>>()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (socket, { url = '' }) => {
    const room = rooms.get(url) ?? new Set()
    rooms.set(url, room.add(socket))
    socket.on('message', (data: Buffer) => {
      for (const other of room) if (other !== socket) other.send(data, { binary: true })
    })
    socket.on('close', () => void room.delete(socket))
  })
  return new Promise((resolve) => server.on('listening', () => resolve((server.address() as AddressInfo).port)))
}

const say = (what: HostSays): void => void process.send!(what)
process.on('message', () => say({ cpuMs: cpuMs() }))
process.on('disconnect', () => exit(0))
say({ port: await (argv[2] === 'bare' ? bare() : ours()) })
