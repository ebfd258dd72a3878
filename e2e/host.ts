/** The real host, as it is built: the app and the relay on one port, which stays the same when it is killed and restarted. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HOST, root } from '../.scripts/paths.mjs'

export interface Host {
  readonly port: number
  /** Where the app is: http://localhost:<port>. */
  readonly address: string
  /** Cuts every socket and listens no more. */
  kill(): Promise<void>
  /** Listens again on the same port. What the relay remembered is gone, as after a crash. */
  restart(): Promise<void>
}

type HostModule = typeof import('../relay/node.ts')

/** @param relay false: it serves the app only, and no room. @param app the folder of the built app @param at its port; 0: any free one */
export async function startHost(relay = true, app = join(root, 'dist'), at = 0): Promise<Host> {
  const { createRelayHost } = (await import(pathToFileURL(HOST.node).href)) as HostModule
  const listen = (port: number) => createRelayHost({ app, relay, host: 'localhost', port, log: () => {} })
  let running: Awaited<ReturnType<typeof listen>> | null = await listen(at)
  const { port } = running
  return {
    port,
    address: `http://localhost:${port}`,
    async kill() {
      await running?.close()
      running = null
    },
    async restart() {
      running ??= await listen(port)
    },
  }
}
