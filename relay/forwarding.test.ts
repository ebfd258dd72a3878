/** How much connections can make the relay's host hold, at the edge of every limit. The sockets are stand-ins: they count and wait. */
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { encodeEnvelope } from '../src/net/envelope.ts'
import {
  accept,
  closeForwarding,
  countsOf,
  createForwarding,
  type Forwarding,
  MAX_CONNECTIONS,
  MAX_UNDELIVERED,
  MAX_UNDELIVERED_IN_ALL,
  TURN_DELIVERIES,
} from './forwarding.ts'
import { PING, PONG } from '../src/net/liveness.ts'
import { MAX_WAIT_MS, MAX_WAITING_BYTES, WINDOW_BYTES } from './outbox.ts'
import { PING_MS, TAKING_BEATS } from './pulse.ts'
import { TURN_READ } from './reading.ts'
import { MAX_CONNECTIONS_PER_ROOM } from './room.ts'
import { MAX_UNFINISHED_BYTES, READING_OVERHEAD } from './unfinished.ts'

const MIB = 1024 * 1024
const ROOM = 'AAAAAAAAAAAAAAAAAAAAAA'

const frame = (sender: number, length = 16): Buffer =>
  Buffer.from(encodeEnvelope({ sender: new Uint8Array(32).fill(sender), receiver: null, counter: 0, ciphertext: new Uint8Array(length) }))

/** A socket, and its stream, that is always open. While it does not read, everything that it is sent stays in it. */
class Stand extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  reads = true
  isPaused = false
  isCut = false
  closedWith: string | null = null
  pings = 0
  /** Bytes that it was given, and how many there were when it was pinged last. */
  given = 0
  pingedAt = Infinity
  /** The senders' numbers of the frames it was given. */
  readonly heard: number[] = []
  /** The texts that it was sent. */
  readonly told: string[] = []
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  ping(): void {
    this.pings++
    this.pingedAt = this.given
  }
  close(_: number, reason: string): void {
    this.closedWith = reason
    this.readyState = 2
  }
  terminate(): void {
    this.isCut = true
    this.emit('close')
  }
  send(bytes: Uint8Array | string): void {
    if (typeof bytes === 'string') return void this.told.push(bytes)
    this.heard.push(bytes[1]!)
    this.given += bytes.length
    if (!this.reads) this.bufferedAmount += bytes.length
  }
  cork(): void {}
  uncork(): void {}
  /** The network took all that it held. */
  drain(): void {
    this.take(this.bufferedAmount)
  }
  /** The network took so much of what it held, and its reader read it. */
  take(bytes: number): void {
    this.bufferedAmount = Math.max(0, this.bufferedAmount - bytes)
    if (this.given - this.bufferedAmount >= this.pingedAt) {
      this.pingedAt = Infinity
      this.emit('pong', Buffer.alloc(0))
    }
    if (this.bufferedAmount === 0) this.emit('drain')
  }
}

let forwarding: Forwarding
let lines: string[]
beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  forwarding = createForwarding((line) => void lines.push(line), { frames: Infinity, bytes: Infinity })
})
afterEach(() => {
  closeForwarding(forwarding)
  vi.useRealTimers()
})

type Accepted = Parameters<typeof accept>

function join(room = ROOM, source = 'here'): Stand {
  const socket = new Stand()
  accept(forwarding, socket as unknown as Accepted[1], socket as unknown as Accepted[2], room, source)
  return socket
}
const say = (from: Stand, sender = 1, length = 16): boolean => from.emit('message', frame(sender, length), true)
const roomNamed = (n: number): string => `room-${n}`.padEnd(22, 'x')
/** Turns of the event loop, a millisecond each. */
const turns = (count: number): void => {
  for (let i = 0; i < count; i++) vi.advanceTimersByTime(1)
}
/** A member that reads nothing. */
function laggard(source = 'here', room = ROOM): Stand {
  const socket = join(room, source)
  socket.reads = false
  return socket
}

describe('how many', () => {
  test('MAX_CONNECTIONS are held, in as many rooms, and one more when one has left', () => {
    const sockets = Array.from({ length: MAX_CONNECTIONS }, (_, i) => join(roomNamed(i)))
    expect(sockets.every(({ closedWith }) => closedWith === null)).toBe(true)
    expect(join(roomNamed(9_999)).closedWith).toBe('the relay is full')
    expect(countsOf(forwarding)).toEqual({ rooms: MAX_CONNECTIONS, connections: MAX_CONNECTIONS, dropped: 0 })
    sockets[0]!.terminate()
    expect(join(roomNamed(9_999)).closedWith).toBeNull()
    expect(countsOf(forwarding).connections).toBe(MAX_CONNECTIONS)
  })

  test('D23 one source that fills the host gives way to the first connections of others, newest first, and nobody else does', () => {
    const there = join(roomNamed(0), 'honest')
    const strangers = Array.from({ length: MAX_CONNECTIONS - 1 }, (_, i) => join(roomNamed(i + 1), 'stranger'))
    const newcomers = [join(roomNamed(0), 'newcomer'), join(roomNamed(9_999), 'another')]
    expect([there, ...newcomers].map(({ closedWith }) => closedWith)).toEqual([null, null, null])
    expect(strangers.slice(-3).map(({ closedWith }) => closedWith)).toEqual([null, 'gave way', 'gave way'])
    expect(strangers.filter(({ closedWith }) => closedWith !== null)).toHaveLength(2)
    expect(join(roomNamed(1), 'stranger').closedWith).toBe('the relay is full')
    say(newcomers[0]!)
    expect(there.heard).toEqual([1])
  })

  test('D23 one /48 that fills a room, or the host, by its /64s is one source: newcomers get in, and it has one share of time and memory', () => {
    const ofSame = (i: number): string => `2001:db8:1:${i.toString(16)}::/64`
    for (let i = 0; i < MAX_CONNECTIONS_PER_ROOM; i++) join(ROOM, ofSame(i))
    const newcomers = Array.from({ length: 4 }, (_, i) => join(ROOM, `192.0.2.${i}`))
    expect(newcomers.map(({ closedWith }) => closedWith)).toEqual([null, null, null, null])
    for (let i = MAX_CONNECTIONS_PER_ROOM; countsOf(forwarding).connections < MAX_CONNECTIONS; i++) join(roomNamed(i), ofSame(i))
    expect(join(roomNamed(0), '203.0.113.1').closedWith).toBeNull()
    expect(join(roomNamed(0), ofSame(0x500)).closedWith).toBe('the relay is full')
    const sources = [...forwarding.peers].flatMap(({ source, outbox, reader }) => [source, outbox.source, reader.source])
    expect(sources.filter((source) => source.includes(':'))).toEqual(
      Array.from({ length: 3 * (MAX_CONNECTIONS - 5) }, () => '2001:db8:1::/48'),
    )
  })

  test('D23 one source that fills a room gives way in it; a newcomer that its room has no place for costs no other room one', () => {
    const members = Array.from({ length: MAX_CONNECTIONS_PER_ROOM }, () => join(ROOM, 'fills'))
    const newcomer = join(ROOM, 'newcomer')
    expect([newcomer.closedWith, members.at(-1)!.closedWith, members.at(-2)!.closedWith]).toEqual([null, 'gave way', null])
    say(newcomer)
    expect([members[0]!.heard, members.at(-1)!.heard]).toEqual([[1], []])
    for (let i = 0; countsOf(forwarding).connections < MAX_CONNECTIONS; i++) join(roomNamed(i), 'elsewhere')
    for (let i = 0; i < 300; i++) join(ROOM, `source ${i}`)
    const late = join(ROOM, 'too late')
    expect([late.closedWith, countsOf(forwarding).connections]).toEqual(['the room is full', MAX_CONNECTIONS])
  })
})

describe('a receiver that lags', () => {
  test('D23 makes nobody wait: however much others send, no sender is paused, and all others hear every frame at once', () => {
    const stuck = laggard('bad')
    const [pours, a, b] = [join(ROOM, 'bad'), join(ROOM, 'a'), join(ROOM, 'b')]
    for (let i = 0; i < 200; i++) {
      say(pours, 9, MIB)
      turns(1)
      say(a, 1)
      say(b, 2)
      turns(1)
    }
    expect([a, b, pours].map(({ isPaused }) => isPaused)).toEqual([false, false, false])
    expect(b.heard.filter((sender) => sender === 1)).toHaveLength(200)
    expect(a.heard.filter((sender) => sender === 2)).toHaveLength(200)
    expect(stuck.closedWith).toBeNull()
    expect(countsOf(forwarding).dropped).toBeGreaterThan(180)
  })

  test('holds MAX_WAITING_BYTES and its window, loses the newest of whoever sent most, and the others’ frames come in their turn', () => {
    const slow = laggard()
    const [pours, honest] = [join(ROOM, 'pours'), join(ROOM, 'honest')]
    for (let i = 0; i < 100; i++) say(pours, 9, MIB)
    turns(200)
    expect(forwarding.backlog.bytes).toBeLessThanOrEqual(MAX_WAITING_BYTES)
    expect(forwarding.backlog.bytes).toBeGreaterThan(MAX_WAITING_BYTES - 2 * MIB)
    for (let i = 0; i < 50; i++) say(honest, 1)
    turns(1)
    const before = slow.heard.length
    slow.reads = true
    slow.drain()
    expect(slow.heard.slice(before).indexOf(1)).toBeLessThanOrEqual(1)
    expect(slow.heard.filter((sender) => sender === 1)).toHaveLength(50)
    expect([forwarding.backlog.bytes, forwarding.backlog.bySource.size]).toEqual([0, 0])
  })

  test('by no more than WINDOW_BYTES loses nothing', () => {
    const [sender, slow] = [join(), laggard()]
    slow.bufferedAmount = WINDOW_BYTES - frame(1).length
    say(sender)
    expect(slow.heard).toEqual([1])
    say(sender, 1)
    expect(slow.heard).toEqual([1])
    slow.drain()
    expect([slow.heard, countsOf(forwarding).dropped]).toEqual([[1, 1], 0])
  })

  test('gets nothing that has waited for longer than MAX_WAIT_MS', () => {
    const [sender, slow] = [join(), laggard()]
    slow.bufferedAmount = WINDOW_BYTES
    say(sender, 1)
    vi.advanceTimersByTime(20_000)
    say(sender, 2)
    vi.advanceTimersByTime(MAX_WAIT_MS - 20_000 + 1)
    slow.drain()
    expect([slow.heard, countsOf(forwarding).dropped]).toEqual([[2], 1])
  })

  test('D23 and is gone lets go of what it held in turns, and gets no more of it', () => {
    const pours = join(ROOM, 'pours')
    const gone = Array.from({ length: 5 }, () => laggard('bad'))
    for (let i = 0; i < 6_000; i++) {
      say(pours, 9, 100)
      turns(1)
    }
    const [held, heard] = [forwarding.backlog.bytes, gone[4]!.heard.length]
    for (const socket of gone) socket.terminate()
    expect(forwarding.backlog.bytes).toBeGreaterThan(held / 2)
    gone[4]!.drain()
    expect(gone[4]!.heard).toHaveLength(heard)
    turns(20)
    expect([forwarding.backlog.bytes, forwarding.backlog.bySource.size]).toEqual([0, 0])
  })

  test('D23 is cut when it takes a byte a minute, though it answers each ping; not when it reads 40 kB/s, while others pour', () => {
    const [pours, stuck, slow] = [join(), laggard(), laggard()]
    const cutAfter = { stuck: Infinity, slow: Infinity }
    for (let second = 1; second <= 600; second++) {
      say(pours, 9, MIB)
      turns(5)
      slow.take(40_000)
      if (second % 60 === 0) stuck.take(1)
      for (const socket of [pours, stuck]) socket.emit('pong', Buffer.alloc(0))
      if (stuck.isCut) cutAfter.stuck = Math.min(cutAfter.stuck, second)
      if (slow.isCut) cutAfter.slow = Math.min(cutAfter.slow, second)
      expect(forwarding.backlog.bytes).toBeLessThanOrEqual(2 * MAX_WAITING_BYTES)
      vi.advanceTimersByTime(995)
    }
    expect(cutAfter.slow).toBe(Infinity)
    expect(cutAfter.stuck * 1_000).toBeLessThanOrEqual((TAKING_BEATS + 2) * PING_MS)
    expect(slow.heard.length).toBeGreaterThan(15)
  })
})

describe('a sender that pours', () => {
  test('D23 delays others by a turn, with as many connections as a room has', () => {
    const pourers = Array.from({ length: MAX_CONNECTIONS_PER_ROOM - 2 }, () => join(ROOM, 'pours'))
    const [a, b] = [join(ROOM, 'a'), join(ROOM, 'b')]
    const delivered = (): number => [...pourers, a, b].reduce((sum, { heard }) => sum + heard.length, 0)
    // As much as one reading of each socket holds.
    for (const socket of pourers) for (let i = 0; i < 100; i++) say(socket, 9)
    let before = 0
    for (let i = 0; i < 20; i++) {
      say(a, 1)
      // The stand-in for time runs two turns in a millisecond.
      expect(delivered() - before).toBeLessThan(2 * (TURN_DELIVERIES + MAX_CONNECTIONS_PER_ROOM))
      before = delivered()
      turns(1)
      expect([i, b.heard.filter((sender) => sender === 1).length]).toEqual([i, i + 1])
    }
  })

  test('is read again when all of its MAX_UNDELIVERED is delivered, and loses nothing', () => {
    const [pours, hears] = [join(), join()]
    const count = TURN_DELIVERIES + MAX_UNDELIVERED
    for (let i = 0; i < count; i++) say(pours, 9)
    expect(pours.isPaused).toBe(false)
    say(pours, 9)
    expect(pours.isPaused).toBe(true)
    turns(3)
    expect([pours.isPaused, hears.heard.length, countsOf(forwarding).dropped]).toEqual([false, count + 1, 0])
  })

  test('D23 that leaves at once, again and again, takes MAX_UNDELIVERED_IN_ALL, and nobody else’s place in it', () => {
    const [a, b] = [join(ROOM, 'a'), join(ROOM, 'b')]
    for (let i = 0; i < 400; i++) {
      const pours = join(ROOM, 'pours')
      for (let n = 0; n < 20; n++) say(pours, 9, 60 * 1024)
      pours.terminate()
    }
    expect(forwarding.undelivered.cost).toBeLessThanOrEqual(MAX_UNDELIVERED_IN_ALL)
    expect(countsOf(forwarding).dropped).toBeGreaterThan(0)
    for (let i = 0; i < 10; i++) say(a, 1)
    turns(2)
    expect(b.heard.filter((sender) => sender === 1)).toHaveLength(10)
  })

  test.each(['ping', 'pong'])(
    'D23 with pings and pongs nobody asked for is read no more when a turn is full, and delays nobody else: %s',
    (event) => {
      const pours = Array.from({ length: 20 }, () => join(roomNamed(1), 'there'))
      const reading = (socket: Stand): boolean => {
        for (let i = 0; i < 4 * TURN_READ; i++) socket.emit(event, Buffer.alloc(0))
        return socket.emit('data', Buffer.alloc(4 * TURN_READ * 6))
      }
      for (const socket of pours) reading(socket)
      expect(pours.filter(({ isPaused }) => isPaused).length).toBeGreaterThanOrEqual(15)
      const other = join(ROOM, 'here')
      other.emit('data', Buffer.alloc(100))
      turns(1)
      expect(other.isPaused).toBe(false)
      expect(pours.filter(({ isPaused }) => isPaused).length).toBeGreaterThanOrEqual(10)
      turns(40)
      expect(pours.some(({ isPaused }) => isPaused)).toBe(false)
    },
  )

  test('D23 that end their rest at once are read one after another', () => {
    forwarding = createForwarding(() => undefined, { frames: 10, bytes: Infinity })
    const pours = Array.from({ length: 20 }, () => join(roomNamed(1), 'there'))
    for (const socket of pours) {
      for (let i = 0; i < 25; i++) socket.emit('pong', Buffer.alloc(0))
      socket.emit('data', Buffer.alloc(64 * 1024 * 20))
    }
    vi.advanceTimersByTime(499)
    expect(pours.every(({ isPaused }) => isPaused)).toBe(true)
    vi.advanceTimersByTime(1)
    expect(pours.filter(({ isPaused }) => isPaused).length).toBeGreaterThanOrEqual(15)
    turns(20)
    expect(pours.some(({ isPaused }) => isPaused)).toBe(false)
  })

  test('D23 and was told to go may end what it was sending, and is cut when it goes on', () => {
    const [bad] = [join(), join()]
    bad.emit('message', Buffer.from('no frame'), false)
    bad.emit('data', Buffer.alloc(100))
    expect([bad.closedWith, bad.isCut]).toEqual(['truncated', false])
    for (let i = 0; i < 20; i++) bad.emit('data', Buffer.alloc(64 * 1024))
    expect(bad.isCut).toBe(true)
  })

  test('with pings is slowed down as one with frames is', () => {
    forwarding = createForwarding(() => {}, { frames: 10, bytes: 1_000 })
    const pings = join()
    for (let i = 0; i < 25; i++) pings.emit('ping', Buffer.alloc(0))
    expect(pings.isPaused).toBe(true)
    for (let i = 0; i < 200; i++) pings.emit('ping', Buffer.alloc(0))
    expect(pings.closedWith).toBe('too-fast')
  })

  test('D23 begins frames and does not end them: the source with most of MAX_UNFINISHED_BYTES is cut, the largest first', () => {
    const [honest, ...bad] = [join(ROOM, 'honest'), join(ROOM, 'bad'), join(ROOM, 'bad'), join(ROOM, 'bad')]
    const read = (socket: Stand, bytes: number): boolean => socket.emit('data', { length: bytes })
    read(honest, MIB)
    read(bad[0]!, MIB)
    read(bad[1]!, MAX_UNFINISHED_BYTES - 2 * MIB - 3 * READING_OVERHEAD)
    vi.advanceTimersByTime(1_000)
    expect(bad.map(({ isCut }) => isCut)).toEqual([false, false, false])
    read(bad[2]!, 1)
    vi.advanceTimersByTime(1_000)
    expect([honest, ...bad].map(({ isCut }) => isCut)).toEqual([false, false, true, false])
    expect(lines).toEqual(['Connections were cut: they began more frames than they ended.'])
  })

  test('D23 ends its frames and pings: nothing of it is counted as unfinished', () => {
    const busy = join()
    const bytes = frame(1)
    for (let i = 0; i < 100; i++) {
      say(busy)
      busy.emit('message', Buffer.from(PING), false)
      busy.emit('pong', Buffer.alloc(0))
      busy.emit('data', { length: bytes.length + PING.length + 3 * 6 })
    }
    expect([...forwarding.peers].map(({ unfinished }) => unfinished.held)).toEqual([0])
  })
})

describe('a connection that is no use', () => {
  test('is cut when it has not answered a ping in PING_MS, and one that has is not', () => {
    const [silent, alive] = [join(), join()]
    vi.advanceTimersByTime(30_000)
    expect([silent.pings, alive.pings]).toEqual([1, 1])
    alive.emit('pong', Buffer.alloc(0))
    vi.advanceTimersByTime(29_999)
    expect([silent.isCut, alive.isCut]).toEqual([false, false])
    vi.advanceTimersByTime(1)
    expect([silent.isCut, alive.isCut]).toEqual([true, false])
  })

  test('D23 pings and reads no answers is owed none, and is answered again when it reads', () => {
    const [slow, other] = [join(), join()]
    slow.reads = false
    const ping = (times: number): void => {
      for (let i = 0; i < times; i++) slow.emit('message', Buffer.from(PING), false)
    }
    ping(2)
    expect(slow.told).toEqual([PONG, PONG, PONG])
    while (slow.bufferedAmount <= WINDOW_BYTES) say(other, 2, 60_000)
    ping(1_000)
    expect(slow.told).toHaveLength(3)
    slow.drain()
    ping(1)
    expect([slow.told.length, other.told.length, slow.isCut]).toEqual([4, 1, false])
  })

  test('and was told to go has DISMISS_MS for it, and is counted no more meanwhile', () => {
    const refused = join()
    refused.emit('message', Buffer.from('no frame'), false)
    expect([refused.closedWith, countsOf(forwarding).connections]).toEqual(['truncated', 0])
    vi.advanceTimersByTime(1_999)
    expect(refused.isCut).toBe(false)
    vi.advanceTimersByTime(1)
    expect(refused.isCut).toBe(true)
  })
})
