/** Which receivers are cut, for receivers of every speed, and systems that hold back bytes that left. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answered, beat, createPulse, heard, MOST_UNDER_WAY, type Pulse, PING_MS, TAKEN_PER_BEAT, TAKING_BEATS } from './pulse.ts'

const SECONDS = PING_MS / 1_000
const MIB = 1024 * 1024

/** The most that is taken of a host at once: a largest frame behind a full window, and a third of what a system holds. */
const LUMP = 2_600_000

interface Receiver {
  /** Bytes that it reads in a second. */
  readonly speed: number
  /** Bytes that its network holds between this host and it, and how many are taken from the host at once. */
  readonly holds: number
  readonly lump: number
  /** It answers pings that it has not read. */
  readonly lies?: boolean
}

/** The number of beats after which a receiver is cut while frames wait for it at each beat. Infinity: it is not cut in `beats` beats. */
function beatsUntilCut({ speed, holds, lump, lies = false }: Receiver, beats: number): number {
  const pulse: Pulse = createPulse()
  let [left, read, asked] = [0, 0, Infinity]
  for (let n = 1; n <= beats; n++) {
    for (let second = 0; second < SECONDS; second++) {
      read = Math.min(left, read + speed)
      while (left - read + lump <= holds) left += lump
      if (!lies && read < asked) continue
      answered(pulse)
      asked = Infinity
    }
    // The socket holds as much as is taken at once.
    const sent = left + lump
    const next = beat(pulse, { sent, left, isLagging: true, isPaused: false })
    if (next === 'cut') return n
    if (next === 'ping') asked = sent
  }
  return Infinity
}

test('D23 law: who reads 40 kB/s or more is never cut, whatever systems hold and however large the pieces that they take', () => {
  const receiver = fc.record({
    speed: fc.integer({ min: 40_000, max: 10 * MIB }),
    holds: fc.integer({ min: LUMP, max: MOST_UNDER_WAY - LUMP }),
    lump: fc.integer({ min: 10_000, max: LUMP }),
  })
  fc.assert(
    fc.property(receiver, (slow) => {
      expect(beatsUntilCut(slow, 200)).toBe(Infinity)
    }),
  )
})

test('D23 law: who takes next to nothing while frames wait is cut after TAKING_BEATS, though it answers each ping', () => {
  const receiver = fc.record({ speed: fc.integer({ min: 0, max: 2_000 }), holds: fc.integer({ min: 0, max: 4 * MIB }), lies: fc.boolean() })
  fc.assert(
    fc.property(receiver, (slow) => {
      // Bytes that its network takes at first count once.
      expect(beatsUntilCut({ ...slow, lump: 1_400 }, 200)).toBeLessThanOrEqual(2 * (TAKING_BEATS + 1))
    }),
  )
})

test('D23 who answers no ping, and for whom nothing waits, is cut after a beat and one more for each TAKEN_PER_BEAT that it was sent', () => {
  const beatsOf = (sent: number): number => {
    const pulse = createPulse()
    const idle = { sent, left: sent, isLagging: false, isPaused: false }
    expect(beat(pulse, idle)).toBe('ping')
    for (let n = 1; ; n++) if (beat(pulse, idle) === 'cut') return n
  }
  const most = MOST_UNDER_WAY / TAKEN_PER_BEAT
  expect([0, TAKEN_PER_BEAT, 3 * TAKEN_PER_BEAT, MOST_UNDER_WAY, 100 * MOST_UNDER_WAY].map(beatsOf)).toEqual([1, 2, 4, most + 1, most + 1])
})

test('who is paused is not asked for an answer; who answered is pinged again', () => {
  const pulse = createPulse()
  const taken = { sent: 0, left: 0, isLagging: false, isPaused: true }
  expect([0, 1, 2, 3].map(() => beat(pulse, taken))).toEqual(['ping', 'wait', 'wait', 'wait'])
  answered(pulse)
  expect([0, 1].map(() => beat(pulse, { ...taken, isPaused: false }))).toEqual(['ping', 'cut'])
})

test('who writes a frame at 9 kB/s or more is not cut, though it cannot answer within it, and who writes less is', () => {
  const QUIET = { sent: 0, left: 0, isLagging: false, isPaused: false }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 * TAKEN_PER_BEAT }), (perBeat) => {
      const pulse = createPulse()
      expect(beat(pulse, QUIET)).toBe('ping')
      for (let n = 0; n < 20; n++) {
        heard(pulse, perBeat)
        const next = beat(pulse, QUIET)
        expect(next).toBe(perBeat >= TAKEN_PER_BEAT ? 'wait' : 'cut')
        if (next === 'cut') return
      }
    }),
  )
})
