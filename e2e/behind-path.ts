/** A proxy that serves a host in a folder of its own, as a server with other sites does: what begins with the folder goes to the host without it. */
import { createServer, request as ask, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface PathProxy {
  /** Of the folder: "http://localhost:1234/of/rooms/". */
  readonly address: string
  readonly origin: string
  close(): Promise<void>
}

/** @param folder "/of/rooms/" */
export async function startPathProxy(hostPort: number, folder: string): Promise<PathProxy> {
  const sockets = new Set<Duplex>()
  const asked = ({ url = '', method, headers }: IncomingMessage) =>
    url.startsWith(folder) ? ask({ host: 'localhost', port: hostPort, path: url.slice(folder.length - 1), method, headers }) : null

  const server = createServer((request, response) => {
    const passed = asked(request)
    if (passed === null) return void response.writeHead(404, { 'Content-Type': 'text/plain' }).end('another site')
    passed.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode!, answer.headers)))
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  })
  server.on('upgrade', (request, socket) => {
    const passed = asked(request)
    if (passed === null) return void socket.destroy()
    passed.on('upgrade', (answer, other, head) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`)
      socket.write(head)
      socket.pipe(other).pipe(socket)
      other.on('error', () => socket.destroy())
      socket.on('close', () => other.destroy())
    })
    passed.on('response', () => socket.destroy()).on('error', () => socket.destroy())
    passed.end()
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    address: `${origin}${folder}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
