/** Names and typing: said again while they hold, over when they are not, and never hidden by what others say. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { asAuthor, asOpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { decodeSignal, encodeSignal } from '../net/direct/signal.ts'
import { createRandom } from '../sim/random.ts'
import { MAX_SEATS } from '../sync/roster.ts'
import { createPresence, PRESENCE_LASTS } from './presence.ts'

interface Seat {
  author: Uint8Array | null
  readonly seniority: number
}

const keyOf = (name: number): Uint8Array =>
  new Uint8Array(32)
    .fill(1, 0, 1)
    .fill(name >> 8, 1, 2)
    .fill(name & 255, 2, 3)
const hexOf = (name: number): string => toHex(keyOf(name))

/** What a node says of itself, as others hear it. */
const presenceOf = (count: number, name: string, typing: boolean): Uint8Array => encodeSignal({ type: 'presence', count, name, typing })

/** A node, the peers that have a seat there, and what it said to everybody. */
function open(seed = 1) {
  const peers = new Map<string, Seat>()
  const said: Uint8Array[] = []
  const random = createRandom(seed)
  const over = new Set<Seat>()
  const gone = new Set<Seat>()
  const called: string[] = []
  const presence = createPresence<Seat>({
    peers,
    seniorityOf: ({ seniority }) => seniority,
    isAlive: (peer) => !gone.has(peer),
    isCurrent: (peer) => !over.has(peer),
    onCalled: ({ author, run, count, name }) => called.push(`${author === run} ${count} ${name}`),
    send: (bytes) => said.push(bytes),
    now: () => performance.now(),
    random: () => random.next(),
    onChange: () => {},
  })
  /** A peer takes a seat. It has proven its author, unless the test says otherwise. */
  const seat = (name: number, { author = keyOf(name), seniority = Infinity }: Partial<Seat> = {}): string => {
    peers.set(hexOf(name), { author, seniority })
    return hexOf(name)
  }
  return { presence, peers, said, seat, over, gone, called }
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('what is said is heard, and over when it is not said again', async () => {
  const [a, b] = [open(), open()]
  const ada = b.seat(1)
  a.presence.say('  Ada  ', true)
  await pass(10)
  expect(b.presence.hear(ada, a.said[0]!)).toBe(true)
  expect(b.presence.others()).toEqual([{ author: ada, name: 'Ada', typing: true }])
  await pass(PRESENCE_LASTS + 1)
  expect(b.presence.others()).toEqual([])
})

test('it is said again while it holds, once more when it ends, and then no more', async () => {
  const a = open()
  a.presence.say('Ada', false)
  await pass(11_000)
  expect(a.said.length).toBe(3)
  a.presence.say('', false)
  await pass(60_000)
  expect(a.said.length).toBe(4)
})

test('who leaves says its name once more, without typing, and nothing if it has none', async () => {
  const [a, b] = [open(), open()]
  a.presence.say('Ada', true)
  await pass(10)
  a.presence.leave()
  expect(a.said.map(decodeSignal)).toMatchObject([true, false].map((typing) => ({ value: { name: 'Ada', typing } })))
  b.presence.leave()
  await pass(60_000)
  expect(b.said).toEqual([])
})

test('changes are told a second apart, the last one always', async () => {
  const a = open()
  for (let i = 1; i <= 40; i++) {
    a.presence.say('x'.repeat(i), false)
    await pass(50)
  }
  await pass(1_000)
  expect(a.said.length).toBeLessThanOrEqual(4)
  const last = decodeSignal(a.said.at(-1)!)
  expect(last.ok && last.value).toMatchObject({ name: 'x'.repeat(40) })
})

test('what somebody has written ends its typing at once, and the end is told a second later', async () => {
  const [a, b] = [open(), open()]
  const room = asOpId(new Uint8Array(32).fill(1))
  const unitOf = (name: number): Unit => {
    const op = { room, author: asAuthor(keyOf(name)), seq: 1, prev: room, deps: [], time: 0, body: new Uint8Array() }
    return [{ op, id: room, signature: null }]
  }
  const ada = b.seat(1)
  a.presence.say('Ada', true)
  await pass(5_000)
  b.presence.hear(ada, a.said.at(-1)!)
  b.presence.wrote(unitOf(3))
  expect(b.presence.others()).toEqual([{ author: ada, name: 'Ada', typing: true }])
  b.presence.wrote(unitOf(1))
  expect(b.presence.others()).toEqual([{ author: ada, name: 'Ada', typing: false }])
  const before = a.said.length
  a.presence.say('Ada', false)
  await pass(900)
  expect(a.said.length).toBe(before)
  await pass(200)
  const last = decodeSignal(a.said.at(-1)!)
  expect(last.ok && last.value).toMatchObject({ typing: false })
})

test('what was said earlier and comes later is no news', () => {
  const b = open()
  const ada = b.seat(1)
  b.presence.hear(ada, presenceOf(2, 'Bob', false))
  b.presence.hear(ada, presenceOf(1, 'Ada', true))
  b.presence.hear(ada, presenceOf(2, 'Eve', true))
  expect(b.presence.others()).toEqual([{ author: ada, name: 'Bob', typing: false }])
})

test('D15 what one has said that is gone, or has not proven who it is, is not shown', () => {
  const b = open()
  const ada = b.seat(1)
  const bob = hexOf(2)
  b.peers.get(ada)!.author = null
  b.presence.hear(ada, presenceOf(1, 'Ada', true))
  b.presence.hear(bob, presenceOf(1, 'Bob', true))
  expect(b.presence.others()).toEqual([])
  b.peers.get(ada)!.author = keyOf(1)
  expect(b.presence.others()).toEqual([{ author: ada, name: 'Ada', typing: true }])
  // It comes back: with another seat, and nothing said.
  b.peers.delete(ada)
  b.seat(1)
  b.seat(2)
  expect(b.presence.others()).toEqual([])
})

test('a name is given to be remembered when it is said, once, also when its run proves later who it is', () => {
  const b = open()
  const ada = b.seat(1)
  b.peers.get(ada)!.author = null
  b.presence.hear(ada, presenceOf(1, 'Ada', false))
  b.presence.others()
  expect(b.called).toEqual([])
  b.peers.get(ada)!.author = keyOf(1)
  b.presence.others()
  b.presence.others()
  expect(b.called).toEqual(['true 1 Ada'])
  b.presence.hear(ada, presenceOf(3, '', true))
  expect(b.called).toEqual(['true 1 Ada', 'true 3 '])
})

test('D15 a name that a run said which is over is not given to be remembered', () => {
  const b = open()
  const ada = b.seat(1)
  b.over.add(b.peers.get(ada)!)
  b.presence.hear(ada, presenceOf(1, 'Ada', false))
  b.presence.others()
  expect(b.called).toEqual([])
})

test('D19 what a node said that is gone is not shown, however often a relay says it', () => {
  const b = open()
  const ada = b.seat(1)
  b.presence.hear(ada, presenceOf(1, 'Ada', true))
  expect(b.presence.others()).toEqual([{ author: ada, name: 'Ada', typing: true }])
  b.gone.add(b.peers.get(ada)!)
  b.presence.hear(ada, presenceOf(2, 'Ada', true))
  expect(b.presence.others()).toEqual([])
})

test('E6 a name cannot end the quotation marks that it stands in', () => {
  const b = open()
  b.presence.hear(b.seat(1), presenceOf(1, 'Ada” (you): “yes', false))
  expect(b.presence.others().map(({ name }) => name)).toEqual(['Ada" (you): "yes'])
})

test('E6 a name that turns the line around it, or of which nothing can be seen, is shown and sent without that', async () => {
  const [a, b] = [open(), open()]
  b.presence.hear(b.seat(1), presenceOf(1, '\u2069\u2069\u202eEve', false))
  b.presence.hear(b.seat(2), presenceOf(1, '\u3164\u2067', true))
  expect(new Set(b.presence.others().map(({ name }) => name))).toEqual(new Set(['Eve', '']))
  a.presence.say('\u2069\u202eEve', false)
  await pass(10)
  expect(a.said.map(decodeSignal)).toMatchObject([{ value: { name: 'Eve' } }])
})

test('of several runs of an author what was said last counts', async () => {
  const b = open()
  for (const name of [1, 2, 3]) b.seat(name, { author: keyOf(1) })
  b.presence.hear(hexOf(2), presenceOf(7, 'before', true))
  await pass(10)
  b.presence.hear(hexOf(1), presenceOf(1, 'after', false))
  await pass(10)
  b.presence.hear(hexOf(3), presenceOf(1, '', true))
  expect(b.presence.others()).toEqual([{ author: hexOf(1), name: 'after', typing: true }])
})

test('D10 law: whatever others say, and how often, each who has a seat is shown; those who wrote first stand first', () => {
  const said = fc.record({ by: fc.nat({ max: MAX_SEATS - 2 }), name: fc.string({ maxLength: 40 }), typing: fc.boolean(), times: fc.nat(5) })
  const laws = fc.property(fc.array(said, { maxLength: 2_000, size: 'max' }), fc.nat(200), fc.integer(), (flood, wrote, seed) => {
    const { presence, seat } = open(seed)
    // The first `wrote` of the attacker's authors have written here, all after Ada.
    for (let n = 0; n < MAX_SEATS - 2; n++) seat(n, { seniority: n < wrote ? 2 + n : Infinity })
    const [ada, newcomer] = [seat(1_000, { seniority: 1 }), seat(1_001)]
    let count = 0
    const pour = (from: number, to: number): void => {
      for (const { by, name, typing, times } of flood.slice(from, to))
        for (let i = 0; i < times; i++) presence.hear(hexOf(by), presenceOf(++count, name.toWellFormed(), typing))
    }
    pour(0, flood.length / 2)
    presence.hear(ada, presenceOf(1, 'Ada', true))
    presence.hear(newcomer, presenceOf(1, 'Nia', true))
    pour(flood.length / 2, flood.length)
    const shown = presence.others()
    expect(shown[0]).toEqual({ author: ada, name: 'Ada', typing: true })
    expect(shown).toContainEqual({ author: newcomer, name: 'Nia', typing: true })
    expect(new Set(shown.map(({ author }) => author)).size).toBe(shown.length)
  })
  fc.assert(laws, { numRuns: 12 })
})

test('D10 of those who wrote nothing here any may stand first, whoever came first', () => {
  let first = 0
  for (let seed = 1; seed <= 400; seed++) {
    const { presence, seat } = open(seed)
    for (let n = 0; n < 3; n++) seat(n)
    for (const n of [1, 2, 0]) for (let i = 1; i <= 3; i++) presence.hear(hexOf(n), presenceOf(i, 'x', true))
    if (presence.others()[0]!.author === hexOf(0)) first++
  }
  // One in three: 133, and nine is a standard deviation.
  expect(first).toBeGreaterThan(90)
  expect(first).toBeLessThan(180)
})

test('other signals are not for it', () => {
  const b = open()
  expect(b.presence.hear(b.seat(2), encodeSignal({ type: 'ping', token: 1 }))).toBe(false)
})
