/** The relay's socket on Node: the transport's contract against a real relay, and what a hostile one may send. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
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
    openRelaySocket({ origin: `http://127.0.0.1:${relay.port}`, room: name.padEnd(22, '-'), socketClass: socketClass(() => {}) })
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
  const listener = listen(openRelaySocket({ origin, room: ROOM, socketClass: socketClass((reason) => why.push(reason)) }))
  await eventually(() => expect(marks(listener)).toEqual([7]))
  expect(why).toEqual(['Max payload size exceeded'])
})

test('a relay that is not there is found when it comes, and meanwhile it is said why', async () => {
  const first = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: () => undefined })
  await first.close()
  const why = new Set<string>()
  const origin = `ws://127.0.0.1:${first.port}`
  const listener = listen(openRelaySocket({ origin, room: ROOM, socketClass: socketClass((reason) => why.add(reason)) }))
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
