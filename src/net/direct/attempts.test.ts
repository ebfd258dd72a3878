/** How many packets a tab may send to addresses that others name, and that no number of names keeps an honest peer out. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ATTEMPT_WITHIN,
  type Attempts,
  createAttempts,
  endAttempt,
  isTimeOver,
  MAX_CHECKS,
  MAX_FAILED,
  MAX_FAILED_STRANGERS,
  startNext,
  type Waiting,
  YIELDS_AFTER,
} from './attempts.ts'

/** Chromium: 16 a second while it is not connected, to all candidates, and 41 afterwards to those that do not answer. */
const CHECKS_A_SECOND = 16
const CHECKS_AFTERWARDS = 41

const stranger = (connection: number, failures = 0): Waiting => ({ connection, seniority: null, failures })
const known = (connection: number, seniority: number, failures = 0): Waiting => ({ connection, seniority, failures })

interface Run {
  readonly attempts: Attempts
  /** Attempts that ended: which, when, and whether it was answered. */
  readonly ended: { readonly connection: number; readonly at: number; readonly took: number; readonly answered: boolean }[]
}

/** Lets so many ms pass in which these always wait; `answers`: after how long a connection is connected, if ever (ms). */
function run(ms: number, waiting: (now: number) => readonly Waiting[], answers: (connection: number) => number = () => Infinity): Run {
  const attempts = createAttempts(0)
  const ended: Run['ended'] = []
  // A fixed lot: this is no test of chance.
  let draw = 0
  for (let now = 0; now < ms; now += 20) {
    const { running } = attempts
    if (running !== null) {
      const took = now - running.since
      const answered = took >= answers(running.connection)
      if (answered || isTimeOver(attempts, waiting(now), now)) {
        endAttempt(attempts, running.connection, answered, now)
        ended.push({ connection: running.connection, at: now, took, answered })
      }
    }
    startNext(attempts, waiting(now), now, () => (draw = (draw + 0.382) % 1))
  }
  return { attempts, ended }
}

/** Packets to addresses that did not answer in the busiest minute, as Chromium sends them. */
function packetsOfAMinute({ ended }: Run): number {
  const sent = ended.map(({ at, took, answered }) => ({
    at,
    packets: (took / 1_000) * CHECKS_A_SECOND + (answered ? CHECKS_AFTERWARDS : 0),
  }))
  return sent.reduce(
    (most, { at }) =>
      Math.max(
        most,
        sent.filter((one) => one.at >= at && one.at < at + 60_000).reduce((sum, { packets }) => sum + packets, 0),
      ),
    0,
  )
}

describe('D20 attempts', () => {
  /** The most that failed within a minute. */
  const failedInAMinute = ({ ended }: Run): number => {
    const failed = ended.filter(({ answered }) => !answered)
    return failed.reduce((most, { at }) => Math.max(most, failed.filter((one) => one.at >= at && one.at < at + 60_000).length), 0)
  }

  test('D20 fail MAX_FAILED_STRANGERS times a minute, whatever number of strangers offers, and one is made at a time', () => {
    const tried = run(300_000, () => Array.from({ length: 500 }, (_, n) => stranger(n)))
    expect([failedInAMinute(tried), tried.ended.length]).toEqual([MAX_FAILED_STRANGERS, 5 * MAX_FAILED_STRANGERS])
    expect(packetsOfAMinute(tried)).toBeLessThanOrEqual(MAX_FAILED_STRANGERS * (ATTEMPT_WITHIN / 1_000) * CHECKS_A_SECOND)
  })

  test('D20 fail MAX_FAILED times a minute of strangers and known authors together, whatever number of keys has written', () => {
    const names = Array.from({ length: 500 }, (_, n) => (n % 2 === 0 ? stranger(n) : known(n, n)))
    const tried = run(300_000, () => names)
    expect([failedInAMinute(tried), tried.ended.length]).toEqual([MAX_FAILED, 5 * MAX_FAILED])
    expect(packetsOfAMinute(tried)).toBeLessThanOrEqual(MAX_FAILED * (ATTEMPT_WITHIN / 1_000) * CHECKS_A_SECOND)
  })

  test('D20 take MAX_CHECKS checks at once, of known authors who answer', () => {
    const tried = run(
      5_000,
      () => [known(1, 1)],
      () => 20,
    )
    expect(tried.ended.length).toBeGreaterThan(5)
    expect(packetsOfAMinute(tried)).toBeLessThanOrEqual(MAX_CHECKS + 5 * 20)
  })

  test('D20 take 20 packets a second at most, over any minute, of strangers and known authors who answer when they like', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 1, maxLength: 40 }), fc.nat(40), (delays, writers) => {
        const names = delays.map((_, n) => (n < writers ? known(n, n) : stranger(n)))
        const tried = run(
          180_000,
          () => names,
          (connection) => delays[connection]!,
        )
        expect(tried.ended.length).toBeGreaterThan(0)
        expect(packetsOfAMinute(tried)).toBeLessThanOrEqual(60 * 20)
      }),
      { numRuns: 50 },
    )
  })

  test('D20 of an author who wrote here are made while strangers burn all of theirs, and end a stranger’s after YIELDS_AFTER', () => {
    const names = Array.from({ length: 500 }, (_, n) => stranger(n + 1))
    const at = 1_500
    const tried = run(
      20_000,
      (now) => (now < at ? names : [...names, known(0, 7)]),
      (connection) => (connection === 0 ? 200 : Infinity),
    )
    const mine = tried.ended.find(({ connection }) => connection === 0)!
    expect(mine.answered).toBe(true)
    expect(mine.at - at).toBeLessThanOrEqual(YIELDS_AFTER + 300)
  })

  /** The order in which known authors are tried who have failed so often before, and always fail. */
  const orderOf = (failedBefore: readonly number[]): number[] => {
    const failures = [...failedBefore]
    const attempts = createAttempts(0)
    const order: number[] = []
    for (let now = 0; now < 300_000; now += 500) {
      if (isTimeOver(attempts, [], now)) {
        const { connection } = attempts.running!
        failures[connection]!++
        endAttempt(attempts, connection, false, now)
      }
      const waiting = failures.map((count, n) => known(n, n, count))
      const started = startNext(attempts, waiting, now, () => 0)
      if (started !== null) order.push(started)
    }
    return order
  }

  test('D20 of an author who connects go before those of senior ones who do not, every second time', () => {
    // The last one has not failed yet. Each of the others has its turn at most once before.
    expect(orderOf([0, 0, 0, 0, 0, 0, 0, 0, 0]).slice(0, 17)).toEqual([0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0])
  })

  test('D20 of the earliest author are made every second time, whatever number of later keys has failed less', () => {
    expect(orderOf([9, ...Array.from({ length: 50 }, () => 0)]).slice(0, 4)).toEqual([0, 1, 0, 2])
  })

  test('D20 of strangers are made while known authors always wait, and none of them twice before each has been tried', () => {
    const writers = Array.from({ length: 20 }, (_, n) => known(n, n))
    const tried = run(30_000, () => [...writers, stranger(99)])
    expect(tried.ended.map(({ connection }) => connection).slice(0, 4)).toEqual([0, 99, 0, 99])
    const [a, b] = [stranger(1, 1), stranger(2, 0)]
    expect([0, 0.5, 0.99].map((lot) => startNext(createAttempts(0), [a, b], 0, () => lot))).toEqual([2, 2, 2])
  })

  test('that are answered at once cost little: eight known peers are met in a row, and three strangers', () => {
    const met = (names: readonly Waiting[]): number => {
      const attempts = createAttempts(0)
      let count = 0
      for (const one of names) {
        if (startNext(attempts, [one], 100 * count, () => 0) === null) return count
        endAttempt(attempts, one.connection, true, 100 * ++count)
      }
      return count
    }
    expect([met(Array.from({ length: 40 }, (_, n) => known(n, n))), met(Array.from({ length: 40 }, (_, n) => stranger(n)))]).toEqual([8, 3])
  })
})
