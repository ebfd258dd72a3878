import { expect, test } from 'vitest'
import {
  channelOf,
  createInbox,
  earned,
  enqueue,
  IDLE_FRAMES_PER_SECOND,
  MAX_ACCOUNTS,
  MAX_IDLE_FRAMES,
  MAX_MET,
  MAX_OPENED_AT_ONCE,
  MAX_SHARED,
  MAX_UNKNOWN,
  pays,
  UNKNOWN_PER_SECOND,
} from './inbox.ts'
import type { Standing } from '../sync/peers.ts'

/** An inbox on a clock of the test's, and how many of some frames are worth opening. */
function tried() {
  let now = 0
  let seed = 1
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const inbox = createInbox(() => now, random)
  const count = (frames: number, sender: (n: number) => string, standing: Standing): number => {
    let opened = 0
    for (let n = 0; n < frames; n++) if (pays(inbox, sender(n), standing)) opened++
    return opened
  }
  return { inbox, count, pass: (ms: number) => (now += ms) }
}

test('D22 of frames under unknown names no more than MAX_UNKNOWN are opened, and UNKNOWN_PER_SECOND later, by lot', () => {
  const { count, pass } = tried()
  const first = count(10_000, (n) => `${n}`, 'unknown')
  expect(first).toBeLessThanOrEqual(MAX_UNKNOWN)
  expect(first).toBeGreaterThan(MAX_UNKNOWN / 2)
  // 900 frames a second, and among them one honest frame every 100 ms: it has the same chance as each of the others.
  let [opened, honest] = [0, 0]
  for (let i = 0; i < 100; i++) {
    pass(100)
    opened += count(90, (n) => `${i} ${n}`, 'unknown')
    honest += count(1, () => `honest ${i}`, 'unknown')
  }
  expect(opened + honest).toBeLessThanOrEqual(MAX_UNKNOWN + 10 * UNKNOWN_PER_SECOND)
  expect(honest).toBeGreaterThan(10)
})

test('D22 a sender with a seat has MAX_IDLE_FRAMES and IDLE_FRAMES_PER_SECOND of its own, whatever others send; ops pay for more', () => {
  const { inbox, count, pass } = tried()
  expect(count(20_000, () => 'pours', 'met')).toBeLessThanOrEqual(MAX_IDLE_FRAMES + MAX_SHARED)
  expect(count(MAX_IDLE_FRAMES, () => 'honest', 'trusted')).toBe(MAX_IDLE_FRAMES)
  pass(1_000)
  expect(count(IDLE_FRAMES_PER_SECOND, () => 'honest', 'trusted')).toBe(IDLE_FRAMES_PER_SECOND)
  count(20_000, () => 'pours', 'met')
  earned(inbox, 'honest', 1_000)
  expect(count(4_000, () => 'honest', 'trusted')).toBe(4_000)
})

test('D22 frames of the trusted are opened before those of others that came earlier, MAX_OPENED_AT_ONCE at a time', async () => {
  const { inbox } = tried()
  const order: string[] = []
  const ends: (() => void)[] = []
  const open = (name: string) => (): Promise<void> => {
    order.push(name)
    return new Promise((resolve) => ends.push(resolve))
  }
  for (let n = 0; n < 100; n++) enqueue(inbox, 'unknown', open('unknown'))
  enqueue(inbox, 'met', open('met'))
  enqueue(inbox, 'trusted', open('trusted'))
  expect(order).toHaveLength(MAX_OPENED_AT_ONCE)
  for (let i = 0; i < 2; i++) {
    ends[i]!()
    await new Promise((resolve) => setTimeout(resolve))
  }
  expect(order.slice(MAX_OPENED_AT_ONCE)).toEqual(['trusted', 'met'])
})

test('D22 MAX_ACCOUNTS accounts are kept, however many senders have had a seat, and the one silent for longest is forgotten', () => {
  const { inbox, count } = tried()
  const spent = (sender: string): boolean => count(1, () => sender, 'met') === 0
  count(MAX_IDLE_FRAMES + 4 * MAX_SHARED, () => 'first', 'met')
  expect(spent('first')).toBe(true)
  count(MAX_ACCOUNTS - 1, (n) => `${n}`, 'met')
  expect([inbox.accounts.size, inbox.accounts.has('first')]).toEqual([MAX_ACCOUNTS, true])
  count(1, () => 'one more', 'met')
  expect([inbox.accounts.size, inbox.accounts.has('first')]).toEqual([MAX_ACCOUNTS, false])
})

test('D22 all who are met and not trusted share MAX_MET, and the trusted are not counted among them', () => {
  const { count } = tried()
  expect(count(8 * MAX_MET, (n) => `name ${n % 256}`, 'met')).toBeLessThanOrEqual(MAX_MET + MAX_SHARED)
  expect(count(MAX_IDLE_FRAMES, () => 'friend', 'trusted')).toBe(MAX_IDLE_FRAMES)
})

test('D22 what is sent under a peer’s name elsewhere does not use up the account of its channel', () => {
  const { count } = tried()
  count(MAX_IDLE_FRAMES + 8 * MAX_SHARED, () => 'friend', 'trusted')
  expect(count(MAX_IDLE_FRAMES, () => channelOf('friend'), 'trusted')).toBe(MAX_IDLE_FRAMES)
})
