/** The proxy of a network, named by the usual variables: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. */
import http, { type ClientRequestArgs } from 'node:http'
import https from 'node:https'
import { isIP, isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { isLoopback } from '../core/loopback.ts'

/** A proxy that does not answer within this is said to be silent. ms */
const PROXY_TIMEOUT = 4_000

/**
 * The proxy for a websocket's address; null for none. This machine itself is never reached through a proxy. Small letters count more than
 * capitals.
 */
export function proxyFor({ protocol, hostname, port }: URL, env: NodeJS.ProcessEnv): URL | null {
  const read = (name: string): string => (env[name] ?? env[name.toUpperCase()] ?? '').trim()
  const isSecure = protocol === 'wss:' || protocol === 'https:'
  const named = read(isSecure ? 'https_proxy' : 'http_proxy') || read('all_proxy')
  if (named === '' || isLoopback(hostname) || isExempt(read('no_proxy'), hostname, port || (isSecure ? '443' : '80'))) return null
  const address = named.includes('://') ? named : `http://${named}`
  if (!URL.canParse(address)) return null
  const proxy = new URL(address)
  return proxy.protocol === 'http:' || proxy.protocol === 'https:' ? proxy : null
}

/** `list`: names separated by commas or spaces. Each also stands for names that end with it; "*" for all; a port may follow. */
function isExempt(list: string, host: string, port: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((each) => {
      const [, name = '', at] = /^(\[.*\]|[^:]*|.*?:.*:.*?)(?::(\d+))?$/.exec(each) ?? []
      if (name === '' || (at !== undefined && at !== port)) return false
      const ending = name.replace(/^\*?\./, '')
      return name === '*' || host === ending || (isIP(host) === 0 && host.endsWith(`.${ending}`))
    })
}

type Connected = (error: Error | null, socket?: Duplex) => void

/** Connects through a tunnel of that proxy (RFC 9110, CONNECT), for the `createConnection` of a request; over TLS to a secure address. */
export const tunnelOf =
  (proxy: URL, isSecure: boolean) =>
  (options: ClientRequestArgs, done: Connected): void => {
    const host = String(options.host)
    const place = `${isIPv6(host) ? `[${host}]` : host}:${options.port}`
    const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
    const overTls = proxy.protocol === 'https:'
    const request = (overTls ? https : http).request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (overTls ? 443 : 80),
      method: 'CONNECT',
      path: place,
      headers: { host: place, ...(user !== ':' && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }) },
      agent: false,
      timeout: PROXY_TIMEOUT,
    })
    const fail = (why: string): void => done(new Error(`the proxy ${proxy.host} ${why}`))
    request.once('timeout', () => request.destroy(new Error('does not answer')))
    request.once('error', ({ message }) => fail(message))
    request.once('connect', ({ statusCode, statusMessage }, socket) => {
      socket.setTimeout(0)
      if (statusCode !== 200) {
        socket.destroy()
        return fail(`refused: ${statusCode} ${statusMessage}`)
      }
      done(null, isSecure ? tls.connect({ socket, ...(isIP(host) === 0 && { servername: host }) }) : socket)
    })
    request.end()
  }
