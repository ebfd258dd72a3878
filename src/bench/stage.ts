/**
 * Where the bare paths and the peers of the suites "latency" and "transfer" play: blank pages on a server of their own, in the
 * same two browsers as the app, and websockets to meet at.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright'
import { WebSocket, WebSocketServer } from 'ws'
import type { BenchBrowser } from './browser.ts'

/** What is done with a websocket. */
export type Serve = (socket: WebSocket, request: IncomingMessage) => void

export interface Stage {
  /** "127.0.0.1:12345". */
  readonly host: string
  /** Opens a blank page on this device, with this script if it is one of the stage's. */
  openPage(device: 0 | 1, script?: string): Promise<Page>
  close(): Promise<void>
}

/** @param scripts modules by their addresses ("/y.js"), as files @param sockets what serves which addresses ("/echo", "/y/room") */
export async function openStage(
  browser: BenchBrowser,
  scripts: Readonly<Record<string, string>>,
  sockets: Readonly<Record<string, Serve>> = {},
): Promise<Stage> {
  const server = createServer(({ url = '/' }, response) => {
    const script = scripts[url]
    if (script !== undefined) response.setHeader('Content-Type', 'text/javascript').end(readFileSync(script))
    else response.setHeader('Content-Type', 'text/html').end(pageWith(scripts, url.slice(1)))
  })
  const handshake = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    const serve = sockets[/^\/[a-z]+/.exec(request.url ?? '')?.[0] ?? '']
    if (serve === undefined) socket.destroy()
    else handshake.handleUpgrade(request, socket, head, (opened) => serve(opened, request))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    async openPage(device, script = '') {
      const page = await browser.openWindow(device)
      await page.goto(`http://${host}/${script === '' ? '' : `?${script}`}`)
      return page
    },
    async close() {
      for (const socket of handshake.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A page, with the script that its query names. */
function pageWith(scripts: Readonly<Record<string, string>>, query: string): string {
  const script = query.slice(1) in scripts ? `<script type="module" src="${query.slice(1)}"></script>` : ''
  return `<!doctype html><title>stage</title>${script}<ol></ol><input>`
}

/** Forwards each message to all others, and does nothing else. */
export function createForwarder(): Serve {
  const sockets = new Set<WebSocket>()
  return (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data, isBinary) => {
      for (const other of sockets) if (other !== socket && other.readyState === WebSocket.OPEN) other.send(data, { binary: isBinary })
    })
  }
}
