/** The relay's socket on Node: the transport's contract against a real relay, and what a hostile one may send. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createRelayHost } from '../../relay/node.ts'
import { openRelaySocket } from '../net/relay-socket.ts'
import { eventually, isOpen, listen, markedFrame, marks, runTransportContract } from '../net/transport.contract.ts'
import { MAX_FRAME_BYTES } from '../net/transport.ts'
import { socketClass } from './socket.ts'

const ROOM = 'R'.repeat(22)

runTransportContract('a relay socket on Node', async () => {
  const relay = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: () => undefined })
  onTestFinished(() => relay.close())
  return (name) =>
    openRelaySocket({ address: `http://127.0.0.1:${relay.port}`, room: name.padEnd(22, '-'), socketClass: socketClass(() => {}) })
})

test('D9 a frame that is larger than any of ours ends the connection before it is held, and the next one is as good as new', async () => {
  const server = new WebSocketServer({ port: 0 })
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  const frames = [new Uint8Array(10 * MAX_FRAME_BYTES), markedFrame(7)]
  server.on('connection', (socket) => socket.send(frames.shift() ?? markedFrame(8)))
  const why: string[] = []
  const origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const listener = listen(openRelaySocket({ address: origin, room: ROOM, socketClass: socketClass((reason) => why.push(reason)) }))
  await eventually(() => expect(marks(listener)).toEqual([7]))
  expect(why).toEqual(['Max payload size exceeded'])
})

test('D9 a frame that a relay sends byte by byte ends the connection before it is an object for each byte', async () => {
  const server = new WebSocketServer({ port: 0 })
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  const sendByteByByte = async (stream: Socket) => {
    stream.setNoDelay(true)
    const head = Buffer.alloc(10)
    head.set([0x82, 0x7f])
    head.writeBigUInt64BE(BigInt(MAX_FRAME_BYTES), 2)
    stream.write(head)
    for (let i = 0; i < 20_000 && !stream.destroyed; i++) {
      stream.write(Buffer.alloc(1))
      await setImmediate()
    }
  }
  let isHostile = true
  server.on('connection', (socket, { socket: stream }) => {
    if (isHostile) void sendByteByByte(stream)
    else socket.send(markedFrame(8))
    isHostile = false
  })
  const why: string[] = []
  const origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const listener = listen(openRelaySocket({ address: origin, room: ROOM, socketClass: socketClass((reason) => why.push(reason)) }))
  await eventually(() => expect(marks(listener)).toEqual([8]))
  expect(why).toEqual(['Too many buffered chunks'])
})

test('a relay that is not there is found when it comes, and meanwhile it is said why', async () => {
  const first = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: () => undefined })
  await first.close()
  const why = new Set<string>()
  const origin = `ws://127.0.0.1:${first.port}`
  const listener = listen(openRelaySocket({ address: origin, room: ROOM, socketClass: socketClass((reason) => why.add(reason)) }))
  await eventually(() => expect(listener.transport.state).toBe('down'))
  const second = await createRelayHost({ relay: true, host: '127.0.0.1', port: first.port, log: () => undefined })
  onTestFinished(() => second.close())
  await isOpen(listener)
  expect([...why]).toEqual([`connect ECONNREFUSED 127.0.0.1:${first.port}`])
})

test('of a name with several addresses, none of which answers, it is said by its code', async () => {
  const why: string[] = []
  const socket = new (socketClass((reason) => why.push(reason)))('ws://127.0.0.1:9', []) as WebSocket
  onTestFinished(() => socket.terminate())
  socket.emit('error', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))
  expect(why).toEqual(['ECONNREFUSED'])
})

test('a relay is reached through the proxy that HTTP_PROXY names, and what the proxy refuses is said', async () => {
  const relay = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: () => undefined })
  const asked: string[] = []
  const proxy = createServer().on('connect', (request, client) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
    if (asked.length === 1) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const server = connect(relay.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      server.pipe(client).pipe(server)
    })
    for (const each of [server, client]) each.on('error', () => [server, client].forEach((end) => end.destroy()))
    return undefined
  })
  onTestFinished(async () => {
    await relay.close()
    proxy.close()
    proxy.closeAllConnections()
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const why: string[] = []
  const { port } = proxy.address() as AddressInfo
  const through = socketClass((reason) => why.push(reason), { HTTP_PROXY: `http://ann:s%20t@127.0.0.1:${port}` })
  // A name that only the proxy could resolve.
  const listener = listen(openRelaySocket({ address: 'ws://relay.invalid:81', room: ROOM, socketClass: through }))
  await isOpen(listener)
  expect(why).toEqual([`the proxy 127.0.0.1:${port} refused: 407 Proxy Authentication Required`])
  expect(asked).toEqual(Array(2).fill(`relay.invalid:81 Basic ${btoa('ann:s t')}`))
  listener.transport.close()
})

test('a relay behind a path is asked there', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  const asked: (string | undefined)[] = []
  server.on('connection', (_socket, { url }) => asked.push(url))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path`
  for (const each of [address, `${address}/`]) {
    const listener = listen(openRelaySocket({ address: each, room: ROOM, socketClass: socketClass(() => {}) }))
    await isOpen(listener)
    listener.transport.close()
  }
  expect(asked).toEqual(Array(2).fill(`/some/path/parties/main/${ROOM}`))
})
