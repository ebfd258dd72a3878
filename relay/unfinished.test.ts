/** The memory counted for messages that have not ended, compared with the memory that `ws` needs for them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createUnfinished,
  MAX_UNFINISHED_BYTES,
  noteEnd,
  noteReading,
  READING_OVERHEAD,
  tooManyUnfinished,
  type Unfinished,
} from './unfinished.ts'

/** A piece of a message, a ping or a pong: its payload, and the head before it. */
interface Piece {
  readonly kind: 'piece' | 'last piece' | 'control'
  readonly payload: number
  readonly head: number
}

const kind = fc.constantFrom('piece', 'last piece', 'control') satisfies fc.Arbitrary<Piece['kind']>
const piece = fc
  .tuple(kind, fc.nat({ max: 400 }), fc.nat({ max: 8 }))
  // A sender may write a longer head than it needs.
  .map(([kind, bytes, more]): Piece => {
    const payload = kind === 'control' ? bytes % 126 : bytes
    return { kind, payload, head: (payload < 126 ? 6 : 8) + more }
  })

/** Sends pieces, cut into readings of these sizes, and shows after each reading what `ws` needs of them and what is counted. */
function send(pieces: readonly Piece[], sizes: readonly number[], look: (needed: number, unfinished: Unfinished) => void): Unfinished {
  const unfinished = createUnfinished()
  let at = 0
  const sent = pieces.map(({ kind, head, payload }) => ({ kind, payload, from: at, to: (at += head + payload) }))
  const readings: { readonly bytes: number; readonly to: number }[] = []
  let read = 0
  let done = 0
  let message: { readonly from: number; payload: number } | null = null
  for (let i = 0; read < at; i++) {
    const bytes = Math.min(at - read, sizes[i % sizes.length]!)
    for (const { kind, payload, from, to } of sent) {
      if (to <= read || to > read + bytes) continue
      done = to
      if (kind === 'control') noteEnd(unfinished, 'control', payload)
      else {
        message ??= { from, payload: 0 }
        message.payload += payload
      }
      if (kind !== 'last piece') continue
      noteEnd(unfinished, 'message', message!.payload)
      message = null
    }
    noteReading(unfinished, bytes)
    read += bytes
    readings.push({ bytes, to: read })
    const from = message?.from ?? done
    const needed = readings.filter(({ to }) => to > from)
    look(
      needed.reduce((sum, { bytes }) => sum + bytes + READING_OVERHEAD, 0),
      unfinished,
    )
  }
  return unfinished
}

const sizes = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 900 })), { minLength: 1, maxLength: 20 })

describe('what is counted', () => {
  test('D23 law: no less than what is needed, each reading with its overhead, however a sender cuts what it sends', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), sizes, (pieces, sizes) => {
        send(pieces, sizes, (needed, unfinished) => expect(unfinished.held).toBeGreaterThanOrEqual(needed))
      }),
    )
  })

  test('nothing, of one that ends what it begins', () => {
    const whole = piece.map(({ kind, payload }): Piece => ({
      kind: kind === 'piece' ? 'last piece' : kind,
      payload,
      head: payload < 126 ? 6 : 8,
    }))
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 30 }), sizes, (pieces, sizes) => {
        expect(send(pieces, sizes, () => undefined)).toEqual(createUnfinished())
      }),
    )
  })

  test('no more than the last reading, of one that ended a message in pieces', () => {
    const pieces = ['piece', 'piece', 'last piece'].map((kind) => ({ kind: kind as Piece['kind'], payload: 40_000, head: 8 }))
    expect(send(pieces, [1_400], () => undefined).held).toBeLessThanOrEqual(1_400 + READING_OVERHEAD)
  })
})

type Bad = ReturnType<typeof holding>

const holding = (source: string, held: number) => ({ source, unfinished: { ...createUnfinished(), held } })

describe('who is cut', () => {
  test('D23 nobody, up to MAX_UNFINISHED_BYTES; above it, of the source with most those with most', () => {
    const honest = holding('honest', MAX_UNFINISHED_BYTES / 4)
    const [small, large, middle] = [1, 3, 2].map((part) => holding('bad', (part * MAX_UNFINISHED_BYTES) / 8)) as [Bad, Bad, Bad]
    expect(tooManyUnfinished([honest, small, large, middle])).toEqual([])
    const more = holding('bad', 1)
    expect(tooManyUnfinished([honest, small, large, middle, more])).toEqual([large])
    const most = holding('bad', MAX_UNFINISHED_BYTES)
    expect(tooManyUnfinished([honest, small, large, middle, most])).toEqual([most])
  })

  test('D23 that send a million readings of a byte: the relay would hold 260 MB for it', () => {
    const bytewise = Array.from({ length: 250 }, () => holding('bad', 0))
    for (let i = 0; i < 4_000; i++) for (const { unfinished } of bytewise) noteReading(unfinished, 1)
    expect(tooManyUnfinished(bytewise).length).toBeGreaterThan(100)
  })
})
