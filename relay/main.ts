/**
 * Runs the host: `node main.js [--no-relay]`, from the folder that holds `dist/`.
 *
 *   PORT  the port to listen on (8229); when it is taken, that is said and nothing is started
 *   HOST  where to listen: "localhost" (this machine only) unless it says otherwise; HOST=0.0.0.0 serves the whole network.
 *         Browsers give pages their cryptography over https or on localhost only, so put a TLS proxy in front of it then.
 *   ADDRESS_HEADER  the header in which that proxy tells where a connection comes from ("x-forwarded-for"). Set it only behind your
 *         own proxy, for without one anyone can write the header.
 */
import { argv, env, exit } from 'node:process'
import { addressOf } from './address.ts'
import { createRelayHost } from './node.ts'

/**
 * Other development servers do not use this port: all servers of one origin share its storage and its service worker. On a telephone's
 * keys it spells "tabw".
 */
const DEFAULT_PORT = 8229
const HIGHEST_PORT = 65_535

const host = env['HOST'] || 'localhost'
const addressHeader = env['ADDRESS_HEADER'] || undefined
const port = Number(env['PORT'] || DEFAULT_PORT)

function stop(sentence: string): never {
  console.error(sentence)
  exit(1)
}

if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT)
  stop(`PORT is "${env['PORT']}", which is not a port (0 to ${HIGHEST_PORT}).`)

try {
  const relay = !argv.includes('--no-relay')
  const { port: bound } = await createRelayHost({ app: 'dist', relay, host, port, addressHeader, log: console.error })
  console.log(addressOf(host, bound))
} catch (cause) {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    stop(`Port ${port} is taken. Stop what uses it, or choose another one: PORT=${port === HIGHEST_PORT ? port - 1 : port + 1} npm start`)
  stop(`The host could not start: ${message}`)
}
