import { expect, test } from 'vitest'
import { ANSWER_WITHIN, createLiveness, hear, hurry, type Liveness, PING_AFTER, tick, WAKE_ANSWER_WITHIN } from './liveness.ts'

/** Of a relay that answers, after so many silent ticks. */
function silentFor(ticks: number): Liveness {
  const liveness = createLiveness()
  hear(liveness, true)
  for (let i = 0; i < ticks; i++) tick(liveness, false)
  return liveness
}

/** What is done in the ticks to come, up to the loss of the relay. */
function untilLost(liveness: Liveness, most = 100): string[] {
  const done: string[] = []
  while (done.length < most && done.at(-1) !== 'lost') done.push(tick(liveness, false))
  return done
}

const waits = (count: number): string[] => Array.from({ length: count }, () => 'wait')

test('an idle socket is pinged once after PING_AFTER, and given up ANSWER_WITHIN later', () => {
  expect(untilLost(silentFor(0))).toEqual([...waits(PING_AFTER - 1), 'ping', ...waits(ANSWER_WITHIN - 1), 'lost'])
})

test('whatever is heard counts as life', () => {
  for (const isPong of [true, false]) {
    const liveness = silentFor(PING_AFTER + ANSWER_WITHIN - 1)
    hear(liveness, isPong)
    expect(untilLost(liveness)).toEqual(untilLost(silentFor(0)))
  }
})

test('after a wake a socket that was silent is given up WAKE_ANSWER_WITHIN later', () => {
  const liveness = silentFor(PING_AFTER + 1)
  hurry(liveness)
  expect(untilLost(liveness)).toEqual([...waits(WAKE_ANSWER_WITHIN - 1), 'lost'])
})

test('D2 a wake changes nothing in when a ping is sent, so a relay does not learn of it', () => {
  for (let silent = 0; silent < PING_AFTER; silent++) {
    const liveness = silentFor(silent)
    hurry(liveness)
    hurry(liveness)
    expect(untilLost(liveness)).toEqual([...waits(PING_AFTER - silent - 1), 'ping', ...waits(WAKE_ANSWER_WITHIN - 1), 'lost'])
  }
})

test('after a sleep the ping is sent at once, and the time in which nothing could be read does not count', () => {
  for (const silent of [0, PING_AFTER - 1]) {
    const liveness = silentFor(silent)
    expect(tick(liveness, true)).toBe('ping')
    expect(untilLost(liveness)).toEqual([...waits(WAKE_ANSWER_WITHIN - 1), 'lost'])
  }
  const nearlyLost = silentFor(PING_AFTER + ANSWER_WITHIN - 1)
  expect(tick(nearlyLost, true)).toBe('wait')
  expect(untilLost(nearlyLost)).toEqual([...waits(WAKE_ANSWER_WITHIN - 1), 'lost'])
})

test('an older relay, which has not said that it answers, is neither pinged nor given up', () => {
  const liveness = createLiveness()
  hear(liveness, false)
  hurry(liveness)
  expect(new Set(untilLost(liveness))).toEqual(new Set(['wait']))
  expect(tick(liveness, true)).toBe('wait')
})
