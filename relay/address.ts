/** The address that a person opens. */
import { isIPv6 } from 'node:net'

/** Addresses that stand for all addresses of the machine; a person opens this one. */
const ALL = ['0.0.0.0', '::']

/** The address of a server that listens on `host`: a name, or an IP address of either kind. */
export function addressOf(host: string, port: number): string {
  const name = ALL.includes(host) ? 'localhost' : isIPv6(host) ? `[${host.replace('%', '%25')}]` : host
  return `http://${name}:${port}`
}
