/** What connections can make the relay's host hold, at the edge of every limit. The sockets are stand-ins: they count and wait. */
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { encodeEnvelope } from '../src/net/envelope.ts'
import { createForwarding, type Forwarding, MAX_CONNECTIONS, MAX_ROOMS } from './forwarding.ts'
import { MAX_CONNECTIONS_PER_ROOM } from './room.ts'

const MIB = 1024 * 1024
const ROOM = 'AAAAAAAAAAAAAAAAAAAAAA'

const frame = (sender: number, length = 16): Buffer =>
  Buffer.from(encodeEnvelope({ sender: new Uint8Array(32).fill(sender), receiver: null, counter: 0, ciphertext: new Uint8Array(length) }))

/** A socket that is always open, and hands nothing to the network before it is told to. */
class Stand extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  isPaused = false
  isCut = false
  closedWith: string | null = null
  pings = 0
  readonly sent: (() => void)[] = []
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  ping(): void {
    this.pings++
  }
  close(_: number, reason: string): void {
    this.closedWith = reason
    this.readyState = 2
  }
  terminate(): void {
    this.isCut = true
    this.emit('close')
  }
  send(_: Buffer, __: object, done?: () => void): void {
    if (done) this.sent.push(done)
  }
  cork(): void {}
  uncork(): void {}
  /** What is on its way to it, as the socket says it. */
  lagBy(bytes: number): void {
    this.bufferedAmount = bytes
  }
  catchUp(bytes: number): void {
    this.bufferedAmount = bytes
    for (const done of this.sent.splice(0)) done()
  }
}

let forwarding: Forwarding
beforeEach(() => {
  vi.useFakeTimers()
  forwarding = createForwarding(() => {})
})
afterEach(() => {
  forwarding.close()
  vi.useRealTimers()
})

function join(room = ROOM): Stand {
  const socket = new Stand()
  forwarding.accept(socket as unknown as WebSocket, socket as unknown as Duplex, room)
  return socket
}
const say = (from: Stand, sender = 1): boolean => from.emit('message', frame(sender), true)
const roomNamed = (n: number): string => `room-${n}`.padEnd(22, 'x')

describe('how many', () => {
  test('MAX_ROOMS rooms are held, one more is not, and those that are there go on', () => {
    for (let i = 0; i < MAX_ROOMS; i++) expect(join(roomNamed(i)).closedWith).toBeNull()
    expect(join(roomNamed(MAX_ROOMS)).closedWith).toBe('the relay is full')
    expect(join(roomNamed(0)).closedWith).toBeNull()
    expect(forwarding.count()).toEqual({ rooms: MAX_ROOMS, connections: MAX_ROOMS + 1 })
  })

  test('MAX_CONNECTIONS are held, and one more when one has left', () => {
    const sockets = Array.from({ length: MAX_CONNECTIONS }, (_, i) => join(roomNamed(Math.floor(i / MAX_CONNECTIONS_PER_ROOM))))
    expect(sockets.every(({ closedWith }) => closedWith === null)).toBe(true)
    expect(join(roomNamed(9_999)).closedWith).toBe('the relay is full')
    sockets[0]!.terminate()
    expect(join(roomNamed(9_999)).closedWith).toBeNull()
    expect(forwarding.count().connections).toBe(MAX_CONNECTIONS)
  })
})

describe('a receiver that lags', () => {
  test('by HIGH_WATER keeps nobody waiting, and by a byte more it does, until no more than LOW_WATER is left', () => {
    const [sender, receiver] = [join(), join()]
    receiver.lagBy(4 * MIB)
    say(sender)
    expect(sender.isPaused).toBe(false)
    receiver.lagBy(4 * MIB + 1)
    say(sender)
    expect(sender.isPaused).toBe(true)
    receiver.catchUp(512 * 1024 + 1)
    expect(sender.isPaused).toBe(true)
    say(join(), 2)
    receiver.catchUp(512 * 1024)
    expect(sender.isPaused).toBe(false)
  })

  test('for MAX_STALL_MS is cut, and a millisecond earlier it is not', () => {
    const [sender, receiver] = [join(), join()]
    receiver.lagBy(4 * MIB + 1)
    say(sender)
    // It answers every ping, and reads nothing else.
    vi.advanceTimersByTime(29_999)
    expect([receiver.isCut, sender.isPaused]).toEqual([false, true])
    vi.advanceTimersByTime(1)
    expect([receiver.isCut, sender.isPaused]).toEqual([true, false])
  })

  test('by MAX_BUFFERED_BYTES is held, and by a byte more it is cut at once', () => {
    const [sender, receiver] = [join(), join()]
    receiver.lagBy(64 * MIB)
    say(sender)
    expect(receiver.isCut).toBe(false)
    receiver.lagBy(64 * MIB + 1)
    say(join(), 2)
    expect(receiver.isCut).toBe(true)
  })
})

describe('a connection that is no use', () => {
  test('is cut when it has not answered a ping in PING_MS, and one that has is not', () => {
    const [silent, alive] = [join(), join()]
    vi.advanceTimersByTime(30_000)
    expect([silent.pings, alive.pings]).toEqual([1, 1])
    alive.emit('pong')
    vi.advanceTimersByTime(29_999)
    expect([silent.isCut, alive.isCut]).toEqual([false, false])
    vi.advanceTimersByTime(1)
    expect([silent.isCut, alive.isCut]).toEqual([true, false])
  })

  test('and was told to go has DISMISS_MS for it, and is counted no more meanwhile', () => {
    const refused = join()
    refused.emit('message', Buffer.from('no frame'), false)
    expect([refused.closedWith, forwarding.count().connections]).toEqual(['truncated', 0])
    vi.advanceTimersByTime(1_999)
    expect(refused.isCut).toBe(false)
    vi.advanceTimersByTime(1)
    expect(refused.isCut).toBe(true)
  })
})
