/** The harness of the suite "relay": what it counts. */
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createRelayHost } from '../../relay/node.ts'
import { sealerOf } from '../net/sealer.naive.ts'
import { decodeBundle } from '../sync/bundle.ts'
import { decodeMessage } from '../sync/messages.ts'
import { unwrapBundle } from '../sync/wrap.ts'
import { createFrameCounter, fanOut } from './relay-fan-out.ts'
import { coalescedFrame } from './relay-frames.ts'
import { join } from './relay-join.ts'

async function relayPort(): Promise<number> {
  const host = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: () => {} })
  onTestFinished(() => host.close())
  return host.port
}

/** A host that passes on to all others what `pass` says yes to. */
async function otherHost(pass: (message: number) => boolean): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const sockets = new Set<WebSocket>()
  let messages = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('message', (data: Buffer) => {
      if (pass(messages++)) for (const other of sockets) if (other !== socket) other.send(data)
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

test('binary frames are counted, however their bytes are cut; pings and texts are none', () => {
  const long = (length: number): number[] => [0x82, 126, length >> 8, length & 0xff, ...new Uint8Array(length).fill(0x82)]
  const stream = Uint8Array.from([
    ...long(300),
    0x89,
    0,
    ...long(126),
    0x89,
    3,
    0x82,
    0x82,
    0x82,
    0x81,
    2,
    0x82,
    5,
    0x82,
    1,
    0x82,
    ...long(1_000),
  ])
  for (let step = 1; step <= stream.length; step++) {
    const count = createFrameCounter()
    let frames = 0
    for (let at = 0; at < stream.length; at += step) frames += count(stream.subarray(at, at + step))
    expect([step, frames]).toEqual([step, 4])
  }
})

test('a frame of sixteen ops holds sixteen, by one signature', async () => {
  const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
  const sealer = await sealerOf(5, bytes(2), bytes(3))
  const opened = await sealer.open(await coalescedFrame(16))
  const message = decodeMessage(opened.ok ? opened.value.plaintext : new Uint8Array(0))
  if (!message.ok || message.value.type !== 'units') throw new Error('no units')
  const wrapped = unwrapBundle(message.value.bundle)
  const units = decodeBundle(wrapped.ok ? wrapped.value.payload : new Uint8Array(0))
  if (!units.ok) throw new Error(units.reason)
  expect(units.value.map((unit) => unit.map(({ signature }) => signature !== null))).toEqual([
    [...Array.from({ length: 15 }, () => false), true],
  ])
})

describe('rooms in which all speak', () => {
  const how = { rooms: 2, clients: 3, rounds: 20, ahead: 4 }
  const frame = async (): Promise<string> => Buffer.from(await coalescedFrame(1)).toString('base64')

  test('are of clients that answer pings', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => server.close())
    const sockets: WebSocket[] = []
    let pongs = 0
    server.on('connection', (socket) => {
      sockets.push(socket)
      socket.on('pong', () => {
        pongs++
        for (const other of sockets) if (other !== socket) other.send(new Uint8Array(200))
      })
      socket.on('message', () => socket.ping())
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await fanOut({ port, rooms: 1, clients: 2, rounds: 1, ahead: 1, speakers: 2, frame: await frame() })
    expect(pongs).toBe(2)
  })

  test('end when everybody has heard everybody, or one of them alone', async () => {
    const port = await relayPort()
    expect(await fanOut({ port, ...how, speakers: 3, frame: await frame() })).toBeGreaterThan(0)
    expect(await fanOut({ port, ...how, speakers: 1, frame: await frame() })).toBeGreaterThan(0)
  })

  test('fail where the host closes a connection', async () => {
    const bad = Buffer.from(await coalescedFrame(1))
      .fill(9, 0, 1)
      .toString('base64')
    await expect(fanOut({ port: await relayPort(), ...how, speakers: 3, frame: bad })).rejects.toThrow('closed a connection')
  })
})

describe('a room that fills', () => {
  const how = { clients: 12, perSecond: 100, heartbeat: 300, patience: 300 }

  test('loses nothing on our host; and somebody was there to hear', async () => {
    const { expected, lost } = await join({ port: await relayPort(), ...how })
    // Of 12, each is heard by those before it, and answered by each.
    expect(expected).toBeGreaterThanOrEqual(2 * 66)
    expect(lost).toBe(0)
  })

  test('is seen to lose what a host does not pass on', async () => {
    const { lost } = await join({ port: await otherHost((message) => message % 10 !== 9), ...how })
    expect(lost).toBeGreaterThan(10)
  })
})
