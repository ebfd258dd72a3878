/** A relay as a client sees it: tests that each host runs over real sockets. Each test has new rooms, so one host may serve them all. */
import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { encodeEnvelope, HEADER_BYTES, MAX_FRAME_BYTES } from '../src/net/envelope.ts'
import { PING, PONG } from '../src/net/liveness.ts'
import { BURST_MS, DEFAULT_RATES, MAX_CONNECTIONS_PER_ROOM, MAX_REST_MS, MAX_SENDERS_PER_CONNECTION, type Rates } from './room.ts'

/** The header in which hosts under test are told where a connection comes from. */
export const ADDRESS_HEADER = 'x-forwarded-for'

export interface HostUnderTest {
  /** Starts one on this machine that reads ADDRESS_HEADER, or gives one that runs, and its port. */
  start(rates: Rates): Promise<number>
  /** True if it reads no more from a connection that is too fast; false if it sends such a connection away. */
  readonly slowsDown: boolean
}

const value = (n: number) => new Uint8Array(32).fill(n)

/** A frame that `heard` shows as `mark`. */
export const frame = (sender: number, receiver: number | null, mark: number, length = 16) =>
  encodeEnvelope({
    sender: value(sender),
    receiver: receiver === null ? null : value(receiver),
    counter: mark,
    ciphertext: new Uint8Array(length).fill(mark),
  })

/** A mark that none of a row of frames has. */
const OTHER = 250

/** Frames of 1 MB: more than a socket's buffers on both sides, and what a relay keeps for one receiver. */
const POURED = 40

let rooms = 0
/** A name that no other test uses. */
export const newRoom = (): string => `contract-${crypto.randomUUID()}-${++rooms}`

/** A socket of a room, with what it heard: one number for each frame, its first ciphertext byte. */
export async function member(port: number, room: string, headers: Readonly<Record<string, string>> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/parties/main/${room}`, { headers })
  const heard: number[] = []
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  /** The texts that it was sent. */
  const told: string[] = []
  socket.on('message', (data: Buffer, isBinary) => void (isBinary ? heard.push(data[HEADER_BYTES]!) : told.push(data.toString())))
  socket.on('error', () => undefined)
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return { socket, heard, told, closed }
}

/** Polls until the check passes; patient, since a busy machine is no failure. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000 })
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The answer to a request whose path is sent as it is written here. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => void chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', reject).end()
  })
}

const statusOf = async (port: number, path: string): Promise<number> => (await ask(port, path)).status

export function runRelayContract(name: string, { start, slowsDown }: HostUnderTest): void {
  describe(`${name}, as its clients see it`, { timeout: 60_000 }, () => {
    /** So many sockets of a new room. */
    async function roomOf(count: number, rates = DEFAULT_RATES) {
      const port = await start(rates)
      const room = newRoom()
      const members = await Promise.all(Array.from({ length: count }, () => member(port, room)))
      return { port, room, members }
    }

    test('everybody else in the room hears a frame byte for byte; its sender and other rooms do not', async () => {
      const { port, members } = await roomOf(3)
      const [a, b, c] = members as [Member, Member, Member]
      const elsewhere = await member(port, newRoom())
      await eventually(() => expect(b.told).toEqual([PONG]))
      const whole = once(b.socket, 'message')
      a.socket.send(frame(1, null, 7))
      expect(new Uint8Array(((await whole) as [Buffer])[0])).toEqual(frame(1, null, 7))
      b.socket.send(frame(2, null, 8))
      await eventually(() => expect([a.heard, b.heard, c.heard]).toEqual([[8], [7], [7, 8]]))
      expect(elsewhere.heard).toEqual([])
    })

    test('a frame for one node reaches the socket it spoke from, and no other', async () => {
      const { members } = await roomOf(3)
      const [a, b, c] = members as [Member, Member, Member]
      b.socket.send(frame(2, null, 1))
      await eventually(() => expect([a.heard, c.heard]).toEqual([[1], [1]]))
      a.socket.send(frame(1, 2, 5))
      a.socket.send(frame(1, null, 6))
      await eventually(() =>
        expect([b.heard, c.heard]).toEqual([
          [5, 6],
          [1, 6],
        ]),
      )
    })

    test('D19 a frame for a node that did not speak yet reaches those that did not, and nobody when all have spoken', async () => {
      const { members } = await roomOf(3)
      const [a, b, c] = members as [Member, Member, Member]
      a.socket.send(frame(1, 2, 5))
      await eventually(() => expect([b.heard, c.heard]).toEqual([[5], [5]]))
      b.socket.send(frame(2, null, 6))
      await eventually(() => expect(a.heard).toEqual([6]))
      a.socket.send(frame(1, 9, 7))
      await eventually(() => expect(c.heard).toEqual([5, 6, 7]))
      c.socket.send(frame(3, null, 8))
      await eventually(() => expect(a.heard).toEqual([6, 8]))
      a.socket.send(frame(1, 9, 9))
      a.socket.send(frame(1, null, 10))
      await eventually(() =>
        expect([b.heard, c.heard]).toEqual([
          [5, 8, 10],
          [5, 6, 7, 10],
        ]),
      )
    })

    test('D18 a connection that brings more than 16 sender values is told so and reaches nobody; one that comes again with its own is not', async () => {
      const { port, room, members } = await roomOf(1)
      const [b] = members as [Member]
      const many = await member(port, room)
      for (let sender = 1; sender <= MAX_SENDERS_PER_CONNECTION + 1; sender++) many.socket.send(frame(sender, null, sender))
      expect(await many.closed).toEqual({ code: 4000, reason: 'too-many-senders' })
      for (let times = 0; times < 2 * MAX_SENDERS_PER_CONNECTION; times++) {
        const again = await member(port, room)
        again.socket.send(frame(100 + times, null, 100 + times))
        again.socket.close()
        await again.closed
      }
      const allowed = Array.from({ length: MAX_SENDERS_PER_CONNECTION }, (_, i) => i + 1)
      const returned = Array.from({ length: 2 * MAX_SENDERS_PER_CONNECTION }, (_, i) => 100 + i)
      await eventually(() => expect(b.heard).toEqual([...allowed, ...returned]))
    })

    test('a node that speaks from a second socket is reached on both', async () => {
      const { members } = await roomOf(4)
      const [a, b, again, c] = members as [Member, Member, Member, Member]
      b.socket.send(frame(2, null, 1))
      await eventually(() => expect(a.heard).toEqual([1]))
      again.socket.send(frame(2, null, 2))
      await eventually(() => expect(a.heard).toEqual([1, 2]))
      a.socket.send(frame(1, 2, 5))
      a.socket.send(frame(1, null, 6))
      await eventually(() =>
        expect([b.heard, again.heard, c.heard].map((heard) => heard.slice(-2))).toEqual([
          [5, 6],
          [5, 6],
          [2, 6],
        ]),
      )
    })

    test('frames of one sender arrive in their order, each whole, while others speak and whatever their sizes', async () => {
      const { members } = await roomOf(3)
      const [a, b, c] = members as [Member, Member, Member]
      const sizes: number[] = []
      c.socket.on('message', (data: Buffer, isBinary) => void (isBinary && sizes.push(data.length)))
      const lengthOf = (i: number) => (i % 10 === 0 ? 100_000 : 16 + i)
      for (let i = 0; i < 100; i++) {
        a.socket.send(frame(1, null, i, lengthOf(i)))
        b.socket.send(frame(2, null, 100 + i, lengthOf(i)))
      }
      await eventually(() => expect(c.heard).toHaveLength(200))
      const ofA = c.heard.map((mark, i) => [mark, sizes[i]]).filter(([mark]) => mark! < 100)
      const ofB = c.heard.map((mark, i) => [mark! - 100, sizes[i]]).filter(([mark]) => mark! >= 0)
      const sent = Array.from({ length: 100 }, (_, i) => [i, HEADER_BYTES + lengthOf(i)])
      expect([ofA, ofB]).toEqual([sent, sent])
    })

    test('a connection is told that it may ping; each ping is answered to it alone, and costs it no place', async () => {
      const { members } = await roomOf(3)
      const [a, b, c] = members as [Member, Member, Member]
      for (let i = 0; i < 20; i++) a.socket.send(PING)
      await eventually(() => expect(a.told).toEqual(Array.from({ length: 21 }, () => PONG)))
      // A ping does not count as speaking: a frame for a node that has not spoken still goes to its connection.
      b.socket.send(frame(2, 1, 5))
      await eventually(() => expect([a.heard, c.heard]).toEqual([[5], [5]]))
      expect([a.told.length, b.told, c.told]).toEqual([21, [PONG], [PONG]])
    })

    test('D14 what is no frame ends the connection, with the reason, and reaches nobody', async () => {
      const { port, room, members } = await roomOf(1)
      const [b] = members as [Member]
      for (const [bytes, reason] of [
        [new Uint8Array(10), 'truncated'],
        ['text', 'truncated'],
        [`${PING} `, 'truncated'],
        [Buffer.from(PING), 'truncated'],
        // A frame in all but that it was sent as text.
        [Buffer.from(frame(0x41, null, 1)).toString('latin1'), 'truncated'],
        [frame(1, null, 1).fill(7, 0, 1), 'unknown-version'],
        [frame(1, null, 1).fill(0, 1, 33), 'bad-envelope'],
      ] as const) {
        const a = await member(port, room)
        a.socket.send(bytes)
        a.socket.send(frame(1, null, 2))
        expect(await a.closed).toEqual({ code: 4000, reason })
      }
      const late = await member(port, room)
      late.socket.send(frame(4, null, 3))
      await eventually(() => expect(b.heard).toEqual([3]))
    })

    test('D9 the largest frame passes, and one byte more ends the connection and reaches nobody', async () => {
      const { members } = await roomOf(3)
      const [a, b, c] = members as [Member, Member, Member]
      a.socket.send(frame(1, null, 1, MAX_FRAME_BYTES - HEADER_BYTES))
      await eventually(() => expect([b.heard, c.heard]).toEqual([[1], [1]]))
      a.socket.send(frame(1, null, 2, MAX_FRAME_BYTES - HEADER_BYTES + 1))
      expect((await a.closed).code).toBe(1009)
      c.socket.send(frame(3, null, 3))
      await eventually(() => expect(b.heard).toEqual([1, 3]))
    })

    test(`who is too fast ${slowsDown ? 'is slowed down' : 'is sent away'}; nothing of what was passed on is lost or out of order`, async () => {
      // Of a size of which few are read at once: a host pauses a socket between two reads.
      const length = 10_000
      const perSecond = 20
      const rates = { ...DEFAULT_RATES, bytes: perSecond * frame(1, null, 0, length).length }
      const { port, room, members } = await roomOf(3, rates)
      const [fast, b, c] = members as [Member, Member, Member]
      const atOnce = (BURST_MS / 1000) * perSecond
      const bearable = atOnce + (MAX_REST_MS / 1000) * perSecond
      let sent = 0
      const send = (upTo: number): void => {
        while (sent < upTo) fast.socket.send(frame(1, null, sent++ % OTHER, length))
      }
      // Less than one may owe: all of it passes on any host.
      send(atOnce + 10)
      await eventually(() => expect(b.heard).toHaveLength(atOnce + 10))
      send(2 * bearable)
      if (!slowsDown) {
        expect(await fast.closed).toEqual({ code: 4000, reason: 'too-fast' })
        expect(b.heard.length).toBeGreaterThanOrEqual(bearable)
      }
      // The others may still send as much as before.
      const late = await member(port, room)
      for (let i = 1; i <= 10; i++) {
        late.socket.send(frame(4, null, OTHER))
        await eventually(() => expect(c.heard.filter((mark) => mark === OTHER)).toHaveLength(i))
      }
      const passed = b.heard.filter((mark) => mark !== OTHER)
      expect(passed).toEqual(Array.from(passed, (_, i) => i % OTHER))
      expect(passed.length).toBeLessThan(2 * bearable)
      if (slowsDown) expect(fast.socket.readyState).toBe(WebSocket.OPEN)
    })

    test('D23 a member that reads nothing and one that pours delay nobody, and cost nobody else a frame', async () => {
      const { members } = await roomOf(4)
      const [a, b, stuck, pours] = members as [Member, Member, Member, Member]
      const ofOthers = ({ heard }: Member): number[] => heard.filter((mark) => mark !== OTHER)
      stuck.socket.pause()
      let poured = 0
      const pour = (): void => {
        if (poured++ < POURED) pours.socket.send(frame(9, null, OTHER, 1_000_000), () => setTimeout(pour, 5))
      }
      pour()
      let said = 0
      while (said < 40 || poured < POURED) {
        a.socket.send(frame(1, 2, ++said % OTHER))
        await eventually(() => expect(ofOthers(b)).toHaveLength(said))
        b.socket.send(frame(2, null, said % OTHER))
        await eventually(() => expect(ofOthers(a)).toHaveLength(said))
      }
      const sent = Array.from({ length: said }, (_, i) => (i + 1) % OTHER)
      expect([ofOthers(a), ofOthers(b)]).toEqual([sent, sent])
    })

    test('D23 members of other rooms that read nothing cost nobody who reads a frame, however large it is', async () => {
      const port = await start(DEFAULT_RATES)
      const room = newRoom()
      const stuck = await Promise.all(Array.from({ length: 24 }, () => member(port, room)))
      const pours = await member(port, room)
      for (const { socket } of stuck) socket.pause()
      for (let i = 0; i < 20; i++) {
        await new Promise((resolve) => pours.socket.send(frame(9, null, OTHER, 1_000_000), resolve))
        // Their handshakes give the host time to pass it on.
        const elsewhere = await Promise.all([member(port, newRoom()), member(port, newRoom())])
        for (const { socket } of elsewhere) socket.terminate()
      }
      const reading = newRoom()
      const [a, b] = [await member(port, reading), await member(port, reading)]
      const sizes = [10_000, 100_000, 200_000, 400_000, 1_000_000].flatMap((bytes) => [bytes, bytes, bytes])
      for (const [i, bytes] of sizes.entries()) {
        a.socket.send(frame(1, null, i, bytes))
        await eventually(() => expect(b.heard).toEqual([...sizes.keys()].slice(0, i + 1)))
      }
    })

    test('D23 one source that fills a room, from many /64s, gives way to a newcomer of another: its newest is told, and all others stay', async () => {
      const port = await start(DEFAULT_RATES)
      const room = newRoom()
      const from = (address: string): Promise<Member> => member(port, room, { [ADDRESS_HEADER]: address })
      const honest = await from('192.0.2.1')
      const filling: Member[] = []
      for (let i = 1; i < MAX_CONNECTIONS_PER_ROOM; i++) filling.push(await from(`2001:db8:7:${i.toString(16)}::1`))
      const newcomers = [await from('203.0.113.1'), await from('2001:db8:8::1')]
      for (const gone of filling.slice(-2)) expect(await gone.closed).toEqual({ code: 4003, reason: 'gave way' })
      expect(await (await from('2001:db8:7:1::2')).closed).toEqual({ code: 4003, reason: 'the room is full' })
      for (const [i, speaker] of [honest, ...newcomers].entries()) speaker.socket.send(frame(i + 1, null, i + 1))
      await eventually(() => expect(filling[0]!.heard.toSorted((one, other) => one - other)).toEqual([1, 2, 3]))
      expect([honest, ...newcomers, ...filling.slice(0, -2)].every(({ socket }) => socket.readyState === WebSocket.OPEN)).toBe(true)
    })

    test('a full room says so, and a place in it that becomes free is given away', async () => {
      const { port, room, members } = await roomOf(MAX_CONNECTIONS_PER_ROOM)
      const late = await member(port, room)
      expect(await late.closed).toEqual({ code: 4003, reason: 'the room is full' })
      members[0]!.socket.close()
      await members[0]!.closed
      await eventually(async () => {
        const next = await member(port, room)
        next.socket.send(frame(1, null, 5))
        await vi.waitFor(() => expect(members[1]!.heard).toEqual([5]), { timeout: 1_000 })
      })
    })

    test('a client that vanishes leaves nothing behind: the others go on, and what is for it goes to nobody', async () => {
      const { members } = await roomOf(4)
      const [a, b, c, gone] = members as [Member, Member, Member, Member]
      for (const [i, speaker] of [a, b, c, gone].entries()) {
        speaker.socket.send(frame(i + 1, null, i + 1))
        await eventually(() => expect(members.filter(({ heard }) => heard.includes(i + 1))).toHaveLength(3))
      }
      gone.socket.terminate()
      await gone.closed
      for (let i = 0; i < 20; i++) a.socket.send(frame(1, 4, 5))
      b.socket.send(frame(2, null, 6))
      await eventually(() => expect([a.heard.at(-1), c.heard.at(-1)]).toEqual([6, 6]))
      expect([b.heard, c.heard]).toEqual([
        [1, 3, 4],
        [1, 2, 4, 6],
      ])
    })

    test('of members nothing is told: neither that one comes or goes, nor whether there is any', async () => {
      const { port, room, members } = await roomOf(1)
      const [a] = members as [Member]
      const messages: unknown[] = []
      await eventually(() => expect(a.told).toEqual([PONG]))
      a.socket.on('message', (data: Buffer, isBinary) => void messages.push([isBinary, new Uint8Array(data)]))
      const visitor = await member(port, room)
      visitor.socket.close()
      await visitor.closed
      const silent = await member(port, room)
      const speaker = await member(port, room)
      silent.socket.terminate()
      speaker.socket.send(frame(3, null, 3))
      await eventually(() => expect(messages).toEqual([[true, frame(3, null, 3)]]))
      expect([visitor.heard, silent.heard, speaker.heard]).toEqual([[], [], []])
      expect(await statusOf(port, `/parties/main/${room}`)).toBe(await statusOf(port, `/parties/main/${newRoom()}`))
    })

    test('who says goodbye is answered, whether it gives a code or not', async () => {
      const { port, room, members } = await roomOf(2)
      const [a, b] = members as [Member, Member]
      a.socket.close()
      // 1006 is what one sees whom nobody answered.
      expect((await a.closed).code).toBe(1005)
      b.socket.close(1000)
      expect((await b.closed).code).toBe(1000)
      const c = await member(port, room)
      c.socket.close(4321, 'of its own')
      expect((await c.closed).code).toBe(4321)
    })

    test('names that are no room are not found, by upgrade or not', async () => {
      const port = await start(DEFAULT_RATES)
      const good = 'A'.repeat(22)
      for (const room of ['short', 'x'.repeat(65), `${good}/more`, '..%2F..%2Fetc%2Fpasswd', '%']) {
        await expect(member(port, room)).rejects.toThrow(/404|400/)
        expect(await statusOf(port, `/parties/main/${room}`)).toBeGreaterThanOrEqual(400)
      }
      await expect(member(port, `../other/${good}`)).rejects.toThrow('404')
      expect(await statusOf(port, `/parties/main/${good}`)).toBe(426)
    })

    test('what a client adds to a room’s address, or to what it asks, changes nothing', async () => {
      const { port, room, members } = await roomOf(1)
      const [a] = members as [Member]
      // Names that partyserver takes for its own.
      const [b, c] = [
        await member(port, `${room}?_pk=same`, { 'x-partykit-room': newRoom() }),
        await member(port, `${room}?_pk=same&x=${'y'.repeat(3_000)}`, { 'x-partykit-props': 'no JSON' }),
      ]
      b.socket.send(frame(2, null, 1))
      c.socket.send(frame(3, null, 2))
      await eventually(() => expect([a.heard.toSorted((one, other) => one - other), b.heard, c.heard]).toEqual([[1, 2], [2], [1]]))
    })
  })
}

type Member = Awaited<ReturnType<typeof member>>
