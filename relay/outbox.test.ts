/** Frames that wait for receivers that do not read, counted as they are held in memory, and which receivers lose some of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBacklog, FRAME_OVERHEAD, HOLD_OVERHEAD, memoryOf, share, type Shared } from './backlog.ts'
import {
  type Backlog,
  closeOutbox,
  createOutbox,
  MAX_WAITING_BYTES,
  MAX_WAITING_IN_ALL,
  type Outbox,
  pump,
  send,
  WINDOW_BYTES,
} from './outbox.ts'

const MIB = 1024 * 1024
const SENDER = { source: 'sender' }
type Sender = typeof SENDER

/** One piece of memory for all frames: counted is the memory that they would take. */
const memory = new ArrayBuffer(5 * MIB)
const frameOf = (bytes: number, now = 0): Shared => share(new Uint8Array(memory, 0, bytes), now)

/** A receiver, and the frames that its socket was given. Frames that it does not read stay in the socket. */
function receiver(source: string) {
  const given: Uint8Array[] = []
  const sink = {
    bufferedAmount: 0,
    isCut: false,
    send(frame: Uint8Array): void {
      given.push(frame)
      sink.bufferedAmount += frame.length
    },
    terminate(): void {
      sink.isCut = true
    },
  }
  const outbox: Outbox<Sender> = createOutbox(sink, source)
  return { outbox, sink, given }
}
type Receiver = ReturnType<typeof receiver>
/** Which of those that were sent a receiver was given: by their identity, since they share their memory. */
const numbersOf = ({ given }: Receiver, sent: readonly Uint8Array[]): number[] => given.map((frame) => sent.indexOf(frame))

const give = (backlog: Backlog, { outbox }: Receiver, bytes: number, now = 0): Shared => {
  const shared = frameOf(bytes, now)
  send(backlog, outbox, SENDER, shared, now)
  return shared
}
/** Its network takes all that its socket holds, again and again. */
function readAll(backlog: Backlog, { outbox, sink }: Receiver, now: number): void {
  while (sink.bufferedAmount > 0) {
    sink.bufferedAmount = 0
    pump(backlog, outbox, now)
  }
}
/** A receiver that reads nothing. `bytes` bytes wait for it, in frames of 1 MiB. */
function stuck(backlog: Backlog, source: string, bytes: number, now = 0): Receiver {
  const each = receiver(source)
  for (let held = 0; held < bytes; held += MIB) give(backlog, each, MIB, now)
  return each
}

describe('all that waits', () => {
  test('D23 is MAX_WAITING_IN_ALL at most, and a frame that many wait for counts once', () => {
    const backlog: Backlog = createBacklog()
    const room = Array.from({ length: 255 }, () => receiver('one'))
    for (let i = 0; i < 8; i++) {
      const shared = frameOf(MIB)
      for (const { outbox } of room) send(backlog, outbox, SENDER, shared, 0)
    }
    expect(backlog.bytes).toBeLessThan(9 * MIB)
    expect(backlog.dropped).toBe(0)
    for (let i = 0; i < 60; i++) {
      stuck(backlog, 'another', 10 * MIB)
      expect(backlog.bytes).toBeLessThanOrEqual(MAX_WAITING_IN_ALL)
    }
    expect(backlog.bytes).toBeGreaterThan(MAX_WAITING_IN_ALL - MAX_WAITING_BYTES)
    // The source that holds more, though by fewer receivers.
    expect(room.every(({ outbox }) => outbox.holds === 8)).toBe(true)
  })

  test('law: counts each frame once, and of a source each frame that any of its receivers holds', () => {
    const step = fc.record({
      to: fc.uniqueArray(fc.nat(5), { minLength: 1 }),
      bytes: fc.constantFrom(100, WINDOW_BYTES, 2 * MIB),
      next: fc.constantFrom('nothing', 'reads', 'closes'),
      who: fc.nat(5),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const backlog: Backlog = createBacklog()
        const all = Array.from({ length: 6 }, (_, i) => receiver(`source ${i % 3}`))
        const heldBy = ({ outbox }: Receiver): Shared[] => {
          const lanes = [...outbox.queue.shares.values()].flatMap(({ lanes: each }) => [...each.values()])
          const waiting = lanes.flatMap(({ items, head }) => items.slice(head).map(({ item }) => item))
          return outbox.surplus === null ? waiting : [...waiting, outbox.surplus]
        }
        const memoryIn = (receivers: readonly Receiver[]): number => {
          const holds = receivers.flatMap(heldBy)
          const frames = [...new Set(holds)].map(({ frame }) => frame.length + FRAME_OVERHEAD)
          return frames.reduce((sum, each) => sum + each, holds.length * HOLD_OVERHEAD)
        }
        for (const { to, bytes, next, who } of steps) {
          const shared = frameOf(bytes)
          for (const n of to) send(backlog, all[n]!.outbox, SENDER, shared, 0)
          if (next === 'reads') readAll(backlog, all[who]!, 0)
          if (next === 'closes') closeOutbox(backlog, all[who]!.outbox)
          expect(backlog.bytes).toBe(memoryIn(all))
          for (const source of ['source 0', 'source 1', 'source 2']) {
            const its = all.filter(({ outbox }) => outbox.source === source)
            expect(backlog.bySource.get(source)?.bytes ?? 0).toBe(memoryIn(its))
            expect([...(backlog.bySource.get(source)?.receivers ?? [])].length).toBe(its.filter((each) => heldBy(each).length > 0).length)
          }
        }
        for (const { outbox } of all) closeOutbox(backlog, outbox)
        expect([backlog.bytes, backlog.bySource.size]).toEqual([0, 0])
      }),
      { numRuns: 60 },
    )
  })
})

describe('a receiver that reads', () => {
  test.each(['of a source of its own', 'of the source that holds all of it'])(
    'D23 gets every frame of any size at once, while others hold MAX_WAITING_IN_ALL: one %s',
    (whose) => {
      const backlog: Backlog = createBacklog()
      for (let i = 0; i < 60; i++) stuck(backlog, whose === 'of a source of its own' ? `bad ${i}` : 'bad', 10 * MIB)
      expect(backlog.bytes).toBeGreaterThan(MAX_WAITING_IN_ALL - MAX_WAITING_BYTES)
      const reads = receiver(whose === 'of a source of its own' ? 'honest' : 'bad')
      const sent: Uint8Array[] = []
      for (const [i, bytes] of [100, 200_000, 400_000, MIB, 5 * WINDOW_BYTES].entries()) {
        const now = 5_000 + i
        // All that comes in a turn of the event loop is in the socket before the network takes any.
        for (let n = 0; n < 4; n++) sent.push(give(backlog, reads, bytes, now).frame)
        expect(reads.given.length).toBeGreaterThan(4 * i)
        readAll(backlog, reads, now)
        expect(numbersOf(reads, sent)).toEqual([...sent.keys()])
      }
      expect([reads.sink.isCut, backlog.bytes <= MAX_WAITING_IN_ALL]).toEqual([false, true])
    },
  )

  test('D23 and holds more for a moment than each of a hundred sources that read nothing loses nothing', () => {
    const backlog: Backlog = createBacklog()
    for (let i = 0; i < 103; i++) stuck(backlog, `bad ${i}`, 5 * MIB)
    expect(backlog.bytes).toBeGreaterThan(MAX_WAITING_IN_ALL - 5 * MIB)
    const reads = receiver('honest')
    for (let second = 10; second < 20; second++) {
      for (let n = 0; n < 8; n++) give(backlog, reads, MIB, second * 1_000)
      readAll(backlog, reads, second * 1_000 + 50)
    }
    expect(reads.given.length).toBe(80)
  })

  test('D23 slowly loses nothing to a source whose receivers take a little each second and hold all the rest', () => {
    const backlog: Backlog = createBacklog()
    const slow = stuck(backlog, 'slow', 8 * MIB)
    const dripping: Receiver[] = []
    for (let second = 1; second <= 20; second++) {
      for (const each of dripping) {
        each.sink.bufferedAmount = 0
        pump(backlog, each.outbox, second * 1_000)
        give(backlog, each, MIB, second * 1_000)
      }
      for (let n = 0; n < 3; n++) dripping.push(stuck(backlog, 'bad', 10 * MIB, second * 1_000))
    }
    expect(backlog.dropped).toBeGreaterThan(0)
    readAll(backlog, slow, 20_000)
    expect(slow.given.length).toBe(8)
  })
})

describe('who reads nothing', () => {
  test('D23 loses its oldest frames, those first who have taken nothing for longest', () => {
    const backlog: Backlog = createBacklog()
    const first = receiver('bad')
    const sent = Array.from({ length: 9 }, () => give(backlog, first, MIB).frame)
    const others = Array.from({ length: 55 }, (_, i) => stuck(backlog, 'bad', 9 * MIB, i + 1))
    expect(backlog.dropped).toBe(0)
    stuck(backlog, 'another', 9 * MIB, 1_000)
    expect(backlog.dropped).toBe(4)
    expect(others.every(({ outbox }) => outbox.holds === 9)).toBe(true)
    readAll(backlog, first, 1_000)
    // The first is in its socket.
    expect(numbersOf(first, sent)).toEqual([0, 5, 6, 7, 8])
  })

  test('D23 is cut when only its socket holds memory that is needed', () => {
    const backlog: Backlog = createBacklog()
    const all = Array.from({ length: 120 }, (_, i) => {
      const each = receiver('bad')
      give(backlog, each, 5 * MIB, i)
      return each
    })
    const count = Math.floor(MAX_WAITING_IN_ALL / memoryOf(frameOf(5 * MIB)))
    expect(all.map(({ sink }) => sink.isCut)).toEqual(all.map((_, i) => i < 120 - count))
    expect(backlog.bytes).toBe(count * memoryOf(frameOf(5 * MIB)))
  })
})
