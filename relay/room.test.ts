/** The laws of a room: which connections hear a frame, against a naive twin, and the limits that no connection may exceed. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEnvelope, MAX_FRAME_BYTES } from '../src/net/envelope.ts'
import {
  BURST_MS,
  BYTES_PER_SECOND,
  createRoom,
  FRAMES_PER_SECOND,
  join,
  leave,
  MAX_CONNECTIONS_PER_ROOM,
  MAX_OTHER_SOURCES,
  MAX_REST_MS,
  MAX_SENDERS_PER_CONNECTION,
  MAX_SILENT_COPIES,
  NAMING_MS,
  restoreSenders,
  type Room,
  route,
  SENDER_MS,
  sendersOf,
} from './room.ts'

/** A number each. */
type Conn = number

const value = (n: number) => new Uint8Array(32).fill(n)
const frame = (sender: number, receiver: number | null = null, length = 16) =>
  encodeEnvelope({
    sender: value(sender),
    receiver: receiver === null ? null : value(receiver),
    counter: 0,
    ciphertext: new Uint8Array(length),
  })

function roomOf(...conns: Conn[]): Room<Conn> {
  const room = createRoom<Conn>()
  for (const conn of conns) expect(join(room, conn, 'here', 0).type).toBe('given')
  return room
}

/** The connections that get the frame; a refusal is a failure. */
function receivers(room: Room<Conn>, conn: Conn, bytes: Uint8Array, now = 0): Conn[] {
  const routed = route(room, conn, bytes, now)
  if (routed.type === 'refuse') throw new Error(routed.reason)
  return [...routed.to].sort((a, b) => a - b)
}

describe('routing', () => {
  test('a frame for everybody goes to everybody else in the room', () => {
    expect(receivers(roomOf(1, 2, 3), 2, frame(20))).toEqual([1, 3])
  })

  test('a frame for one goes to the connection that used that sender value, and to nobody else', () => {
    const room = roomOf(1, 2, 3)
    route(room, 3, frame(30), 0)
    expect(receivers(room, 1, frame(10, 30))).toEqual([3])
  })

  test('D19 a frame for a value that nobody used goes to those that have used none: its owner may only have listened so far', () => {
    const room = roomOf(1, 2, 3, 4)
    route(room, 2, frame(20), 0)
    expect(receivers(room, 1, frame(10, 30))).toEqual([3, 4])
    route(room, 3, frame(30), 0)
    expect(receivers(room, 1, frame(10, 50))).toEqual([4])
    route(room, 4, frame(40), 0)
    expect(receivers(room, 1, frame(10, 50))).toEqual([])
  })

  test('D19 a connection that stays silent for NAMING_MS gets no frame for an unknown value, and is heard when it speaks', () => {
    const room = roomOf(1, 2)
    expect(receivers(room, 1, frame(10, 30), NAMING_MS - 1)).toEqual([2])
    expect(receivers(room, 1, frame(10, 30), NAMING_MS)).toEqual([])
    expect(receivers(room, 1, frame(10), NAMING_MS)).toEqual([2])
    route(room, 2, frame(30), NAMING_MS)
    expect(receivers(room, 1, frame(10, 30), NAMING_MS)).toEqual([2])
  })

  test('a node that comes back by a second socket is reached there, while the first is still believed alive', () => {
    const room = roomOf(1, 2)
    route(room, 2, frame(20), 0)
    join(room, 3, 'here', 0)
    route(room, 3, frame(20), 0)
    expect(receivers(room, 1, frame(10, 20))).toEqual([2, 3])
    leave(room, 2)
    expect(receivers(room, 1, frame(10, 20))).toEqual([3])
  })

  test('a frame for a value that only its own connection used goes to nobody', () => {
    const room = roomOf(1, 2)
    expect(receivers(room, 1, frame(10, 10))).toEqual([])
  })

  test('a connection that is not in the room reaches nobody', () => {
    expect(receivers(roomOf(1, 2), 9, frame(90))).toEqual([])
  })

  test('what is remembered of a frame is its own: the host may use the memory again', () => {
    const room = roomOf(1, 2, 3)
    const bytes = Buffer.from(frame(30))
    route(room, 3, bytes, 0)
    bytes.fill(0x55)
    expect(receivers(room, 1, frame(10, 30))).toEqual([3])
    expect(receivers(room, 1, frame(10, 0x55))).toEqual([2])
  })

  test('a sender value is new once for each connection that uses it', () => {
    const room = roomOf(1, 2)
    const isNew = (conn: Conn, sender: number) => {
      const routed = route(room, conn, frame(sender), 0)
      return routed.type === 'deliver' && routed.isNew
    }
    expect([isNew(1, 10), isNew(1, 10), isNew(2, 10), isNew(1, 11), isNew(1, 10)]).toEqual([true, false, true, true, false])
    expect(isNew(9, 90)).toBe(false)
  })

  test('a room that is told of its members and their sender values is the room that it was', () => {
    const room = roomOf(1, 2, 3)
    for (const [conn, sender] of [
      [1, 10],
      [1, 11],
      [2, 20],
      [2, 10],
    ] as const)
      route(room, conn, frame(sender), 0)
    for (let sender = 100; sender < 100 + 2 * MAX_SENDERS_PER_CONNECTION; sender++) route(room, 3, frame(sender), (sender - 99) * SENDER_MS)
    const again = roomOf(1, 2, 3)
    restoreSenders(
      again,
      [1, 2, 3].map((conn) => [conn, sendersOf(room, conn)] as const),
    )
    const settled = (of: Room<Conn>) => [...of.users].sort(([a], [b]) => (a < b ? -1 : 1))
    expect(settled(again)).toEqual(settled(room))
    expect([1, 2, 3].map((conn) => sendersOf(again, conn))).toEqual([1, 2, 3].map((conn) => sendersOf(room, conn)))
    restoreSenders(again, [[9, sendersOf(room, 3)]])
    expect(receivers(again, 1, frame(10, 90))).toEqual([])
    // The hour in which it may not bring another goes on.
    const latest = 2 * MAX_SENDERS_PER_CONNECTION * SENDER_MS
    expect(route(again, 3, frame(250), latest)).toMatchObject({ type: 'deliver' })
    expect(route(again, 3, frame(251), latest)).toMatchObject({ type: 'deliver' })
  })

  test('whatever happens: nobody hears itself, all who are meant hear, nobody who left does, and nothing is left of an empty room', () => {
    const conn = fc.integer({ min: 1, max: 12 })
    const sourceOf = (of: Conn): string => `source ${of % 5}`
    const event = fc.oneof(
      fc.record({ type: fc.constant('join' as const), conn }),
      fc.record({ type: fc.constant('leave' as const), conn }),
      fc.record({
        type: fc.constant('frame' as const),
        conn,
        sender: fc.integer({ min: 1, max: 4 }),
        receiver: fc.option(fc.integer({ min: 1, max: 4 })),
      }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 90, size: 'max' }), (events) => {
        const room = createRoom<Conn>()
        /** The naive twin: which connections are in, and every (connection, value) that was used meanwhile. */
        const members = new Set<Conn>()
        let used: [Conn, number][] = []
        /** The source that used a value first, while anybody uses it. */
        const homes = new Map<number, string>()
        for (const step of events) {
          if (step.type === 'join' && !members.has(step.conn)) {
            join(room, step.conn, sourceOf(step.conn), 0)
            members.add(step.conn)
          }
          if (step.type === 'leave') {
            leave(room, step.conn)
            members.delete(step.conn)
            used = used.filter(([user]) => user !== step.conn)
            for (const sender of homes.keys()) if (!used.some(([, sent]) => sent === sender)) homes.delete(sender)
          }
          if (step.type === 'frame') {
            const heard = receivers(room, step.conn, frame(step.sender, step.receiver))
            if (!members.has(step.conn)) {
              expect(heard).toEqual([])
              continue
            }
            if (!used.some(([user, sent]) => user === step.conn && sent === step.sender)) used.push([step.conn, step.sender])
            homes.set(step.sender, homes.get(step.sender) ?? sourceOf(step.conn))
            const users = used.filter(([, sent]) => sent === step.receiver).map(([user]) => user)
            const isNewest = (user: Conn, at: number): boolean => !users.slice(at + 1).some((later) => sourceOf(later) === sourceOf(user))
            const ofHome = (user: Conn): boolean => sourceOf(user) === homes.get(step.receiver!)
            const newest = users.filter(isNewest)
            const came = (user: Conn): number => users.findIndex((other) => sourceOf(other) === sourceOf(user))
            const inTheirOrder = newest.filter((user) => !ofHome(user)).sort((a, b) => came(a) - came(b))
            const elsewhere = inTheirOrder.slice(-MAX_OTHER_SOURCES)
            const chosen = [...users.slice(0, 1), ...newest.filter(ofHome), ...elsewhere]
            const unnamed = [...members].filter((member) => !used.some(([user]) => user === member)).slice(-MAX_SILENT_COPIES)
            const meant = new Set(step.receiver === null ? members : users.length > 0 ? chosen : unnamed)
            expect(heard).toEqual([...meant].filter((other) => other !== step.conn).sort((a, b) => a - b))
          }
        }
        for (const member of members) leave(room, member)
        expect(room).toEqual(createRoom())
      }),
    )
  })
})

describe('D23 of connections that say they own a sender value', () => {
  const OWNER = 1
  const SENDER = 2
  /** A room with the owner of the value 10, and one who sends frames to it. */
  function roomOfTwo(): Room<Conn> {
    const room = createRoom<Conn>()
    join(room, OWNER, 'home', 0)
    join(room, SENDER, 'sender', 0)
    route(room, OWNER, frame(10), 0)
    return room
  }
  const claim = (room: Room<Conn>, conn: Conn, source: string, now = 0): void => {
    join(room, conn, source, now)
    route(room, conn, frame(10), now)
  }
  const toOwner = (room: Room<Conn>): Conn[] => receivers(room, SENDER, frame(20, 10))
  const squat = (room: Room<Conn>, first: Conn, count: number, source: (i: number) => string, now = 0): void => {
    for (let i = 0; i < count; i++) claim(room, first + i, source(i), now)
  }

  test('D23 two hundred, of one source or of as many, make no more than four copies of a frame, and one is the owner’s', () => {
    for (const [source, copies] of [
      [() => 'squats', [OWNER, 299]],
      [(i: number) => `squats ${i}`, [OWNER, 298, 299]],
      [(i: number) => (i === 0 ? 'home' : `squats ${i}`), [OWNER, 100, 298, 299]],
    ] as const) {
      const room = roomOfTwo()
      squat(room, 100, 200, source)
      expect(toOwner(room)).toEqual(copies)
      expect(copies.length).toBeLessThanOrEqual(2 + MAX_OTHER_SOURCES)
    }
  })

  test('D23 none keeps frames from an owner that comes back from its network, before its old connection is gone and after', () => {
    const room = roomOfTwo()
    squat(room, 100, 50, (i) => `squats ${i}`)
    claim(room, 3, 'home')
    squat(room, 200, 50, (i) => `squats ${i}`)
    expect(toOwner(room)).toEqual([OWNER, 3, 248, 249])
    leave(room, OWNER)
    expect(toOwner(room)).toEqual([3, 100, 248, 249])
    leave(room, 3)
    expect(toOwner(room)).toEqual([100, 248, 249])
    claim(room, 4, 'home')
    squat(room, 150, 40, (i) => `squats ${i}`)
    expect(toOwner(room)).toContain(4)
  })

  test('D23 none that was there before keeps frames from an owner that comes back from another network', () => {
    const room = roomOfTwo()
    squat(room, 100, 50, (i) => `squats ${i}`)
    claim(room, 3, 'abroad')
    expect(toOwner(room)).toContain(3)
    leave(room, OWNER)
    expect(toOwner(room)).toContain(3)
    // Sources that were there can only replace copies of their own.
    squat(room, 200, 50, (i) => `squats ${i}`)
    expect(toOwner(room)).toContain(3)
  })

  test('D23 none keeps frames from an owner by the many subnets of one /48: not of its own, and not of another', () => {
    const room = createRoom<Conn>()
    join(room, SENDER, 'sender', 0)
    claim(room, OWNER, '2001:db8:1:100::/64')
    const neighbours = (i: number): string => `2001:db8:1:${(0x200 + i).toString(16)}::/64`
    squat(room, 100, 50, neighbours)
    claim(room, 3, '2001:db8:1:100::/64')
    squat(room, 200, 50, neighbours)
    expect(toOwner(room)).toEqual([OWNER, 3, 249])
    claim(room, 4, 'abroad')
    squat(room, 300, 50, (i) => `2001:db8:2:${i.toString(16)}::/64`)
    expect(toOwner(room)).toContain(4)
  })

  test('D23 none becomes the first by a connection that is older: a host that slept knows who used the value first', () => {
    const room = createRoom<Conn>()
    for (let conn = 100; conn < 120; conn++) join(room, conn, `squats ${conn}`, 0)
    join(room, OWNER, 'home', 0)
    join(room, SENDER, 'sender', 0)
    route(room, OWNER, frame(10), 1)
    for (let conn = 100; conn < 120; conn++) route(room, conn, frame(10), 2)
    const again = createRoom<Conn>()
    const conns = [...room.members.keys()]
    for (const [conn, { subnet }] of room.members) join(again, conn, subnet, -Infinity)
    restoreSenders(
      again,
      conns.map((conn) => [conn, sendersOf(room, conn)] as const),
    )
    expect(toOwner(room)).toContain(OWNER)
    expect(toOwner(again)).toEqual(toOwner(room))
  })

  test('D23 those that say nothing make no more than MAX_SILENT_COPIES of a frame for a value that nobody used', () => {
    const room = createRoom<Conn>()
    join(room, SENDER, 'sender', 0)
    for (let conn = 100; conn < 300; conn++) join(room, conn, `silent ${conn}`, 0)
    expect(toOwner(room)).toEqual([296, 297, 298, 299])
    expect(MAX_SILENT_COPIES).toBe(4)
  })
})

describe('limits', () => {
  test('a full room takes nobody in until somebody leaves', () => {
    const room = roomOf(...Array.from({ length: MAX_CONNECTIONS_PER_ROOM }, (_, i) => i))
    expect(join(room, 1000, 'here', 0)).toEqual({ type: 'refused' })
    leave(room, 0)
    expect(join(room, 1000, 'here', 0)).toEqual({ type: 'given', instead: null })
  })

  test('any bytes are routed or refused by name', () => {
    const room = roomOf(1, 2)
    expect(route(room, 1, new Uint8Array(0), 0)).toEqual({ type: 'refuse', reason: 'truncated' })
    expect(route(room, 1, new Uint8Array(MAX_FRAME_BYTES + 1), 0)).toEqual({ type: 'refuse', reason: 'too-large' })
    expect(route(room, 1, frame(10).fill(0, 1, 33), 0)).toEqual({ type: 'refuse', reason: 'bad-envelope' })
    expect(route(room, 1, frame(10).fill(9, 0, 1), 0)).toEqual({ type: 'refuse', reason: 'unknown-version' })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => ['deliver', 'refuse'].includes(route(room, 1, bytes, 0).type)))
  })

  test('D18 a connection may bring MAX_SENDERS_PER_CONNECTION sender values in SENDER_MS, and is refused with one more', () => {
    const room = roomOf(1, 2)
    for (let sender = 1; sender <= MAX_SENDERS_PER_CONNECTION; sender++) expect(route(room, 1, frame(sender), sender).type).toBe('deliver')
    expect(route(room, 1, frame(1), 1_000).type).toBe('deliver')
    const refused = { type: 'refuse', reason: 'too-many-senders' }
    expect(route(room, 1, frame(100), SENDER_MS)).toEqual(refused)
    // The first is as old as that now, and gives way to another; the second is not yet.
    expect(route(room, 1, frame(100), SENDER_MS + 1)).toMatchObject({ type: 'deliver', isNew: true })
    expect(route(room, 1, frame(101), SENDER_MS + 1)).toEqual(refused)
    expect([receivers(room, 2, frame(200, 1)), receivers(room, 2, frame(200, 2)), receivers(room, 2, frame(200, 100))]).toEqual([
      [],
      [1],
      [1],
    ])
  })

  test('D18 connections of one source do not share that: many tabs behind one NAT, and one that reconnects, are not refused', () => {
    const room = createRoom<Conn>()
    for (let conn = 0; conn < 200; conn++) {
      join(room, conn, 'a NAT', 0)
      expect(route(room, conn, frame(conn + 1), 0).type).toBe('deliver')
    }
    for (let conn = 200; conn < 300; conn++) {
      leave(room, conn - 100)
      join(room, conn, 'a NAT', 0)
      expect(route(room, conn, frame(1), 0).type).toBe('deliver')
    }
  })

  test('D23 in a full room the source with most members gives its newest up for another source, and its frames go nowhere', () => {
    const room = createRoom<Conn>()
    for (let conn = 0; conn < MAX_CONNECTIONS_PER_ROOM; conn++) join(room, conn, conn < 10 ? 'honest' : 'fills', 0)
    expect(join(room, 1_000, 'newcomer', 0)).toEqual({ type: 'given', instead: MAX_CONNECTIONS_PER_ROOM - 1 })
    expect([room.members.size, receivers(room, MAX_CONNECTIONS_PER_ROOM - 1, frame(7))]).toEqual([MAX_CONNECTIONS_PER_ROOM, []])
    expect(join(room, 1_001, 'fills', 0)).toEqual({ type: 'refused' })
  })

  test('a join of 100,000 ops goes through without a rest', () => {
    const room = roomOf(1, 2)
    let bytes = 0
    while (bytes < 100_000_000) {
      const routed = route(room, 1, frame(1, null, 1_000_000), 0)
      expect(routed).toMatchObject({ type: 'deliver', restMs: 0 })
      bytes += 1_000_000
    }
  })

  const kinds = [
    { what: 'small frames', length: 16, perSecond: FRAMES_PER_SECOND },
    { what: 'large frames', length: 1_000_000, perSecond: BYTES_PER_SECOND / frame(1, null, 1_000_000).length },
  ]
  for (const { what, length, perSecond } of kinds) {
    test(`${what}: a host that pauses as it is told loses none, and forwards no more than the rate and one burst`, () => {
      const room = roomOf(1, 2)
      const bytes = frame(1, null, length)
      let now = 5_000
      let sent = 0
      while (now < 15_000) {
        const routed = route(room, 1, bytes, now)
        if (routed.type === 'refuse') throw new Error(routed.reason)
        sent++
        now += routed.restMs
      }
      const allowed = perSecond * (10 + BURST_MS / 1000)
      expect(sent).toBeGreaterThan(0.99 * allowed - 1)
      expect(sent).toBeLessThan(allowed + 2)
    })
  }

  test('a host may allow less', () => {
    const room = createRoom<Conn>({ frames: 10, bytes: 1_000 })
    join(room, 1, 'here', 0)
    const restAfter = (length: number) => {
      const routed = route(room, 1, frame(1, null, length - frame(1, null, 0).length), 0)
      return routed.type === 'deliver' ? routed.restMs : routed.reason
    }
    for (let i = 0; i < 20; i++) expect(restAfter(89)).toBe(0)
    expect(restAfter(89)).toBeCloseTo(100)
    expect(restAfter(1_000)).toBeCloseTo(1_100)
  })

  test('a connection that its host did not pause is refused', () => {
    const room = roomOf(1, 2)
    const bytes = frame(1)
    const allowed = Math.ceil(((BURST_MS + MAX_REST_MS) / 1000) * FRAMES_PER_SECOND)
    for (let i = 0; i < allowed; i++) expect(route(room, 1, bytes, 0).type).toBe('deliver')
    expect(route(room, 1, bytes, 0)).toEqual({ type: 'refuse', reason: 'too-fast' })
    expect(route(room, 1, bytes, 1_000).type).toBe('deliver')
  })
})
