/**
 * Lets tests that run in a browser start and stop real relays (a vitest `globalSetup`): a control server answers
 * `/start?port=<port or 0>` with the port of a new relay, and `/stop?port=<port>` when that relay is gone.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRelayHost, type RelayHost } from './node.ts'

/** The part of vitest's project that is used: the tests read what is provided here. */
interface Project {
  /** @param origin where the control server is ("http://127.0.0.1:1234") */
  provide(name: 'relayControl', origin: string): void
}

export default async function setup(project: Project): Promise<() => Promise<void>> {
  const relays = new Map<number, RelayHost>()

  const start = async (port: number) => {
    const relay = await createRelayHost({ relay: true, host: '127.0.0.1', port, log: () => undefined })
    relays.set(relay.port, relay)
    return relay.port
  }
  const stop = async (port: number) => {
    await relays.get(port)?.close()
    relays.delete(port)
    return port
  }

  const control = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://127.0.0.1')
    const run = pathname === '/start' ? start : stop
    run(Number(searchParams.get('port'))).then(
      (port) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end(String(port)),
      (cause: unknown) => response.writeHead(500, { 'Access-Control-Allow-Origin': '*' }).end(String(cause)),
    )
  })
  await once(control.listen(0, '127.0.0.1'), 'listening')
  project.provide('relayControl', `http://127.0.0.1:${(control.address() as AddressInfo).port}`)

  return async () => {
    for (const port of relays.keys()) await stop(port)
    control.close()
    control.closeAllConnections()
  }
}
