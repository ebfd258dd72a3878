import { expect, test } from 'vitest'
import {
  channelOf,
  createInbox,
  earned,
  MAX_MET,
  MAX_OPENED_AT_ONCE,
  MAX_SAVED,
  MAX_SAVERS,
  MAX_TRUSTED,
  MAX_UNKNOWN,
  MAX_WAITING_BYTES,
  MAX_WAITING_FRAMES,
  MET_PER_SECOND,
  tabOf,
  take,
  TRUSTED_PER_SECOND,
  UNKNOWN_PER_SECOND,
} from './inbox.ts'
import { PURE_COST } from '../verifier.ts'
import type { Standing } from '../../sync/peers.ts'

/** An inbox on a clock of the test's. Frames are opened at once, or, if it is slow, when `finish` is called. */
function tried({ isSlow = false, cost = 1, isGarbage = (_sender: string, _nth: number): boolean => false } = {}) {
  let now = 0
  let seed = 1
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  const alarms: { readonly at: number; readonly wake: () => void }[] = []
  const inbox = createInbox({ now: () => now, random, later: (ms, wake) => void alarms.push({ at: now + ms, wake }) }, cost)
  const opened: string[] = []
  const ends: (() => void)[] = []
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const hear = (sender: string, standing: Standing, frames = 1, bytes = 100): void => {
    for (let n = 0; n < frames; n++) {
      take(inbox, sender, standing, bytes, () => {
        opened.push(sender)
        return isSlow ? new Promise((resolve) => ends.push(() => resolve(true))) : Promise.resolve(!isGarbage(sender, bytes))
      })
    }
  }
  /** Opens what may be opened until nothing changes. */
  const finish = async (): Promise<void> => {
    for (let before = -1; before !== opened.length;) {
      before = opened.length
      for (const end of ends.splice(0)) end()
      for (let i = 0; i < MAX_WAITING_FRAMES / MAX_OPENED_AT_ONCE; i++) await settled()
    }
  }
  const pass = async (ms: number): Promise<void> => {
    now += ms
    for (const alarm of alarms.splice(0)) {
      if (alarm.at <= now) alarm.wake()
      else alarms.push(alarm)
    }
    await finish()
  }
  const count = (sender: string): number => opened.filter((each) => each === sender).length
  return { inbox, opened, ends, hear, finish, pass, count, settled }
}

test('D22 of frames under unknown names no more than MAX_UNKNOWN are opened, and UNKNOWN_PER_SECOND later, each with the same chance', async () => {
  const { hear, finish, pass, opened, count } = tried()
  for (let n = 0; n < 10_000; n++) hear(`${n}`, 'unknown')
  await finish()
  expect(opened.length).toBeLessThanOrEqual(MAX_UNKNOWN)
  expect(opened.length).toBeGreaterThan(MAX_UNKNOWN / 2)
  // 900 frames a second, and among them one honest frame every 100 ms: it is heard once a second or so.
  for (let i = 0; i < 100; i++) {
    for (let n = 0; n < 90; n++) hear(`${i} ${n}`, 'unknown')
    hear('honest', 'unknown')
    await pass(100)
  }
  expect(opened.length).toBeLessThanOrEqual(MAX_UNKNOWN + 10 * UNKNOWN_PER_SECOND)
  expect(count('honest')).toBeGreaterThan(5)
})

test.for([
  { standing: 'unknown', most: MAX_UNKNOWN, perSecond: UNKNOWN_PER_SECOND },
  { standing: 'met', most: MAX_MET, perSecond: MET_PER_SECOND },
  { standing: 'trusted', most: MAX_TRUSTED, perSecond: TRUSTED_PER_SECOND },
] as const)(
  'D22 D18 all who are $standing share a budget in turns: 250 names that pour take no frame from one that says little',
  async ({ standing, most, perSecond }) => {
    const { hear, pass, opened, count } = tried()
    const SECONDS = 4
    for (let step = 0; step < 50 * SECONDS; step++) {
      for (let n = 0; n < 250; n++) hear(`${n}`, standing)
      if (step % 50 === 0) hear('honest', standing)
      await pass(20)
    }
    expect(count('honest')).toBe(SECONDS)
    expect(opened.length).toBeLessThanOrEqual(most + SECONDS * perSecond)
    expect(opened.length).toBeGreaterThan(most + 0.9 * SECONDS * perSecond)
  },
)

test('D22 a large frame costs what its bytes cost: of those of 1 MiB a seventeenth is opened', async () => {
  const { hear, finish, pass, count } = tried()
  // Fewer wait than their bytes allow, so they come a few at a time.
  for (let n = 0; n < 40; n++) {
    hear('large', 'unknown', 2, 1024 * 1024)
    await finish()
  }
  expect(count('large')).toBe(Math.ceil(MAX_UNKNOWN / 17))
  await pass(1_000)
  expect(count('large')).toBeLessThanOrEqual(Math.ceil((MAX_UNKNOWN + UNKNOWN_PER_SECOND) / 17))
})

test('D22 frames that ops have paid for need no budget, MAX_SAVED at most', async () => {
  const { inbox, hear, pass, finish, count } = tried()
  for (let n = 0; n < MAX_TRUSTED; n++) {
    hear('pours', 'trusted')
    if (n % 100 === 0) await finish()
  }
  await finish()
  earned(inbox, 'brings', 1_000_000)
  for (let n = 0; n < MAX_SAVED + 10; n++) {
    hear('brings', 'trusted')
    if (n % 100 === 0) await finish()
  }
  await finish()
  expect([count('pours'), count('brings')]).toEqual([MAX_TRUSTED, MAX_SAVED])
  await pass(1_000)
  expect(count('brings')).toBe(MAX_SAVED + 10)
})

test('D22 a large frame costs its sender what its bytes cost: of those of 1 MiB MAX_SAVED pays for a seventeenth', async () => {
  const { inbox, hear, finish, count } = tried()
  inbox.lines.trusted.budget.left = 0
  earned(inbox, 'brings', 1_000_000)
  const paid = Math.floor(MAX_SAVED / 17)
  for (let n = 0; n < paid + 10; n++) {
    hear('brings', 'trusted', 1, 1024 * 1024)
    await finish()
  }
  expect(count('brings')).toBe(paid)
  // What is left pays for small frames.
  expect(inbox.saved.get('brings')).toBe(MAX_SAVED % 17)
})

test('D22 where a frame costs PURE_COST times as much, fewer are opened by that factor, and a sender of few frames is still heard', async () => {
  const { inbox, hear, pass, opened, count } = tried({ cost: PURE_COST })
  const pour = async (seconds: number): Promise<void> => {
    for (let step = 0; step < 50 * seconds; step++) {
      for (const standing of ['unknown', 'met', 'trusted'] as const) {
        for (let n = 0; n < 8; n++) hear(`${standing} ${n}`, standing)
        if (step % 50 === 0) hear(`honest ${standing}`, standing)
      }
      await pass(20)
    }
  }
  // What may be opened at once is used up.
  await pour(2)
  const SECONDS = 10
  const before = opened.length
  await pour(SECONDS)
  const perSecond = (UNKNOWN_PER_SECOND + MET_PER_SECOND + TRUSTED_PER_SECOND) / PURE_COST
  expect(opened.length - before).toBeLessThanOrEqual(SECONDS * perSecond + 3)
  expect(opened.length - before).toBeGreaterThan(0.9 * SECONDS * perSecond)
  for (const standing of ['unknown', 'met', 'trusted']) expect(count(`honest ${standing}`)).toBeGreaterThanOrEqual(SECONDS)
  earned(inbox, 'brings', 1_000_000)
  expect(inbox.saved.get('brings')).toBe(Math.floor(MAX_SAVED / PURE_COST))
})

test('D22 where a frame costs PURE_COST times as much, garbage under a sender’s value does not cost as much', async () => {
  // By its length.
  const { inbox, hear, pass, count } = tried({ cost: PURE_COST, isGarbage: (_sender, bytes) => bytes === 99 })
  for (let i = 0; i < 100; i++) {
    for (let n = 0; n < 9; n++) hear('friend', 'trusted', 1, 99)
    if (i % 10 === 0) hear('friend', 'trusted')
    await pass(10)
  }
  // 900 frames of garbage a second, and ten good ones.
  expect(count('friend')).toBe(910)
  expect(inbox.lines.trusted.frames).toBe(0)
  // What the sender has earned is not used up either.
  earned(inbox, 'friend', 10)
  const before = inbox.saved.get('friend')!
  hear('friend', 'trusted', 20, 99)
  await pass(10)
  expect(inbox.saved.get('friend')).toBeCloseTo(before - 20 / PURE_COST)
})

test('D22 where a frame costs PURE_COST times as much, one of each of 64 peers is opened at once', async () => {
  const { hear, finish, opened } = tried({ cost: PURE_COST })
  for (let n = 0; n < 64; n++) hear(`${n}`, 'unknown')
  await finish()
  expect(opened).toHaveLength(64)
})

test('D22 frames of the trusted are opened before those of others that came earlier, MAX_OPENED_AT_ONCE at a time', async () => {
  const { hear, settled, opened, ends } = tried({ isSlow: true })
  hear('', 'unknown', 50)
  hear('met', 'met')
  hear('trusted', 'trusted')
  expect(opened).toHaveLength(MAX_OPENED_AT_ONCE)
  for (let i = 0; i < 2; i++) {
    ends[i]!()
    await settled()
  }
  expect(opened.slice(MAX_OPENED_AT_ONCE)).toEqual(['trusted', 'met'])
})

test('D22 one frame in eight is of the lowest line, however many frames of the trusted are paid for', async () => {
  const { inbox, hear, settled, opened, ends, count } = tried({ isSlow: true })
  earned(inbox, 'brings', 1_000)
  hear('brings', 'trusted', MAX_OPENED_AT_ONCE)
  hear('newcomer', 'unknown', 10)
  for (let n = 0; n < 80; n++) {
    hear('brings', 'trusted')
    ends.shift()!()
    await settled()
  }
  expect(count('newcomer')).toBe(10)
  expect(opened).toHaveLength(MAX_OPENED_AT_ONCE + 80)
})

test('D22 D9 MAX_WAITING_FRAMES wait in a line: of more, the sender with most waiting loses its latest ones', async () => {
  const { inbox, hear, finish, count } = tried({ isSlow: true })
  hear('pours', 'trusted', MAX_OPENED_AT_ONCE)
  hear('honest', 'trusted', 3)
  hear('pours', 'trusted', MAX_WAITING_FRAMES)
  hear('late', 'unknown', 3)
  expect(inbox.lines.trusted.frames).toBe(MAX_WAITING_FRAMES)
  await finish()
  expect([count('honest'), count('late'), count('pours')]).toEqual([3, 3, MAX_OPENED_AT_ONCE + MAX_WAITING_FRAMES - 3])
  expect([inbox.lines.trusted.frames, inbox.lines.trusted.bytes]).toEqual([0, 0])
})

test('D22 D9 MAX_WAITING_BYTES wait in a line: of more, the sender with most waiting loses its latest ones', async () => {
  const { inbox, hear, finish, count } = tried({ isSlow: true })
  const mib = 1024 * 1024
  hear('pours', 'trusted', MAX_OPENED_AT_ONCE)
  hear('honest', 'trusted', 1, mib)
  hear('pours', 'trusted', MAX_WAITING_BYTES / mib - 1, mib)
  expect(inbox.lines.trusted.bytes).toBe(MAX_WAITING_BYTES)
  hear('late', 'trusted', 1, mib)
  expect(inbox.lines.trusted.bytes).toBe(MAX_WAITING_BYTES)
  await finish()
  expect([count('honest'), count('late'), count('pours')]).toEqual([1, 1, MAX_OPENED_AT_ONCE + MAX_WAITING_BYTES / mib - 2])
})

test('D22 the savings of MAX_SAVERS are kept, and those earned longest ago are forgotten first', () => {
  const { inbox } = tried()
  // Each is kept for both of its paths.
  for (let n = 0; n < MAX_SAVERS / 2; n++) earned(inbox, `${n}`, 1)
  expect([inbox.saved.size, inbox.saved.has('0')]).toEqual([MAX_SAVERS, true])
  earned(inbox, 'one more', 1)
  expect([inbox.saved.size, inbox.saved.has('0')]).toEqual([MAX_SAVERS, false])
})

test('D22 what is sent under a peer’s name elsewhere is not before the frames of its channel, or of its tab', async () => {
  const { hear, settled, opened, ends } = tried({ isSlow: true })
  hear('friend', 'trusted', MAX_OPENED_AT_ONCE + 100)
  hear(channelOf('friend'), 'trusted')
  hear(tabOf('friend'), 'trusted')
  for (let i = 0; i < 3; i++) {
    ends[i]!()
    await settled()
  }
  expect(opened.slice(MAX_OPENED_AT_ONCE)).toEqual(['friend', channelOf('friend'), tabOf('friend')])
})
