/** Frames that others have a node forward on a direct channel: the node's own frames do not wait behind them, and they still get through. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PEER_SILENT } from '../../sync/peers.ts'
import { MAX_PIECES, PIECES_PER_SECOND } from './allowance.ts'
import { type DataChannel, frameChannel } from './channel.ts'
import { createForwarded, FORWARDED_PER_SECOND, LEAST_CHARGED, MAX_FORWARDED, MAX_FORWARDED_WAITING } from './forwarded.ts'
import { begin, end, join, met, named, numbered, pass, Pipe } from './played.naive.ts'

beforeEach(begin)
afterEach(end)

const AT_ONCE = MAX_FORWARDED / LEAST_CHARGED
const A_SECOND = FORWARDED_PER_SECOND / LEAST_CHARGED
const WAITING = MAX_FORWARDED_WAITING / LEAST_CHARGED
/** The number in a frame (`numbered`). */
const numberOf = (frame: Uint8Array | null): number | undefined => frame?.at(-1)

describe('a node that is to forward 800 frames a second to a peer', () => {
  const SECONDS = 10
  const OWN = '07'
  const FORWARDED = '09'

  /** The node at one end of a channel, with a flood of others in each second, whose channels are made anew each time. */
  async function flooded() {
    const [a, b] = await met()
    const far = (await join(a, b, 0xb, 0xa)).other!
    await pass(10_000)
    let names = 0
    const flood = async (): Promise<void> => {
      for (let bringer = 0; bringer < 20; bringer++) {
        const by = named(names++)
        for (let n = 0; n < 40; n++) a.transport.send(numbered(9), b.self, by)
      }
      await pass(10)
    }
    return { a, b, far, flood }
  }

  test('D21 says its own without delay', async () => {
    const { a, b, flood } = await flooded()
    const waited: number[] = []
    const isHeard = (): boolean => b.heard.includes(OWN)
    for (let second = 0; second < SECONDS; second++) {
      await flood()
      b.heard.length = 0
      const at = performance.now()
      expect(a.transport.send(numbered(7), b.self)).toBe(true)
      while (!isHeard() && performance.now() < at + 60_000) await pass(1)
      waited.push(performance.now() - at)
      await pass(900)
    }
    expect(waited).toEqual(Array.from({ length: SECONDS }, () => 1))
    expect(a.transport.buffered(b.self)).toBe(0)
  })

  test('D21 forwards MAX_FORWARDED, and then FORWARDED_PER_SECOND, of all who bring frames together', async () => {
    const { b, flood } = await flooded()
    for (let second = 0; second < SECONDS; second++) {
      await flood()
      await pass(990)
    }
    const forwarded = b.heard.filter((each) => each === FORWARDED).length
    expect(forwarded).toBeLessThanOrEqual(AT_ONCE + SECONDS * A_SECOND)
    expect(forwarded).toBeGreaterThan(AT_ONCE + (SECONDS - 2) * A_SECOND)
  })

  test('is not cut by a peer that was busy for fifteen seconds, however much it said itself meanwhile', async () => {
    const { a, b, far, flood } = await flooded()
    const hears = far.onmessage!
    const late: { data: unknown }[] = []
    far.onmessage = (event) => void late.push(event)
    for (let second = 0; second < PEER_SILENT / 1_000; second++) {
      await flood()
      for (let n = 0; n < PIECES_PER_SECOND / 2; n++) a.transport.send(numbered(7), b.self)
      await pass(990)
    }
    expect(late.length).toBeGreaterThan(MAX_PIECES - PIECES_PER_SECOND)
    expect(late.length).toBeLessThan(MAX_PIECES)
    far.onmessage = hears
    for (const event of late) hears(event)
    expect(b.heard.length).toBe(late.length)
    await pass(1_000)
    expect([a.lost, b.lost]).toEqual([[], []])
  })
})

describe('frames that wait to be forwarded', () => {
  test('D21 are MAX_FORWARDED_WAITING, and who brought most loses its latest', () => {
    const forwarded = createForwarded(0)
    forwarded.add(numbered(1), 'quiet')
    for (let n = 0; n < 2 * WAITING; n++) forwarded.add(numbered(n), 'loud')
    const given: (number | undefined)[] = []
    for (let now = 0; !forwarded.isEmpty; now += 1_000) {
      for (let frame = forwarded.take(now); frame !== null; frame = forwarded.take(now)) given.push(numberOf(frame))
    }
    expect(given).toEqual([1, ...Array.from({ length: WAITING - 1 }, (_, n) => n)])
  })

  test('D21 take turns by who brought them', () => {
    const forwarded = createForwarded(0)
    for (let n = 0; n < 8; n++) forwarded.add(numbered(n), 'loud')
    forwarded.add(numbered(100), 'quiet')
    forwarded.add(numbered(101), 'quiet')
    expect(Array.from({ length: 5 }, () => numberOf(forwarded.take(0)))).toEqual([0, 100, 1, 101, 2])
  })

  test('D21 are not given to a channel that is behind, and are when it is not any more', async () => {
    const pipe = new Pipe()
    const given: number[] = []
    pipe.send = (piece) => void given.push(piece.at(-1)!)
    const channel = frameChannel(pipe as unknown as DataChannel, { onOpen() {}, onFrame() {}, onClose() {} })
    expect(channel.forward(numbered(1), 'a')).toBe(false)
    pipe.onopen!()
    pipe.bufferedAmount = 2_000
    expect(channel.forward(numbered(1), 'a')).toBe(true)
    await pass(1_000)
    expect(channel.send(numbered(2))).toBe(true)
    expect(given).toEqual([2])
    pipe.bufferedAmount = 0
    await pass(100)
    expect(given).toEqual([2, 1])
  })
})
