/**
 * `npm run dev`: the app with hot reloading, and the relay behind the same address, as it is when built. PORT chooses another
 * port. The service worker and the security headers are those of the built app only: `npm start` shows them.
 */
import { env, exit } from 'node:process'
import { pathToFileURL } from 'node:url'
import { createServer } from 'vite'
import { buildHost } from './build.mjs'
import { HOST, root } from './paths.mjs'

const DEFAULT_PORT = 5173

await buildHost()
const { createRelayHost } = /** @type {typeof import('../relay/node.ts')} */ (await import(pathToFileURL(HOST.node).href))
const relay = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: console.error })

const port = Number(env['PORT'] || DEFAULT_PORT)
const server = await createServer({
  root,
  server: {
    port,
    strictPort: true,
    proxy: {
      '/parties': { target: `http://127.0.0.1:${relay.port}`, ws: true },
      '/healthz': { target: `http://127.0.0.1:${relay.port}` },
    },
  },
})
try {
  await server.listen()
} catch (error) {
  console.error(`${/** @type {Error} */ (error).message}. Choose another one: PORT=${port + 1} npm run dev`)
  exit(1)
}
server.printUrls()
