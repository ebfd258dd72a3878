/** D20: what offers of others make a node do, and who gets a connection when many ask. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromHex } from '../../core/bytes.ts'
import { ATTEMPT_WITHIN, MAX_FAILED_STRANGERS, YIELDS_AFTER } from './attempts.ts'
import { MAX_CANDIDATES } from './candidate.ts'
import {
  MAX_CONNECTIONS,
  MAX_OPENS,
  MAX_SERVER_USES,
  OPENS_PER_SECOND,
  RESTS_FOR_KNOWN,
  RESTS_FOR_STRANGERS,
  SERVER_USE_BACK_AFTER,
  STRANGERS_PER_SECOND,
} from './connections.ts'
import { GREETINGS_PER_SECOND, MAX_GREETINGS } from './due.ts'
import { MAX_FAILURES, RETRY_LAST_KNOWN } from './failures.ts'
import { encodeSignal } from './signal.ts'
import {
  begin,
  closedBy,
  described,
  end,
  join,
  met,
  named,
  offerTo,
  opened,
  pass,
  play,
  type Played,
  print,
  trickle,
  tried,
  writers,
  writes,
} from './played.naive.ts'

beforeEach(begin)
afterEach(end)

/** Connections for which the person's servers are asked. */
const asking = (played: Played): number => opened(played).filter(({ servers }) => servers.length > 0).length

describe('D20 addresses that others name', () => {
  test('D20 are given to the page for one connection at a time, and MAX_FAILED_STRANGERS in a minute, of any number of names that offer', async () => {
    const a = play(1)
    await pass(1_000)
    let names = 0
    for (let second = 0; second < 60; second++) {
      for (let n = 0; n < 20; n++) offerTo(a, named(names++), MAX_CANDIDATES)
      await pass(1_000)
      expect(tried(a).filter((one) => !closedBy(a).includes(one)).length).toBeLessThanOrEqual(1)
    }
    expect(tried(a)).toHaveLength(MAX_FAILED_STRANGERS)
    expect(a.commands.filter(({ type }) => type === 'candidate')).toHaveLength(MAX_FAILED_STRANGERS * MAX_CANDIDATES)
    // Not by the way of descriptions either.
    for (const command of a.commands) if (command.type === 'description') expect(command.description.candidates).toEqual([])
  })

  test.each(['strangers', 'known authors'])(
    'D20 of a person’s servers: MAX_SERVER_USES connections with %s ask them at once, and then one in SERVER_USE_BACK_AFTER',
    async (who) => {
      const a = play(1, 1, [{ urls: 'turn:turn.example' }])
      await pass(1_000)
      let names = 0
      const flood = async (seconds: number): Promise<number> => {
        const before = asking(a)
        for (let second = 0; second < seconds; second++) {
          for (let n = 0; n < 8; n++) {
            const name = named(names++)
            if (who !== 'strangers') writes(a, name)
            offerTo(a, name, 1)
          }
          await pass(1_000)
        }
        return asking(a) - before
      }
      offerTo(a, named(names++), 1)
      expect(asking(a)).toBe(1)
      const isOver = 60_000 / SERVER_USE_BACK_AFTER
      expect(await flood(60)).toBeLessThanOrEqual(MAX_SERVER_USES + isOver)
      expect(await flood(60)).toBeLessThanOrEqual(isOver)
      expect(opened(a).length).toBeGreaterThan(2 * MAX_SERVER_USES)
    },
  )

  test('D20 are dropped with their connection after ATTEMPT_WITHIN, when none has answered', async () => {
    const a = play(1)
    await pass(1_000)
    offerTo(a, named(1), 1)
    expect(tried(a)).toHaveLength(1)
    await pass(ATTEMPT_WITHIN - 100)
    expect(closedBy(a)).toEqual([])
    await pass(200)
    expect(closedBy(a)).toEqual(tried(a))
  })

  test('D20 are MAX_CANDIDATES of a connection, those that come one by one counted, and none once one has answered', async () => {
    const a = play(1)
    await pass(1_000)
    offerTo(a, named(1), 5)
    for (let n = 10; n < 30; n++) trickle(a, named(1), n)
    const given = () => a.commands.filter(({ type }) => type === 'candidate').length
    expect(given()).toBe(MAX_CANDIDATES)
    offerTo(a, named(2), 1)
    a.direct.hearPage({ type: 'connected', connection: opened(a)[0]!.connection, ours: print(0xa), theirs: print(0xe) })
    // The next one's turn has come: it has one, which answers, and seven more come too late.
    expect(given()).toBe(MAX_CANDIDATES + 1)
    a.direct.hearPage({ type: 'connected', connection: opened(a)[1]!.connection, ours: print(0xa), theirs: print(0xe) })
    for (let n = 10; n < 17; n++) trickle(a, named(2), n)
    expect(given()).toBe(MAX_CANDIDATES + 1)
  })

  test('D20 of a second description of one connection are not heard, nor is what was for everybody', async () => {
    const a = play(1)
    await pass(1_000)
    offerTo(a, named(1))
    const before = a.commands.length
    for (let n = 0; n < 10; n++) offerTo(a, named(1), MAX_CANDIDATES)
    expect(a.commands.length).toBe(before)
    const offer = encodeSignal({ type: 'description', connection: 1, description: described('offer', 0xe) })
    a.direct.hearSignal(named(2), offer, { near: false, addressed: false })
    expect([a.commands.length, a.refused]).toEqual([before, ['bad-message']])
  })

  test('D20 of a second answer are not heard, nor of an answer by another name', async () => {
    const [a, b] = [play(1), play(2)]
    await pass(3_000)
    const [offering, answering] = opened(a)[0]?.offers === true ? [a, b] : [b, a]
    const { connection } = opened(offering)[0]!
    const answer = encodeSignal({ type: 'description', connection, description: described('answer', 0xe) })
    const heard = () => offering.commands.filter(({ type }) => type === 'description').length
    offering.direct.hearSignal(named(7), answer, { near: false, addressed: true })
    expect(heard()).toBe(0)
    for (let n = 0; n < 10; n++) offering.direct.hearSignal(answering.self, answer, { near: false, addressed: true })
    expect(heard()).toBe(1)
  })

  test('D20 of an author who wrote here are tried in time, while strangers offer without end', async () => {
    const a = play(1)
    await pass(1_000)
    let names = 100
    const flood = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 50) {
        offerTo(a, named(names++), MAX_CANDIDATES)
        await pass(50)
      }
    }
    await flood(90_000)
    writes(a, named(1))
    offerTo(a, named(1), 1)
    const { connection } = opened(a).at(-1)!
    await flood(YIELDS_AFTER + 100)
    expect(tried(a)).toContain(connection)
    // And it gets its channel by answering, even where its candidates are not tried.
    expect(closedBy(a)).not.toContain(connection)
  })

  test('D20 are not needed: a peer that is heard first connects while its candidates wait', async () => {
    const a = play(1)
    await pass(1_000)
    offerTo(a, named(7), 1)
    const [, b] = [offerTo(a, named(2), 1), opened(a).at(-1)!.connection]
    expect(tried(a)).not.toContain(b)
    a.direct.hearPage({ type: 'connected', connection: b, ours: print(0xa), theirs: print(0xb) })
    await pass(10_000)
    expect(tried(a)).not.toContain(b)
  })

  test('D20 failures are an author’s, whatever names it takes', async () => {
    const a = play(1)
    await pass(1_000)
    const author = new Uint8Array(32).fill(77)
    writers.push(author)
    for (let n = 0; n < 20; n++) {
      a.authors.set(named(n), author)
      offerTo(a, named(n), 1)
      await pass(ATTEMPT_WITHIN + 200)
    }
    // In 84 s: at first, then after 2 to 4 s, 4 to 8 s, 8 to 16 s, 16 to 32 s.
    expect(tried(a).length).toBeLessThanOrEqual(6)
  })
})

describe('limits', () => {
  test('D18 half of MAX_CONNECTIONS are strangers’, who give way to strangers after a while, and an author who wrote finds a place at once', async () => {
    const a = play(1)
    await pass(1_000)
    for (let n = 0; n < 60; n++) offerTo(a, named(n))
    expect([opened(a).length, closedBy(a).length]).toEqual([MAX_CONNECTIONS / 2, 0])
    for (let n = 200; n < 240; n++) {
      writes(a, named(n))
      offerTo(a, named(n))
    }
    expect([opened(a).length, closedBy(a).length]).toEqual([MAX_CONNECTIONS, 0])
    // One that is junior finds none, and a senior one takes the most junior's.
    await pass(5_500)
    const junior = opened(a)[MAX_CONNECTIONS - 1]!.connection
    writes(a, named(300))
    offerTo(a, named(300))
    writers.unshift(new Uint8Array(32).fill(99))
    a.authors.set(named(301), writers[0]!)
    offerTo(a, named(301))
    expect([opened(a).length, closedBy(a)]).toEqual([MAX_CONNECTIONS + 1, [junior]])
    offerTo(a, named(500))
    expect([opened(a).length, closedBy(a).length]).toEqual([MAX_CONNECTIONS + 2, 2])
  })

  test('D18 one key holds one place of those that authors have, whatever names it takes', async () => {
    const a = play(1)
    await pass(1_000)
    writers.push(new Uint8Array(32).fill(77))
    for (let n = 0; n < 60; n++) {
      a.authors.set(named(n), writers[0]!)
      offerTo(a, named(n))
    }
    expect(opened(a)).toHaveLength(1 + MAX_CONNECTIONS / 2)
    writes(a, named(200))
    offerTo(a, named(200))
    expect([opened(a).length, closedBy(a)]).toEqual([2 + MAX_CONNECTIONS / 2, []])
  })

  test.each([
    ['strangers', 'STRANGERS_PER_SECOND', STRANGERS_PER_SECOND],
    ['known authors', 'OPENS_PER_SECOND', OPENS_PER_SECOND],
  ])('D20 MAX_OPENS connections are begun at once for %s, and then %s', async (who, _, perSecond) => {
    const a = play(1)
    await pass(1_000)
    for (let n = 0; n < MAX_OPENS && who !== 'strangers'; n++) writes(a, named(n))
    const [names, seconds] = [who === 'strangers' ? Infinity : MAX_OPENS, 60]
    let offers = 0
    for (let at = 0; at < seconds * 1_000; at += 100) {
      for (let n = 0; n < 10; n++) offerTo(a, named(offers % names), 0, ++offers)
      await pass(100)
    }
    expect(opened(a).length).toBeLessThanOrEqual(MAX_OPENS + seconds * perSecond)
    expect(opened(a).length).toBeGreaterThan(seconds * perSecond)
  })

  test('D20 a connection that the page cannot make counts against nobody, and others rest: strangers longer than known authors', async () => {
    const a = play(1)
    await pass(1_000)
    const author = named(1)
    writes(a, author)
    let offers = 0
    offerTo(a, author, 1, ++offers)
    a.direct.hearPage({ type: 'unsupported', connection: opened(a)[0]!.connection })
    const opens = (peer: string): boolean => {
      const before = opened(a).length
      offerTo(a, peer, 1, ++offers)
      return opened(a).length > before
    }
    expect([opens(author), opens(named(100))]).toEqual([false, false])
    await pass(RESTS_FOR_KNOWN)
    expect([opens(named(101)), opens(author)]).toEqual([false, true])
    // It is tried at once.
    expect(tried(a).at(-1)).toBe(opened(a).at(-1)!.connection)
    await pass(RESTS_FOR_STRANGERS - RESTS_FOR_KNOWN)
    expect(opens(named(102))).toBe(true)
  })

  test('D18 a proven connection of a newcomer stays, whatever number of names offers', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    for (let round = 0; round < 10; round++) {
      await pass(30_000)
      for (let n = 0; n < MAX_CONNECTIONS; n++) offerTo(a, named(100 * round + n))
    }
    expect([a.direct.isConnected(b.self), a.lost]).toEqual([true, []])
    expect(opened(a).length).toBeGreaterThan(10 * (MAX_CONNECTIONS / 2 - 1))
  })

  test('D18 MAX_FAILURES devices that could not be reached are remembered, and for one more the first is forgotten', async () => {
    const a = play(1)
    await pass(1_000)
    for (let n = 0; n <= MAX_FAILURES; n++) {
      offerTo(a, named(n))
      a.direct.hearPage({ type: 'failed', connection: opened(a).at(-1)!.connection })
      await pass(1_000 / STRANGERS_PER_SECOND)
    }
    // Of those that are remembered none is tried again at once; the forgotten one is.
    for (const n of [MAX_FAILURES, 0]) offerTo(a, named(n), 1, 2)
    expect(tried(a)).toEqual([opened(a).at(-1)!.connection])
  })

  test('D20 the earliest author, who offers again and again, keeps no other author from an attempt', async () => {
    const a = play(1)
    await pass(1_000)
    const [liar, ...authors] = [1, 2, 3, 4].map(named)
    for (const author of [liar!, ...authors]) writes(a, author)
    const owners = new Map<number, string>()
    let offers = 0
    const offer = (peer: string): void => {
      const before = opened(a).length
      offerTo(a, peer, 1, ++offers)
      if (opened(a).length > before) owners.set(opened(a).at(-1)!.connection, peer)
    }
    const connected = new Set<string>()
    for (let t = 0; t < 120_000; t += 100) {
      if (t % 2_100 === 0) offer(liar!)
      const live = new Set([...owners].filter(([connection]) => !closedBy(a).includes(connection)).map(([, peer]) => peer))
      for (const peer of authors) if (t % 3_000 === 0 && !connected.has(peer) && !live.has(peer)) offer(peer)
      await pass(100)
      for (const connection of tried(a)) {
        const peer = owners.get(connection)!
        if (peer === liar || connected.has(peer)) continue
        connected.add(peer)
        a.direct.hearPage({ type: 'connected', connection, ours: print(0xa), theirs: print(0xb) })
      }
    }
    expect(connected).toEqual(new Set(authors))
  })

  test('D20 an attempt that was never made counts against nobody', async () => {
    const a = play(1)
    await pass(1_000)
    const [early, late] = [named(1), named(2)]
    for (const author of [early, late]) writes(a, author)
    // Others use up the attempts of a minute.
    for (const peer of [named(500), named(501), named(502), late]) {
      offerTo(a, peer, 1)
      await pass(ATTEMPT_WITHIN + 200)
    }
    const before = tried(a).length
    // The earliest author waits, and offers again each time that its connection is closed. It is tried as soon as one may fail again.
    const untilOneMay = 60_000 - 3 * (ATTEMPT_WITHIN + 200) + 1_000
    let offers = 0
    for (let t = 0; t < untilOneMay && tried(a).length === before; t += 500) {
      const last = opened(a).at(-1)!.connection
      if (offers === 0 || closedBy(a).includes(last)) offerTo(a, early, 1, ++offers)
      await pass(500)
    }
    expect([tried(a).length, offers]).toEqual([before + 1, 4])
    expect(tried(a).at(-1)).toBe(opened(a).at(-1)!.connection)
  })

  test('D20 a known author that has failed again and again is tried once in two RETRY_LAST_KNOWN', async () => {
    const a = play(1)
    await pass(1_000)
    writes(a, named(1))
    let offers = 0
    const flood = async (ms: number): Promise<number> => {
      const before = tried(a).length
      for (let t = 0; t < ms; t += 1_000) {
        const last = opened(a).at(-1)?.connection
        if (last === undefined || closedBy(a).includes(last)) offerTo(a, named(1), 1, ++offers)
        await pass(1_000)
      }
      return tried(a).length - before
    }
    await flood(300_000)
    const [least, most] = [Math.floor(600_000 / (2 * RETRY_LAST_KNOWN + 20_000)), 600_000 / RETRY_LAST_KNOWN]
    const count = await flood(600_000)
    expect([count >= least, count <= most, count]).toEqual([true, true, count])
  })

  test('whoever speaks without a pause keeps nothing from being done', async () => {
    const [a, b] = [play(1), play(2)]
    const said = encodeSignal({ type: 'here', device: fromHex(named(5))!, near: [] })
    for (let at = 0; at < 3_000; at += 10) {
      for (const node of [a, b]) node.direct.hearSignal(named(5), said, { near: false, addressed: false })
      await pass(10)
    }
    expect(opened(a).length + opened(b).length).toBeGreaterThan(0)
  })

  test('a peer that was met is told at once that this node is here, MAX_GREETINGS of them, and then GREETINGS_PER_SECOND', async () => {
    const a = play(1)
    a.direct.met(named(1))
    expect(a.said).toEqual([])
    await pass(1_000)
    const told = () => a.said.flatMap(({ to, signal }) => (to !== null && signal.type === 'here' ? [to] : []))
    expect(told()).toEqual([named(1)])
    await pass(10_000)
    for (let n = 2; n < 60; n++) a.direct.met(named(n))
    expect(told()).toHaveLength(1 + MAX_GREETINGS)
    await pass(1_000)
    for (let n = 60; n < 120; n++) a.direct.met(named(n))
    expect(told()).toHaveLength(1 + MAX_GREETINGS + GREETINGS_PER_SECOND)
  })
})
