/** Names and typing: signed, said again while they hold, over when they are not, and never more than a budget of checks. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fromHex, toHex } from '../core/bytes.ts'
import { publicKeyOf, signPure, verifyPure } from '../core/keys.ts'
import { asAuthor, asOpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { decodeSignal, encodeSignal } from '../net/direct/signal.ts'
import { createPresence, PRESENCE_LASTS } from './presence.ts'

const room = asOpId(new Uint8Array(32).fill(1))

function open(name: number) {
  const seed = new Uint8Array(32).fill(name)
  const self = new Uint8Array(32).fill(name)
  const said: Uint8Array[] = []
  const strangers = new Set<string>()
  const trusted = new Set<string>()
  let checked = 0
  const presence = createPresence({
    room,
    author: asAuthor(publicKeyOf(seed)),
    self,
    sign: async (message) => signPure(seed, message),
    verify: async ({ signature, message, author }) => {
      checked++
      return verifyPure(signature, message, author)
    },
    // As if everybody had proven who it is, but for strangers.
    authorOf: (peer) => (strangers.has(peer) ? null : publicKeyOf(fromHex(peer)!)),
    isTrusted: (peer) => trusted.has(peer),
    send: (bytes) => said.push(bytes),
    now: () => performance.now(),
    onChange: () => {},
  })
  return { presence, said, id: toHex(self), author: toHex(publicKeyOf(seed)), checked: () => checked, strangers, trusted }
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('what is said is heard, and over when it is not said again', async () => {
  const [a, b] = [open(1), open(2)]
  a.presence.say('  Ada  ', true)
  await pass(10)
  expect(b.presence.hear(a.id, a.said[0]!)).toBe(true)
  await pass(10)
  expect(b.presence.others()).toEqual([{ author: a.author, name: 'Ada', typing: true }])
  await pass(PRESENCE_LASTS)
  expect(b.presence.others()).toEqual([])
})

test('it is said again while it holds, once more when it ends, and then no more', async () => {
  const a = open(1)
  a.presence.say('Ada', false)
  await pass(11_000)
  expect(a.said.length).toBe(3)
  a.presence.say('', false)
  await pass(60_000)
  expect(a.said.length).toBe(4)
})

test('changes are told a second apart, the last one always', async () => {
  const a = open(1)
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
  const [a, b] = [open(1), open(2)]
  const unitOf = ({ author }: { readonly author: string }): Unit => {
    const op = { room, author: asAuthor(fromHex(author)!), seq: 1, prev: room, deps: [], time: 0, body: new Uint8Array() }
    return [{ op, id: room, signature: null }]
  }
  a.presence.say('Ada', true)
  await pass(5_000)
  b.presence.hear(a.id, a.said.at(-1)!)
  await pass(10)
  b.presence.wrote(unitOf(open(3)))
  expect(b.presence.others()).toEqual([{ author: a.author, name: 'Ada', typing: true }])
  b.presence.wrote(unitOf(a))
  expect(b.presence.others()).toEqual([{ author: a.author, name: 'Ada', typing: false }])
  const before = a.said.length
  a.presence.say('Ada', false)
  await pass(900)
  expect(a.said.length).toBe(before)
  await pass(200)
  const last = decodeSignal(a.said.at(-1)!)
  expect(last.ok && last.value).toMatchObject({ typing: false })
})

test('A2 what another one said, said again later, changed, or under another sender value, is not heard', async () => {
  const [a, b] = [open(1), open(2)]
  a.presence.say('Ada', false)
  await pass(10)
  a.presence.say('Bob', false)
  await pass(1_010)
  const [first, second] = a.said as [Uint8Array, Uint8Array]
  b.presence.hear(a.id, second)
  await pass(10)
  b.presence.hear(a.id, first)
  b.presence.hear(open(3).id, first)
  const read = decodeSignal(first)
  if (read.ok && read.value.type === 'presence') b.presence.hear(open(4).id, encodeSignal({ ...read.value, name: 'Eve' }))
  await pass(10)
  expect(b.presence.others()).toEqual([{ author: a.author, name: 'Bob', typing: false }])
})

test('D15 what one has said that is gone, or has not proven who it is, is not shown, whoever says it again', async () => {
  const [a, b] = [open(1), open(2)]
  a.presence.say('Ada', true)
  await pass(10)
  b.strangers.add(a.id)
  b.presence.hear(a.id, a.said[0]!)
  await pass(10)
  expect(b.presence.others()).toEqual([])
  b.strangers.delete(a.id)
  expect(b.presence.others()).toEqual([{ author: a.author, name: 'Ada', typing: true }])
})

test('D10 it is kept of MAX_PRESENT senders; one that is trusted takes the place of one that is not', async () => {
  const options = {
    room,
    sign: async () => new Uint8Array(64),
    verify: async () => true,
    now: () => performance.now(),
    onChange: () => {},
    authorOf: (peer: string) => publicKeyOf(fromHex(peer)!),
    isTrusted: (peer: string) => peer.startsWith('ff'),
  }
  const self = new Uint8Array(32)
  const hearing = createPresence({ ...options, self, author: asAuthor(publicKeyOf(self)), send: () => {} })
  const hear = async (first: number, second: number, name: string): Promise<void> => {
    const seed = new Uint8Array(32).fill(7)
    seed.set([first, second])
    const signal = {
      type: 'presence' as const,
      author: asAuthor(publicKeyOf(seed)),
      count: 1,
      name,
      typing: false,
      proof: new Uint8Array(64),
    }
    hearing.hear(toHex(seed), encodeSignal(signal))
    await pass(20)
  }
  const shows = (name: string): boolean => hearing.others().some((other) => other.name === name)
  for (let i = 0; i < 258; i++) await hear(i % 200, 1 + Math.floor(i / 200), `${i}`)
  expect([hearing.others().length, shows('255'), shows('257')]).toEqual([256, true, false])
  await hear(255, 0, 'a friend')
  expect([hearing.others().length, shows('a friend')]).toEqual([256, true])
})

test('D7 signatures are checked for it CHECKED_PER_SECOND at most, of trusted peers and as many of others', async () => {
  const [a, b] = [open(1), open(2)]
  a.presence.say('Ada', true)
  await pass(10)
  for (let i = 0; i < 200; i++) b.presence.hear(toHex(new Uint8Array(32).fill(10 + i)), a.said[0]!)
  expect(b.checked()).toBe(64)
  await pass(1_000)
  for (let i = 0; i < 200; i++) b.presence.hear(toHex(new Uint8Array(32).fill(10 + i)), a.said[0]!)
  expect(b.checked()).toBe(128)
  // A friend does not wait for others.
  b.trusted.add(a.id)
  b.presence.hear(a.id, a.said[0]!)
  expect(b.checked()).toBe(129)
})

test('D7 a sender is not checked more often than a correct one says something: one that pours leaves the others theirs', async () => {
  const [a, b, c] = [open(1), open(2), open(3)]
  a.trusted.add(b.id).add(c.id)
  let count = 1
  const junk = (): Uint8Array =>
    encodeSignal({
      type: 'presence',
      author: publicKeyOf(new Uint8Array(32).fill(2)),
      count: ++count,
      name: 'x',
      typing: true,
      proof: new Uint8Array(64),
    })
  for (let n = 0; n < 400; n++) a.presence.hear(b.id, junk())
  expect(a.checked()).toBe(1)
  c.presence.say('Carol', true)
  await pass(10)
  a.presence.hear(c.id, c.said[0]!)
  await pass(10)
  expect(a.presence.others()).toEqual([{ author: c.author, name: 'Carol', typing: true }])
})

test('other signals are not for it', () => {
  expect(open(1).presence.hear(open(2).id, encodeSignal({ type: 'ping', token: 1 }))).toBe(false)
})
